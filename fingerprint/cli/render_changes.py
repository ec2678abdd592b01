"""Attributions of changes as JSON, JSON lines and plain lines: one writer a format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TextIO

from fingerprint.cli.render import evidence_lines, printable, share
from fingerprint_models.change_attribution import ChangeAttribution
from fingerprint_models.declaration import Declaration

PLAIN_COLUMNS = ("change", "declared", "inferred", "confidence", "conflict")
"""Columns of a plain line, separated by tabs; `-` stands for nothing."""

UNDECLARED = "undeclared"
"""No marker was found, which is no proof of a human."""

Writer = Callable[[Iterable[ChangeAttribution], TextIO], None]


def write_jsonl(answers: Iterable[ChangeAttribution], stream: TextIO) -> None:
    """Write one JSON object a line, as soon as it is there."""
    for answer in answers:
        stream.write(_json(answer) + "\n")


def write_json(answers: Iterable[ChangeAttribution], stream: TextIO) -> None:
    """Write one JSON array, one object a line."""
    stream.write("[")
    for index, answer in enumerate(answers):
        stream.write((",\n" if index else "\n") + _json(answer))
    stream.write("\n]\n")


def write_plain(answers: Iterable[ChangeAttribution], stream: TextIO) -> None:
    """Write one line of `PLAIN_COLUMNS` each, its evidence below it on lines that begin empty."""
    for answer in answers:
        inferred = answer.inferred
        cells = (
            name_of(answer),
            declared_by(answer),
            inferred.agent if inferred else answer.status,
            share(inferred.confidence if inferred else None),
            "conflict" if answer.conflict else "-",
        )
        stream.write("\t".join(cells) + "\n")
        if inferred:
            stream.writelines(f"\t{line}\n" for line in evidence_lines(inferred.evidence))


def name_of(answer: ChangeAttribution, digits: int | None = None) -> str:
    """Return what a change is called: a commit, cut to `digits`, `FILE#NUMBER`, or whose pool."""
    if answer.kind == "pool":
        whose = "all" if answer.id is None else f"{answer.id}:"
        return printable(f"{whose} {answer.changes} changes")
    if answer.path is None:
        return printable(answer.id or "-")[: digits if answer.status == "ok" else None]
    number = "" if answer.id is None else f"#{answer.id}"
    return printable(answer.path + number)


def declared_by(answer: ChangeAttribution) -> str:
    """Return who a change says made it; `-` where it could not be read."""
    if answer.declared is not None:
        return printable(_named(answer.declared))
    return UNDECLARED if answer.status in ("ok", "empty") else "-"


def _named(declared: Declaration) -> str:
    """Return the agent; several where equally strong statements differ; or what else is told."""
    agent = declared.agent or "+".join(declared.agents)
    return agent or declared.model or declared.family or "unnamed"


def _json(answer: ChangeAttribution) -> str:
    record = answer.to_dict()
    if answer.kind == "pool":  # whose changes, where not all; no commit is called so
        record = {"author": answer.id, **record, "commit": None}
    return json.dumps(record, ensure_ascii=False)
