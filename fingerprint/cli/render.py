"""Answers as JSON, JSON lines and plain lines: one writer a format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TextIO, TypeAlias

from fingerprint_models.attribution import Attribution, Evidence
from fingerprint_models.file_parts import FileParts, PartAttribution

if TYPE_CHECKING:
    from fingerprint_models.pooling import PooledAttribution
    from fingerprint_models.prevalence import Shares

PLAIN_COLUMNS = ("path", "status", "family", "confidence", "ai_probability", "raw", "reason")
"""Columns of a plain line, separated by tabs; `-` stands for nothing."""

LEAST_SHARE = 0.01
"""A smaller share of a mix is shown only where its interval does not reach down to 0."""

Answer: TypeAlias = "Attribution | FileParts | PooledAttribution"
Writer = Callable[[Iterable[Answer], TextIO], None]


def write_jsonl(answers: Iterable[Answer], stream: TextIO) -> None:
    """Write one JSON object a line, as soon as it is there."""
    for answer in answers:
        stream.write(_json(answer) + "\n")


def write_json(answers: Iterable[Answer], stream: TextIO) -> None:
    """Write one JSON array, one object a line."""
    stream.write("[")
    for index, answer in enumerate(answers):
        stream.write((",\n" if index else "\n") + _json(answer))
    stream.write("\n]\n")


def write_plain(answers: Iterable[Answer], stream: TextIO) -> None:
    """Write one line of `PLAIN_COLUMNS` each, what belongs to it below, on lines that begin empty.

    These are the reasons; and of a file in parts its verdict, then the parts: lines, family,
    confidence, AI probability, raw family, reason, name. Pools are sentences after an empty line.
    """
    before = "\n"
    for answer in answers:
        if isinstance(answer, Attribution | FileParts):
            stream.writelines(f"{line}\n" for line in _file_lines(answer))
        else:
            stream.write(f"{before}{pool_line(answer)}\n")
            before = ""


def _file_lines(answer: Attribution | FileParts) -> Iterator[str]:
    whole = answer.whole if isinstance(answer, FileParts) else answer
    yield "\t".join(_cells(whole))
    for line in evidence_lines(whole.evidence):
        yield f"\t{line}"
    if isinstance(answer, FileParts):
        for line in part_lines(answer):
            yield f"\t{line}"


def part_lines(answer: FileParts) -> Iterator[str]:
    """Yield the verdict on a file that was scored, and then each of its parts."""
    if answer.whole.status == "ok":
        yield f"{answer.verdict}\t{share(answer.mixed_probability)}\tby {answer.by}"
    for part in answer.parts:
        family_on = _cells(part.attribution)[2:]
        yield "\t".join((lines_of(part), *family_on, printable(part.name or "-")))


def lines_of(part: PartAttribution) -> str:
    """Return where a part stands, as `12-40`."""
    return f"{part.start}-{part.end}"


def evidence_lines(evidence: Iterable[Evidence]) -> Iterator[str]:
    """Yield each reason as its signed weight (log-odds), the family it speaks of, and its words."""
    for item in evidence:
        yield f"{item.contribution:+.2f}\t{item.family}\t{printable(item.text)}"


def pool_line(pooled: PooledAttribution) -> str:
    """Return a pool in one line: who, how sure, of how many files; and the mix where it is known.

    What the model said stands in brackets where something else is told, with the reason.
    """
    files = f"{pooled.samples} file{'' if pooled.samples == 1 else 's'}"
    out = f", {pooled.left_out} left out" if pooled.left_out else ""
    mix = f"; mix: {_mix(pooled.shares)}" if pooled.shares is not None else ""
    return f"pool {printable(pooled.key)}: {_told(pooled)}, {files}{out}{mix}"


def _told(pooled: PooledAttribution) -> str:
    if pooled.family is None:
        return pooled.status
    said = f"{pooled.raw_family} {share(pooled.raw_confidence)}"
    aside = [said] if pooled.raw_family != pooled.family else []
    aside += [pooled.reason.replace("_", " ")] if pooled.reason else []
    told = f"{pooled.family} {share(pooled.confidence)}"
    return f"{told} ({', '.join(aside)})" if aside else told


def _mix(shares: Shares) -> str:
    """Return the shares worth showing, the largest first, each with its interval in percent."""
    rows = zip(shares.classes, shares.share, shares.low, shares.high, strict=True)
    shown = [row for row in rows if row[1] >= LEAST_SHARE or row[2] > 0]
    return ", ".join(
        f"{name} {100 * part:.0f} % [{100 * low:.0f}, {100 * high:.0f}]"
        for name, part, low, high in sorted(shown, key=lambda row: -row[1])
    )


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


def _json(answer: Answer) -> str:
    return json.dumps(answer.to_dict(), ensure_ascii=False)
