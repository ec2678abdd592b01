"""Which languages and periods hold enough sources of people and of AI to be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.convergence.arranged import Arranged
from fingerprint.drift.convergence.plan import AI, FEWEST, Cell, Series, series_of, shared, sides
from fingerprint.drift.convergence.record import Missing
from fingerprint_models.families import HUMAN

Positions = npt.NDArray[np.int64]

FEWEST_OF_SIDE = 3
"""Sources of either side that a language needs in a period: one is asked about, two are learned."""


@dataclass(frozen=True, eq=False)
class Matched:
    """A series for each language, and what cannot be shown and why."""

    series: tuple[Series, ...]
    missing: tuple[Missing, ...]


def matched(samples: Arranged, seed: int) -> Matched:
    """Return the series of human against AI in each language of two periods or more.

    In every period a classifier learns from as many sources of either side, and as many pairs of
    samples of like stratum; people are the same ones in every period.
    """
    series, missing = list[Series](), list[Missing]()
    chance = np.random.default_rng([seed, 8])
    for language in sorted(set(samples.source.tolist())):
        cells, lacking = _cells(samples, language)
        one = series_of(samples, language, (HUMAN, AI), cells, chance)
        kept = one.cells if one is not None and len(one.cells) > 1 else ()
        if one is not None and kept:
            series.append(one)
        lost = {each.period for each in cells} - {each.period for each in kept}
        lacking |= dict.fromkeys(sorted(lost), "no other period, or too few samples alike")
        missing += [Missing(HUMAN, AI, language, *each) for each in lacking.items()]
    return Matched(tuple(series), tuple(missing))


def _cells(samples: Arranged, language: str) -> tuple[list[Cell], dict[str, str]]:
    """Return the periods of a language that can be compared, and what others lack ("": all)."""
    human, ai = sides(samples, np.flatnonzero(samples.source == language), HUMAN, AI)
    if _few(samples, human, "human"):
        return [], {"": _few(samples, human, "human")}
    cells, lacking = list[Cell](), dict[str, str]()
    for period in sorted(set(samples.period[ai].tolist())):
        cell = shared(samples, period, human, ai[samples.period[ai] == period])
        why = _few(samples, cell.first, "human") or _few(samples, cell.second, "AI")
        if why:
            lacking[period] = why
        else:
            cells.append(cell)
    return cells, lacking


def halves(
    samples: Arranged, rows: tuple[Positions, Positions], chance: np.random.Generator
) -> Series | None:
    """Return a series of one period in which chance deals sources to two sides; None if too few.

    Of the sources dealt to a side, its own `rows` are taken.
    """
    names = np.intersect1d(samples.task_at[rows[0]], samples.task_at[rows[1]])
    if len(names) < 2 * FEWEST_OF_SIDE:
        return None
    dealt = chance.permutation(names)
    parts = [
        own[np.isin(samples.task_at[own], side)]
        for own, side in zip(rows, np.array_split(dealt, 2), strict=True)
    ]
    cell = shared(samples, "", parts[0], parts[1])
    if _few(samples, cell.first, "") or _few(samples, cell.second, ""):
        return None
    return series_of(samples, str(samples.source[rows[0][0]]), (HUMAN, HUMAN), [cell], chance)


def _few(samples: Arranged, rows: Positions, name: str) -> str:
    """Return what one side lacks, or ""."""
    sources = len(np.unique(samples.task_at[rows]))
    if sources < FEWEST_OF_SIDE:
        return f"{sources} sources of {name} samples, {FEWEST_OF_SIDE} needed"
    return f"{len(rows)} {name} samples, {FEWEST} needed" if len(rows) < FEWEST else ""
