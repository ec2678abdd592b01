"""Sides drawn anew under no drift: which samples could as well have been the current ones.

All differences that are tested are sums of a coefficient a sample, so one matrix holds what is
needed: its first row are the sides as they are, the others the sides as chance might have dealt
them. In every row a language has the same weight on both sides, that of the current side: a corpus
that merely has more Python moves nothing within Python.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Draws:
    """`coefficients` (1 + draws, n): a row times a column (n,) is current mean - reference mean.

    Both means are taken within language and weighted as the current side has its languages; the
    current side's coefficients are above 0. `reference` and `current` (1 + draws, languages) count
    samples by language, over all languages that were given. Row 0 is what was observed.
    """

    coefficients: FloatMatrix
    reference: FloatArray
    current: FloatArray

    def __len__(self) -> int:
        return len(self.coefficients)

    def first(self, most: int) -> FloatMatrix:
        """Return the coefficients of what was observed and of the first draws, `most` rows."""
        return self.coefficients[:most]


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
    return Draws(coefficients, totals - now, now)


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

    `source` (n,) holds codes from 0; a source lies on one side. In each draw a language counts that
    has `fewest` samples on both sides then.
    """
    sources, languages = int(source.max()) + 1, len(tested)
    is_current = np.zeros(sources, dtype=np.bool_)
    is_current[source] = current
    many = int(is_current.sum())
    side = np.zeros((1 + draws, sources), dtype=np.bool_)
    side[0] = is_current
    first = random.random((draws, sources)).argsort(axis=1)[:, :many]
    np.put_along_axis(side[1:], first, values=True, axis=1)
    table = np.bincount(source * languages + language, minlength=sources * languages)
    table = table.reshape(sources, languages).astype(np.float64)
    now: FloatArray = side.astype(np.float64) @ table
    before = table.sum(axis=0) - now
    used = tested & (now >= fewest) & (before >= fewest)
    whole = np.maximum((now * used).sum(axis=1, keepdims=True), 1)
    ahead = (used / whole).astype(np.float32)
    behind = np.divide(now / whole, before, out=np.zeros_like(now), where=used).astype(np.float32)
    coefficients = np.where(side[:, source], ahead[:, language], -behind[:, language])
    return Draws(coefficients, before, now)
