"""Rows of one place judged together: by what its rows tell as one, and by what each tells alone.

The answers of a group are pooled as the model pools (`fingerprint_models.pooling`), and a row's
answer is then the mean of its own and of its group's. Both halves are needed: where one hand wrote
all of a repository the pooled answer alone does a little better yet, but where two hands did, it
tells nothing of a row any more, and its own answer is what is left (docs/curation.md has figures).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fingerprint.curation.content import Hashes, draw_of
from fingerprint.curation.model_answers import Pooled
from fingerprint.curation.rows import Rows, probabilities_of
from fingerprint.curation.shards import PROBABILITIES, Column, Shards
from fingerprint_models.calibration import FLOOR
from fingerprint_models.pooling import FEWEST_POOLED

FloatArray = npt.NDArray[np.float64]
Slots = npt.NDArray[np.int32]

ALONE = -1
"""The slot of a row that no group of `FEWEST_POOLED` or more has."""

_STEPS = 2.0**24
"""Steps of a log-probability in sums. Whole numbers add up to the same in whatever order; of the
least, -13.8, an int64 holds 4 x 10^10."""


@dataclass(frozen=True)
class Together:
    """What was judged together: `rows` scored rows in `groups` with one value of `column` each."""

    column: str
    groups: int
    rows: int


def judged_together(
    shards: Shards, rows: Rows, column: str, pooled: Pooled
) -> tuple[Rows, Together]:
    """Return the rows with `ai` and `family` as those with one value of `column` tell together.

    Rows without a value, and of groups of fewer than `FEWEST_POOLED` scored rows, stay as they are.
    Three passes over one column each, with some 50 bytes a row and 8 for each class of each group
    in memory. The same whatever the order of the rows.
    """
    slots, sizes = _slots(_keys(shards, column), rows)
    told = Together(column, len(sizes), int(sizes.sum()))
    if not len(sizes):
        return rows, told
    answers = pooled.pooling.of_means(_means(shards, slots, len(sizes)), sizes)
    people = [rows.classes.index(name) for name in pooled.human if name in rows.classes]
    machine = np.maximum(1.0 - answers[:, people].sum(axis=1), 0.0)
    ai, family = rows.ai.copy(), rows.family.copy()
    for here, own in _answered(shards, slots):
        at = slots[here]
        ai[here] = (ai[here].astype(np.float64) + machine[at]) / 2
        family[here] = (own + answers[at]).argmax(axis=1)
    return replace(rows, ai=ai, family=family), told


def _keys(shards: Shards, column: str) -> tuple[Hashes, npt.NDArray[np.bool_]]:
    """Return a number for each row's value, (n,), and whether it has one, (n,)."""
    keys, there = [], []
    for batch in shards.batches([column]):
        names = _names(batch.column(column))
        keys.append(draw_of([name or "" for name in names]))
        there.append(np.array([name is not None for name in names], dtype=np.bool_))
    return np.concatenate(keys), np.concatenate(there)


def _names(column: Column) -> list[str | None]:
    """Return values as text; None for null, for no number and for blank text."""
    values = column.to_pylist()
    blank = (None if v is None or v != v or not str(v).strip() else repr(v) for v in values)  # noqa: PLR0124 - NaN
    return list(blank)


def _slots(
    keyed: tuple[Hashes, npt.NDArray[np.bool_]], rows: Rows
) -> tuple[Slots, npt.NDArray[np.int64]]:
    """Return the group of each row, (n,) of `ALONE` or a place in the sizes, (G,)."""
    keys, there = keyed
    places = np.flatnonzero(there & rows.scored)
    _, inverse, counts = np.unique(keys[places], return_inverse=True, return_counts=True)
    large = counts >= FEWEST_POOLED
    number = np.where(large, np.cumsum(large) - 1, ALONE).astype(np.int32)
    slots = np.full(len(rows), ALONE, dtype=np.int32)
    slots[places] = number[inverse]
    return slots, counts[large].astype(np.int64)


def _means(shards: Shards, slots: Slots, groups: int) -> FloatArray:
    """Return the mean log-probabilities of each group, (G, K)."""
    sums = np.zeros((groups, len(shards.classes)), dtype=np.int64)
    for here, own in _answered(shards, slots):
        logs = np.log(np.maximum(own, FLOOR))
        np.add.at(sums, slots[here], np.rint(logs * _STEPS).astype(np.int64))
    sizes = np.bincount(slots[slots != ALONE], minlength=groups)
    means: FloatArray = sums / _STEPS / sizes[:, None]
    return means


def _answered(shards: Shards, slots: Slots) -> Iterator[tuple[npt.NDArray[np.int64], FloatArray]]:
    """Yield places of rows in groups with their answers, (m, K), a batch at a time."""
    at = 0
    for batch in shards.batches([PROBABILITIES]):
        here = np.flatnonzero(slots[at : at + batch.num_rows] != ALONE)
        if len(here):
            told = probabilities_of(batch.column(PROBABILITIES))[here]
            yield here + at, told.astype(np.float64)
        at += batch.num_rows
