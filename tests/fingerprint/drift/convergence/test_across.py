"""Human against AI of other sources: what is planted is found, and other sources alone are not."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fingerprint.drift.convergence import converge
from fingerprint.drift.convergence.across import across
from fingerprint.drift.convergence.across.control import of_halves, people
from fingerprint.drift.convergence.across.matched import matched
from fingerprint.drift.convergence.across.material import MOST_OF_SOURCE, material, years
from fingerprint.drift.convergence.across.scored import Won, compared, folds
from fingerprint.drift.convergence.record import Across
from fingerprint.drift.measured import Measured
from fingerprint.report import converge_across

Make = Callable[..., Measured]

FADED = (0, 0.25, 0.5, 0.75, 1)


def found(samples: Measured, **settings: int) -> Across:
    """Compare by quarter, with few draws and replicates."""
    return across(samples, by="quarter", **{"draws": 3, "replicates": 60, "seed": 0, **settings})


def all_levels(told: Across) -> list[float]:
    return [each.figure.value for each in told.levels if each.group == "all"]


def test_planted_fading_is_told(commits: Make) -> None:
    """AI that becomes like people is told from them less and less, down to 1/2."""
    told = found(commits(1, faded=FADED))
    assert told.trends[0].verdict == "converged"
    assert told.frozen[0].verdict == "converged"
    assert all_levels(told)[0] > 0.8
    assert abs(all_levels(told)[-1] - 0.5) < 0.12
    said = list(converge_across.answers(told))
    assert "Converged: AUROC -0." in said[0]
    assert "12 sources of AI and 12 of people" in said[0]


@pytest.mark.parametrize("seed", [2, 3])
def test_no_change_is_not_shown(commits: Make, seed: int) -> None:
    """Repositories with manners of their own, and no change, make no trend in any group."""
    told = found(commits(seed))
    assert {each.verdict for each in (*told.trends, *told.frozen)} == {"not shown"}
    assert told.trends[0].slope.low < 0 < told.trends[0].slope.high
    assert min(all_levels(told)) > 0.8


def test_halves_of_one_side_are_alike(commits: Make) -> None:
    """Repositories of people dealt to two sides by chance, or AI's, are told apart by chance."""
    told = found(commits(4, apart=0.6))
    for each in (told.halves, told.ai_halves, told.ages):
        assert abs(each.value - 0.5) < 0.08
        assert each.low < 0.5 < each.high
        assert each.high < all_levels(told)[0]


def test_people_are_followed_only_since_models_write(commits: Make) -> None:
    """People who go 12 % of the way a year from 2022 on are told so, and none before."""
    told = found(commits(5, moved=0.12))
    assert told.since.a_year.low > 0
    assert abs(told.since.a_year.value - 0.12) < 0.06
    assert told.before.a_year.low < 0 < told.before.a_year.high
    assert (told.before.sources, told.before.samples) == (12, 12 * MOST_OF_SOURCE)
    assert (told.since.sources, told.since.samples) == (12, 12 * 4 * 8)
    assert round(told.since.last, 1) == 2025.3


def test_undated_people_do_not_move(commits: Make) -> None:
    """Without dates of people's samples, the comparison stands and their movement is not shown."""
    samples = commits(6, ai=6, human=6)
    date = np.where(samples.label == "human", np.datetime64("NaT"), samples.date)
    told = found(replace(samples, date=date))
    assert len(all_levels(told)) == 5
    assert math.isnan(told.before.a_year.value)
    assert math.isnan(told.ages.value)
    assert "since mid-2021: not shown (0 samples of 0 sources)" in "".join(
        converge_across.answers(told)
    )


def test_sizes_make_no_trend(commits: Make) -> None:
    """Periods with more samples do not separate better: a classifier learns from as many pairs."""
    slopes = [
        found(commits(seed, ai=8, human=8, apart=0.15, sizes=(5, 5, 10, 20, 30))).trends[0].slope
        for seed in range(2)
    ]
    assert all(each.low < 0 < each.high for each in slopes)
    assert abs(np.mean([each.value for each in slopes])) < 0.08


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"human": 2}, "no language has 3 sources of either side in two periods"),
        ({"ai": 2}, "no language has 3 sources of either side in two periods"),
        ({"human": 0}, "no human samples of a known source"),
        ({"ai": 0}, "no AI samples of a known source"),
        ({"each": 4}, "no AI samples of a known source"),
    ],
)
def test_what_cannot_be_told_is_not_shown(commits: Make, how: dict[str, int], why: str) -> None:
    """Too few sources, or samples of a source, are said to be, and nothing is computed."""
    told = found(commits(0, **how))
    assert told.why == why
    assert told.trends == told.levels == ()
    assert list(converge_across.answers(told)) == [
        f"Do people and AI of different sources converge? Not shown: {why}."
    ]
    assert list(converge_across.notes(told)) == []


