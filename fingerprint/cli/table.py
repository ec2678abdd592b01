"""Attributions as a table for a terminal. Imported only where one is printed: rich is slow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fingerprint.cli.render import Answer, lines_of, pool_line, printable, share
from fingerprint.cli.table_reasons import print_reasons
from fingerprint_models.attribution import Attribution
from fingerprint_models.file_parts import MIXED, FileParts

_STYLES = {"human": "green", "unknown": "yellow"}


def write_table(answers: Iterable[Answer], stream: TextIO) -> None:
    """Write a table of all answers, their parts below each; then the reasons, and the pools."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("file", overflow="fold")
    table.add_column("told")
    table.add_column("sure", justify="right")
    table.add_column("AI", justify="right")
    table.add_column("model said")
    table.add_column("why", overflow="fold")
    reasons, pools = [], []
    for answer in answers:
        if not isinstance(answer, Attribution | FileParts):
            pools.append(Text(pool_line(answer)))
            continue
        whole = answer.whole if isinstance(answer, FileParts) else answer
        table.add_row(*_cells(whole, printable(whole.path or "-")))
        reasons.append((printable(whole.path or "-"), whole.evidence))
        if isinstance(answer, FileParts):
            _add_parts(table, answer)
    console = Console(file=stream)
    console.print(table)
    print_reasons(console, reasons)
    for pool in pools:  # sentences, which the terminal wraps, and a file keeps on one line each
        console.print(pool, soft_wrap=True)


def _add_parts(table: Table, answer: FileParts) -> None:
    if answer.whole.status == "ok":
        about = f"mixed with probability {share(answer.mixed_probability)}"
        style = "red" if answer.verdict == MIXED else "dim"
        table.add_row(Text(f"  {answer.verdict}", style), *[""] * 4, Text(about, "dim"))
    for part in answer.parts:
        name = f" {printable(part.name)}" if part.name else ""
        table.add_row(*_cells(part.attribution, f"  {lines_of(part)}{name}"))


def _cells(attribution: Attribution, about: str) -> tuple[Text, ...]:
    scored = attribution.status == "ok"
    told = (attribution.family or "-") if scored else attribution.status
    said = f"{attribution.raw_family} {share(attribution.raw_confidence)}" if scored else "-"
    return (
        Text(about),
        Text(told, _STYLES.get(told, "cyan" if scored else "dim")),
        Text(share(attribution.confidence)),
        Text(share(attribution.ai_probability)),
        Text(said, "dim"),
        Text((attribution.reason or "").replace("_", " "), "dim"),
    )
