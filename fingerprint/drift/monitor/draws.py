"""Sides drawn anew under no drift: which samples could as well have been the current ones.

All differences that are tested are sums of a coefficient a sample, so one matrix holds what is
needed: its first row are the sides as they are, the others the sides as chance might have dealt
them. In every row a language has the same weight on both sides, that of the current side: a corpus
that merely has more Python moves nothing within Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

FEWEST_SPLITS = 20
"""Other ways to part the sources that are needed: beside fewer no p-value reaches 1/21 < 0.05."""

_TRIED = 20  # splits that are looked through for each that is wanted
_ENOUGH = 5  # a language must leave one in so many of those wanted, or is not looked into


@dataclass(frozen=True, eq=False)
class Draws:
    """`coefficients` (1 + draws, n): a row times a column (n,) is current mean - reference mean.

    Both means are taken within language and weighted as the current side has its languages; the
    current side's coefficients are above 0. `reference` and `current` (1 + draws, languages) count
    samples by language, over all languages that were given. Row 0 is what was observed. `tested`
    (languages,) says which are looked into; samples of the others have coefficients of 0.
    """

    coefficients: FloatMatrix
    reference: FloatArray
    current: FloatArray
    tested: BoolArray


def by_rows(
    current: BoolArray,
    language: IntArray,
    tested: BoolArray,
    *,
    draws: int,
    random: np.random.Generator,
) -> Draws:
    """Shuffle samples between the sides, those of one language among themselves.

    `language` (n,) holds codes from 0, `tested` (languages,) says which have enough samples on both
    sides. How many samples of each language the current side has is drawn apart, from all samples
    together: without drift the two are independent.
    """
    totals = np.bincount(language, minlength=len(tested))
    observed = np.bincount(language[current], minlength=len(tested))
    counts = random.multivariate_hypergeometric(totals, int(observed.sum()), size=draws)
    now = np.concatenate((observed[None], counts)).astype(np.float64)
    whole = max(int(observed[tested].sum()), 1)
    coefficients = np.zeros((1 + draws, len(language)), dtype=np.float32)
    for code in np.flatnonzero(tested):
        rows = np.flatnonzero(language == code)
        many = int(observed[code])
        side = np.zeros((1 + draws, len(rows)), dtype=np.bool_)
        side[0] = current[rows]
        first = random.random((draws, len(rows)), dtype=np.float32).argsort(axis=1)[:, :many]
        np.put_along_axis(side[1:], first, values=True, axis=1)
        weight = many / whole
        coefficients[:, rows] = np.where(side, 1 / whole, -weight / (len(rows) - many))
    return Draws(coefficients, totals - now, now, tested)


def by_sources(
    current: BoolArray,
    language: IntArray,
    tested: BoolArray,
    source: IntArray,
    *,
    fewest: int,
    draws: int,
    random: np.random.Generator,
) -> Draws:
    """Shuffle whole sources between the sides: as many are current in each draw as there are.

    `source` (n,) holds codes from 0; a source lies on one side. Only splits that have `fewest`
    samples of each tested language on both sides are draws: which languages are tested depends on
    the split that was observed, so the others are no match for it. A language that leaves too few
    splits is not tested. How many samples of each language the current side has is counted apart,
    over all splits.
    """
    sources, languages = int(source.max()) + 1, len(tested)
    is_current = np.zeros(sources, dtype=np.bool_)
    is_current[source] = current
    side = _splits(is_current, _TRIED * draws, random)
    table = np.bincount(source * languages + language, minlength=sources * languages)
    table = table.reshape(sources, languages).astype(np.float64)
    now = (side.astype(np.float32) @ table.astype(np.float32)).astype(np.float64)
    before = table.sum(axis=0) - now
    tested, alike = _comparable(tested, (now >= fewest) & (before >= fewest), now[0], draws)
    rows = np.flatnonzero(alike)[: 1 + draws]
    whole = np.maximum((now[rows] * tested).sum(axis=1, keepdims=True), 1)
    ahead = (tested / whole).astype(np.float32)
    behind = np.zeros((len(rows), languages), dtype=np.float32)
    behind[:, tested] = (now[rows] / whole)[:, tested] / before[rows][:, tested]
    coefficients = np.where(side[rows][:, source], ahead[:, language], -behind[:, language])
    return Draws(coefficients, before[: len(rows)], now[: len(rows)], tested)


def _splits(is_current: BoolArray, most: int, random: np.random.Generator) -> BoolArray:
    """Return sides of sources (1 + splits, sources), the given one first.

    All other splits, in an order by chance, where there are at most so many; else `most` by chance.
    """
    sources, many = len(is_current), int(is_current.sum())
    if comb(sources, many) <= most:
        chosen = np.array(list(combinations(range(sources), many)), dtype=np.int64)
        chosen = random.permutation(chosen)
        chosen = chosen[~is_current[chosen].all(axis=1)]
    else:
        chosen = random.random((most, sources), dtype=np.float32).argsort(axis=1)[:, :many]
    side = np.zeros((1 + len(chosen), sources), dtype=np.bool_)
    side[0] = is_current
    np.put_along_axis(side[1:], chosen, values=True, axis=1)
    return side


def _comparable(
    tested: BoolArray, used: BoolArray, many: FloatArray, draws: int
) -> tuple[BoolArray, BoolArray]:
    """Return the languages that are tested (languages,), and the splits that use them all.

    `used` (1 + splits, languages). Languages are taken in by how `many` samples the current side
    has of them.
    """
    tested, alike = tested.copy(), np.ones(len(used), dtype=np.bool_)
    enough = max(FEWEST_SPLITS, min(draws, len(used)) // _ENOUGH)
    for code in np.argsort(-many, kind="stable"):
        both = alike & used[:, code]
        tested[code] &= both.sum() > enough
        if tested[code]:
            alike = both
    return tested, alike
