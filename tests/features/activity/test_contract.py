import copy
import dataclasses
import re
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_features.activity import registry, words
from fingerprint_features.activity.reading import MAX_CHARACTERS, prepare
from fingerprint_features.activity.registry import EXTRACTORS, Extractor
from fingerprint_features.activity.relative import RepositoryStyle
from fingerprint_features.change import Change, FileChange, Hunk, Identity

every_extractor = pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda e: e.id)
Changes = st.SearchStrategy[Change]
Texts = st.SearchStrategy[str]

ENDLESS = ("*", "`", "#", "- ", "[](", "a_", "**a", "\n", "1. ", ":a_", "<", "a.", "a-", "A", "=")
NEVER_MISSING = ("title", "markup", "lists", "prose")
"""Extractors whose columns are finite for every change."""
CASES = settings(max_examples=30, deadline=None)


def values(change: Change, text: str) -> dict[str, float]:
    """Return all columns of a change by name."""
    found = {}
    for extractor in EXTRACTORS:
        columns = extractor.measure(prepare(change, text))
        assert set(columns) == set(extractor.columns), extractor.id
        found.update({f"{extractor.prefix}.{name}": value for name, value in columns.items()})
    return found


def moved(one: dict[str, float], other: dict[str, float]) -> list[str]:
    """Return the columns that differ; a missing value is like a missing value."""
    return [
        name
        for name, value in one.items()
        if value != other[name] and not (np.isnan(value) and np.isnan(other[name]))
    ]


@CASES
@given(data=st.data())
def test_any_change_is_measured(data: st.DataObject, any_change: Changes, any_text: Texts) -> None:
    """Any change has every column, no infinite one, the same twice, and is left as it was."""
    change, text = data.draw(any_change), data.draw(any_text)
    before = copy.deepcopy(change)
    found = values(change, text)
    assert [name for name, value in found.items() if np.isinf(value)] == []
    assert change == before
    assert moved(found, values(before, text)) == []


@every_extractor
@pytest.mark.parametrize(
    "change",
    [Change(""), Change("", files=()), Change("", kind="pull_request", commits=(Change(""),))],
    ids=["no diff", "no files", "an empty commit"],
)
def test_same_columns_for_an_empty_change(extractor: Extractor, change: Change) -> None:
    """A change of nothing has every column; those of the text are finite."""
    found = extractor.measure(prepare(change, ""))
    assert set(found) == set(extractor.columns)
    if extractor.prefix in NEVER_MISSING:
        assert np.isfinite(list(found.values())).all()


@CASES
@given(data=st.data())
def test_only_what_is_not_at_hand_is_missing(data: st.DataObject, any_text: Texts) -> None:
    """With a text alone, only the columns of diff, commits, times and code are NaN.

    Columns of the text that can be NaN say so.
    """
    found = values(Change(""), data.draw(any_text))
    absent = ("commits.", "longest.", "diff.", "lines.", "timing.", "relative.", "code.")
    for name, value in found.items():
        if name.startswith(absent):
            assert np.isnan(value), name
        elif "missing" not in registry.DESCRIPTIONS[name]:
            assert np.isfinite(value), name


@CASES
@given(data=st.data())
def test_order_of_files_says_nothing(data: st.DataObject, any_change: Changes) -> None:
    """The same files in another order give the very same values."""
    change = data.draw(any_change)
    shuffled = tuple(data.draw(st.permutations(change.files or ())))
    other = dataclasses.replace(change, files=None if change.files is None else shuffled)
    assert moved(values(change, "A"), values(other, "A")) == []


@CASES
@given(data=st.data())
def test_markers_are_no_style(data: st.DataObject, any_change: Changes, any_text: Texts) -> None:
    """Identities, branch, notes and ids are not read, nor is the message: the text handed in is.

    Messages of commits are read; stripping them is the caller's, as that of the text.
    """
    change, text = data.draw(any_change), data.draw(any_text)
    marked = _marked(change)
    commits = zip(marked.commits, change.commits, strict=True)
    same = tuple(dataclasses.replace(new, message=old.message) for new, old in commits)
    marked = dataclasses.replace(marked, commits=same)
    assert moved(values(change, text), values(marked, text)) == []


