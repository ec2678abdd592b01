"""Thresholds that keep their promise on sources never seen: risk control on left-out answers."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
import numpy.typing as npt

from fingerprint_models.decision import NEVER, Decision, Thresholds
from fingerprint_training.answers import Answers, joined, quantile

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

PROMISES = {"balanced": (0.95, 0.003), "high-precision": (0.99, 0.0005)}
"""Mode: least precision of what is told, and most human samples told to be AI.

The second is set below what the modes promise (0.5 % and 0.1 %), since thresholds that just hold
on left-out folds would fail on half of all new sources.
"""

SURE = 0.75
"""How sure the precision must be, over resampled owners (Angelopoulos et al., "Learn then test",
2021, with a cluster bootstrap for the bound, since samples of one owner are dependent)."""

FEWEST = 50
"""Answers above a threshold below which nothing is known of their precision."""

FEWEST_OWNERS = 3
"""Owners, likewise: what one of them has says nothing of the next."""

MOST_WRONG = 0.0005
"""Share of all samples of new sources that may be told any one family wrongly: too few are told
there for a precision of their own."""

KNOWN = 0.95
"""Share of known families' samples that count as no news."""

STEPS = 200
DRAWS = 200


def fit_decision(
    classes: Sequence[str],
    human: str | None,
    known: Sequence[Answers],
    unseen: Sequence[Answers],
) -> Decision:
    """Choose thresholds by mode, on answers in known contexts and to left-out sources.

    Human code told to be AI stays below the promise, and "human" and "ai" are as precise as
    promised, on every side of `unseen`. A family's precision holds over known and new contexts in
    equal parts, each pair of `known` and `unseen` (over new ones alone hardly any could ever be
    told), and on new ones hardly any sample may be told it wrongly.
    """
    at = classes.index(human) if human in classes else None
    pairs = [joined(pair) for pair in zip(known, unseen, strict=True)] if known else unseen
    thresholds: dict[str, Thresholds] = {}
    for mode, (precision, false_alarms) in PROMISES.items():
        ai = max(_ai_threshold(side, at, false_alarms) for side in (*known, *unseen))
        ai = max(ai, *(_ai_precise(side, at, precision, ai) for side in unseen))
        # What a milder mode withholds, no stricter one tells; families stand on the final one.
        ai = max(ai, *(milder.ai for milder in thresholds.values()), 0.0)
        person = max(_safe(side, _raw(side, at), precision) for side in unseen)
        family = {
            name: max(
                *(_safe(side, _told_ai(side, at, ai, c), precision) for side in pairs),
                *(_few_wrong(side, _told_ai(side, at, ai, c), c) for side in unseen),
            )
            for c, name in enumerate(classes)
            if c != at
        }
        made = Thresholds(family, person, ai, _novelty_limit(known or unseen, at))
        for milder in thresholds.values():
            made = _stricter(made, milder)
        thresholds[mode] = made
    return Decision(tuple(classes), human if at is not None else None, thresholds)


def lowest_safe(
    score: FloatArray, right: BoolArray, weight: FloatArray, owner: npt.NDArray[np.int64],
    precision: float, *, seed: int = 0,
) -> float:  # fmt: skip
    """Return the least score from which on answers are as precise as promised, or `NEVER`.

    The lower end of the precision, over resampled owners at the level `SURE`, must reach
    `precision` there and at every higher step that has answers and owners enough to judge by.
    All arrays have shape (n,).
    """
    if len(score) < FEWEST:
        return NEVER
    steps = np.unique(np.quantile(score, np.linspace(0.0, 1.0, STEPS)))[::-1]
    place = np.searchsorted(-steps, -score)  # the first step that a score reaches
    _, group = np.unique(owner, return_inverse=True)
    groups = int(group.max()) + 1

    def reached(values: FloatArray) -> FloatArray:
        cells = np.bincount(group * len(steps) + place, values, groups * len(steps))
        return cells.reshape(groups, len(steps)).cumsum(axis=1)

    told, good, count = reached(weight), reached(weight * right), reached(np.ones(len(score)))
    draws = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), DRAWS)
    mass = draws @ told
    ratio = np.divide(draws @ good, mass, out=np.full_like(mass, np.nan), where=mass > 0)
    enough = (count.sum(axis=0) >= FEWEST) & ((count > 0).sum(axis=0) >= FEWEST_OWNERS)
    lower = np.full(len(steps), np.nan)
    lower[enough] = np.nanquantile(ratio[:, enough], 1.0 - SURE, axis=0)
    failed = np.flatnonzero(enough & ~(lower >= precision))
    safe = np.flatnonzero(enough)
    safe = safe[safe < failed[0]] if len(failed) else safe
    return float(steps[safe[-1]]) if len(safe) else NEVER


