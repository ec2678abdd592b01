"""A scan for a terminal. Imported only where one is printed: rich is slow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fingerprint.cli.render import printable
from fingerprint.report.scan_words import headline, interval, limits, percent, verdict
from fingerprint.scanning.kinds import AUTOMATION, BEFORE, DECLARED, UNDECLARED
from fingerprint.scanning.record import Count, Group, Scan

MOST = 15
"""Directories and markers that a terminal shows; JSON has all."""

MONTHS = 24


def write_table(scan: Scan, stream: TextIO) -> None:
    """Write the verdict, then tables from the whole to the single commit."""
    console = Console(file=stream)
    print_text = console.print
    print_text(Text(f"{printable(scan.repository)}: {headline(scan)}", "bold"))
    for sentence in verdict(scan):
        print_text(Text(printable(sentence)))
    for title, groups in (
        ("year", scan.years),
        (f"last {MONTHS} months", scan.months[-MONTHS:]),
        ("top directories", scan.directories[:MOST]),
    ):
        print_text(_groups(title, groups))
    print_text(_shares("declared agent", scan.whole.agents, scan.whole.since))
    print_text(_shares("declared family", scan.whole.families, scan.whole.since))
    if found := scan.whole.estimate:
        rows = [
            (name, percent(share), interval(low, high))
            for name, share, low, high in sorted(
                zip(found.classes, found.share, found.low, found.high, strict=True),
                key=lambda row: -row[1],
            )
        ]
        print_text(_table(("undeclared rest, estimated", "share", "95 % interval"), rows))
    if scan.conflicts:
        print_text(_conflicts(scan))
    if scan.markers:
        texts = [(m.text, m.agent, f"{m.commits:,}") for m in scan.markers[:MOST]]
        print_text(_table(("declared by", "agent", "commits"), texts))
    for sentence in limits(scan):
        print_text(Text(printable(sentence), "dim"))


def _conflicts(scan: Scan) -> Table:
    return _table(
        ("conflict", "title", "declared", "looks like", "sure"),
        [
            (each.sha[:12], each.title, each.declared, each.inferred, percent(each.confidence))
            for each in scan.conflicts
        ],
    )


def _groups(title: str, groups: Iterable[Group]) -> Table:
    columns = (title, "commits", "declared", "bots", "undeclared", "agents among these", "before")
    return _table(columns, [_group(group) for group in groups])


def _group(group: Group) -> Sequence[str]:
    def share(kind: str) -> str:
        count = group.kinds[kind]
        return percent(count.of(group.all)[0]) if count.commits else "-"

    found = group.by_agents
    guess = "-" if not group.kinds[UNDECLARED].commits else "too few"
    if found is not None:
        guess = f"{percent(found[0])} ({interval(*found[1:])})"
    shares = (share(DECLARED), share(AUTOMATION), share(UNDECLARED), guess, share(BEFORE))
    return (group.name, f"{group.all.commits:,}", *shares)


def _shares(title: str, counts: Mapping[str, Count], whole: Count) -> Table:
    rows = []
    for name, count in counts.items():
        of_commits, of_lines = count.of(whole)
        rows.append((name, f"{count.commits:,}", percent(of_commits), percent(of_lines)))
    return _table((title, "commits", "of commits", "of lines"), rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for at, column in enumerate(columns):
        table.add_column(column, overflow="fold", justify="left" if at == 0 else "right")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table
