"""Enrolling: a class joins a trained model from a few samples, the booster stays as it is.

A ridge logistic regression sets the samples against left-out samples of the trained classes, and
is calibrated on samples that it did not see. Which features, how many and how strong a ridge was
measured (training/LOG.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fingerprint_models.calibration import sigmoid
from fingerprint_models.enrolment import STEP, Background, Enrolled, Enrolment
from fingerprint_models.logistic import fit_logistic

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

PRIOR = 0.1
"""Share of an enrolled class that is presumed among code of its languages, unless told."""

PENALTY = 0.01
"""The ridge on features of even variance; between 0.003 and 0.03 nothing changes much."""

MATCHED = 0.7
"""Part of the background's weight that goes by the languages of the samples.

Without it the score tells the language: nine in ten Svelte samples of others passed for a class
enrolled on Svelte (measured). The rest keeps the score low in other languages.
"""

FOLDS = 5
"""Parts that samples and background are cut into, to be scored by a fit that did not see them."""

PRECISION = {"balanced": 0.95, "high-precision": 0.99}
"""Mode: least precision of what is told, as for the trained classes."""

COVERAGE = 0.90
"""Share of a class's own samples whose prediction set shall hold it."""

NEVER = 2.0
"""A threshold that no probability reaches."""


def fit_enrolment(
    background: Background, members: Sequence[Enrolled], human: int | None
) -> Enrolment:
    """Fit all enrolled classes anew, each against the background and the samples of the others.

    The order in which they joined plays no part. `human` is the index of the trained class that
    means human, None where none does.
    """
    ordered = sorted(members, key=lambda each: each.name)
    return Enrolment(
        tuple(
            _fitted(background, each, [other for other in ordered if other is not each], human)
            for each in ordered
        )
    )


def folds_of(groups: Sequence[str]) -> npt.NDArray[np.int8]:
    """Return the fold of each sample, shape (n,), below `FOLDS`; a group lies in one fold."""
    sizes = Counter(groups)
    filled = dict.fromkeys(range(FOLDS), 0)
    fold_of = {}
    for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold_of[group] = min(filled, key=lambda fold: (filled[fold], fold))
        filled[fold_of[group]] += size
    return np.array([fold_of[group] for group in groups], dtype=np.int8)


def _fitted(
    background: Background, member: Enrolled, others: Sequence[Enrolled], human: int | None
) -> Enrolled:
    table = _Table(background, member, others)
    weights, bias = fit_logistic(table.values, table.truth, table.weights, PENALTY)
    seen = table.left_out()
    slope, offset = _platt(seen, table)
    chances = sigmoid(slope * seen + offset)
    accusing = human if not member.person else None
    spread = len(background.centre), background.projection.shape[1]
    columns = background.projection.astype(np.float64) @ weights[: spread[1]]
    return replace(
        member,
        weights=(slope * columns).astype(np.float32),
        score_weights=(slope * weights[spread[1] :] / background.scale).astype(np.float32),
        bias=float(slope * (bias - background.centre @ columns) + offset),
        thresholds={
            mode: _threshold(chances, table, precision, accusing)
            for mode, precision in PRECISION.items()
        },
        set_level=_set_level(chances[:, table.truth == 1].mean(axis=0)),
        figures=_figures(chances, table),
    )


class _Table:
    """Background, other enrolled classes and the class itself, row under row, ready to fit."""

    def __init__(
        self, background: Background, member: Enrolled, others: Sequence[Enrolled]
    ) -> None:
        rivals = [background.values, *(other.samples for other in others)]
        apart = [np.asarray(other.folds, dtype=np.int64) for other in others]
        self.own = len(member.samples)
        self.values = np.concatenate([*rivals, member.samples]).astype(np.float64) * STEP
        self.truth = np.repeat((0.0, 1.0), (len(self.values) - self.own, self.own))
        self.labels = np.concatenate(
            [
                background.truth,
                *(np.full(len(each.samples), -1 - at) for at, each in enumerate(others)),
            ]
        )
        own = np.asarray(member.folds, dtype=np.int64)
        self.folds = [
            np.concatenate([fold, *apart, own]) for fold in (background.tasks, background.sources)
        ]
        languages = [
            *background.languages.tolist(),
            *(name for other in others for name in other.sample_languages),
        ]
        rest = _matched(languages, member.sample_languages) * _evened(self.labels)
        rest *= (1 - member.prior) / rest.sum()
        self.weights = np.concatenate((rest, np.full(self.own, member.prior / self.own)))

    def left_out(self) -> FloatArray:
        """Return every row's score by fits without its fold: of tasks, of sources, (2, n)."""
        found = np.zeros((2, len(self.truth)))
        for side, fold in enumerate(self.folds):
            for held in range(FOLDS):
                kept = fold != held
                if len(np.unique(self.truth[kept])) == 2:
                    weights, bias = fit_logistic(
                        self.values[kept], self.truth[kept], self.weights[kept], PENALTY
                    )
                    found[side, ~kept] = self.values[~kept] @ weights + bias
        return found


