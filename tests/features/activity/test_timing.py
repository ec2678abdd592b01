import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from math import isnan, log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.activity import timing
from fingerprint_features.activity.reading import prepare
from fingerprint_features.activity.timing import burstiness
from fingerprint_features.change import Change, FileChange

START = datetime(2025, 3, 1, tzinfo=UTC)


def commit(seconds: float, title: str = "a", lag: float = 0) -> Change:
    at = START + timedelta(seconds=seconds)
    return Change(title, authored=at, committed=at + timedelta(seconds=lag))


def rhythm(*commits: Change) -> dict[str, float]:
    return timing.measure(prepare(Change("", kind="pull_request", commits=commits), ""))


def test_gaps_between_commits() -> None:
    """Gaps are those between times of authorship, in whatever order commits are listed."""
    found = rhythm(commit(400), commit(0), commit(100))
    assert found["commits"] == log1p(3)
    assert found["gap_min"] == log1p(100)
    assert found["gap_max"] == log1p(300)
    assert found["span"] == log1p(400)
    assert found["soon"] == 0.5
    assert found["burstiness"] == pytest.approx((100 - 200) / (100 + 200))


def test_plans_and_repeats() -> None:
    """An empty first commit, a plan and titles said twice are told."""
    first = dataclasses.replace(commit(0, "Initial plan"), files=())
    second = dataclasses.replace(commit(1, "Fix"), files=(FileChange("a.py"),))
    found = rhythm(first, second, second)
    assert (found["first_empty"], found["first_plan"]) == (1, 1)
    assert found["empty"] == pytest.approx(1 / 3)
    assert found["repeated_titles"] == pytest.approx(1 / 3)
    assert isnan(rhythm(commit(0))["first_empty"])


def test_a_single_commit_has_a_lag_alone() -> None:
    """A commit by itself tells how long it waited; the columns of a series are missing."""
    found = timing.measure(prepare(commit(0, lag=59), ""))
    assert found["lag"] == log1p(59)
    assert found["lag_none"] == 0
    assert all(isnan(v) for name, v in found.items() if not name.startswith("lag"))
    assert isnan(timing.measure(prepare(Change("a"), ""))["lag"])


@given(st.lists(st.integers(0, 10**7), max_size=6), st.integers(-12, 12), st.integers(0, 10**6))
def test_zone_and_time_of_day_say_nothing(gaps: list[int], hours: int, later: int) -> None:
    """The same rhythm in another zone, hour or week gives the same values."""
    zone = timezone(timedelta(hours=hours))
    there = [
        dataclasses.replace(
            one,
            authored=(one.authored or START).astimezone(zone) + timedelta(minutes=later),
            committed=(one.committed or START).astimezone(zone) + timedelta(minutes=later),
        )
        for one in map(commit, gaps)
    ]
    assert rhythm(*there) == pytest.approx(rhythm(*map(commit, gaps)), nan_ok=True)


@given(st.lists(st.floats(0, 1e8), min_size=2, max_size=20))
def test_burstiness_is_bounded(gaps: list[float]) -> None:
    """It lies in [-1, 1], and is -1 for gaps that are all alike."""
    assert -1 <= burstiness(gaps) <= 1
    assert burstiness([60.0] * len(gaps)) == -1
    assert isnan(burstiness(gaps[:1]))
