import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.activity import registry, words
from fingerprint_features.activity.catalogue import catalogue
from fingerprint_features.activity.extract import extract
from fingerprint_features.activity.reading import prepare
from fingerprint_features.activity.relative import RepositoryStyle, style_of
from fingerprint_features.change import Change, FileChange, Hunk

ADDED = tuple(f"value_{i} = {i}" for i in range(8))
CHANGES = [
    Change("Add it", files=(FileChange("a.py", hunks=(Hunk(1, ADDED),)),)),
    Change(""),
    Change("Fix the reader\n\n- one\n- two 42", files=()),
]


def test_rows_are_those_of_single_changes() -> None:
    """A batch holds for each change what it has by itself, dense and sparse."""
    found = extract(CHANGES)
    assert found.dense.shape == (3, len(registry.COLUMNS))
    assert found.dense.dtype == np.float32
    for row, change in enumerate(CHANGES):
        activity = prepare(change, change.message)
        assert np.array_equal(found.dense[row], registry.measure(activity), equal_nan=True)
        for view, counts in zip(found.lexicon, words.count(activity), strict=True):
            part = slice(view.indptr[row], view.indptr[row + 1])
            assert np.array_equal(view.indices[part], counts.buckets)
            assert np.array_equal(view.counts[part], counts.counts)


def test_take_gives_rows_in_the_order_asked_for() -> None:
    """Rows can be picked, repeated and reordered, in both kinds of arrays alike."""
    taken = extract(CHANGES).take(np.array([2, 0, 2]))
    again = extract([CHANGES[2], CHANGES[0], CHANGES[2]])
    assert len(taken) == 3
    assert np.array_equal(taken.dense, again.dense, equal_nan=True)
    for one, other in zip(taken.lexicon, again.lexicon, strict=True):
        assert np.array_equal(one.indptr, other.indptr)
        assert np.array_equal(one.indices, other.indices)


def test_nothing_is_an_empty_batch() -> None:
    """No changes give arrays of no rows and all columns."""
    found = extract([])
    assert found.dense.shape == (0, len(registry.COLUMNS))
    assert [view.indptr.tolist() for view in found.lexicon] == [[0]] * len(words.VIEWS)


def test_each_change_is_held_against_its_own_style() -> None:
    """What the repository was used to is given change by change; none is no basis."""
    style = RepositoryStyle.of([style_of(CHANGES[0])] * 5)
    at = registry.COLUMNS.index("relative.repository_line_length")
    assert extract(CHANGES, styles=[style, None, None]).dense[0, at] == 0
    assert np.isnan(extract(CHANGES, styles=[None, style, style]).dense[0, at])
    assert np.isnan(extract(CHANGES, code=False, styles=[style] * 3).dense[0, at])


def test_tokens_are_words_numbers_marks_and_lines() -> None:
    """Words are in lower case, numbers alike, marks apart, and each line's start is told."""
    found = words.tokens_of("Add v2, don't!\n\n - 3.5 **b**_x")
    assert found == [
        *(words.LINE, "add", "v", words.NUMBER, ",", "don't", "!"),
        *(words.LINE, "-", words.NUMBER, "*", "*", "b", "*", "*", "_", "x"),
    ]
    assert words.tokens_of("") == []


@given(st.text(max_size=200))
def test_counts_are_ascending_and_positive(text: str) -> None:
    """Any text has buckets in ascending order within bounds, each hit at least once."""
    for view in words.count(prepare(Change(""), text)):
        assert (np.diff(view.buckets) > 0).all()
        assert (view.counts > 0).all()
        assert ((view.buckets >= 0) & (view.buckets < words.BUCKETS)).all()


@pytest.mark.parametrize("text", ["a", "Add it", "Fix\n\nabc é"])
def test_every_ngram_is_counted_once(text: str) -> None:
    """A sequence of n symbols has n - k + 1 n-grams of each length k."""
    activity = prepare(Change(""), text)
    sizes = (len(words.tokens_of(text)), len(text.encode()))
    orders = (words.WORD_ORDERS, words.CHARACTER_ORDERS)
    for view, size, lengths in zip(words.count(activity), sizes, orders, strict=True):
        assert view.counts.sum() == sum(max(size - k + 1, 0) for k in lengths)


def test_every_column_is_in_the_catalogue() -> None:
    """No column is left out or listed twice, those of a code sample aside, listed elsewhere."""
    page = catalogue()
    for name in registry.COLUMNS:
        copied = name.startswith(("code.", "longest.")) and name.count(".") > 1
        assert page.count(f"| `{name}` |") == (0 if copied else 1)
