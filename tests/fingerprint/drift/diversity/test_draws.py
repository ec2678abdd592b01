import numpy as np
import pytest

from fingerprint.drift.diversity.draws import Clusters, Drawn, Means, clusters, difference, figure
from fingerprint.drift.diversity.formulas import entropies


def drawn(chance: np.random.Generator, groups: int, each: int) -> Drawn:
    """Return 30 tokens of each sample, of the source's own skew."""
    skew = np.repeat(chance.uniform(1.2, 3.0, groups), each)
    rows = chance.zipf(skew[:, None], size=(groups * each, 30)) % 1000
    names = np.repeat(np.arange(groups), each).astype(str)
    return Drawn(lambda at: entropies(rows[at].reshape(len(at), -1)), Clusters(names, "source"), 15)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Over 40 planted corpora, a nominal 95 % interval misses 6 times at most."""
    truth = np.mean(
        [
            drawn(np.random.default_rng([7, at]), 15, 1).statistic(np.arange(15)[None])[0]
            for at in range(1500)
        ]
    )
    held = 0
    for seed in range(40):
        chance = np.random.default_rng(seed)
        found = figure(drawn(chance, 30, 2), "", least=30, chance=chance)
        held += found.low <= truth <= found.high
    assert held >= 34


def test_shared_clusters_make_differences_sharper() -> None:
    """Where both sides share what makes tasks differ, drawing tasks together takes it out."""
    chance = np.random.default_rng(0)
    hard = chance.normal(size=40)
    names = Clusters(np.arange(40).astype(str), "task")
    one, other = (Means(hard + 0.1 * chance.normal(size=40), names, 40) for _ in range(2))
    near, far = (
        difference(one, other, paired=paired, least=30, chance=np.random.default_rng(1))
        for paired in (True, False)
    )
    assert near.value == pytest.approx(far.value)
    assert 5 * (near.high - near.low) < far.high - far.low


def test_sources_are_clusters_where_there_are_enough() -> None:
    """Five sources are enough, four leave the tasks of each; no task is a task of its own."""
    source = np.array(["a", "b", "c", "d", "e", "e"])
    task = np.array(["t", "t", "t", "t", "", ""])
    assert clusters(source, task).of == "source"
    few = clusters(source[[0, 0, 1, 4, 5]], task[[0, 1, 2, 4, 5]])
    assert few.of == "task"
    assert len(set(few.names.tolist())) == 4


def test_clusters_count_alike_whatever_they_hold() -> None:
    """Hundred samples of one source weigh no more than one of another."""
    names = np.array(["a"] * 100 + ["b", "c", "d", "e"])
    values = np.array([1.0] * 100 + [0.0] * 4)
    found = figure(
        Means(values, Clusters(names, "source"), 104), "", least=30, chance=np.random.default_rng(0)
    )
    assert found.value == pytest.approx(0.2)
