"""How often `fingerprint drift` alarms without drift, and how much of planted drift it finds.

    python benchmarks/drift.py CORPUS [--mined CORPUS] [--cache DIR] [--runs N] [--draws N]

CORPUS has columns code, language, family, model and source. Answers are of linear heads that did
not see a sample's source: a model that was trained on the corpus knows its own samples, and would
find new ones for the wrong reason.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from planted import admixed, answered, clean, found, rates, reweighted, say, seeds

import fingerprint
from fingerprint.drift.measured import Measured, measured
from fingerprint.drift.rows import Columns, read_rows
from fingerprint_models.families import resolve
from fingerprint_models.model import Model

GENERATORS = ("grok", "glm", "kimi", "minimax", "phi", "granite", "starcoder")


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
    say(f"{time.monotonic() - start:.0f} s")


def _planted(whole: Measured, arguments: argparse.Namespace) -> None:
    known = np.flatnonzero(np.isin(whole.label, whole.classes))
    name = np.array([_generator(each) for each in whole.stated.tolist()])
    name[known] = ""
    draws = arguments.draws
    if arguments.only in (None, "rate"):
        runs = [
            found(whole, *clean(known, random), draws, random) for random in seeds(arguments.runs)
        ]
        rates("no drift", runs)
    if arguments.only in (None, "language"):
        runs = [
            found(whole, *reweighted(whole, known, random), draws, random) for random in seeds(50)
        ]
        rates("languages shifted", runs)
        say(f"  languages and nothing else: {np.mean([f == {'languages'} for f in runs]):.2f}")
    for share in arguments.share:
        for matched, wanted in ((False, "power"), (True, "matched")):
            if arguments.only not in (None, wanted):
                continue
            mean = []
            for generator in GENERATORS:
                pool = np.flatnonzero(name == generator)
                runs = [
                    found(whole, *both, draws, random)
                    for random in seeds(arguments.repeats)
                    if (both := admixed(whole, known, pool, share, random, matched=matched))
                ]
                if runs:
                    mean.append(rates(f"{share:.0%} {generator}, {wanted}", runs))
            say(f"{share:.0%} admixture, {wanted}: mean power {np.mean(mean):.2f}")


def _mined(whole: Measured, arguments: argparse.Namespace) -> None:
    runs = [
        found(whole, *clean(np.arange(len(whole)), random), arguments.draws, random)
        for random in seeds(arguments.runs)
    ]
    rates("no drift, mined", runs)


def _generator(stated: str) -> str:
    found = resolve(stated)
    words = f"{found.family if found else ''} {stated}".lower()
    return next((name for name in GENERATORS if name in words), "")


def _corpus(path: str, model: Model, cache: Path | None) -> Measured:
    """Return the corpus, with answers of linear heads that did not see the sample's source."""
    rows = read_rows([path], Columns(label="family"), most=10**6)
    return answered(measured(rows, model, cache=cache), model.decision)


if __name__ == "__main__":
    main()
