"""What marks each family as one self-contained page: no script, nothing fetched, to be printed.

Plain tables, so that it needs no drawing library: bars and the heat map are table cells. Every
cell holds its number, so colour only helps to find it.
"""

from __future__ import annotations

import re

from fingerprint.report.marks_text import (
    NOTHING,
    TITLE,
    header,
    limits,
    numbers,
    signed,
    unit_of,
    used,
)
from fingerprint.report.page_parts import each, paragraph, text, whole
from fingerprint_models.marks import FamilyMarks, GridRow, Mark, Marks

STRONGEST = 0.8
"""The effect at which colour is full: a large one (Cohen, 1988)."""

_STYLE = """
body{max-width:66rem}
h2{margin:2.4rem 0 .2rem}
.head{background:var(--panel);border-left:4px solid var(--agent2);padding:.6rem 1.2rem}
.head ul{margin:.3rem 0;padding-left:1.1rem}.head li{margin:.3rem 0}
.head li:first-child{font-weight:600}
nav{margin:1rem 0 0;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem}nav a{color:var(--agent2)}
code{font:.92em/1.4 ui-monospace,Consolas,monospace;background:var(--panel);padding:0 .25em}
table{table-layout:fixed;margin-top:.5rem}
th,td{padding:.3rem .5rem}
th{vertical-align:bottom;width:5.4rem}
th:first-child,td:first-child{text-align:left;padding-left:0;width:auto}
td small{display:block;color:var(--muted);font-size:.85em}
th.used,td.used{text-align:left;padding:.3rem 0 .3rem .8rem;color:var(--muted);width:10rem}
th.effect{width:8.5rem}
.effect i{display:inline-block;height:.65em;margin-right:.5em;border-radius:2px}
.more{background:var(--agent2)}.less{background:var(--agent1)}
.grid{border-collapse:separate;border-spacing:2px;min-width:52rem}
.grid td,.grid th{padding:.3rem .1rem;text-align:center;vertical-align:middle;border:0;width:4.7rem}
.grid td:first-child,.grid th:first-child{text-align:left;padding-right:.8rem;width:auto}
.grid td.up{background:color-mix(in srgb,var(--agent2) var(--s),var(--paper))}
.grid td.down{background:color-mix(in srgb,var(--agent1) var(--s),var(--paper))}
@media (max-width:44rem){.used,.effect i{display:none}th,th.effect{width:4.2rem}
 body{padding:1.2rem .9rem}}
@media print{body{max-width:none;font-size:10pt}section{break-inside:avoid}nav{display:none}
 .wide{overflow:visible}.grid{min-width:0}
 td,i,.head{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""

_FULL = 55
"""Most colour of a cell, in per cent: its number must stay readable on it."""


def page(marks: Marks) -> str:
    """Return the page as HTML."""
    said = each("li", limits(marks))
    return whole(
        TITLE,
        (
            paragraph(f"{marks.model.name} {marks.model.version}"),
            f"<h1>{TITLE}</h1>\n<div class=head><ul>{said}</ul></div>",
            f"<nav>{''.join(_link(one.family) for one in marks.families)}</nav>",
            *(_family(marks, one) for one in marks.families),
            _grid(marks),
        ),
        _STYLE,
    )


def _link(family: str) -> str:
    return f'<a href="#of-{text(family)}">{text(family)}</a>'


def _family(marks: Marks, one: FamilyMarks) -> str:
    title = f'<h2 id="of-{text(one.family)}">{text(one.family)}</h2>'
    if not one.marks:
        return f"<section>\n{title}\n<p class=about>{NOTHING}</p>\n</section>"
    *heads, effect, last = header(marks, one)
    head = f"{each('th', heads)}<th class=effect>{effect}</th><th class=used>{last}</th>"
    rows = "".join(_row(marks, one, mark) for mark in one.marks)
    table = f"<table><tr>{head}</tr>{rows}</table>"
    return f"<section>\n{title}\n<div class=wide>{table}</div>\n</section>"


def _row(marks: Marks, one: FamilyMarks, mark: Mark) -> str:
    unit = f"<small>{text(unit_of(mark))}</small>" if unit_of(mark) else ""
    side = "more" if mark.effect > 0 else "less"
    width = 4 * min(abs(mark.effect) / STRONGEST, 1)
    bar = f'<i class={side} style="width:{width:.2f}em"></i>'
    return (
        f"<tr><td>{_words(mark.what)}{unit}</td>{each('td', numbers(mark, marks, one))}"
        f"<td class=effect>{bar}{signed(mark.effect)}</td>"
        f"<td class=used>{text(used(mark))}</td></tr>"
    )


def _grid(marks: Marks) -> str:
    if not marks.grid:
        return ""
    head = each("th", ("", *(one.family for one in marks.families)))
    rows = "".join(_grid_row(row) for row in marks.grid)
    note = (
        "The first marks of every class, held against the average of all classes, in standard "
        "deviations: blue for more of it, orange for less."
    )
    return (
        f"<section>\n<h2>All classes side by side</h2>\n<p class=about>{note}</p>\n"
        f"<div class=wide><table class=grid><tr>{head}</tr>{rows}</table></div>\n</section>"
    )


def _grid_row(row: GridRow) -> str:
    cells = "".join(
        f"<td class={'up' if effect > 0 else 'down'} "
        f'style="--s:{_FULL * min(abs(effect) / STRONGEST, 1):.0f}%">{_short(effect)}</td>'
        for effect in row.effects
    )
    return f"<tr><td>{_words(row.what)}</td>{cells}</tr>"


def _short(effect: float) -> str:
    """Return an effect to a tenth, which is all that a glance takes in."""
    return f"{effect:+.1f}".replace("-", "−") if abs(effect) >= 0.05 else "0"


def _words(words: str) -> str:
    """Return words with what stands in back-ticks set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text(words))
