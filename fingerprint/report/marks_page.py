"""What marks each family as one self-contained page: no script, nothing fetched, to be printed.

Plain tables, so that it needs no drawing library: bars and the heat map are table cells. Every
cell holds its number, so colour only helps to find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from fingerprint.cli.render import printable
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
from fingerprint.report.scan_colours import variables
from fingerprint_models.marks import FamilyMarks, GridRow, Mark, Marks

STRONGEST = 0.8
"""The effect at which colour is full: a large one (Cohen, 1988)."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
*{box-sizing:border-box}
body{margin:0 auto;padding:2.5rem 1.5rem 4rem;max-width:66rem;background:var(--paper);
 color:var(--ink);font:16px/1.5 system-ui,'Segoe UI',Helvetica,Arial,sans-serif}
h1{font-size:2rem;line-height:1.2;margin:.2rem 0 1rem}
h2{font-size:1.25rem;margin:2.4rem 0 .2rem}
p,li{max-width:46rem}
.about{color:var(--muted);margin:0}
.head{background:var(--panel);border-left:4px solid var(--agent2);padding:.6rem 1.2rem}
.head ul{margin:.3rem 0;padding-left:1.1rem}.head li{margin:.3rem 0}
.head li:first-child{font-weight:600}
nav{margin:1rem 0 0;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem}nav a{color:var(--agent2)}
code{font:.92em/1.4 ui-monospace,Consolas,monospace;background:var(--panel);padding:0 .25em}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;table-layout:fixed;font-size:.9rem;margin-top:.5rem;
 font-variant-numeric:tabular-nums}
th,td{padding:.3rem .5rem;text-align:right;vertical-align:top;border-bottom:1px solid var(--line)}
th{color:var(--muted);font-weight:500;vertical-align:bottom;width:5.4rem}
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
@media print{body{max-width:none;padding:0;font-size:10pt}section,tr{break-inside:avoid}
 h2{break-after:avoid}nav{display:none}.wide{overflow:visible}.grid{min-width:0}
 td,i,.head{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""

_FULL = 55
"""Most colour of a cell, in per cent: its number must stay readable on it."""


def page(marks: Marks) -> str:
    """Return the page as HTML."""
    said = _each("li", limits(marks))
    body = "\n".join(
        (
            f"<p class=about>{_text(f'{marks.model.name} {marks.model.version}')}</p>",
            f"<h1>{TITLE}</h1>\n<div class=head><ul>{said}</ul></div>",
            f"<nav>{''.join(_link(each.family) for each in marks.families)}</nav>",
            *(_family(marks, each) for each in marks.families),
            _grid(marks),
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{TITLE}</title>\n<style>{variables()}{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _link(family: str) -> str:
    return f'<a href="#of-{_text(family)}">{_text(family)}</a>'


def _family(marks: Marks, each: FamilyMarks) -> str:
    title = f'<h2 id="of-{_text(each.family)}">{_text(each.family)}</h2>'
    if not each.marks:
        return f"<section>\n{title}\n<p class=about>{NOTHING}</p>\n</section>"
    *heads, effect, last = header(marks, each)
    head = f"{_each('th', heads)}<th class=effect>{effect}</th><th class=used>{last}</th>"
    rows = "".join(_row(marks, each, mark) for mark in each.marks)
    table = f"<table><tr>{head}</tr>{rows}</table>"
    return f"<section>\n{title}\n<div class=wide>{table}</div>\n</section>"


def _row(marks: Marks, each: FamilyMarks, mark: Mark) -> str:
    unit = f"<small>{_text(unit_of(mark))}</small>" if unit_of(mark) else ""
    side = "more" if mark.effect > 0 else "less"
    width = 4 * min(abs(mark.effect) / STRONGEST, 1)
    bar = f'<i class={side} style="width:{width:.2f}em"></i>'
    return (
        f"<tr><td>{_words(mark.what)}{unit}</td>{_each('td', numbers(mark, marks, each))}"
        f"<td class=effect>{bar}{signed(mark.effect)}</td>"
        f"<td class=used>{_text(used(mark))}</td></tr>"
    )


def _grid(marks: Marks) -> str:
    if not marks.grid:
        return ""
    head = _each("th", ("", *(each.family for each in marks.families)))
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


def _each(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{_text(text)}</{tag}>" for text in texts)


def _words(text: str) -> str:
    """Return words with what stands in back-ticks set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _text(text))


def _text(text: str) -> str:
    return escape(printable(text), quote=True)
