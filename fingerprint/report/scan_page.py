"""A scan as one self-contained page: no script, nothing fetched, to be read and to be printed.

Every text out of the repository is escaped: paths, messages and names are whatever somebody wrote.
Signs that cannot be seen, and could turn a line around, are spelled out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fingerprint.report import scan_charts as charts
from fingerprint.report.page_parts import each, paragraph, text, whole
from fingerprint.report.scan_colours import HATCH
from fingerprint.report.scan_series import drawn_months, series_of
from fingerprint.report.scan_words import (
    KIND_NAMES,
    headline,
    interval,
    limits,
    number,
    percent,
    verdict,
)
from fingerprint.scanning.kinds import KINDS, UNDECLARED
from fingerprint.scanning.record import Group, Scan, not_human

DIRECTORIES = 15
"""Directories that are drawn; the table below them has twice as many."""

FAMILIES = 12

_STYLE = """
.verdict .warning{font-weight:600}
.key{display:inline-flex;align-items:center;gap:.4em;margin-right:1.2em;white-space:nowrap}
.key svg{display:inline;flex:none;width:.9em;height:.9em}
th,td{white-space:nowrap}
th,th.text,td.text{white-space:normal}
th.text,td.text{overflow-wrap:anywhere;max-width:none}
code{font:.88em/1.4 ui-monospace,Consolas,monospace;overflow-wrap:anywhere}
"""

Rows = Iterable[Sequence[str]]


def page(scan: Scan) -> str:
    """Return the page as HTML."""
    title = f"{scan.repository}: {headline(scan)}"
    return whole(title, (HATCH, *_parts(scan)), _STYLE)


def _parts(scan: Scan) -> Iterator[str]:
    yield _head(scan)
    if scan.whole.all.commits:
        yield _timeline(scan)
        yield _rest(scan)
        yield _agents(scan)
        yield _directories(scan)
        yield _conflicts(scan)
        yield _evidence(scan)
    yield _section("Method and limits", f"<ul class=limits>{each('li', limits(scan))}</ul>")


def _head(scan: Scan) -> str:
    ends = [f"from {scan.since}"] if scan.since else []
    ends += [f"up to {scan.until}"] if scan.until else []
    refs = "all refs" if scan.revision == "--all" else scan.revision
    about = ", ".join([scan.repository, refs, *ends, number(scan.whole.all.commits, "commit")])
    said = "".join(
        f"<p{' class=warning' if sentence.startswith('Incomplete') else ''}>{text(sentence)}</p>"
        for sentence in verdict(scan)
    )
    box = f"<div class=verdict>{said}</div>" if said else ""
    return f"<p class=about>{text(about)}</p>\n<h1>{text(headline(scan))}</h1>\n{box}"


def _timeline(scan: Scan) -> str:
    months, earlier = drawn_months(scan)
    if not months:
        return ""
    note = "Shares of the commits of each month, merges aside; below, how many there were."
    if earlier:
        note += f" {number(earlier, 'earlier commit')} not drawn."
    return _section("Month by month", paragraph(note) + charts.timeline(scan, months))


def _rest(scan: Scan) -> str:
    if scan.model is None or not scan.whole.kinds[UNDECLARED].commits:
        return ""
    found = scan.whole.estimate
    if found is None:
        said = f"Too few: {scan.whole.sampled} could be looked at."
        return _section("What the undeclared commits look like", paragraph(said))
    rows = sorted(
        zip(found.classes, found.share, found.low, found.high, strict=True), key=lambda row: -row[1]
    )
    note = (
        f"An estimate from {found.n:,} commits, corrected for the model's errors: the dot is the "
        "estimate, the bar its 95 % interval. It is about all of them together, not about any one."
    )
    html = paragraph(note) + charts.mix(rows, "mix")
    years = [(group.name, *ends) for group in scan.years if (ends := group.by_agents) is not None]
    note = "The share that looks like any agent's, by year:"
    if (control := not_human(scan.control)) is not None:
        years.insert(0, ("before assistants", *control))
        note = (
            "The share that looks like any agent's, by year; before assistants the truth is none:"
        )
    if len(years) > 1:
        html += paragraph(note) + charts.mix(years, "years")
    return _section("What the undeclared commits look like", html)


def _agents(scan: Scan) -> str:
    whole = scan.whole
    if not whole.agents:
        return ""
    shown = dict(list(whole.agents.items())[:FAMILIES])
    html = charts.bars(shown, whole.since, series_of(scan), "agents")
    families = dict(list(whole.families.items())[:FAMILIES])
    said = "By the family of the model, where the commit or the agent tells it:"
    html += paragraph(said) + charts.bars(
        families, whole.since, dict.fromkeys(families, "muted"), "families"
    )
    return _section("Declared agents and model families", html)


def _directories(scan: Scan) -> str:
    groups = scan.directories
    if not groups:
        return ""
    layers = {colour: name for name, colour in series_of(scan).items()}
    key = "".join(
        f"<span class=key><svg viewBox='0 0 10 10'><rect width='10' height='10' "
        f"fill='{'url(#hatch)' if colour == 'before' else f'var(--{colour})'}'/></svg>"
        f"{text(name)}</span>"
        for colour, name in layers.items()
    )
    columns = ("directory", "commits", *(KIND_NAMES[kind] for kind in KINDS), "lines", "estimate")
    table = _table(columns, (_directory(group) for group in groups[: 2 * DIRECTORIES]))
    drawing = charts.directories(scan, groups[:DIRECTORIES])
    more = len(groups) - 2 * DIRECTORIES
    rest = paragraph(f"{number(more)} more in the JSON output.") if more > 0 else ""
    about = "The estimate is of the undeclared commits: the share that looks like a known agent's."
    return _section("Directories", f"<p>{key}</p>{drawing}{paragraph(about)}{table}{rest}")


def _directory(group: Group) -> Sequence[str]:
    counts = (number(group.kinds[kind].commits) for kind in KINDS)
    found = group.by_agents
    guess = "–" if found is None else f"{percent(found[0])} ({interval(*found[1:])})"
    return group.name, number(group.all.commits), *counts, number(group.all.lines), guess


def _conflicts(scan: Scan) -> str:
    if not scan.checked:
        return ""
    note = (
        f"{number(scan.checked, 'declared commit')} looked at by style, "
        f"{number(scan.conflicts_found)} like somebody else's to the model at its strictest. The "
        "declaration stands: a conflict may be a mixed commit, a forged marker, or an error."
    )
    rows = [(f"{c.sha[:12]} {c.title[:120]}", c.declared, c.inferred, percent(c.confidence))
            for c in scan.conflicts]  # fmt: skip
    table = _table(("commit", "declares", "looks like", "confidence"), rows) if rows else ""
    return _section("Conflicts", paragraph(note) + table)


def _evidence(scan: Scan) -> str:
    if not scan.markers:
        return ""
    rows = "".join(
        f"<tr><td class=text><code>{text(marker.text)}</code></td><td>{text(marker.agent)}</td>"
        f"<td>{number(marker.commits)}</td></tr>"
        for marker in scan.markers
    )
    head = "<tr><th class=text>text</th><th>agent</th><th>commits</th></tr>"
    note = "The texts that declare an agent, exactly as they stand in most commits."
    return _section("Evidence", f"{paragraph(note)}<table>{head}{rows}</table>")


def _section(title: str, html: str) -> str:
    return f"<section>\n<h2>{text(title)}</h2>\n{html}\n</section>"


def _table(columns: Sequence[str], rows: Rows) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{'' if at else ' class=text'}>{text(cell)}</{tag}>"
            for at, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><tr>{cells('th', columns)}</tr>{body}</table>"
