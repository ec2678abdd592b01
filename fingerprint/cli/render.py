"""Attributions as JSON, JSON lines and plain lines: one writer a format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from fingerprint_models.attribution import Attribution, Evidence

PLAIN_COLUMNS = ("path", "status", "family", "confidence", "ai_probability", "raw", "reason")
"""Columns of a plain line, separated by tabs; `-` stands for nothing."""

Writer = Callable[[Iterable[Attribution], TextIO], None]


def write_jsonl(attributions: Iterable[Attribution], stream: TextIO) -> None:
    """Write one JSON object a line, as soon as it is there."""
    for attribution in attributions:
        stream.write(_json(attribution) + "\n")


def write_json(attributions: Iterable[Attribution], stream: TextIO) -> None:
    """Write one JSON array, one object a line."""
    stream.write("[")
    for index, attribution in enumerate(attributions):
        stream.write((",\n" if index else "\n") + _json(attribution))
    stream.write("\n]\n")


def write_plain(attributions: Iterable[Attribution], stream: TextIO) -> None:
    """Write one line of `PLAIN_COLUMNS` each, its evidence below it on lines that begin empty."""
    for attribution in attributions:
        stream.write("\t".join(_cells(attribution)) + "\n")
        stream.writelines(f"\t{line}\n" for line in evidence_lines(attribution.evidence))


def evidence_lines(evidence: Iterable[Evidence]) -> Iterator[str]:
    """Yield each reason as its signed weight (log-odds), the family it speaks of, and its words."""
    for item in evidence:
        yield f"{item.contribution:+.2f}\t{item.family}\t{printable(item.text)}"


def printable(text: str) -> str:
    """Return `text` on one line, without what would steer a terminal or break columns."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def share(value: float | None) -> str:
    """Return a probability as plain output has it: two decimals, `-` for none."""
    return "-" if value is None else f"{value:.2f}"


def _cells(attribution: Attribution) -> tuple[str, ...]:
    return (
        printable(attribution.path or "-"),
        attribution.status,
        attribution.family or "-",
        share(attribution.confidence),
        share(attribution.ai_probability),
        attribution.raw_family or "-",
        attribution.reason or "-",
    )


def _json(attribution: Attribution) -> str:
    return json.dumps(attribution.to_dict(), ensure_ascii=False)
