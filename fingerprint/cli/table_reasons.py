"""Reasons for a terminal, below the table of answers: sentences need more room than a column."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fingerprint.cli.render import evidence_lines
from fingerprint_models.attribution import Evidence


def print_reasons(console: Console, reasons: Iterable[tuple[str, Iterable[Evidence]]]) -> None:
    """Print the reasons of each answer below its name; nothing for those without any."""
    for name, evidence in reasons:
        lines = [line.split("\t", 2) for line in evidence_lines(evidence)]
        if not lines:
            continue
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right")
        table.add_column()
        table.add_column(overflow="fold")
        for weight, about, text in lines:
            style = "green" if weight.startswith("+") else "red"
            table.add_row(Text(f"  {weight}", style), Text(about, "dim"), Text(text))
        console.print(Text(name, "bold"), table, "", sep="\n")
