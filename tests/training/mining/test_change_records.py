"""Changes as rows and back: nothing is lost but identities and lines beyond the bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from fingerprint_features.bounded import bounded_files
from fingerprint_features.change import Change, FileChange, Hunk, Identity
from fingerprint_training.errors import UnreadableCorpusError
from fingerprint_training.mining import read_changes
from fingerprint_training.mining.change_rows import ChangeRow, change_table
from fingerprint_training.mining.labels import Labels
from fingerprint_training.mining.pseudonyms import pseudonym
from fingerprint_training.mining.twins import patch_digest

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
LINES = st.lists(TEXT, max_size=4).map(tuple)
HUNKS = st.builds(Hunk, st.integers(1, 99), LINES, LINES)
COUNTS = st.none() | st.integers(0, 1000)
FILES = st.builds(
    FileChange,
    TEXT,
    st.sampled_from(["added", "modified", "renamed"]),
    st.none() | TEXT,
    st.lists(HUNKS, max_size=3).map(tuple),
    COUNTS,
    COUNTS,
    st.booleans(),
    st.booleans(),
)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n)))
TIMES = st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=ZONES).map(
    lambda time: time.replace(microsecond=0)
)
IDS = st.text("0123456789abcdef", min_size=40, max_size=40)
CHANGES = st.builds(
    Change,
    message=TEXT,
    id=IDS,
    repository=TEXT,
    author=st.none() | st.builds(Identity, TEXT, TEXT),
    committer=st.none() | st.builds(Identity, TEXT, TEXT),
    authored=TIMES,
    committed=TIMES,
    parents=st.lists(IDS, max_size=2).map(tuple),
    files=st.none() | st.lists(FILES, max_size=3).map(tuple),
    notes=st.lists(TEXT, max_size=2).map(tuple),
)


def row(change: Change) -> ChangeRow:
    return ChangeRow(change, "text", (), None, Labels("human", "human"), None)


def hidden(identity: Identity | None) -> Identity | None:
    name = pseudonym(identity)
    return None if name is None else Identity(name)


@settings(max_examples=30, deadline=None)
@given(st.lists(CHANGES, max_size=4))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, changes: list[Change]) -> None:
    """What is read is what was written, with pseudonyms in place of identities."""
    path = tmp_path_factory.mktemp("trip") / "c.parquet"
    parquet.write_table(change_table([row(change) for change in changes]), path)
    expected = [
        replace(each, author=hidden(each.author), committer=hidden(each.committer))
        for each in changes
    ]
    assert list(read_changes(path)) == expected


def test_stripped_changes_have_no_markers(tmp_path: Path) -> None:
    """For training, the message is the text without markers, and notes are gone."""
    path = tmp_path / "c.parquet"
    parquet.write_table(
        change_table([row(Change("as written", id="0", repository="r", notes=("n",)))]), path
    )
    (change,) = read_changes(path, stripped=True)
    assert (change.message, change.notes) == ("text", ())


def test_other_files_are_an_error(tmp_path: Path) -> None:
    """A missing file, and one that mining did not write, are named."""
    with pytest.raises(UnreadableCorpusError, match=r"none\.parquet"):
        list(read_changes(tmp_path / "none.parquet"))
    (tmp_path / "text.parquet").write_text("no table")
    with pytest.raises(UnreadableCorpusError, match=r"text\.parquet"):
        list(read_changes(tmp_path / "text.parquet"))


@settings(max_examples=50, deadline=None)
@given(st.lists(FILES, max_size=4), st.integers(0, 20))
def test_bounded_keeps_the_first_lines(files: list[FileChange], most: int) -> None:
    """At most so many lines are kept, the first ones; counts and names are untouched."""

    def lines(kept: tuple[FileChange, ...]) -> list[str]:
        hunks = [hunk for file in kept for hunk in file.hunks]
        return [line for hunk in hunks for line in (*hunk.removed, *hunk.added)]

    kept = bounded_files(tuple(files), most)
    assert [replace(file, hunks=()) for file in kept] == [replace(file, hunks=()) for file in files]
    assert lines(kept) == lines(tuple(files))[:most]


def test_twins_share_a_digest() -> None:
    """Time, title and added lines decide, not the id, the mailbox or the lines around."""
    time = datetime(2024, 1, 1, tzinfo=UTC)
    file = FileChange("a.py", hunks=(Hunk(3, ("x = 1",)),))
    change = Change("Title\n\nbody", id="1", authored=time, files=(file,))
    moved = FileChange("a.py", hunks=(Hunk(9, ("x = 1",)),))
    assert patch_digest(change) == patch_digest(replace(change, id="2", files=(moved,)))
    others = (
        replace(change, message="Other"),
        replace(change, authored=time + timedelta(seconds=1)),
        replace(change, files=(FileChange("a.py", hunks=(Hunk(3, ("x = 2",)),)),)),
    )
    assert patch_digest(change) not in {patch_digest(other) for other in others}
    assert patch_digest(replace(change, parents=("a", "b"))) is None
    assert patch_digest(replace(change, files=())) is None
