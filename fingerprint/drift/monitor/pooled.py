"""Both sides in one table: who stands where, in which language and of which source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor.draws import (
    BoolArray,
    Draws,
    FloatMatrix,
    IntArray,
    by_rows,
    by_sources,
)
from fingerprint_models.transfer import CLIP, signed_log

Strings = npt.NDArray[np.str_]

FEWEST = 10
"""A language takes part where both sides have so many samples of it; else a single one decides."""

LEAST_CAP = 8
"""Samples of a source that stay at least, when sources are made alike in size."""


@dataclass(frozen=True, eq=False)
class Pooled:
    """n samples, those of the reference first; `units` of them, or of sources, are shuffled.

    `row` (n,) is a sample's position in its side. `language` and `source` (n,) are codes from 0,
    `languages` the names. `by` says what was shuffled for the `draws`.
    """

    current: BoolArray
    row: IntArray
    language: IntArray
    languages: tuple[str, ...]
    source: IntArray
    by: str
    draws: Draws
    units: int

    @property
    def used(self) -> IntArray:
        """Positions of the samples whose language takes part."""
        return np.flatnonzero(self.draws.tested[self.language])

    def both(self, reference: npt.NDArray[Any], current: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return something of each side's samples in the order of the table."""
        return np.concatenate((reference[self.row[~self.current]], current[self.row[self.current]]))


def pooled(
    reference: Measured, current: Measured, *, by: str, draws: int, random: np.random.Generator
) -> Pooled:
    """Lay both sides together and draw the sides anew, by "rows" or by "sources".

    By sources, samples that name none are left out.
    """
    kept = [np.arange(len(side)) for side in (reference, current)]
    if by == "sources":
        kept = _alike((reference.source, current.source), random)
    is_current = np.repeat([False, True], [len(each) for each in kept])
    row = np.concatenate(kept)
    names = np.concatenate((reference.language[kept[0]], current.language[kept[1]]))
    languages, language = np.unique(names, return_inverse=True)
    counts = [
        np.bincount(language[is_current == side], minlength=len(languages))
        for side in (False, True)
    ]
    tested = np.minimum(*counts) >= FEWEST
    # A source that both sides name is two: else it could not lie on one side as a whole.
    sides = np.concatenate((reference.source[kept[0]], current.source[kept[1]]))
    _, plain = np.unique(sides, return_inverse=True)
    _, source = np.unique(2 * plain + is_current, return_inverse=True)
    if by == "sources":
        drawn = by_sources(
            is_current, language, tested, source, fewest=FEWEST, draws=draws, random=random
        )
    else:
        drawn = by_rows(is_current, language, tested, draws=draws, random=random)
    units = len(np.unique(source)) if by == "sources" else int(drawn.tested[language].sum())
    return Pooled(is_current, row, language, tuple(languages.tolist()), source, by, drawn, units)


def _alike(sides: Sequence[Strings], random: np.random.Generator) -> list[IntArray]:
    """Return positions of at most so many samples a named source, one limit for both sides.

    The limit is the smaller of the sides' median sizes: means of large sources stray less, and a
    side of larger ones would look steadier than chance.
    """
    sizes = [np.unique(side[side != ""], return_counts=True)[1] for side in sides]
    limit = max(LEAST_CAP, int(min(np.median(each) for each in sizes if len(each))))
    return [_few(side, limit, random) for side in sides]


def _few(source: Strings, limit: int, random: np.random.Generator) -> IntArray:
    order = random.permutation(np.flatnonzero(source != ""))
    _, code = np.unique(source[order], return_inverse=True)
    by_code = np.argsort(code, kind="stable")
    starts = np.searchsorted(code[by_code], code[by_code])
    rank = np.arange(len(order)) - starts
    return np.sort(order[by_code[rank < limit]])


def standardised(values: FloatMatrix) -> FloatMatrix:
    """Return columns (n, d) as standard scores of signed logarithms, clipped; 0 where all agree."""
    scores = signed_log(values)
    scores -= scores.mean(axis=0)
    scores /= scores.std(axis=0) + np.float32(1e-3)
    return np.clip(scores, -CLIP, CLIP, out=scores)


def centred(values: FloatMatrix, language: IntArray) -> FloatMatrix:
    """Return columns (n, d) less their mean in each language."""
    result = values.astype(np.float32)
    for code in np.unique(language):
        rows = language == code
        result[rows] -= result[rows].mean(axis=0)
    return result
