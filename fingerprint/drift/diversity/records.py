"""What was found of diversity, in frozen records."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SCHEMA_VERSION = 1

MEASURES = {
    "ttr_25": "type-token ratio of 25 identifiers in a row",
    "ttr_50": "type-token ratio of 50 identifiers in a row",
    "ttr_100": "type-token ratio of 100 identifiers in a row",
    "names": "type-token ratio over samples: equally many identifiers of each",
    "ast_entropy": "entropy of syntax-tree paths, bits",
    "vendi": "Vendi score of token n-grams",
    "tail_imports": "share of imports that are rare in human code",
    "tail_apis": "share of calls that are rare in human code",
    "tail_nodes": "share of syntax nodes that are rare in human code",
    "self_similarity": "similarity of two answers to one task by different models",
    "repeat_similarity": "similarity of two answers to one task by one model",
}
"""What is measured, and in words; more of it means more diverse, but for the two of `ALIKE`."""

ALIKE = ("self_similarity", "repeat_similarity")
"""Of these, more means less diverse."""

ALL = "all"
"""The period that holds every sample, dated or not."""

HOLDS = 0.05
"""A difference holds where the false discovery rate over all of them is at most this."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval; all NaN, and `why` says why, where it is not shown.

    `samples` could be measured, in `clusters` groups of them that were drawn together: those of a
    source, or of a task of a source (`of`). For differences these are what both sides have alike,
    and `p` is the two-sided p-value of none.
    """

    value: float
    low: float
    high: float
    samples: int
    clusters: int
    of: str
    why: str | None = None
    p: float = math.nan

    @property
    def shown(self) -> bool:
        """Whether there is a value."""
        return self.why is None

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as JSON knows it."""
        found = {
            "value": _number(self.value),
            "low": _number(self.low),
            "high": _number(self.high),
            "samples": self.samples,
            "clusters": self.clusters,
            "of": self.of,
            "why": self.why,
        }
        return found if math.isnan(self.p) else {**found, "p": self.p}


@dataclass(frozen=True, slots=True)
class Cell:
    """The samples of a family in a language and a period ("all": of any period, or of none).

    `models` and `sources` count what the samples come from: several models are more diverse than
    one. `identifiers` is the median length of a sample. `figures` has one for each of `MEASURES`.
    """

    language: str
    family: str
    period: str
    samples: int
    models: int
    sources: int
    identifiers: float
    figures: Mapping[str, Figure]

    def to_dict(self) -> dict[str, Any]:
        """Return the cell as JSON knows it."""
        return {
            "language": self.language,
            "family": self.family,
            "period": self.period,
            "samples": self.samples,
            "models": self.models,
            "sources": self.sources,
            "identifiers": _number(self.identifiers),
            "figures": {name: each.to_dict() for name, each in self.figures.items()},
        }


@dataclass(frozen=True, slots=True)
class Contrast:
    """How far a cell is from another of its language: its figures less the other's.

    `kind` is "human" (against the human samples of any period), "first" (against the family's
    first period that is shown), or "family". `matched` says what both sides have in common: the
    tasks ("task"), the sources ("source"), or no more than the language. `q` is the p-value of
    each measure, corrected for all contrasts of the record.
    """

    kind: str
    language: str
    family: str
    period: str
    against: str
    against_period: str
    matched: str
    figures: Mapping[str, Figure]
    q: Mapping[str, float] = field(default_factory=dict)

    def held(self) -> dict[str, bool]:
        """Return the measures whose difference holds, and whether it says less diverse."""
        return {
            name: (figure.value > 0) == (name in ALIKE)
            for name, figure in self.figures.items()
            if figure.shown and self.q[name] <= HOLDS
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the contrast as JSON knows it."""
        return {
            "kind": self.kind,
            "language": self.language,
            "family": self.family,
            "period": self.period,
            "against": self.against,
            "against_period": self.against_period,
            "matched": self.matched,
            "figures": {name: each.to_dict() for name, each in self.figures.items()},
            "q": dict(self.q),
        }


@dataclass(frozen=True, slots=True)
class Diversity:
    """How diverse the families of a corpus are.

    Figures that depend on the number of samples are those of `each` samples everywhere, and cells
    of fewer than `least` are not shown. `rows` counts all rows, `measured` those that were
    measured (cells are bounded), `unlabelled` those of no known family or language. `undated` are
    of no period, where there are periods: only the figures of "all" count them. People's rows have
    no release, and are not among them.
    """

    corpus: str
    by: str
    each: int
    least: int
    seed: int
    rows: int
    measured: int
    unlabelled: int
    undated: int
    cells: tuple[Cell, ...]
    contrasts: tuple[Contrast, ...]
    schema_version: int = SCHEMA_VERSION

    def to_dict(self) -> dict[str, Any]:
        """Return all as JSON knows it; what is not shown is None."""
        return {
            "schema_version": self.schema_version,
            "corpus": self.corpus,
            "by": self.by,
            "each": self.each,
            "least": self.least,
            "seed": self.seed,
            "rows": self.rows,
            "measured": self.measured,
            "unlabelled": self.unlabelled,
            "undated": self.undated,
            "measures": dict(MEASURES),
            "cells": [each.to_dict() for each in self.cells],
            "contrasts": [each.to_dict() for each in self.contrasts],
        }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
