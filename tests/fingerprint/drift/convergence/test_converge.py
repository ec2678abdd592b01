"""Verdicts on planted convergence, staleness and neither, and what makes no trend."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fingerprint.drift.convergence import Convergence, converge
from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured

Make = Callable[..., Measured]


def compared(samples: Measured, **settings: int) -> Convergence:
    """Compare by quarter, with few replicates."""
    return converge(samples, by="quarter", **{"draws": 4, "replicates": 80, **settings})


def all_levels(found: Convergence) -> list[float]:
    return [each.figure.value for each in found.timeline if each.group == "all"]


def test_planted_convergence_is_told(make: Make) -> None:
    """One family that turns into the other is convergence and no staleness; AUROC falls to 1/2."""
    found = compared(make(1, converged=(0, 0.25, 0.5, 0.75, 1)))
    assert (found.verdict, found.convergence) == ("converged", "converged")
    levels = all_levels(found)
    assert levels == sorted(levels, reverse=True)
    assert levels[0] > 0.95
    assert abs(levels[-1] - 0.5) < 0.12
    assert found.pooled[0].strict.high < 0
    assert found.pooled[0].distance.high < 0
    assert found.pairs[0].verdict == "converged"


def test_planted_staleness_is_told(make: Make) -> None:
    """Features that move for both families leave a frozen model behind, and no convergence."""
    found = compared(make(4, tasks=40, apart=0.2, moved=(0, 1, 2, 3, 4)))
    assert (found.verdict, found.convergence) == ("stale", "not shown")
    stale = found.staleness
    assert stale.strict.low > 0
    assert stale.retrain_by.low < stale.retrain_by.value < stale.retrain_by.high
    assert [each.months for each in stale.ages] == [0, 3, 6, 9, 12]
    assert stale.ages[0].refit.value == stale.ages[0].frozen.value
    assert stale.ages[-1].frozen.value < stale.ages[-1].refit.value
    moved = [e for e in found.shifts if not e.family and e.group == "all"]
    assert moved[-1].shift.value > moved[0].shift.value
    assert moved[-1].shift.low > 0


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_no_change_is_neither(make: Make, seed: int) -> None:
    """Without change nothing is told, and no date for retraining is given."""
    found = compared(make(seed))
    assert (found.verdict, found.convergence) == ("neither shown", "not shown")
    assert np.isnan(found.staleness.retrain_by.value)
    assert all(each.verdict == "not shown" for each in found.pairs)


def test_sizes_make_no_trend(make: Make) -> None:
    """More samples separate better, but not in a period of a series: draws are of one size."""

    def mean(**how: object) -> list[float]:
        found = [compared(make(s, apart=0.1, tasks=10, **how), replicates=2) for s in range(5)]
        return [float(each) for each in np.mean([all_levels(one) for one in found], axis=0)]

    gain = np.mean(mean(each=12)) - np.mean(mean(each=3))
    levels = mean(sizes=(3, 3, 6, 12, 12))
    assert gain > 0.04
    assert abs(np.mean(levels[3:]) - np.mean(levels[:2])) < gain / 2


def test_intervals_cover_no_slope(make: Make) -> None:
    """The 95 % interval of the slope holds nought in most of 20 corpora without change."""
    inside = [
        each.low <= 0 <= each.high
        for each in (compared(make(s, apart=0.15, tasks=16)).pooled[0].slope for s in range(20, 40))
    ]
    assert (
        sum(inside) >= 16
    )  # 19 expected; fewer than 16 have a chance of 0.3 % at the nominal level


def test_human_samples_stand_beside_every_period(make: Make) -> None:
    """Human samples, of no period, are held against AI in all of them and are no pair of theirs."""
    found = compared(make(2, human=True))
    assert found.human[0].periods == found.periods
    assert len(found.human_cells) == 5 * len(found.periods)
    assert all("human" not in (each.first, each.second) for each in found.pairs)
    assert found.verdict == "neither shown"
    assert [each.rows for each in found.reliability] == [144] * 5


def test_thin_material_is_not_shown(make: Make) -> None:
    """Two tasks, or less than 30 samples of a family, give no figure and say why."""
    few_tasks = compared(make(0, tasks=2, each=20))
    assert {each.why for each in few_tasks.missing} == {"2 shared tasks, 3 needed"}
    few = compared(make(0, tasks=9, each=3))
    assert {each.why for each in few.missing} == {"27 samples of a family, 30 needed"}
    for found in (few_tasks, few):
        assert found.cells == found.timeline == ()
        assert found.convergence == "not shown"
        assert np.isnan(found.pooled[0].slope.value)


def test_tasks_of_one_family_do_not_count(make: Make) -> None:
    """Families that answered different tasks cannot be compared, however many samples there are."""
    samples = make(0)
    task = np.where(samples.label == "gpt", np.char.add(samples.task, "b"), samples.task)
    assert compared(replace(samples, task=task)).cells == ()


def test_a_source_is_never_compared_with_another(make: Make) -> None:
    """Each source has series of its own; a family in one source alone makes no pair."""
    samples = make(0)
    source = np.where(samples.label == "gpt", "left", "right")
    assert compared(replace(samples, source=source)).cells == ()


def test_the_same_seed_gives_the_same_record(make: Make) -> None:
    """Two runs agree to the last digit, in plain JSON without NaN."""
    once, again = (json.dumps(compared(make(0)).to_dict(), allow_nan=False) for _ in range(2))
    assert once == again
    assert json.loads(once)["schema_version"] == 1


def test_by_release_one_model_a_period_shows_no_pair(make: Make) -> None:
    """A pair with one model in a period is not shown by release: the model may be the reason."""
    samples = make(1, converged=(0, 0, 0, 1, 1))
    early = samples.date < np.datetime64("2025-10-01")
    names = {
        ("claude", True): "claude-3-5-sonnet-20241022",
        ("claude", False): "claude-sonnet-4-20250514",
        ("gpt", True): "gpt-4o-2024-08-06",
        ("gpt", False): "gpt-4.1",
    }
    stated = [names[a, bool(b)] for a, b in zip(samples.label.tolist(), early, strict=True)]
    found = converge(replace(samples, stated=np.array(stated)), draws=4, replicates=80)
    assert found.periods == ("2024-H2", "2025-H1")
    assert found.pairs[0].why == "one model a period"
    assert found.pairs[0].verdict == "not shown"
    assert (found.staleness.basis, found.staleness.verdict) == ("others", "not shown")


def test_new_models_are_not_taken_for_age(make: Make) -> None:
    """Models of one family that differ, all new in the second period, make no model stale."""
    chance = np.random.default_rng(0)
    samples = make(0, tasks=20, each=12, apart=0.3)
    samples = samples.take(np.flatnonzero(samples.date < np.datetime64("2025-07-01")))
    names = {
        ("claude", "2025-02"): ["claude-3-opus-20240229", "claude-3-haiku-20240307"],
        ("claude", "2025-05"): ["claude-sonnet-4-20250514", "claude-opus-4-20250514"],
        ("gpt", "2025-02"): ["gpt-4o-2024-05-13", "gpt-4-turbo-2024-04-09"],
        ("gpt", "2025-05"): ["gpt-4.1", "gpt-4.1-mini"],
    }
    stated, manner = [], {}
    values = samples.values.copy()
    for at, (label, day) in enumerate(zip(samples.label, samples.date.astype(str), strict=True)):
        name = names[str(label), day[:7]][at % 2]
        manner.setdefault(name, chance.normal(size=values.shape[1]) * 0.6)
        stated.append(name)
        values[at] += manner[name]
    found = converge(
        replace(samples, values=values, stated=np.array(stated)), draws=4, replicates=80
    )
    stale = found.staleness
    assert stale.gap.value > stale.ageing.value
    assert stale.novelty.value > 0.02
    assert stale.verdict == "not shown"


@pytest.mark.parametrize(
    ("changed", "by", "message"),
    [
        ({"stated": ""}, "release", "states its model"),
        ({"stated": "no such model"}, "release", "release date"),
        ({"date": np.datetime64("NaT")}, "quarter", "--date"),
        ({"task": ""}, "quarter", "--task"),
        ({"label": "claude"}, "quarter", "too few families (claude)"),
    ],
)
def test_what_is_missing_is_named(
    make: Make, changed: dict[str, object], by: str, message: str
) -> None:
    """Samples without models, dates, tasks or a second family are refused with the mend."""
    samples = make(0, tasks=4)
    whole = {name: np.full(len(samples), value) for name, value in changed.items()}
    with pytest.raises(DriftError) as told:
        converge(replace(samples, **whole), by=by)  # type: ignore[arg-type]
    assert message in str(told.value)


def test_settings_are_checked(make: Make) -> None:
    """An unknown period or no draws are ValueErrors."""
    with pytest.raises(ValueError, match="one of release"):
        converge(make(0, tasks=3), by="year")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="draws"):
        converge(make(0, tasks=3), by="quarter", draws=0)
