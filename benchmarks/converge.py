"""Whether `fingerprint converge` tells planted convergence, staleness and neither apart.

    python benchmarks/converge.py CORPUS.parquet --source NAME [--runs 50] [--families a,b]
    python benchmarks/converge.py agents.parquet humans.parquet --across [--runs 20]

Real samples of one source, with no time in them, are dealt into five quarters at random, a task as
a whole. Then one of three things is planted:

- convergence: 0, 25, 50, 75 and 100 % of a family's samples give way to other samples of another;
- staleness: all samples of a quarter, of all families alike, are turned in the space of
  standardised columns by 0 to 90 degrees, in random planes, and moved along a random direction;
- neither: nothing.

Prints the share of runs whose verdict is right, and in how many separability fell with Spearman's
rho at or below -0.9. Tasks are dealt anew in each run.

With `--across`, people's commits are held against AI's of other repositories. In every run the AI
samples of a repository trade their dates, so that time means nothing and no trend may be shown.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

import fingerprint
from fingerprint.drift.convergence import Convergence, converge
from fingerprint.drift.convergence.across import across
from fingerprint.drift.convergence.chosen import of_sources
from fingerprint.drift.convergence.record import NOT_SHOWN
from fingerprint.drift.measured import Measured, measured
from fingerprint.drift.rows import Columns, read_rows
from fingerprint_models.families import HUMAN
from fingerprint_models.transfer import signed_log
from fingerprint_training.metrics import clopper_pearson

FloatArray = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

QUARTERS = ("2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01", "2026-02-01")
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
DEGREES = 90.0  # a quarter is turned by its step of this
MOVE = 1.0  # standard deviations of a column by which the last quarter is moved, on average
RIGHT = {"convergence": "converged", "staleness": "stale", "neither": "neither shown"}


def dealt(samples: Measured, families: Sequence[str], chance: np.random.Generator) -> Measured:
    """Deal whole tasks into the quarters, with all samples of the families."""
    kept = np.flatnonzero(np.isin(samples.label, families))
    tasks, task = np.unique(samples.task[kept], return_inverse=True)
    quarter = chance.permutation(len(tasks)) % len(QUARTERS)
    return replace(samples.take(kept), date=np.array(QUARTERS, "datetime64[D]")[quarter[task]])


def converged(samples: Measured, families: Sequence[str], chance: np.random.Generator) -> Measured:
    """Give a growing share of the second family's samples over to others of the first.

    Of the first family's answers to a task in a language a half is set aside for that, in all
    quarters alike, so that none stands on both sides; the second keeps as many.
    """
    label, gone = samples.label.copy(), np.zeros(len(samples), dtype=np.bool_)
    places = np.char.add(np.char.add(samples.task, "\t"), samples.language)
    shares = dict(zip(np.array(QUARTERS, "datetime64[D]").tolist(), STEPS, strict=True))
    for place in np.unique(places):
        here = chance.permutation(np.flatnonzero(places == place))
        first, second = (here[label[here] == family] for family in families[:2])
        lent = first[: len(first) // 2]
        many = min(len(lent), len(second))
        gone[lent], gone[second[many:]] = True, True
        given = chance.random(many) < shares[samples.date[here[0]].item()]
        gone[second[:many][given]] = True
        gone[lent[:many][given]], label[lent[:many][given]] = False, families[1]
    return replace(samples, label=label).take(np.flatnonzero(~gone))


def turned(samples: Measured, chance: np.random.Generator) -> Measured:
    """Turn and move all samples of later quarters alike, in standardised columns."""
    logs = signed_log(samples.values).astype(np.float64)
    centre, scale = logs.mean(axis=0), logs.std(axis=0) + 1e-3
    scores = (logs - centre) / scale
    away = chance.normal(size=logs.shape[1]) * MOVE
    order = chance.permutation(logs.shape[1])
    left, right = order[: len(order) // 2], order[len(order) // 2 : 2 * (len(order) // 2)]
    for quarter, step in zip(np.array(QUARTERS, "datetime64[D]"), STEPS, strict=True):
        rows = np.flatnonzero(samples.date == quarter)
        angle = np.deg2rad(DEGREES) * step
        own = scores[rows] + step * away
        moved = own.copy()
        moved[:, left] = np.cos(angle) * own[:, left] - np.sin(angle) * own[:, right]
        moved[:, right] = np.sin(angle) * own[:, left] + np.cos(angle) * own[:, right]
        scores[rows] = moved
    logs = scores * scale + centre
    values = (np.sign(logs) * np.expm1(np.minimum(np.abs(logs), 80))).astype(np.float32)
    return replace(samples, values=values)


def planted(
    what: str, samples: Measured, families: Sequence[str], chance: np.random.Generator
) -> Measured:
    """Return the samples, dealt into quarters, with `what` planted."""
    made = dealt(samples, families, chance)
    if what == "convergence":
        return converged(made, families, chance)
    return turned(made, chance) if what == "staleness" else made


def traded(samples: Measured, chance: np.random.Generator) -> Measured:
    """Let the AI samples of each source and language trade their dates."""
    date = samples.date.copy()
    places = np.char.add(np.char.add(samples.source, "\t"), samples.language)
    for place in np.unique(places[samples.label != HUMAN]):
        own = np.flatnonzero((places == place) & (samples.label != HUMAN))
        date[own] = date[chance.permutation(own)]
    return replace(samples, date=date)


def across_runs(samples: Measured, runs: int) -> bool:
    """Print how often traded dates make no trend across sources; return whether nearly always."""
    told = list[str]()
    for run in range(runs):
        made = traded(samples, np.random.default_rng([run, 9]))
        found = across(made, by="quarter", draws=4, replicates=100, seed=run)
        told += [each.verdict for each in found.trends]
    hits = told.count(NOT_SHOWN)
    sys.stdout.write(f"across, traded dates: {hits}/{len(told)} trends in {runs} runs not shown\n")
    return hits >= 0.95 * len(told)


def falls(found: Convergence) -> float:
    """Return Spearman's rho of separability and time, all columns."""
    levels = [each.figure.value for each in found.timeline if each.group == "all"]
    return float(stats.spearmanr(levels, range(len(levels))).statistic)