def _stricter(one: Thresholds, other: Thresholds) -> Thresholds:
    return Thresholds(
        {name: max(least, other.family[name]) for name, least in one.family.items()},
        max(one.human, other.human),
        max(one.ai, other.ai),
        min(one.novelty, other.novelty),
    )


def _novelty_limit(sides: Sequence[Answers], human: int | None) -> float:
    """Return the novelty that one in twenty samples by known families exceeds."""
    values = []
    for side in sides:
        p = side.probabilities[side.truth != human] if human is not None else side.probabilities
        classes = tuple(str(c) for c in range(p.shape[1]))
        decision = Decision(classes, None if human is None else str(human), {})
        values += [decision.novelty(each) for each in p]
    return float(np.quantile(values, KNOWN)) if values else inf


def _safe(side: Answers, rows: BoolArray, precision: float) -> float:
    p = side.probabilities[rows]
    return _both_ways(side, rows, p.max(axis=1), p.argmax(axis=1) == side.truth[rows], precision)


def _both_ways(
    side: Answers, rows: BoolArray, score: FloatArray, right: BoolArray, precision: float
) -> float:
    """Return the least score that is safe as sources are weighed, and as samples are counted."""
    weights = (side.weights[rows], np.ones(len(score)))
    return max(lowest_safe(score, right, w, side.owner[rows], precision) for w in weights)


def _ai_precise(side: Answers, human: int | None, precision: float, least: float) -> float:
    """Return the least AI probability, of `least` and above, at which "ai" is precise."""
    if human is None:
        return 0.0
    ai = 1.0 - side.probabilities[:, human]
    rows = ai >= least
    if rows.sum() < FEWEST:
        return least
    return _both_ways(side, rows, ai[rows], side.truth[rows] != human, precision)


def _few_wrong(side: Answers, rows: BoolArray, c: int) -> float:
    """Return the confidence that at most a share `MOST_WRONG` of wrong answers `c` exceeds."""
    if not len(rows):
        return NEVER
    wrong = np.where(rows & (side.truth != c), side.probabilities[:, c], 0.0)
    return quantile(wrong, side.weights, 1.0 - MOST_WRONG) + 1e-9


def _ai_threshold(side: Answers, human: int | None, most: float) -> float:
    """Return the AI probability that at most a share `most` of the human samples exceeds."""
    if human is None:
        return 0.0
    rows = side.truth == human
    if not rows.any():
        return 1.0
    ai = 1.0 - side.probabilities[rows, human]
    return min(quantile(ai, side.weights[rows], 1.0 - most) + 1e-6, 1.0)


def _told_ai(side: Answers, human: int | None, least: float, c: int) -> BoolArray:
    rows = _raw(side, c)
    return rows if human is None else rows & (side.probabilities[:, human] <= 1.0 - least)


def _raw(side: Answers, c: int | None) -> BoolArray:
    """Return which samples' likeliest class is `c`."""
    if c is None:
        return np.zeros(len(side.truth), dtype=np.bool_)
    found: BoolArray = side.probabilities.argmax(axis=1) == c
    return found
