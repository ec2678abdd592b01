"""The recursion demo: a model that learns from its own output loses the tails, unless data stay.

Run as `python -m fingerprint.drift.diversity.recursion CORPUS`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from fingerprint.drift.diversity.formulas import FloatArray, IntArray, entropies
from fingerprint.drift.diversity.ngram import END, Grams, count, tokens_of, write
from fingerprint.drift.diversity.variance import Check, checks
from fingerprint.drift.errors import DriftError
from fingerprint.drift.rows import Columns, read_rows

REPLACE, ACCUMULATE = "replace", "accumulate"

RARE = 0.01
"""A type of token is rare if fewer than this share of the real samples hold it."""

LOOKED_AT = 0.5
"""Every generation is judged by so many of its tokens, left to chance, for each real one."""

LONGEST = 400
"""Tokens at which real and written samples are cut."""

_MEASURES = ("rare_alive", "tail_mass", "types", "entropy")


@dataclass(frozen=True, slots=True)
class Generation:
    """What a generation writes, as means over chains with their 95 % intervals (value, low, high).

    Among equally many tokens: `rare_alive` is how many of the types that are rare in real code it
    still holds, for each that real code holds, `tail_mass` which share of its tokens they make,
    `types` how many types there are, `entropy` that of the tokens in bits. Generation 0 is the real
    code.
    """

    mode: str
    number: int
    rare_alive: tuple[float, float, float]
    tail_mass: tuple[float, float, float]
    types: tuple[float, float, float]
    entropy: tuple[float, float, float]

    def to_dict(self) -> dict[str, object]:
        """Return the generation as JSON knows it."""
        found = {name: list(getattr(self, name)) for name in _MEASURES}
        return {"mode": self.mode, "generation": self.number, **found}


def recursion(
    code: Sequence[str],
    *,
    generations: int = 10,
    order: int = 3,
    chains: int = 5,
    seed: int = 0,
) -> tuple[Generation, ...]:
    """Return what generations of an n-gram model of code write, each trained on earlier output.

    In the mode "replace" on the last generation's alone, in "accumulate" on all data so far, the
    real ones included (Gerstgrasser et al., "Is model collapse inevitable?", 2024). Each generation
    writes as many tokens as there are real ones, in `chains` runs apart. Raises DriftError for
    fewer than two chains, an order below 2, or no code with a rare token.
    """
    if chains < 2 or order < 2:
        raise DriftError(f"chains is {chains}, order is {order}: both must be 2 or more")
    streams, types = tokens_of(code)
    streams = [each[:LONGEST] for each in streams if len(each)]
    if not streams:
        raise DriftError("there is no code to learn from")
    judge, real = _Judge.of(streams, types), count(streams, types, order)
    found = []
    for mode in (REPLACE, ACCUMULATE):
        values = np.stack(
            [
                _chain(
                    streams,
                    real,
                    judge,
                    accumulate=mode == ACCUMULATE,
                    generations=generations,
                    chance=np.random.default_rng([seed, chain, mode == ACCUMULATE]),
                )
                for chain in range(chains)
            ]
        )
        found += [_generation(mode, number, values[:, number]) for number in range(generations + 1)]
    return tuple(found)


def _chain(
    streams: list[IntArray],
    real: Grams,
    judge: _Judge,
    *,
    accumulate: bool,
    generations: int,
    chance: np.random.Generator,
) -> FloatArray:
    """Return the measures of each generation of one chain, (generations + 1, measures)."""
    found, seen = [judge(streams, chance)], real
    for _ in range(generations):
        written = write(seen, sum(map(len, streams)), LONGEST, chance)
        found.append(judge(written, chance))
        own = count(written, real.types, real.order)
        seen = seen + own if accumulate else own
    return np.array(found)


@dataclass(frozen=True, eq=False)
class _Judge:
    """Measures samples against the real ones: `rare` (types,) tells their rare types."""

    rare: np.ndarray[tuple[int], np.dtype[np.bool_]]
    size: int
    alive: float

    @classmethod
    def of(cls, streams: list[IntArray], types: int) -> _Judge:
        held = np.bincount(np.concatenate([np.unique(each) for each in streams]), minlength=types)
        rare = (held > 0) & (held < max(RARE * len(streams), 2))
        rare[END] = False
        size = int(LOOKED_AT * sum(map(len, streams)))
        # What a part of the real tokens holds of the rare types, as expected over such parts.
        times = np.bincount(np.concatenate(streams), minlength=types)[rare]
        alive = float(np.sum(1 - (1 - LOOKED_AT) ** times))
        if not alive:
            raise DriftError("no token of the corpus is rare: take more samples")
        return cls(rare, size, alive)

    def __call__(self, streams: list[IntArray], chance: np.random.Generator) -> list[float]:
        line = chance.choice(np.concatenate(streams), self.size, replace=False)
        found = np.unique(line)
        return [
            float(self.rare[found].sum() / self.alive),
            float(self.rare[line].mean()),
            float(len(found)),
            float(entropies(line[None])[0]),
        ]


def _generation(mode: str, number: int, values: FloatArray) -> Generation:
    """Return the means over chains, with Student's intervals; values (chains, measures)."""
    mean = values.mean(axis=0)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    reach = student.ppf(0.975, len(values) - 1) * error
    ends = np.stack((mean, mean - reach, mean + reach), axis=1).tolist()
    return Generation(mode, number, *((value, low, high) for value, low, high in ends))


