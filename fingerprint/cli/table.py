"""Attributions as a table for a terminal. Imported only where one is printed: rich is slow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fingerprint.cli.render import evidence_lines, printable, share
from fingerprint_models.attribution import Attribution

_STYLES = {"human": "green", "unknown": "yellow"}


def write_table(attributions: Iterable[Attribution], stream: TextIO) -> None:
    """Write a table of all attributions, their evidence below each."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("file", overflow="fold")
    table.add_column("told")
    table.add_column("sure", justify="right")
    table.add_column("AI", justify="right")
    table.add_column("model said")
    table.add_column("why", overflow="fold")
    for attribution in attributions:
        table.add_row(*_cells(attribution))
        for line in evidence_lines(attribution.evidence):
            weight, family, text = line.split("\t", 2)
            table.add_row(Text("  " + text, "dim"), Text(family, "dim"), Text(weight, "dim"))
    Console(file=stream).print(table)


def _cells(attribution: Attribution) -> tuple[Text, ...]:
    scored = attribution.status == "ok"
    told = (attribution.family or "-") if scored else attribution.status
    said = f"{attribution.raw_family} {share(attribution.raw_confidence)}" if scored else "-"
    return (
        Text(printable(attribution.path or "-")),
        Text(told, _STYLES.get(told, "cyan" if scored else "dim")),
        Text(share(attribution.confidence)),
        Text(share(attribution.ai_probability)),
        Text(said, "dim"),
        Text((attribution.reason or "").replace("_", " "), "dim"),
    )
