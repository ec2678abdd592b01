"""Attributions of changes as a table for a terminal. Imported only where one is printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fingerprint.cli.render import share
from fingerprint.cli.render_changes import UNDECLARED, declared_by, name_of
from fingerprint.cli.table_reasons import print_reasons
from fingerprint_models.change_attribution import ChangeAttribution

_STYLES = {"human": "green", "unknown": "yellow"}
_DIGITS = 12


def write_table(answers: Iterable[ChangeAttribution], stream: TextIO) -> None:
    """Write a table of all changes, and then the reasons of what was inferred."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("change", overflow="fold")
    table.add_column("declared")
    table.add_column("inferred")
    table.add_column("sure", justify="right")
    table.add_column("model said")
    table.add_column("why", overflow="fold")
    reasons = []
    for answer in answers:
        table.add_row(*_cells(answer))
        evidence = answer.inferred.evidence if answer.inferred else ()
        reasons.append((name_of(answer, _DIGITS), evidence))
    console = Console(file=stream)
    console.print(table)
    print_reasons(console, reasons)


def _cells(answer: ChangeAttribution) -> tuple[Text, ...]:
    inferred, stated = answer.inferred, declared_by(answer)
    told = inferred.agent if inferred else answer.status
    said = f"{inferred.raw_agent} {share(inferred.raw_confidence)}" if inferred else "-"
    reason = inferred.reason if inferred and inferred.reason else ""
    why = ["conflict"] * answer.conflict + [reason.replace("_", " ")] * bool(reason)
    return (
        Text(name_of(answer, _DIGITS)),
        Text(stated, "dim" if stated in (UNDECLARED, "-") else "bold"),
        Text(told, _STYLES.get(told, "cyan" if inferred else "dim")),
        Text(share(inferred.confidence if inferred else None)),
        Text(said, "dim"),
        Text(", ".join(why), "red" if answer.conflict else "dim"),
    )
