"""What the benchmarks of `fingerprint drift` share: sides with and without planted drift."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor.members import kind_of, statistics_of
from fingerprint.drift.monitor.panel import stepped_down
from fingerprint.drift.monitor.pooled import pooled
from fingerprint_models.decision import Decision
from fingerprint_models.transfer import log_softmax
from fingerprint_training.fit import fit_linear, source_weights
from fingerprint_training.metrics import clopper_pearson
from fingerprint_training.split import group_folds

IntArray = npt.NDArray[np.int64]
Random = np.random.Generator

ALPHA = 0.05
REFERENCE, CURRENT = 4000, 2000
LEAST_SHARED = 20  # samples of a language in the reference, for a generator's samples in it
FOLDS, FITTED, SHRINKAGE, COOLING = 4, 15000, 0.5, 0.5


def joined(parts: Sequence[Measured]) -> Measured:
    """Return the samples of several corpora, measured by one model."""
    arrays: dict[str, Any] = {
        each.name: np.concatenate([getattr(part, each.name) for part in parts])
        for each in fields(Measured)
        if isinstance(getattr(parts[0], each.name), np.ndarray)
    }
    return replace(parts[0], **arrays)


def say(line: str) -> None:
    """Print a line now, not when the buffer is full."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def seeds(runs: int) -> Iterator[Random]:
    """Yield a generator a run."""
    return (np.random.default_rng((7, run)) for run in range(runs))


def found(whole: Measured, before: IntArray, now: IntArray, draws: int, random: Random) -> set[str]:
    """Return the kinds of drift that the panel finds by rows."""
    return kinds(whole.take(before), whole.take(now), draws, random, by="rows")


def kinds(
    reference: Measured, current: Measured, draws: int, random: Random, *, by: str
) -> set[str]:
    """Return the kinds of drift that the panel finds."""
    table = pooled(reference, current, by=by, draws=draws, random=random)
    panel = stepped_down(statistics_of(reference, current, table))
    return {kind_of(name) for name, (_, adjusted) in panel.items() if adjusted <= ALPHA}


def rates(name: str, found: Sequence[set[str]]) -> float:
    """Print and return the share of runs with an alarm."""
    alarms = sum(bool(each) for each in found)
    low, high = clopper_pearson(alarms, len(found))
    counts = Counter(kind for each in found for kind in each)
    told = ", ".join(f"{kind} {count / len(found):.2f}" for kind, count in counts.most_common())
    say(f"{name}: {alarms / len(found):.3f} [{low:.3f}, {high:.3f}] of {len(found)} ({told})")
    return alarms / len(found)


def clean(known: IntArray, random: Random) -> tuple[IntArray, IntArray]:
    """Draw both sides from the same rows."""
    rows = random.permutation(known)
    return rows[:REFERENCE], rows[REFERENCE : REFERENCE + CURRENT]


def reweighted(whole: Measured, known: IntArray, random: Random) -> tuple[IntArray, IntArray]:
    """Draw the current side with each language's chance times exp of a standard normal number."""
    before, _ = clean(known, random)
    rest = np.setdiff1d(known, before)
    names, code = np.unique(whole.language[rest], return_inverse=True)
    chance = np.exp(random.normal(size=len(names)))[code]
    now = random.choice(rest, CURRENT, replace=False, p=chance / chance.sum())
    return before, now


def admixed(
    whole: Measured, known: IntArray, pool: IntArray, share: float, random: Random, *, matched: bool
) -> tuple[IntArray, IntArray] | None:
    """Put a generator's samples into the current side; None where there are too few of them.

    `matched`: each takes the place of a sample of its own source and language as far as there are
    any, so that the sources' shares hardly move and the author alone is new.
    """
    before, now = clean(known, random)
    counts = Counter(whole.language[before].tolist())
    pool = pool[[counts[each] >= LEAST_SHARED for each in whole.language[pool].tolist()]]
    many = round(share * CURRENT)
    if len(pool) < many:
        return None
    new = random.choice(pool, many, replace=False)
    if matched:
        place = np.char.add(np.char.add(whole.source, "\0"), whole.language)
        leave = Counter(place[new].tolist())
        kept = []
        for row in now.tolist():
            if leave[place[row]] > 0:
                leave[place[row]] -= 1
            else:
                kept.append(row)
        now = random.permutation(np.array(kept))
    return before, np.concatenate((now[: CURRENT - many], new))


def answered(whole: Measured, decision: Decision) -> Measured:
    """Return the samples with answers of linear heads that did not see their source."""
    index = {name: at for at, name in enumerate(whole.classes)}
    truth = np.array([index.get(each, -1) for each in whole.label.tolist()])
    fold = group_folds(whole.source.tolist(), whole.label.tolist(), [1 / FOLDS] * FOLDS)
    probabilities = np.zeros((len(whole), len(index)))
    random = np.random.default_rng(0)
    for each in range(FOLDS):
        rows_in = random.permutation(np.flatnonzero((truth >= 0) & (fold != each)))[:FITTED]
        _, source = np.unique(whole.source[rows_in], return_inverse=True)
        weights = source_weights(source, truth[rows_in])
        head = fit_linear(whole.values[rows_in], truth[rows_in], weights, len(index), SHRINKAGE)
        scores = np.maximum(head(whole.values[fold == each]), -20.0)
        probabilities[fold == each] = np.exp(log_softmax(COOLING * scores))
    novelty = decision.novelties(probabilities)
    sure = probabilities.max(axis=1) >= 0.5
    told = np.where(sure, np.array(whole.classes)[probabilities.argmax(axis=1)], "unknown")
    return replace(whole, probabilities=probabilities, novelty=novelty, told=told)