def _matched(languages: Sequence[str], own: Sequence[str]) -> FloatArray:
    """Weigh the background so that `MATCHED` of it has the languages of the samples."""
    have, wanted = Counter(languages), Counter(own)
    known = sum(wanted[name] for name in have)
    ratio = {
        name: MATCHED * (wanted[name] / max(known, 1)) / (count / len(languages)) + 1 - MATCHED
        for name, count in have.items()
    }
    return np.array([ratio[name] for name in languages])


def _evened(labels: IntArray) -> FloatArray:
    """Weigh rows by 1 / √(size of their class): between even and as found."""
    _, at, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    weights: FloatArray = 1.0 / np.sqrt(sizes[at])
    return weights


def _platt(seen: FloatArray, table: _Table) -> tuple[float, float]:
    """Fit slope and offset on left-out scores, with Platt's targets for few samples (1999)."""
    n, rest = table.own, len(table.truth) - table.own
    target = np.where(table.truth == 1, (n + 1) / (n + 2), 1 / (rest + 2))
    weights, offset = fit_logistic(
        seen.reshape(-1, 1), np.tile(target, 2), np.tile(table.weights, 2), 1e-4
    )
    if weights[0] <= 0:  # the samples tell nothing: everybody gets the prior
        prior = float(table.weights[table.truth == 1].sum())
        return 0.0, float(np.log(prior / (1 - prior)))
    return float(weights[0]), offset


def _threshold(chances: FloatArray, table: _Table, precision: float, human: int | None) -> float:
    """Return the least probability at which the promises hold on left-out rows; `NEVER` if none.

    Precision holds over left-out tasks of known sources, as the samples' own context is known; one
    more row of the background is counted as told than was, since few samples make no certainty.
    No human row may be told, over left-out tasks and over left-out sources: with two in a thousand
    allowed, five in a thousand were told on the test tasks (measured).
    """
    truth, weights = table.truth == 1, table.weights
    least = 0.5
    people = np.flatnonzero(table.labels == human) if human is not None else np.zeros(0, np.int64)
    if len(people):
        least = max(least, float(chances[:, people].max()))
    known = chances[0]
    spare = float(np.median(weights[~truth]))
    levels = np.unique(known[truth])
    for level in levels[levels > least].tolist():
        told = known >= level
        right, wrong = weights[told & truth].sum(), weights[told & ~truth].sum() + spare
        if right >= precision * (right + wrong):
            return float(level)
    return NEVER


def _set_level(own: FloatArray) -> float:
    """Return the probability that `COVERAGE` of the left-out samples reach (split conformal)."""
    place = max(int((1 - COVERAGE) * (len(own) + 1)), 1)
    return float(np.sort(own)[place - 1])


def _figures(chances: FloatArray, table: _Table) -> dict[str, float | int]:
    """Return what left-out samples say: how many there are, and the AUROC against the rest."""
    truth = table.truth == 1
    found = 0.0
    for side in chances:
        order = np.argsort(side[~truth], kind="stable")
        mass = np.concatenate(([0.0], np.cumsum(table.weights[~truth][order])))
        low = np.searchsorted(side[~truth][order], side[truth], side="left")
        high = np.searchsorted(side[~truth][order], side[truth], side="right")
        found += float(((mass[low] + mass[high]) / 2 / mass[-1]).mean()) / 2
    return {"samples": int(table.own), "auroc": round(found, 4)}
