"""What each measure is taken of, for some of the samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fingerprint.drift.diversity.alike import alike
from fingerprint.drift.diversity.composition import Clusters, clusters
from fingerprint.drift.diversity.draws import Drawn, Means, Part
from fingerprint.drift.diversity.formulas import FloatArray, IntArray, entropies, types, vendi
from fingerprint.drift.diversity.items import ITEMS
from fingerprint.drift.diversity.material import NAMES, WINDOWS, Material

SHORT = "samples are too short"

MOST_COMPARED = 500
"""Samples of a side that are compared with each other, left to chance: the cost is in the square of
their number, and draws are of a few."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What all measures stand on: the samples, their tails, and why a language has none.

    Draws are of `each` samples; `tasks` says whether samples of one task are answers to it.
    """

    material: Material
    tails: Mapping[str, FloatArray]
    no_tails: Mapping[str, str]
    each: int
    tasks: bool


def parts(
    ground: Ground,
    rows: IntArray,
    chance: np.random.Generator,
    *,
    of: str | None = None,
    what: str | None = None,
) -> Iterator[tuple[str, Part | None, str]]:
    """Yield for each measure its name, its part, and why there is none.

    `of` is what clusters are, None for what the samples allow; `what` is matched.
    """
    m = ground.material
    within = clusters(m.source[rows], m.task[rows], of=of, what=what)
    for at, window in enumerate(WINDOWS):
        yield f"ttr_{window}", _mean(m.ttr[rows, at], within), SHORT
    size = ground.each * NAMES
    yield "names", _drawn(m.names[rows], within, ground.each, lambda x: types(x) / size), SHORT
    tree = _drawn(m.paths[rows], within, ground.each, entropies)
    yield "ast_entropy", tree, "no syntax trees, or too small ones"
    yield "vendi", _vendi(ground, rows, within, chance), SHORT
    language = str(m.language[rows[0]])
    for kind in ITEMS:
        why = ground.no_tails.get(language, f"no {kind}")
        yield f"tail_{kind}", _mean(ground.tails[kind][rows], within), why
    for name, one_model in (("self_similarity", False), ("repeat_similarity", True)):
        pairs = None
        if ground.tasks:
            pairs = alike(m, rows, one_model=one_model, chance=chance, of=within.of, what=what)
        yield name, pairs, "no two answers to one task" if ground.tasks else "no tasks"


def _mean(values: FloatArray, within: Clusters) -> Means | None:
    fine = ~np.isnan(values)
    if not fine.any():
        return None
    return Means(values[fine], within[fine], np.ones(fine.sum(), dtype=np.int64))


def _drawn(
    numbers: IntArray, within: Clusters, each: int, measure: Callable[[IntArray], FloatArray]
) -> Drawn | None:
    """Return a measure of all numbers that drawn samples give; -1 is what has too few of them."""
    fine = np.flatnonzero(numbers[:, 0] >= 0)
    if not len(fine):
        return None
    return Drawn(
        lambda drawn: measure(numbers[drawn].reshape(len(drawn), -1)), within[fine], each, fine
    )


def _vendi(
    ground: Ground, rows: IntArray, within: Clusters, chance: np.random.Generator
) -> Drawn | None:
    at = np.flatnonzero(ground.material.tokens[rows].getnnz(axis=1) > 0)
    if not len(at):
        return None
    if len(at) > MOST_COMPARED:
        at = np.sort(chance.choice(at, MOST_COMPARED, replace=False))
    tokens = ground.material.tokens[rows[at]]
    kernel = (tokens @ tokens.T).toarray()
    return Drawn(
        lambda drawn: vendi(kernel[drawn[:, :, None], drawn[:, None, :]]),
        within[at],
        ground.each,
        np.arange(len(at)),
    )
