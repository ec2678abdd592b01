"""Choosing labelled changes out of mined files and tables of pull requests."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from fingerprint_training.agents.rows import as_pull_requests, read_commits, read_pull_requests
from fingerprint_training.errors import UnreadableCorpusError

CLASSES = ("human", "codex", "devin")


@pytest.fixture
def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_class_of_a_repository_gives_more_than_its_share(commits: Path) -> None:
    """At most `per_repository` commits of one class come from one repository."""
    rows = list(read_commits(commits, CLASSES, 3, seed=0))
    counts = Counter((row.repository, row.label) for row in rows)
    assert set(counts.values()) == {3}
    assert len(counts) == 12


def test_the_seed_alone_chooses(commits: Path) -> None:
    """The same seed takes the same commits, another one others."""
    first, again, other = (
        [row.change.id for row in read_commits(commits, CLASSES, 3, seed=seed)]
        for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other


def test_merges_mixed_commits_and_other_agents_are_left_out(
    tmp_path: Path, made: ModuleType
) -> None:
    """What is not one known author's work teaches nothing about style."""
    rows = [
        made.commit_row(0, "codex", "a/b"),
        made.commit_row(1, "codex", "a/b", is_merge=True),
        made.commit_row(2, "codex", "a/b", mixed=True),
        made.commit_row(3, "devin", "a/b", agent_label="crush"),
        made.commit_row(4, "human", "a/b", agent_label="undeclared", mixed=None),
    ]
    found = list(read_commits(made.write_commits(tmp_path / "c.parquet", rows), CLASSES, 9, seed=0))
    assert [(row.label, row.change.id) for row in found] == [("codex", f"{0:040x}")]
    assert found[0].change.files is not None
    assert found[0].owner == "a"


def test_commits_as_pull_requests(tmp_path: Path, made: ModuleType) -> None:
    """A forge's number is off the title; so many of a class and repository, no empty ones."""
    rows = [made.commit_row(at, "codex", "a/b") for at in range(4)]
    rows += [made.commit_row(4, "human", "a/b", message="Fix it (#12)\n\nand that", text="")]
    rows += [made.commit_row(5, "human", "a/c", message="", text="")]
    path = made.write_commits(tmp_path / "c.parquet", rows)
    found = list(as_pull_requests(read_commits(path, CLASSES, 9, seed=0), most=2))
    assert Counter(row.stratum for row in found) == {"codex single": 2, "human single": 1}
    person = next(row.change for row in found if row.label == "human")
    assert (person.kind, person.files, person.message) == (
        "pull_request", None, "Fix it\n\nand that",
    )  # fmt: skip
    assert [commit.message for commit in person.commits] == [person.message]


def test_a_commit_is_held_against_those_before_it(tmp_path: Path, made: ModuleType) -> None:
    """The style of the repository is that of its older commits, by time and not by row."""
    rows = [made.commit_row(at, "codex", "a/b") for at in (3, 0, 2, 1)]
    rows += [made.commit_row(4, "codex", "a/c")]
    path = made.write_commits(tmp_path / "c.parquet", rows)
    found = {row.change.id: row.style for row in read_commits(path, CLASSES, 9, seed=0)}
    counts = {int(str(sha), 16): style.count[0] for sha, style in found.items() if style}
    assert counts == {0: 0, 1: 1, 2: 2, 3: 3, 4: 0}


def test_pull_requests_bring_title_body_and_commits(requests: Path) -> None:
    """Title and body become the message, commits come without diffs."""
    rows = list(read_pull_requests(requests, ("codex",), 2, seed=0))
    assert {row.label for row in rows} == {"codex"}
    change = rows[0].change
    assert change.kind == "pull_request"
    assert change.title.startswith("Add parser")
    assert "## Summary" in change.body
    assert change.files is None
    assert [commit.title for commit in change.commits] == [change.title]


@pytest.mark.parametrize("read", [read_commits, read_pull_requests])
def test_a_file_of_another_kind_is_named(tmp_path: Path, read: object) -> None:
    """A file that cannot be read is an error with its name."""
    path = tmp_path / "broken.parquet"
    path.write_bytes(b"no table")
    with pytest.raises(UnreadableCorpusError, match=r"broken\.parquet"):
        list(read(path, CLASSES, 1, 0))  # type: ignore[operator]
