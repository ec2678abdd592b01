from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.drift.measured import Measured
from fingerprint.drift.stream import compare
from fingerprint.drift.stream.bag import Bag, bag_of
from fingerprint.drift.stream.compare import compared
from fingerprint.drift.stream.detector import Level, e_value
from fingerprint.drift.stream.projection import COMPONENTS, fitted

Make = Callable[..., Measured]


def test_e_values_have_mean_one() -> None:
    """What a uniform p-value is worth is 1 on average, so nothing is won without a change."""
    roots = (np.arange(1000) + 0.5) / 1000  # p = root ** 4 is finer where e-values are large
    mean = np.mean([e_value(float(root**4)) * 4 * root**3 for root in roots])
    assert mean == pytest.approx(1.0, abs=1e-6)


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=30))
def test_the_start_is_where_the_evidence_is_largest(p_values: list[float]) -> None:
    """`since` is the start after which the product of e-values is largest (argmax of CUSUM)."""
    now = Level()
    for number, p_value in enumerate(p_values, 1):
        now = now.after(e_value(p_value), number)
    logs = np.log([e_value(p_value) for p_value in p_values])
    sums = logs[::-1].cumsum()[::-1]
    assert sums[now.since - 1] == pytest.approx(sums.max(), abs=1e-9)
    assert now.run == pytest.approx(sums.max(), abs=1e-9)
    assert now.level == pytest.approx(np.exp(sums).sum(), rel=1e-9)


def test_a_sum_over_windows_is_bounded_on_average() -> None:
    """Without a change an alarm at 40 comes after 40 windows or more on average."""
    chance = np.random.default_rng(0)
    waits = []
    for _ in range(300):
        now, window = Level(), 0
        while now.level < 40:
            window += 1
            now = now.after(e_value(1.0 - chance.random()), window)
        waits.append(window)
    assert np.mean(waits) > 40


def test_axes_are_few_and_of_one_group(make: Make) -> None:
    """Components stay within 32 and within their group; each block is there."""
    projection = fitted(make(200, 0))
    assert (projection.axes != 0).sum(axis=0).max() <= 8
    assert projection.axes.shape[1] <= COMPONENTS
    assert set(projection.blocks) == {
        *("stylometry", "shape", "comments", "lexicon", "answers", "novelty")
    }
    outputs = projection(make(300, 1))
    assert outputs.dtype == np.float16
    assert outputs.shape == (300, len(projection.blocks))
    assert np.isfinite(outputs).all()


def test_a_column_that_never_varies_says_nothing(make: Make) -> None:
    """Constant columns, and a group of nothing else, leave all finite and shift nothing."""
    side = make(400, 0)
    side.values[:, np.array(side.groups) == "comments"] = 7.0
    projection = fitted(side.take(np.arange(100)))
    rest, window = side.take(np.arange(100, 300)), side.take(np.arange(300, 400))
    chance = np.random.default_rng(0)
    found = compared(
        *(bag_of(each, projection) for each in (rest, window)),
        projection.blocks,
        side.classes,
        chance,
    )
    assert all(0 < p_value <= 1 for p_value in found.p_values)
    assert "comments" not in {each.name for each in found.moved}


def test_order_within_the_bag_does_not_matter_much(make: Make) -> None:
    """The statistic is of sets: p-values of a reordered bag differ by chance alone."""
    side, other = make(400, 0), make(100, 3, shift=0.1)
    projection = fitted(make(200, 2))
    bag, window = bag_of(side, projection), bag_of(other, projection)
    p_values = [
        compared(each, window, projection.blocks, side.classes, np.random.default_rng(0)).p_values[
            1
        ]
        for each in (bag, bag.take(np.arange(400)[::-1]))
    ]
    assert 0.2 < p_values[0] < 0.4
    assert p_values[0] == pytest.approx(p_values[1], abs=0.03)


def answered(seed: int, answer: list[int], language: list[str]) -> Bag:
    """Return samples with given answers and languages, and outputs that say nothing."""
    outputs = np.random.default_rng(seed).normal(size=(len(answer), 4)).astype(np.float16)
    return Bag(outputs, np.array(answer, dtype=np.int8), np.array(language))


def test_answers_are_held_to_the_bag_alone() -> None:
    """Shares of answers: of the bag, in the window's languages, where the bag has them."""
    bag = answered(0, [0] * 90 + [1] * 10 + [0] * 40 + [1] * 60, ["go"] * 100 + ["java"] * 100)
    window = answered(1, [1] * 60, ["go"] * 30 + ["java"] * 10 + ["rust"] * 20)
    found = compared(bag, window, ["a"] * 4, ["gpt", "human"], np.random.default_rng(0))
    told = {each.name: each for each in found.moved if each.what == "answer"}
    assert told["human"].share == pytest.approx(1.0)
    assert told["human"].before == pytest.approx((30 * 0.1 + 10 * 0.6) / 40)
    assert told["gpt"].before == pytest.approx((30 * 0.9 + 10 * 0.4) / 40)


def test_a_rare_answer_that_is_absent_is_no_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows without one of two among 1,500 answers tie, however sums are rounded: p is 1."""
    monkeypatch.setattr(compare, "MOVED", 1.0)
    for seed in (6, 12):
        language = np.random.default_rng(seed).choice(["go", "java", "rust"], 1540).tolist()
        bag = answered(seed, [1, 1] + [0] * 1498, language[:1500])
        window = answered(100 + seed, [0] * 40, language[1500:])
        found = compared(bag, window, ["a"] * 4, ["gpt", "human"], np.random.default_rng(0))
        told = {each.name: each.p_value for each in found.moved if each.what == "answer"}
        assert told == {"gpt": 1.0, "human": 1.0}
