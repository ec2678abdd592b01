"""What each measure is taken of, for some of the samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fingerprint.drift.diversity.alike import alike
from fingerprint.drift.diversity.draws import Clusters, Drawn, Means, Part, clusters
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
    ground: Ground, rows: IntArray, of: str | None, chance: np.random.Generator
) -> Iterator[tuple[str, Part | None, str]]:
    """Yield for each measure its name, its part, and why there is none.

    `of` is what clusters are, None for what the samples allow.
    """
    m = ground.material
    for at, window in enumerate(WINDOWS):
        yield f"ttr_{window}", _mean(m, rows, m.ttr[:, at], of), SHORT
    yield "names", _names(ground, rows, of), SHORT
    tree = _paths(ground, rows, of)
    yield "ast_entropy", tree, "no syntax trees, or too small ones"
    yield "vendi", _vendi(ground, rows, of, chance), SHORT
    language = str(m.language[rows[0]])
    for kind in ITEMS:
        why = ground.no_tails.get(language, f"no {kind}")
        yield f"tail_{kind}", _mean(m, rows, ground.tails[kind], of), why
    for name, one_model in (("self_similarity", False), ("repeat_similarity", True)):
        pairs = alike(m, rows, one_model=one_model, chance=chance) if ground.tasks else None
        yield name, pairs, "no two answers to one task" if ground.tasks else "no tasks"


def _mean(m: Material, rows: IntArray, values: FloatArray, of: str | None) -> Means | None:
    rows = rows[~np.isnan(values[rows])]
    return Means(values[rows], _clusters(m, rows, of), len(rows)) if len(rows) else None


def _names(ground: Ground, rows: IntArray, of: str | None) -> Drawn | None:
    rows = rows[ground.material.names[rows, 0] >= 0]
    if not len(rows):
        return None
    own = ground.material.names[rows]
    size = ground.each * NAMES
    return Drawn(
        lambda drawn: types(own[drawn].reshape(len(drawn), -1)) / size,
        _clusters(ground.material, rows, of),
        ground.each,
    )


def _paths(ground: Ground, rows: IntArray, of: str | None) -> Drawn | None:
    rows = rows[ground.material.paths[rows, 0] >= 0]
    if not len(rows):
        return None
    own = ground.material.paths[rows]
    return Drawn(
        lambda drawn: entropies(own[drawn].reshape(len(drawn), -1)),
        _clusters(ground.material, rows, of),
        ground.each,
    )


def _vendi(
    ground: Ground, rows: IntArray, of: str | None, chance: np.random.Generator
) -> Drawn | None:
    if len(rows) > MOST_COMPARED:
        rows = np.sort(chance.choice(rows, MOST_COMPARED, replace=False))
    tokens = ground.material.tokens[rows]
    fine = tokens.getnnz(axis=1) > 0
    if not fine.any():
        return None
    kernel = (tokens[fine] @ tokens[fine].T).toarray()
    return Drawn(
        lambda drawn: vendi(kernel[drawn[:, :, None], drawn[:, None, :]]),
        _clusters(ground.material, rows[fine], of),
        ground.each,
    )


def _clusters(m: Material, rows: IntArray, of: str | None) -> Clusters:
    return clusters(m.source[rows], m.task[rows], of=of)
