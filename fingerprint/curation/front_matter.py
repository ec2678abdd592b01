"""The YAML head of a data card, changed a key at a time: what others wrote stays as they wrote it.

No YAML library: one that reads and writes the whole head again loses comments, order and quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fingerprint.curation.errors import CurationError

FENCE = "---"
_KEY = re.compile(r"([A-Za-z_][\w-]*)\s*:")
_PLAIN = re.compile(r"[A-Za-z][\w .+#/-]*(?<! )|[A-Za-z0-9]+(?:[KMBT])?<n<[\w]+|n[<>]\d+[KMBT]")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


@dataclass(frozen=True)
class Front:
    """What a command has to say in a head: keys that are its own, and what it adds to others'.

    `own` is replaced, `united` joins the list that is there, `missing` is set where nothing is.
    """

    own: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    united: Mapping[str, Sequence[str]] = field(default_factory=dict)
    missing: Mapping[str, str | Sequence[str]] = field(default_factory=dict)


def split(text: str) -> tuple[list[str], str]:
    """Return the lines of the head, and the body; no lines where there is no head.

    Raises CurationError for a head without an end.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return [], text
    for at, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            return lines[1:at], "\n".join(lines[at + 1 :])
    raise CurationError("begins a head with --- and never ends it: close it with another ---")


def updated(lines: Sequence[str], front: Front) -> list[str]:
    """Return the lines of a head with what `front` says; untouched keys keep their lines.

    A list that is written in a way not understood here (nested, or over several lines in
    brackets) is left as it is.
    """
    blocks = _blocks(lines)
    for key, value in front.missing.items():
        blocks.setdefault(key, _written(key, value))
    for key, value in front.own.items():
        blocks[key] = _written(key, value)
    for key, values in front.united.items():
        there = _listed(blocks[key]) if key in blocks else []
        if there is not None and (new := [v for v in values if v not in there]):
            blocks[key] = _written(key, [*there, *new])
    return [line for block in blocks.values() for line in block]


def value_of(lines: Sequence[str], key: str) -> list[str]:
    """Return what a key holds as a list; empty where it is missing or not understood."""
    return _listed(_blocks(lines).get(key, [])) or []


def _blocks(lines: Sequence[str]) -> dict[str, list[str]]:
    """Return the lines of each top-level key, in order; those before the first under ""."""
    blocks: dict[str, list[str]] = {}
    key = ""
    for line in lines:
        found = _KEY.match(line)
        if found:
            key = found.group(1)
        blocks.setdefault(key, []).append(line)
    return blocks


def _listed(block: Sequence[str]) -> list[str] | None:
    """Return the values of a key's lines; None where they are not understood."""
    if not block:
        return []
    first, rest = block[0].split(":", 1)[1].strip(), [line.strip() for line in block[1:]]
    items = [line for line in rest if line and not line.startswith("#")]
    if first and not items:
        values = first[1:-1].split(",") if first[0] == "[" and first[-1] == "]" else [first]
    elif not first and all(item.startswith("- ") for item in items):
        values = [item[2:] for item in items]
    else:
        return None
    read = [_scalar(value.strip()) for value in values if value.strip()]
    return None if None in read else [value for value in read if value is not None]


def _scalar(text: str) -> str | None:
    if text[0] in "\"'":
        end = text.find(text[0], 1)
        rest = text[end + 1 :].strip()
        return text[1:end] if end > 0 and (not rest or rest[0] == "#") else None
    text = re.split(r"\s+#", text)[0]
    return None if text[0] in "[{&*!|>%@`" or ": " in text else text


def _written(key: str, value: str | Sequence[str]) -> list[str]:
    if isinstance(value, str):
        return [f"{key}: {_quoted(value)}"]
    return [f"{key}:", *(f"- {_quoted(each)}" for each in value)] if value else [f"{key}: []"]


def _quoted(text: str) -> str:
    """Return a text as YAML; JSON's quotes are YAML's."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and " #" not in text
    return text if plain else json.dumps(text, ensure_ascii=False)