def table(generations: Sequence[Generation], variances: Sequence[Check]) -> Iterator[str]:
    """Yield the lines of both tables, as Markdown."""
    yield "| data | generation | rare types alive | tail mass, % | types | entropy, bits |"
    yield "|---|---|---|---|---|---|"
    for each in generations:
        cells = (
            _told(each.rare_alive, ".2f"),
            _told([100 * value for value in each.tail_mass], ".2f"),
            _told(each.types, ".0f"),
            _told(each.entropy, ".2f"),
        )
        yield f"| {each.mode} | {each.number} | {' | '.join(cells)} |"
    yield ""
    yield "| variance of | generation | simulated | theory | agrees |"
    yield "|---|---|---|---|---|"
    for check in variances:
        ends = _told((check.simulated, check.low, check.high), ".4g")
        told = "yes" if check.agrees else "no"
        yield f"| {check.what} | {check.generation} | {ends} | {check.theory:.4g} | {told} |"


def _told(ends: Sequence[float], form: str) -> str:
    value, low, high = ends
    return f"{value:{form}} ({low:{form}} to {high:{form}})"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables for a corpus; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m fingerprint.drift.diversity.recursion", description=__doc__
    )
    add = parser.add_argument
    add("corpus", nargs="+", metavar="CORPUS", help="files, folders or globs")
    add("--code", default="code", metavar="COLUMN", help="the code (default: code)")
    add("--generations", type=int, default=10, metavar="N", help="default: 10")
    add("--samples", type=int, default=1_000, metavar="M", help="real ones (default: 1000)")
    add("--order", type=int, default=3, metavar="K", help="tokens of an n-gram (default: 3)")
    add("--chains", type=int, default=5, metavar="C", help="runs apart (default: 5)")
    add("--seed", type=int, default=0, metavar="N", help="default: 0")
    given = parser.parse_args(argv)
    try:
        rows = read_rows(
            given.corpus, Columns(code=given.code), most=given.samples, seed=given.seed
        )
        found = recursion(
            rows.code,
            generations=given.generations,
            order=given.order,
            chains=given.chains,
            seed=given.seed,
        )
    except ValueError as error:
        parser.error(str(error))
    variances = checks(given.generations, 100, seed=given.seed)
    sys.stdout.writelines(f"{line}\n" for line in table(found, variances))
    return 0


if __name__ == "__main__":
    sys.exit(main())
