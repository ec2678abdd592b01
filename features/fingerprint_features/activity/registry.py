"""Every extractor of changes in plain sight: its order is the order of the columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features import registry as code_registry
from fingerprint_features.activity import (
    added_code,
    change_shape,
    changed_lines,
    commits,
    lists,
    longest,
    markup,
    prose,
    relative,
    sections,
    timing,
    title,
    words,
)
from fingerprint_features.activity.reading import MAX_CHARACTERS, Activity


@dataclass(frozen=True)
class Extractor:
    """A named, versioned block of columns. The version rises when a column's value changes.

    `group` is what ablations leave out: text, shape, timing or code. `costly` ones parse code,
    and a caller may skip them. A column is finite, or NaN where its thing is not at hand.
    """

    id: str
    group: str
    columns: Mapping[str, str]
    measure: Callable[[Activity], dict[str, float]]
    costly: bool = False

    @property
    def prefix(self) -> str:
        """What the names of its columns start with."""
        return self.id.split(".")[0]


EXTRACTORS: tuple[Extractor, ...] = (
    Extractor("title.v1", "text", title.COLUMNS, title.measure),
    Extractor("markup.v1", "text", markup.COLUMNS, markup.measure),
    Extractor("lists.v1", "text", lists.COLUMNS, lists.measure),
    Extractor("prose.v1", "text", prose.COLUMNS, prose.measure),
    Extractor("sections.v1", "text", sections.COLUMNS, sections.measure),
    Extractor("commits.v1", "text", commits.COLUMNS, commits.measure),
    Extractor("longest.v1", "text", longest.COLUMNS, longest.measure),
    Extractor("diff.v1", "shape", change_shape.COLUMNS, change_shape.measure),
    Extractor("lines.v1", "shape", changed_lines.COLUMNS, changed_lines.measure),
    Extractor("timing.v1", "timing", timing.COLUMNS, timing.measure),
    Extractor("relative.v1", "code", relative.COLUMNS, relative.measure, costly=True),
    Extractor("code.v1", "code", added_code.COLUMNS, added_code.measure, costly=True),
)

COLUMNS: tuple[str, ...] = tuple(
    f"{extractor.prefix}.{name}" for extractor in EXTRACTORS for name in extractor.columns
)

DESCRIPTIONS: dict[str, str] = {
    f"{extractor.prefix}.{name}": said
    for extractor in EXTRACTORS
    for name, said in extractor.columns.items()
}

GROUPS: dict[str, str] = {
    f"{extractor.prefix}.{name}": extractor.group
    for extractor in EXTRACTORS
    for name in extractor.columns
}


def measure(activity: Activity, code: bool = True) -> npt.NDArray[np.float32]:
    """Return all dense columns of a change, shape (len(COLUMNS),), finite or NaN.

    Without `code` the columns of the costly extractors are NaN.
    """
    row: list[float] = []
    for extractor in EXTRACTORS:
        if extractor.costly and not code:
            row.extend([np.nan] * len(extractor.columns))
        else:
            values = extractor.measure(activity)
            row.extend(values[name] for name in extractor.columns)
    return np.array(row, dtype=np.float32)


def schema() -> dict[str, object]:
    """Return what a model must agree with: extractors, columns, lexicon views, bounds."""
    return {
        "extractors": [extractor.id for extractor in EXTRACTORS],
        "code_extractors": [extractor.id for extractor in code_registry.EXTRACTORS],
        "columns": list(COLUMNS),
        "lexicon": {
            "views": list(words.VIEWS),
            "buckets": words.BUCKETS,
            "word_orders": list(words.WORD_ORDERS),
            "character_orders": list(words.CHARACTER_ORDERS),
        },
        "max_characters": MAX_CHARACTERS,
    }


def schema_hash() -> str:
    """Return the SHA-256 of the schema; a model refuses to run on any other."""
    return hashlib.sha256(repr(sorted(schema().items())).encode()).hexdigest()
