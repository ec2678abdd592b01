"""Counting: which heap, which directory, which lines, which texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fingerprint.scanning import tally as tally_module
from fingerprint.scanning.kinds import AUTOMATION, BEFORE, DECLARED, MERGE, UNDECLARED, kind_of
from fingerprint.scanning.record import Count
from fingerprint.scanning.tally import OTHERS, Tally, directory_of
from fingerprint_features.change import Change, FileChange, Identity
from fingerprint_models.declaration import declared

NEW, OLD = datetime(2024, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
TRAILER = "Co-Authored-By: Claude <noreply@anthropic.com>"
CHANGE = Change(
    "Fix it",
    author=Identity("Ada", "ada@example.org"),
    authored=NEW,
    committed=NEW,
    parents=("1",),
    files=(FileChange("src/a.py", added=3),),
)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (CHANGE, UNDECLARED),
        (replace(CHANGE, authored=OLD, committed=OLD), BEFORE),
        (replace(CHANGE, authored=OLD), UNDECLARED),
        (replace(CHANGE, committed=None), UNDECLARED),
        (replace(CHANGE, message=f"Fix\n\n{TRAILER}"), DECLARED),
        (replace(CHANGE, message=f"Fix\n\n{TRAILER}", parents=("1", "2")), MERGE),
        (replace(CHANGE, author=Identity("dependabot[bot]", "x@y")), AUTOMATION),
    ],
)
def test_kinds(change: Change, kind: str) -> None:
    """Each commit goes to one heap; only two early clocks make it one from before assistants."""
    assert kind_of(change, declared(change)) == kind


@pytest.mark.parametrize(
    ("path", "depth", "name"),
    [("a.py", 1, "."), ("a/b/c.py", 1, "a"), ("a/b/c.py", 2, "a/b"), ("a/c.py", 3, "a")],
)
def test_directories(path: str, depth: int, name: str) -> None:
    """A directory has at most as many folders as were asked for."""
    assert directory_of(path, depth) == name


def test_lines_that_nobody_writes() -> None:
    """Lock files and generated ones add no lines, but their directory is touched."""
    tally = Tally(1)
    files = (FileChange("web/package-lock.json", added=900), FileChange("a.py", added=2))
    place = tally.add(replace(CHANGE, files=files), None)
    assert place.directories == ("web", ".")
    assert tally.whole.group("all").kinds[UNDECLARED] == Count(1, 2)
    assert tally.directories["web"].group("web").kinds[UNDECLARED] == Count(1, 0)
    assert tally.other["lines_left_out"] == 900


def test_without_a_diff() -> None:
    """A commit at the edge of a shallow clone is counted, and that its diff is not at hand."""
    tally = Tally(1)
    tally.add(replace(CHANGE, files=None), None)
    assert tally.other["no_diff"] == 1
    assert tally.whole.group("all").all == Count(1, 0)


def test_texts_are_exact() -> None:
    """The markers' texts are told as they stand, each once a commit, the most frequent first."""
    tally = Tally(1)
    other = "Assisted-by: Codex:gpt-5"
    for message in (f"A\n\n{TRAILER}\n{TRAILER}", f"B\n\n{TRAILER}", f"C\n\n{other}"):
        change = replace(CHANGE, message=message)
        tally.add(change, declared(change))
    first, second = tally.markers(5)
    assert (first.text, first.agent, first.commits) == (TRAILER, "claude-code", 2)
    assert (second.text, second.commits) == (other, 1)
    assert len(tally.markers(1)) == 1


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Endless directories and session links do not grow the tables; the frequent ones stay."""
    monkeypatch.setattr(tally_module, "MAX_DIRECTORIES", 3)
    monkeypatch.setattr(tally_module, "MAX_TEXTS", 10)
    tally = Tally(1)
    for n in range(50):
        link = f"Claude-Session: https://claude.ai/code/session_{n:024}"
        change = replace(
            CHANGE, message=f"A\n\n{TRAILER}\n{link}", files=(FileChange(f"d{n}/a.py", added=1),)
        )
        tally.add(change, declared(change))
    assert len(tally.directories) == 4
    assert tally.directories[OTHERS].group(OTHERS).all == Count(47, 47)
    assert len(tally.texts) <= 10
    assert tally.markers(1)[0].commits == 50
