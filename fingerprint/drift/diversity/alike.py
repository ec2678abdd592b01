"""Self-similarity: how alike the answers to one task are."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from fingerprint.drift.diversity.composition import clusters
from fingerprint.drift.diversity.draws import Means
from fingerprint.drift.diversity.formulas import IntArray, shared
from fingerprint.drift.diversity.material import Material
from fingerprint_models.families import HUMAN

MOST_ANSWERS = 20
"""Answers to one task that are compared with each other, left to chance; 190 pairs of them."""


def alike(
    material: Material,
    rows: IntArray,
    *,
    one_model: bool,
    chance: np.random.Generator,
    of: str | None = None,
    what: str | None = None,
) -> Means | None:
    """Return the mean Jaccard similarity of the sets of token trigrams over pairs, by task.

    Pairs of answers of one stated model, or of two; answers of people, or without a stated model,
    count as by different ones. Tasks are clustered as `of` says and matched by `what` (see
    `clusters`). None where no task has such a pair.
    """
    rows = rows[material.task[rows] != ""]
    tasks = clusters(material.source[rows], material.task[rows], of="task").names
    values, first, rests = [], [], []
    for task in np.unique(tasks):
        own = rows[tasks == task]
        if len(own) > MOST_ANSWERS:
            own = np.sort(chance.choice(own, MOST_ANSWERS, replace=False))
        pairs = [
            (a, b) for a, b in combinations(own.tolist(), 2) if _same(material, a, b) is one_model
        ]
        if pairs:
            found = [shared(material.ngrams[a], material.ngrams[b]) for a, b in pairs]
            values.append(float(np.mean(found)))
            first.append(pairs[0][0])
            rests.append(len({row for pair in pairs for row in pair}))
    if not values:
        return None
    at = np.array(first)
    found_in = clusters(material.source[at], material.task[at], of=of, what=what)
    return Means(np.array(values), found_in, np.array(rests))


def _same(material: Material, one: int, other: int) -> bool:
    known = material.model[one] != "" and material.family[one] != HUMAN
    return bool(known and material.model[one] == material.model[other])
