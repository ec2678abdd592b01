"""How often `fingerprint drift` alarms without drift, and how much of planted drift it finds.

    python benchmarks/drift.py CORPUS [--mined CORPUS] [--cache DIR] [--runs N] [--draws N]

CORPUS has columns code, language, family, model and source. Answers are of linear heads that did
not see a sample's source: a model that was trained on the corpus knows its own samples, and would
find new ones for the wrong reason.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

import fingerprint
from fingerprint.drift.measured import Measured, measured
from fingerprint.drift.monitor.members import kind_of, statistics_of
from fingerprint.drift.monitor.panel import stepped_down
from fingerprint.drift.monitor.pooled import pooled
from fingerprint.drift.rows import Columns, read_rows
from fingerprint_models.families import resolve
from fingerprint_models.model import Model
from fingerprint_models.transfer import log_softmax
from fingerprint_training.fit import fit_linear, source_weights
from fingerprint_training.metrics import clopper_pearson
from fingerprint_training.split import group_folds

IntArray = npt.NDArray[np.int64]
Random = np.random.Generator

ALPHA = 0.05
REFERENCE, CURRENT = 4000, 2000
GENERATORS = ("grok", "glm", "kimi", "minimax", "phi", "granite", "starcoder")
LEAST_SHARED = 20  # samples of a language in the reference, for a generator's samples in it
FOLDS, FITTED, SHRINKAGE, COOLING = 4, 15000, 0.5, 0.5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--mined")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--runs", type=int, default=200, help="splits without drift")
    parser.add_argument("--repeats", type=int, default=20, help="of each planted drift")
    parser.add_argument("--share", type=float, nargs="+", default=[0.10, 0.05])
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--only", choices=("rate", "language", "power", "matched", "mined"))
    arguments = parser.parse_args()
    model = fingerprint.load()
    start = time.monotonic()
    if arguments.only != "mined":
        _planted(_corpus(arguments.corpus, model, arguments.cache), arguments)
    if arguments.mined and arguments.only in (None, "mined"):
        rows = read_rows([arguments.mined], Columns(), most=7000, seed=1)
        _mined(measured(rows, model, cache=arguments.cache), arguments)
    _say(f"{time.monotonic() - start:.0f} s")


def _planted(whole: Measured, arguments: argparse.Namespace) -> None:
    known = np.flatnonzero(np.isin(whole.label, whole.classes))
    name = np.array([_generator(each) for each in whole.stated.tolist()])
    name[known] = ""
    draws = arguments.draws
    if arguments.only in (None, "rate"):
        found = [
            _found(whole, *_clean(known, random), draws, random)
            for random in _seeds(arguments.runs)
        ]
        _rates("no drift", found)
    if arguments.only in (None, "language"):
        found = [
            _found(whole, *_reweighted(whole, known, random), draws, random)
            for random in _seeds(50)
        ]
        _rates("languages shifted", found)
        _say(f"  languages and nothing else: {np.mean([f == {'languages'} for f in found]):.2f}")
    for share in arguments.share:
        for matched, wanted in ((False, "power"), (True, "matched")):
            if arguments.only not in (None, wanted):
                continue
            mean = []
            for generator in GENERATORS:
                pool = np.flatnonzero(name == generator)
                found = [
                    _found(whole, *both, draws, random)
                    for random in _seeds(arguments.repeats)
                    if (both := _admixed(whole, known, pool, share, random, matched=matched))
                ]
                if found:
                    mean.append(_rates(f"{share:.0%} {generator}, {wanted}", found))
            _say(f"{share:.0%} admixture, {wanted}: mean power {np.mean(mean):.2f}")


def _mined(whole: Measured, arguments: argparse.Namespace) -> None:
    everything = np.arange(len(whole))
    found = [
        _found(whole, *_clean(everything, random), arguments.draws, random)
        for random in _seeds(arguments.runs)
    ]
    _rates("no drift, mined", found)
    found = [
        _found(whole, *_parted(whole, random), arguments.draws, random, by="sources")
        for random in _seeds(arguments.runs)
    ]
    _rates("no drift, mined, other sources", found)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _seeds(runs: int) -> Iterator[Random]:
    return (np.random.default_rng((7, run)) for run in range(runs))


def _found(
    whole: Measured,
    before: IntArray,
    now: IntArray,
    draws: int,
    random: Random,
    *,
    by: str = "rows",
) -> set[str]:
    """Return the kinds of drift that the panel finds."""
    reference, current = whole.take(before), whole.take(now)
    table = pooled(reference, current, by=by, draws=draws, random=random)
    panel = stepped_down(statistics_of(reference, current, table))
    return {kind_of(name) for name, (_, adjusted) in panel.items() if adjusted <= ALPHA}


def _rates(name: str, found: list[set[str]]) -> float:
    alarms = sum(bool(each) for each in found)
    low, high = clopper_pearson(alarms, len(found))
    kinds = Counter(kind for each in found for kind in each)
    told = ", ".join(f"{kind} {count / len(found):.2f}" for kind, count in kinds.most_common())
    _say(f"{name}: {alarms / len(found):.3f} [{low:.3f}, {high:.3f}] of {len(found)} ({told})")
    return alarms / len(found)


def _clean(known: IntArray, random: Random) -> tuple[IntArray, IntArray]:
    rows = random.permutation(known)
    return rows[:REFERENCE], rows[REFERENCE : REFERENCE + CURRENT]


def _parted(whole: Measured, random: Random) -> tuple[IntArray, IntArray]:
    """Part the sources two to one."""
    names = random.permutation(np.unique(whole.source))
    now = np.isin(whole.source, names[: len(names) // 3])
    return np.flatnonzero(~now), np.flatnonzero(now)


def _reweighted(whole: Measured, known: IntArray, random: Random) -> tuple[IntArray, IntArray]:
    """Draw the current side with each language's chance times exp of a standard normal number."""
    before, _ = _clean(known, random)
    rest = np.setdiff1d(known, before)
    names, code = np.unique(whole.language[rest], return_inverse=True)
    chance = np.exp(random.normal(size=len(names)))[code]
    now = random.choice(rest, CURRENT, replace=False, p=chance / chance.sum())
    return before, now


def _admixed(
    whole: Measured, known: IntArray, pool: IntArray, share: float, random: Random, *, matched: bool
) -> tuple[IntArray, IntArray] | None:
    """Put a generator's samples into the current side; None where there are too few of them.

    `matched`: each takes the place of a sample of its own source and language as far as there are
    any, so that the sources' shares hardly move and the author alone is new.
    """
    before, now = _clean(known, random)
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


def _generator(stated: str) -> str:
    found = resolve(stated)
    words = f"{found.family if found else ''} {stated}".lower()
    return next((name for name in GENERATORS if name in words), "")


def _corpus(path: str, model: Model, cache: Path | None) -> Measured:
    """Return the corpus, with answers of linear heads that did not see the sample's source."""
    rows = read_rows([path], Columns(label="family"), most=10**6)
    whole = measured(rows, model, cache=cache)
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
    novelty = model.decision.novelties(probabilities)
    sure = probabilities.max(axis=1) >= 0.5
    told = np.where(sure, np.array(whole.classes)[probabilities.argmax(axis=1)], "unknown")
    return replace(whole, probabilities=probabilities, novelty=novelty, told=told)


if __name__ == "__main__":
    main()