def _marked(change: Change) -> Change:
    bot = Identity("some-agent[bot]", "bot@example.com")
    return dataclasses.replace(
        change,
        message=change.message + "\n\nCo-authored-by: Some Agent <bot@example.com>",
        author=bot,
        committer=bot,
        branch="agent/fix",
        notes=("agent",),
        id="1",
        repository="a/b",
        commits=tuple(map(_marked, change.commits)),
    )


@CASES
@given(data=st.data())
def test_line_ends_say_nothing(data: st.DataObject, any_change: Changes, any_text: Texts) -> None:
    """A text with Windows line ends measures as the same text without."""
    change, text = data.draw(any_change), data.draw(any_text).replace("\r", "")
    assert moved(values(change, text), values(change, text.replace("\n", "\r\n"))) == []


@every_extractor
def test_columns_are_documented(extractor: Extractor) -> None:
    """Every column says in words what it holds, under a name that files can carry."""
    for name, said in extractor.columns.items():
        assert re.fullmatch(r"[a-z][a-z0-9_.]*", name)
        assert len(said) > 5
        assert "\n" not in said


def test_ids_are_unique_and_versioned() -> None:
    """Ids read `name.vN`; no two extractors share a prefix, no two columns a name."""
    ids = [extractor.id for extractor in EXTRACTORS]
    assert all(re.fullmatch(r"[a-z]+\.v[1-9]\d*", one) for one in ids)
    assert len({extractor.prefix for extractor in EXTRACTORS}) == len(ids)
    assert len(set(registry.COLUMNS)) == len(registry.COLUMNS)
    assert set(registry.DESCRIPTIONS) == set(registry.GROUPS) == set(registry.COLUMNS)
    assert set(registry.GROUPS.values()) == {"text", "shape", "timing", "code"}


def test_schema_hash_moves_with_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model notices a column that changed its place."""
    before = registry.schema_hash()
    monkeypatch.setattr(registry, "COLUMNS", registry.COLUMNS[::-1])
    assert registry.schema_hash() != before


@pytest.mark.parametrize(
    "text",
    [mark * (50_000 // len(mark)) for mark in ENDLESS],
    ids=lambda text: text[:3].encode().hex(),
)
def test_marks_without_end_are_measured_in_time(text: str) -> None:
    """Endless marks are bounded and cost no more than a long text does."""
    change = Change("", files=(FileChange("a.py", hunks=(Hunk(1, (text,) * 6),)),))
    activity = prepare(change, text)
    assert len(activity.text) <= MAX_CHARACTERS
    begin = process_time()
    assert not np.isinf(registry.measure(activity, code=False)).any()
    # A text of this length takes a tenth of a second; one run in the square of it, many.
    assert process_time() - begin < 1
    assert sum(len(view.buckets) for view in words.count(activity)) > 0 or not text.strip()


def test_text_must_be_text() -> None:
    """A text that is no string is misuse, named as such."""
    with pytest.raises(TypeError, match="text must be a string, not NoneType"):
        prepare(Change(""), None)  # type: ignore[arg-type]


def test_skipped_code_is_missing_and_the_rest_is_as_before() -> None:
    """Without `code` the costly columns are NaN and no other column moves."""
    added = tuple(f"    value_{i} = {i}  # set" for i in range(9))
    change = Change("", files=(FileChange("a.py", hunks=(Hunk(1, added, added[:6]),)),))
    activity = prepare(change, "Add it", RepositoryStyle.of(()))
    full, cheap = registry.measure(activity), registry.measure(activity, code=False)
    code = np.array([registry.GROUPS[name] == "code" for name in registry.COLUMNS])
    assert np.isnan(cheap[code]).all()
    assert np.isfinite(full[code]).sum() > 400
    assert np.array_equal(full[~code], cheap[~code], equal_nan=True)