def main(argv: Sequence[str] | None = None) -> int:
    """Run and print; return 0 where all shares reach 95 %, else 1."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("corpus", nargs="+")
    parser.add_argument("--source", default="")
    parser.add_argument("--across", action="store_true")
    parser.add_argument("--families", default="claude,gpt")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--model")
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args(argv)
    columns = Columns(task="variant") if arguments.across else Columns()
    rows = read_rows(arguments.corpus, columns, most=sys.maxsize)
    if not arguments.across:
        rows = of_sources(rows, {arguments.source}, most=sys.maxsize, seed=0)
    samples = measured(rows, fingerprint.load(arguments.model), cache=arguments.cache)
    if arguments.across:
        return 0 if across_runs(samples, arguments.runs) else 1
    families = arguments.families.split(",")
    good = True
    for what, right in RIGHT.items():
        start = time.perf_counter()
        told, rhos = [], []
        for run in range(arguments.runs):
            made = planted(what, samples, families, np.random.default_rng([run, len(what)]))
            found = converge(made, by="quarter", seed=run)
            told.append(found.verdict if found.convergence != "diverged" else "diverged")
            rhos.append(falls(found))
        hits = told.count(right)
        low, high = clopper_pearson(hits, len(told))
        wrong = {name: told.count(name) for name in sorted(set(told) - {right})}
        line = f"{what}: {hits}/{len(told)} right ({low:.2f}-{high:.2f}), wrong {wrong}"
        if what == "convergence":
            line += f", rho <= -0.9 in {sum(rho <= -0.899 for rho in rhos)}/{len(rhos)}"
        pace = (time.perf_counter() - start) / len(told)
        sys.stdout.write(f"{line}, {pace:.1f} s a run\n")
        sys.stdout.flush()
        good &= hits >= 0.95 * len(told)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
