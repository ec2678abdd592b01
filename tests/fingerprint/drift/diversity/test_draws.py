from dataclasses import replace

import numpy as np
import pytest

from fingerprint.drift.diversity.composition import Clusters, clusters
from fingerprint.drift.diversity.draws import Drawn, Means, difference, figure
from fingerprint.drift.diversity.formulas import entropies, vendi


def drawn(chance: np.random.Generator, groups: int, each: int) -> Drawn:
    """Return 30 tokens of each sample, of the source's own skew."""
    skew = np.repeat(chance.uniform(1.2, 3.0, groups), each)
    rows = chance.zipf(skew[:, None], size=(groups * each, 30)) % 1000
    names = np.repeat(np.arange(groups), each).astype(str)
    within, at = Clusters(names, "source", names), np.arange(groups * each)
    return Drawn(lambda at: entropies(rows[at].reshape(len(at), -1)), within, 15, at)


def means(values: np.ndarray, within: Clusters) -> Means:
    return Means(values, within, np.ones(len(values), dtype=np.int64))


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
    tasks = np.arange(40).astype(str)
    names = Clusters(tasks, "task", tasks)
    one, other = (means(hard + 0.1 * chance.normal(size=40), names) for _ in range(2))
    near, far = (
        difference(one, other, paired=paired, least=30, chance=np.random.default_rng(1))
        for paired in (True, False)
    )
    assert near.value == pytest.approx(far.value)
    assert 5 * (near.high - near.low) < far.high - far.low


def test_clusters_count_alike_whatever_they_hold() -> None:
    """Hundred samples of one source weigh no more than one of another."""
    names = np.array(["a"] * 100 + ["b", "c", "d", "e"])
    values = np.array([1.0] * 100 + [0.0] * 4)
    within = Clusters(names, "source", names)
    found = figure(means(values, within), "", least=30, chance=np.random.default_rng(0))
    assert found.value == pytest.approx(0.2)


def resembling(
    chance: np.random.Generator, names: list[str], each: int, *, shared: bool = True
) -> Drawn:
    """Return samples about a centre that the name of their cluster sets, by their Vendi score."""
    centres = [np.random.default_rng(list(name.encode())).normal(size=20) for name in names]
    points = np.repeat(centres, each, axis=0) + 0.6 * chance.normal(size=(len(names) * each, 20))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    kernel = (1 + points @ points.T) / 2
    of = np.repeat(names, each)
    within = Clusters(of, "task", of if shared else np.full(len(of), ""))
    return Drawn(
        lambda at: vendi(kernel[at[:, :, None], at[:, None, :]]), within, 15, np.arange(len(of))
    )


@pytest.mark.parametrize(("tasks", "few", "many"), [(17, 2, 17), (100, 1, 5)])
def test_more_answers_a_task_are_not_less_diverse(tasks: int, few: int, many: int) -> None:
    """Of one population, sides of few and of many samples a task differ by nothing."""
    chance, names = np.random.default_rng(0), [f"task {at}" for at in range(tasks)]
    one, other = (resembling(chance, names, each) for each in (few, many))
    found = difference(one, other, paired=True, least=30, chance=chance)
    assert found.low < 0 < found.high
    assert abs(found.value) < 0.2
    assert (found.samples, found.clusters) == (tasks * few, tasks)


def test_fewer_sources_are_not_less_diverse() -> None:
    """Of one population, 6 sources of 20 samples are as diverse as 60 of 5."""
    misses, values = 0, []
    for seed in range(5):
        chance = np.random.default_rng(seed)
        one = resembling(chance, [f"{seed} a {at}" for at in range(6)], 20, shared=False)
        other = resembling(chance, [f"{seed} b {at}" for at in range(60)], 5, shared=False)
        found = difference(one, other, paired=False, least=30, chance=chance)
        misses += not found.low < 0 < found.high
        values.append(found.value)
        assert (found.samples, found.clusters) == (30, 6)
    assert misses <= 1
    assert abs(np.mean(values)) < 0.3


def test_less_diverse_side_is_found_in_sources_of_its_own() -> None:
    """Half as many kinds in a population read as less, also where no source is shared."""
    chance = np.random.default_rng(0)
    narrow = [f"a {at % 4}" for at in range(20)]
    one = resembling(chance, narrow, 3, shared=False)
    names = np.repeat([f"source {at}" for at in range(20)], 3)
    one = replace(one, clusters=Clusters(names, "source", np.full(60, "")))
    other = resembling(chance, [f"b {at}" for at in range(40)], 2, shared=False)
    found = difference(one, other, paired=False, least=30, chance=chance)
    assert found.high < 0


def test_same_tasks_are_those_that_both_sides_can_measure() -> None:
    """Equal families do not differ because one has no value for some of the tasks."""
    tasks = np.repeat([f"task {at}" for at in range(40)], 2)
    hard = np.repeat(np.linspace(0, 1, 40), 2)
    within = Clusters(tasks, "task", tasks)
    easy = hard < 0.6
    found = difference(
        means(hard[easy], within[easy]),
        means(hard, within),
        paired=True,
        least=30,
        chance=np.random.default_rng(0),
    )
    assert found.value == pytest.approx(0.0)
    assert (found.samples, found.clusters) == (48, 24)


def test_tasks_of_a_source_weigh_alike_on_both_sides() -> None:
    """Where sources are the clusters, many answers to one hard task still are one task."""
    rows = [(f"source {s}", f"task {t}") for s in range(6) for t in range(2)]
    sides = []
    for most in (0, 1):
        held = [row for row in rows for _ in range(9 if row[1] == f"task {most}" else 1)]
        source, task = (np.array(column) for column in zip(*held, strict=True))
        within = clusters(source, task, of="source", what="task")
        sides.append(means((task == "task 0").astype(float), within))
    found = difference(*sides, paired=True, least=30, chance=np.random.default_rng(0))
    assert found.value == pytest.approx(0.0)
    assert found.of == "source"


def test_few_shared_sources_weigh_alike_on_both_sides() -> None:
    """Drawn apart, both sides still are of the same sources in the same proportion."""
    sides = []
    for tasks in ((20, 4), (4, 20)):
        source = np.repeat(["a", "b"], [2 * each for each in tasks])
        task = np.repeat(np.arange(sum(tasks)), 2).astype(str)
        within = clusters(source, task, of="task", what="source")
        sides.append(means((source == "a").astype(float), within))
    found = difference(*sides, paired=False, least=30, chance=np.random.default_rng(0))
    assert found.value == pytest.approx(0.0)
