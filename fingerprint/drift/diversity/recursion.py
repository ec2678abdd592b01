"""The recursion demo: a model that learns from its own output loses the tails, unless data stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from fingerprint.drift.diversity.formulas import FloatArray, IntArray, entropies
from fingerprint.drift.diversity.ngram import END, Grams, count, tokens_of, write
from fingerprint.drift.errors import DriftError

REPLACE, ACCUMULATE = "replace", "accumulate"

GENERATIONS = 10
"""How often a model learns from the last one's output."""

RARE = 0.01
"""A type of token is rare if fewer than this share of the real samples hold it."""

LOOKED_AT = 0.5
"""Every generation is judged by so many of its tokens, left to chance, for each real one."""

LONGEST = 400
"""Tokens at which real and written samples are cut."""


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


def recursion(
    code: Sequence[str],
    *,
    generations: int = GENERATIONS,
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
