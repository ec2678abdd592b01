"""Statistics of many groups at once equal those of each group by itself."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.groups import Groups, preferences, shares

GROUPS = st.lists(st.lists(st.integers(0, 5000), max_size=9), min_size=1, max_size=12)
AT = (0.0, 0.1, 0.5, 0.9, 1.0)

Lists = list[list[int]]


def laid(lists: Lists) -> tuple[Groups, np.ndarray]:
    """Return the groups of the lists, and their numbers behind each other."""
    flat = np.array([value for each in lists for value in each], dtype=np.int32)
    return Groups(np.array(list(map(len, lists)), dtype=np.intp)), flat


@given(GROUPS)
def test_sums_and_largest_values_are_those_of_each_group(lists: Lists) -> None:
    """An empty group has 0 of everything, wherever it stands."""
    groups, values = laid(lists)
    assert groups.sum(values).tolist() == list(map(sum, lists))
    assert groups.max(values).tolist() == [max(each, default=0) for each in lists]


@given(GROUPS)
def test_means_and_variances_are_those_of_each_group(lists: Lists) -> None:
    """The variance is that of all members, not an estimate from a sample."""
    groups, values = laid(lists)
    filled = [each or [0] for each in lists]
    assert groups.mean(values) == pytest.approx([np.mean(each) for each in filled])
    assert groups.variance(values) == pytest.approx([np.var(each) for each in filled])
    assert groups.spread(values) == pytest.approx([np.std(each) for each in filled])


@given(GROUPS)
def test_quantiles_are_members_of_their_group(lists: Lists) -> None:
    """A quantile is the member at its place in order, half-way places going to the even one."""
    groups, values = laid(lists)
    for q, found in zip(AT, groups.quantiles(values, AT), strict=True):
        expected = [sorted(each)[round(q * (len(each) - 1))] if each else 0 for each in lists]
        assert found.tolist() == expected


@given(GROUPS)
def test_quantiles_do_not_hang_on_how_groups_are_put_together(lists: Lists) -> None:
    """Large numbers and many groups, which are sorted otherwise, give what each alone gives."""
    groups, values = laid(lists)
    many = groups.quantiles(values, AT)
    for at, each in enumerate(lists):
        alone, own = laid([each])
        assert [q[at] for q in many] == [q[0] for q in alone.quantiles(own, AT)]


@given(st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=6), min_size=1, max_size=6))
def test_entropy_is_that_of_each_group(lists: Lists) -> None:
    """A group of one has none; two alike have one bit."""
    groups, counts = laid(lists)
    expected = [-sum(c / sum(each) * math.log2(c / sum(each)) for c in each) for each in lists]
    assert groups.entropy(counts) == pytest.approx(expected)


@given(GROUPS)
def test_owners_and_sizes_tell_the_same(lists: Lists) -> None:
    """Groups made of owners are those that have these owners."""
    groups, values = laid(lists)
    again = Groups.of_owners(groups.owner, len(groups))
    assert again.size.tolist() == groups.size.tolist()
    assert groups.owner.tolist() == [i for i, each in enumerate(lists) for _ in each]
    kept = Counter(groups.owner[values % 2 == 1].tolist())
    assert groups.kept(values % 2 == 1).size.tolist() == [kept[i] for i in range(len(lists))]


def test_shares_of_nothing_are_nought_and_preferences_even() -> None:
    """Where there is no whole nothing is divided, and nothing is preferred."""
    assert shares(np.array([1.0, 3.0]), np.array([0.0, 4.0])).tolist() == [0.0, 0.75]
    assert preferences(np.array([0.0, 3.0]), np.array([0.0, 1.0])).tolist() == [0.5, 4 / 6]
