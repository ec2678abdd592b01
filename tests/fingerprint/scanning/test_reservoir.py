"""The sample: bounded, even over strata, uniform within each."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fingerprint.scanning.reservoir import Reservoir


def _filled(strata: list[str], size: int, seed: int = 0) -> Reservoir[int]:
    reservoir = Reservoir[int](size, seed)
    for at, stratum in enumerate(strata):
        number = reservoir.admits(stratum)
        if number is not None:
            reservoir.put(stratum, number, at)
    return reservoir


@given(st.lists(st.sampled_from("abcd"), max_size=120), st.integers(0, 30), st.integers(0, 9))
def test_size_and_shares(strata: list[str], size: int, seed: int) -> None:
    """As many are held as fit, no stratum more than its fair part, and weights add up."""
    reservoir = _filled(strata, size, seed)
    held = list(reservoir.items())
    assert len(held) == len(reservoir) <= size
    counts, seen = Counter(strata[at] for at, _ in held), Counter(strata)
    for stratum, count in counts.items():
        weights = [weight for at, weight in held if strata[at] == stratum]
        assert abs(sum(weights) - seen[stratum]) < 1e-9
        assert count <= seen[stratum]
    if len(strata) <= size:
        assert sorted(at for at, _ in held) == list(range(len(strata)))


def test_strata_are_even() -> None:
    """A quiet month has all its commits in the sample, the busy ones share what is left."""
    strata = ["quiet"] * 5 + ["busy"] * 400 + ["busier"] * 900
    counts = Counter(strata[at] for at, _ in _filled(strata, 65).items())
    assert counts == {"quiet": 5, "busy": 30, "busier": 30}


def test_uniform_within_a_stratum() -> None:
    """Early and late items of a stratum are as likely, though its room shrinks on the way."""
    strata = ["a"] * 100 + ["b"] * 100 + ["a"] * 100
    early = late = 0
    for seed in range(300):
        held = [at for at, _ in _filled(strata, 20, seed).items() if strata[at] == "a"]
        early += sum(at < 100 for at in held)
        late += sum(at >= 200 for at in held)
    assert abs(early - late) < 0.12 * (early + late)


def test_the_seed_decides() -> None:
    """The same seed gives the same sample, another seed another."""
    strata = ["a"] * 50 + ["b"] * 50
    first, again, other = (list(_filled(strata, 10, seed).items()) for seed in (1, 1, 2))
    assert first == again != other
