"""A scan as plain lines for pipes: what a line is about, then its cells, tabs between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fingerprint.cli.render import printable
from fingerprint.report.scan_words import limits, verdict
from fingerprint.scanning.kinds import KINDS
from fingerprint.scanning.record import Count, Group, Scan, not_human

GROUP_COLUMNS = (
    "name", "commits", "added_lines", *KINDS, "sampled", "estimate", "low", "high",
)  # fmt: skip
"""Cells of an all, year, month or directory line. The last three: of the undeclared commits the
share by agents that the model knows; `-` where there is no estimate."""


def lines(scan: Scan) -> Iterator[str]:
    """Yield the lines without their ends; texts out of the repository are made printable."""
    for cells in _rows(scan):
        yield "\t".join(printable(str(cell)) for cell in cells)


def _rows(scan: Scan) -> Iterator[tuple[object, ...]]:
    yield "repository", scan.repository, scan.revision
    yield from (("verdict", sentence) for sentence in verdict(scan))
    yield "columns", *GROUP_COLUMNS
    yield _group("all", scan.whole)
    yield from (_group("year", group) for group in scan.years)
    yield from (_group("month", group) for group in scan.months)
    yield from (_group("directory", group) for group in scan.directories)
    yield from _shares("agent", scan.whole.agents, scan.whole.since)
    yield from _shares("family", scan.whole.families, scan.whole.since)
    if found := scan.whole.estimate:
        for name, *ends in zip(found.classes, found.share, found.low, found.high, strict=True):
            yield "estimate", name, *(f"{end:.3f}" for end in ends)
    if (control := not_human(scan.control)) is not None:
        yield "before", "agents", *(f"{end:.3f}" for end in control)
    for each in scan.conflicts:
        told = each.declared, each.inferred, f"{each.confidence:.2f}"
        yield "conflict", each.sha, *told, each.title
    yield from (("evidence", each.agent, each.commits, each.text) for each in scan.markers)
    yield from (("limit", sentence) for sentence in limits(scan))


def _group(what: str, group: Group) -> tuple[object, ...]:
    counts = (group.all.commits, group.all.lines, *(group.kinds[kind].commits for kind in KINDS))
    found = group.by_agents
    ends = ("-", "-", "-") if found is None else tuple(f"{end:.3f}" for end in found)
    return what, group.name, *counts, group.sampled, *ends


def _shares(what: str, counts: Mapping[str, Count], whole: Count) -> Iterator[tuple[object, ...]]:
    for name, count in counts.items():
        of_commits, of_lines = count.of(whole)
        yield what, name, count.commits, f"{of_commits:.3f}", count.lines, f"{of_lines:.3f}"