def test_sources_of_a_fold_were_never_seen(commits: Make) -> None:
    """All samples of a source lie in one fold, and each fold holds out sources of both sides."""
    samples = material(commits(0), "quarter", 0).samples
    series = matched(samples, 0).series[0]
    held = [each.held for each in folds(samples, series, np.random.default_rng(0))]
    assert (np.sum(held, axis=0) == 1).all()
    for fold in held:
        inside = set(samples.task_at[fold].tolist())
        assert not inside & set(samples.task_at[~fold].tolist())
        assert {"human", "ai"} == set(samples.family[fold].tolist())


def test_kinds_are_tasks_of_many_sources(commits: Make) -> None:
    """A task of five sources on both sides is matched as a kind; paths are passed over."""
    samples = commits(0)
    assert material(samples, "quarter", 0).kinds == ()
    task = np.array(["function", "hunk", ""])[samples.at % 3]
    task = np.where(task == "", samples.task, task)
    known = material(replace(samples, task=task), "quarter", 0)
    assert known.kinds == ("function", "hunk")
    assert len(np.unique(known.samples.stratum)) == 6  # two lengths of two kinds and of none
    few = np.where(samples.label == "human", task, samples.task)
    assert material(replace(samples, task=few), "quarter", 0).kinds == ()


def test_large_sources_are_thinned(commits: Make) -> None:
    """A source gives at most so many samples of a language and period; unnamed AI is AI."""
    samples = commits(0, ai=3, human=3, each=70)
    label = np.where(samples.label == "claude", "unresolved", samples.label)
    kept = material(replace(samples, label=label), "quarter", 0).samples
    assert set(kept.family.tolist()) == {"human", "ai"}
    assert len(kept) == MOST_OF_SOURCE * (3 * 5 + 3 * 2)  # people's before 2021.5 and since
    nobody = np.where(samples.label == "claude", "undeclared", samples.label)
    assert found(replace(samples, label=nobody)).why.startswith("no AI samples")


def test_comparisons_weigh_sources_alike() -> None:
    """AUROC of an AI source is the weighted share of comparisons that people's sources won."""
    ints = np.arange(2)
    won = Won(np.array([[[1.0], [4.0]]]), np.array([[[4.0], [4.0]]]), ints, np.array([2]))
    weights = np.array([[1.0, 1.0, 1.0], [1.0, 3.0, 1.0]])
    np.testing.assert_allclose(won.by_source(weights)[:, 0], [5 / 8, 13 / 16])
    np.testing.assert_allclose(won.by_draw(), [5 / 8])


def test_each_draw_counts_every_comparison_once(commits: Make) -> None:
    """A held-out sample of people meets those of AI of its stratum in its fold, and no others."""
    samples = material(commits(0, human=4, ai=4), "quarter", 0).samples
    series = matched(samples, 0).series[0]
    won = compared(samples, series, draws=2, seed=(0,))[0, "refit", "all"]
    # four folds of one source a side; 30 of 96 and all 8 samples, in two strata of even size
    assert (won.won <= won.of).all()
    assert (np.count_nonzero(won.of, axis=(1, 2)) == 4).all()
    assert won.of.sum(axis=(1, 2)) == pytest.approx(4 * 30 * 8 / 2)


def test_halves_need_sources(commits: Make) -> None:
    """Five sources cannot be dealt to two sides of three."""
    known = material(commits(0, human=5), "quarter", 0)
    series = matched(known.samples, 0).series
    assert math.isnan(of_halves(known, series, people, times=2, seed=(0,)).value)


def test_years_count_from_january() -> None:
    """Dates become years, and no date none."""
    got = years(np.array(["2021-07-02", "2000-01-01", "NaT"], dtype="datetime64[D]"))
    np.testing.assert_allclose(got, [2021.5, 2000, np.nan], atol=2e-3)


def test_the_same_seed_gives_the_same_record(commits: Make) -> None:
    """`converge` holds the part, the same to the last digit for a seed, in plain JSON."""
    samples = commits(0, human=4, ai=4)
    once, again = (
        json.dumps(
            converge(samples, by="quarter", draws=2, replicates=20).to_dict()["across"],
            allow_nan=False,
        )
        for _ in range(2)
    )
    assert once == again
    told = json.loads(once)
    assert told["sources"] == [4, 4]
    assert told["trends"][0]["group"] == "all"
