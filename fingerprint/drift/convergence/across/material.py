"""Samples of people and of AI, of any source, arranged for comparison within a language.

What makes samples alike besides who wrote them is their stratum: language, length, and kind. A kind
is a task that occurs in many sources on both sides, such as "function" or "hunk"; other tasks (a
path, a problem of one benchmark) mean nothing outside their source and are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.arranged import (
    Arranged,
    Positions,
    Strings,
    by_group,
    families,
    joined,
)
from fingerprint.drift.convergence.figures import FEWEST_SOURCES
from fingerprint.drift.convergence.plan import AI, turns
from fingerprint.drift.measured import Measured
from fingerprint.drift.periods import By, periods
from fingerprint_models.families import HUMAN
from fingerprint_models.transfer import signed_log
from fingerprint_training.mining.labels import UNDECLARED

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LINES = (10, 25, 60)
"""Lines that are not blank at which the next length begins: a hunk, a function, a file, more."""

MOST_OF_SOURCE, FEWEST_OF_SOURCE = 60, 5
"""Samples of one language and period that a source gives at most, and that it must have."""

WRITES = 2021.5
"""When models began to write code for many: GitHub Copilot's preview is of 29 June 2021."""

_NOBODY = ("", UNDECLARED, "unknown")


@dataclass(frozen=True, eq=False)
class Material:
    """Samples whose `source` is their language, and whose task and model are their source.

    `year` (n,) is the date of each in years, NaN where it has none, `kinds` the kinds matched.
    """

    samples: Arranged
    year: FloatArray
    kinds: tuple[str, ...]


def material(measured: Measured, by: By, seed: int) -> Material:
    """Arrange samples of people (of any date or none) and of AI with a period; thin large sources.

    AI is whoever is labelled neither human nor nobody: an agent whose model is not known counts.
    """
    family, period = families(measured), periods(measured.date, measured.stated, by)
    human = family == HUMAN
    period = np.where(human, "", period)
    ai = ~human & ((family != "") | ~np.isin(measured.label, _NOBODY))
    placed = (measured.source != "") & (measured.language != "")
    kept = np.flatnonzero(placed & (human | (ai & (period != ""))))
    since = human & (years(measured.date) >= WRITES)
    kept = kept[_thinned(measured, kept, np.where(since, "since", period), seed)]
    kind, kinds = _kinds(measured.task[kept], measured.source[kept], human[kept])
    language = measured.language[kept]
    length = np.searchsorted(LINES, measured.lines[kept], side="right").astype(np.str_)
    order, groups = by_group(measured.groups)
    names, source = np.unique(measured.source[kept], return_inverse=True)
    source = source.astype(np.int64)
    samples = Arranged(
        values=signed_log(measured.values[kept][:, order]),
        groups=groups,
        family=np.where(human[kept], HUMAN, AI),
        period=period[kept],
        source=language,
        stratum=_numbers(joined(joined(language, kind), length)),
        task_at=source,
        model_at=source,
        models=len(names),
        tasks=len(names),
    )
    return Material(samples, years(measured.date[kept]), kinds)


def years(date: npt.NDArray[np.datetime64]) -> FloatArray:
    """Return days as years, 2021.5 for 2 July 2021; NaN for NaT."""
    known = ~np.isnat(date)
    found = np.full(len(date), np.nan)
    found[known] = 1970 + date[known].astype("datetime64[D]").astype(np.int64) / 365.2425
    return found


def _thinned(measured: Measured, rows: Positions, period: Strings, seed: int) -> BoolArray:
    """Return which rows are kept: at most so many, by chance, of a source, language and period.

    People's of before and after models wrote code are thinned apart.
    """
    place = _numbers(joined(joined(measured.source[rows], measured.language[rows]), period[rows]))
    count = np.bincount(place)
    order = np.random.default_rng([seed, 7]).permutation(len(rows))
    rank = np.empty(len(rows), dtype=np.int64)
    rank[order] = turns(place[order])
    kept: BoolArray = (rank < MOST_OF_SOURCE) & (count[place] >= FEWEST_OF_SOURCE)
    return kept


def _kinds(task: Strings, source: Strings, human: BoolArray) -> tuple[Strings, tuple[str, ...]]:
    """Return the kind of each sample, "" where its task is none, and all kinds."""
    common = set(task.tolist()) - {""}
    for side in (human, ~human):
        pairs = np.unique(joined(source[side], task[side]))
        owned = [each.split("\t", 1)[1] for each in pairs.tolist()]
        names, count = np.unique(np.array(owned, dtype=np.str_), return_counts=True)
        common &= set(names[count >= FEWEST_SOURCES].tolist())
    kinds = tuple(sorted(common))
    return np.where(np.isin(task, kinds), task, ""), kinds


def _numbers(texts: Strings) -> Positions:
    return np.unique(texts, return_inverse=True)[1].astype(np.int64)
