from itertools import pairwise

import numpy as np
import pytest

from fingerprint.drift.diversity import recursion as demo
from fingerprint.drift.diversity.ngram import END, count, tokens_of, write
from fingerprint.drift.diversity.variance import checks, gaussian_replaced
from fingerprint.drift.errors import DriftError


def samples(count: int = 150) -> list[str]:
    chance = np.random.default_rng(0)
    return [
        " ".join(f"w{word}" for word in (chance.zipf(1.4, size=20) % 3000).tolist())
        for _ in range(count)
    ]


def test_replaced_data_lose_the_tail_and_accumulated_data_keep_it() -> None:
    """A model forgets rare words on its own output alone, not with the real ones beside it."""
    found = demo.recursion(samples(), generations=6, order=2, chains=3)
    modes = {
        mode: [each for each in found if each.mode == mode]
        for mode in (demo.REPLACE, demo.ACCUMULATE)
    }
    replaced, accumulated = (
        [each.rare_alive[0] for each in modes[mode]] for mode in (demo.REPLACE, demo.ACCUMULATE)
    )
    assert replaced[0] == pytest.approx(1.0, abs=0.05)
    assert all(later < earlier for earlier, later in pairwise(replaced))
    assert replaced[-1] < 0.5 < accumulated[-1]
    assert accumulated[-1] > accumulated[1] - 0.15
    assert modes[demo.REPLACE][-1].rare_alive[2] < modes[demo.ACCUMULATE][-1].rare_alive[1]
    assert modes[demo.REPLACE][-1].entropy[2] < modes[demo.ACCUMULATE][-1].entropy[1]


def test_variance_grows_as_theory_says() -> None:
    """Simulated variances agree with theory, and both with the figures that papers print."""
    found = checks(50, 100, seed=1)
    # At 95 % one of nine may miss by chance, none by far.
    assert sum(check.agrees for check in found) >= 8
    last = {check.what: check for check in found if check.generation == 50}
    assert last["replace: a sample"].simulated == pytest.approx(1.5, rel=0.1)
    assert last["accumulate: the mean"].low < np.pi**2 / 600
    assert last["replace: frequency of a 1 % token"].simulated == pytest.approx(0.0039, rel=0.1)


def test_short_cut_of_the_simulation_is_the_same_process() -> None:
    """Drawing all samples of each generation gives the variance that drawing their moments does."""
    chance, m, n = np.random.default_rng(0), 10, 5
    mean, spread = np.zeros(20_000), np.ones(20_000)
    for _ in range(n):
        samples_ = chance.normal(mean, spread, size=(m, 20_000))
        mean, spread = samples_.mean(axis=0), samples_.std(axis=0, ddof=1)
    long_way = chance.normal(mean, spread).var()
    assert gaussian_replaced(n, m, np.random.default_rng(1)).var() == pytest.approx(
        long_way, rel=0.1
    )


def test_model_writes_only_what_it_has_seen() -> None:
    """Every n-gram of the output is one of the training data, and as many tokens as asked for."""
    streams, types = tokens_of(samples(30))
    model = count(streams, types, 3)
    written = write(model, 500, 40, np.random.default_rng(0))
    assert sum(map(len, written)) == 500
    # The last sample, and those cut for length, end where no sample of the model's did.
    inside = [each for each in written[:-1] if len(each) < 40]
    assert np.isin(count(inside, types, 3).keys, model.keys).all()
    assert all(END not in each for each in written)


def test_ngrams_do_not_run_from_sample_to_sample() -> None:
    """Two samples have the n-grams of each, and counts of two corpora add up."""
    one, other = np.array([1, 2]), np.array([3])
    both = count([one, other], 4, 2)
    assert both.keys.tolist() == [0 * 4 + 1, 0 * 4 + 3, 1 * 4 + 2, 2 * 4 + 0, 3 * 4 + 0]
    added = count([one], 4, 2) + count([other], 4, 2)
    assert added.keys.tolist() == both.keys.tolist()
    assert added.counts.tolist() == both.counts.tolist()


def test_what_cannot_be_run_is_refused() -> None:
    """One chain has no interval, and no code nothing to learn from."""
    with pytest.raises(DriftError, match="2 or more"):
        demo.recursion(["a b"], chains=1)
    with pytest.raises(DriftError, match="no code"):
        demo.recursion(["", " "])
