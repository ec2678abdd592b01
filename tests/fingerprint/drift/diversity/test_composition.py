import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fingerprint.drift.diversity.composition import Clusters, apart, clusters, cut, paired

SIZES = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=5, max_size=12)
SEEDS = st.integers(0, 2**32 - 1)


def side(sizes: list[int], name: str = "task", matched: bool = True) -> Clusters:
    names = np.repeat([f"{name} {at}" for at in range(len(sizes))], sizes)
    return Clusters(names, "task", names if matched else np.full(len(names), ""))


@settings(max_examples=40)
@given(SIZES, SEEDS)
def test_both_sides_are_drawn_from_the_same_tasks(sizes: list[tuple[int, int]], seed: int) -> None:
    """Every draw holds as many samples of each task on one side as on the other, none twice."""
    assume(sum(map(min, sizes)) >= 5)
    of = [side(list(each)) for each in zip(*sizes, strict=True)]
    chance, layouts = np.random.default_rng(seed), paired(*of)
    weights = layouts[0].base
    counts = layouts[0].compose(weights, 5, 8, chance)
    assert counts is not None
    drawn = [each.take(counts, weights, chance) for each in layouts]
    for one, other in zip(*drawn, strict=True):
        assert len(set(one.tolist())) == len(set(other.tolist())) == 5
        assert sorted(of[0].names[one]) == sorted(of[1].names[other])


@settings(max_examples=40)
@given(SIZES, SEEDS)
def test_sides_of_other_sources_are_cut_alike(sizes: list[tuple[int, int]], seed: int) -> None:
    """Both sides have as many strata, each gives as many samples, from one source in a draw."""
    one, other = ([size for size in column if size > 1] for column in zip(*sizes, strict=True))
    assume(min(len(one), len(other)) >= 4)
    of = [side(one, "a", matched=False), side(other, "b", matched=False)]
    chance = np.random.default_rng(seed)
    for each, layout in zip(of, cut(*of, least=8, chance=chance), strict=True):
        strata = min(len(one), len(other)) if layout.most[0] <= 2 else len(layout.most)
        assert layout.most.tolist() == [layout.most[0]] * strata
        counts = layout.compose(layout.base, 6, 8, chance)
        assert counts is not None
        for drawn, count in zip(layout.take(counts, layout.base, chance), counts, strict=True):
            names, found = np.unique(each.names[drawn], return_counts=True)
            assert sorted(found.tolist()) == sorted(count[count > 0].tolist())
            assert len(names) == np.count_nonzero(count)


def test_cut_keeps_as_many_sources_as_make_enough_samples() -> None:
    """Six sources of 20 and sixty of 5 are six of five; all sixty take part."""
    layouts = cut(
        side([20] * 6, "a", matched=False),
        side([5] * 60, "b", matched=False),
        least=30,
        chance=np.random.default_rng(0),
    )
    assert [each.most.tolist() for each in layouts] == [[5] * 6] * 2
    assert [len(each.stratum) for each in layouts] == [6, 60]
    assert [each.base.sum() for each in layouts] == pytest.approx([6.0, 6.0])


def test_clusters_without_weight_are_not_drawn() -> None:
    """What a replicate leaves out gives nothing, and too little is told as that."""
    of = side([4] * 6)
    layout = paired(of, of)[0]
    weights = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    chance = np.random.default_rng(0)
    counts = layout.compose(weights, 6, 20, chance)
    assert counts is not None
    assert not counts[:, 2:].any()
    assert layout.take(counts, weights, chance).max() < 8
    assert layout.compose(weights, 9, 20, chance) is None


def test_means_of_other_sources_use_all_of_them() -> None:
    """Nothing is cut where nothing is drawn: each source counts, and alike."""
    one, other = apart(side([1] * 3, "a", matched=False), side([2] * 9, "b", matched=False))
    assert (len(one.order), len(other.order)) == (3, 18)
    assert len(set(one.base.tolist())) == len(set(other.base.tolist())) == 1


def test_sources_are_clusters_where_there_are_enough() -> None:
    """Five sources are enough, four leave the tasks of each; no task is a task of its own."""
    source = np.array(["a", "b", "c", "d", "e", "e"])
    task = np.array(["t", "t", "t", "t", "", ""])
    assert clusters(source, task).of == "source"
    few = clusters(source[[0, 0, 1, 4, 5]], task[[0, 1, 2, 4, 5]])
    assert few.of == "task"
    assert len(set(few.names.tolist())) == 4
