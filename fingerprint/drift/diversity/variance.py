"""The check of the recursion: how variance grows where each generation learns from the last.

Three processes of which theory knows the variance, each simulated and compared with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fingerprint.drift.diversity.formulas import FloatArray

CHAINS = 20_000
"""Independent chains; the variance over them is known to about 1 %."""


@dataclass(frozen=True, slots=True)
class Check:
    """A simulated variance with its 95 % Monte-Carlo interval, and what theory says."""

    what: str
    generation: int
    simulated: float
    low: float
    high: float
    theory: float

    @property
    def agrees(self) -> bool:
        """Whether the interval holds what theory says."""
        return self.low <= self.theory <= self.high


def gaussian_replaced(n: int, m: int, chance: np.random.Generator) -> FloatArray:
    """Return a sample of generation `n` of each chain: sigma^2 (1 + n/M), sigma = 1.

    Each generation draws M samples of a normal distribution and takes their mean and their unbiased
    variance for the next one's (Shumailov et al., "AI models collapse when trained on recursively
    generated data", Nature 2024: Var(X^n) = sigma^2 (1 + n/M)). Mean and variance of the M samples
    are drawn themselves, which is the same (Cochran's theorem).
    """
    mean: FloatArray = np.zeros(CHAINS)
    variance: FloatArray = np.ones(CHAINS)
    for _ in range(n):
        mean = mean + np.sqrt(variance / m) * chance.standard_normal(CHAINS)
        variance = variance * chance.chisquare(m - 1, CHAINS) / (m - 1)
    sample: FloatArray = mean + np.sqrt(variance) * chance.standard_normal(CHAINS)
    return sample


def gaussian_accumulated(n: int, m: int, chance: np.random.Generator) -> FloatArray:
    """Return the mean that each chain has learnt after `n` generations, real data kept.

    The new mean of M samples goes into that of all data so far, the real ones included, so it moves
    by 1 / (i + 1) of its error: variance 1/M (1 + 1/2^2 + ... + 1/(n+1)^2), below pi^2 / (6 M)
    for ever (the bound of Gerstgrasser et al., "Is model collapse inevitable?", 2024).
    """
    mean: FloatArray = chance.standard_normal(CHAINS) / np.sqrt(m)
    for at in range(n):
        mean = mean + chance.standard_normal(CHAINS) / np.sqrt(m) / (at + 2)
    return mean


def token_replaced(n: int, m: int, share: float, chance: np.random.Generator) -> FloatArray:
    """Return a token's frequency in each chain after `n` generations of M tokens each.

    Variance p (1 - p) (1 - (1 - 1/M)^n), nearly p (1 - p) n/M while n is far below M: the drift of
    an allele (Wright 1931). All its chains end at 0 or 1.
    """
    frequency: FloatArray = np.full(CHAINS, share)
    for _ in range(n):
        frequency = chance.binomial(m, frequency) / m
    return frequency


def checks(generations: int, m: int, share: float = 0.01, *, seed: int = 0) -> tuple[Check, ...]:
    """Return simulated and theoretical variances at some generations up to the last.

    `m` samples a generation; `share` is the frequency of the token that is followed.
    """
    at = sorted({1, (generations + 1) // 2, generations})
    kinds: tuple[tuple[str, Callable[..., FloatArray], Callable[[int], float]], ...] = (
        ("replace: a sample", gaussian_replaced, lambda n: 1 + n / m),
        (
            "accumulate: the mean",
            gaussian_accumulated,
            lambda n: sum(1 / (i + 1) ** 2 for i in range(n + 1)) / m,
        ),
        (
            f"replace: frequency of a {100 * share:g} % token",
            lambda n, m, chance: token_replaced(n, m, share, chance),
            lambda n: share * (1 - share) * (1 - (1 - 1 / m) ** n),
        ),
    )
    return tuple(
        _check(what, n, simulate(n, m, np.random.default_rng([seed, kind, n])), theory(n))
        for kind, (what, simulate, theory) in enumerate(kinds)
        for n in at
    )


def _check(what: str, n: int, values: FloatArray, theory: float) -> Check:
    """Return the check; the error of a variance comes from the fourth moment."""
    squares = (values - values.mean()) ** 2
    variance = float(squares.sum() / (len(values) - 1))
    reach = 1.96 * float(squares.std() / np.sqrt(len(values)))
    return Check(what, n, variance, variance - reach, variance + reach, theory)
