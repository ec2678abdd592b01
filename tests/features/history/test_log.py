"""What `read` tells of commits: people, times, messages, notes, parents, ranges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fingerprint_features.change import Identity
from fingerprint_features.history import HistoryError, read

Git = Callable[..., str]
Commit = Callable[..., str]


def test_a_commit_tells_who_when_and_what(repo: Path, commit: Commit) -> None:
    """Id, people, times with their zone, message and repository are those of the commit."""
    first = commit(repo, {"a.txt": "one\n"}, "Add a\n\nBecause.\n\nReviewed-by: Bob <b@c>\n")
    (change,) = read(repo / ".git")
    assert (change.kind, change.id, change.repository) == ("commit", first, "project")
    assert change.message == "Add a\n\nBecause.\n\nReviewed-by: Bob <b@c>"
    assert change.author == Identity("Ada", "ada@example.org")
    assert change.committer == Identity("Grace", "grace@example.org")
    assert change.authored == change.committed
    assert change.authored is not None
    assert change.authored.utcoffset() == timedelta(hours=2)
    assert change.parents == ()


def test_the_newest_comes_first_and_names_its_parent(repo: Path, commit: Commit) -> None:
    """Commits come in git's order, and each names the one before it."""
    first = commit(repo, {"a": "1\n"})
    second = commit(repo, {"a": "2\n"})
    newest, root = read(repo / ".git")
    assert (newest.id, newest.parents, root.id) == (second, (first,), first)


def test_an_empty_message_and_an_empty_commit_are_read(repo: Path, commit: Commit) -> None:
    """Nothing said is an empty message; nothing changed is no file, not an unknown diff."""
    commit(repo, {}, "")
    (change,) = read(repo / ".git")
    assert (change.message, change.title, change.files) == ("", "", ())


@pytest.mark.parametrize("octopus", [False, True])
def test_a_merge_names_its_parents_and_no_files(
    repo: Path, git: Git, commit: Commit, octopus: bool
) -> None:
    """A merge, an octopus too, has its parents in order and no files of its own."""
    root = commit(repo, {"a": "1\n"})
    tips = []
    for branch in ["one", "two"] if octopus else ["one"]:
        git(repo, "checkout", "--quiet", "-b", branch, root)
        tips.append(commit(repo, {branch: "x\n"}))
    git(repo, "checkout", "--quiet", "main")
    main = commit(repo, {"b": "1\n"})
    git(repo, "merge", "--quiet", "--no-ff", "-m", "merge", *tips)
    merge, *others = read(repo / ".git")
    assert merge.parents == (main, *tips)
    assert merge.files == ()
    assert all(other.files for other in others)


def test_messages_in_other_encodings_are_read(repo: Path, git: Git, commit: Commit) -> None:
    """A declared encoding is honoured; undeclared bytes are replaced, in names too."""
    git(repo, "config", "i18n.commitEncoding", "ISO-8859-1")
    commit(repo, {}, "Grüße".encode("latin-1"))
    tree = git(repo, "rev-parse", "HEAD^{tree}").encode()
    who = b"J\xf6rg <j@example.org> 1700000000 +0000"
    body = b"tree %s\nauthor %s\ncommitter %s\n\nbroken \xff message\n" % (tree, who, who)
    raw = git(repo, "hash-object", "-t", "commit", "-w", "--stdin", stdin=body)
    (declared,), (broken,) = read(repo / ".git"), read(repo / ".git", (raw,))
    assert declared.message == "Grüße"
    assert broken.message == "broken \ufffd message"
    assert broken.author == Identity("J\ufffdrg", "j@example.org")


def test_messages_that_look_like_git_stay_messages(repo: Path, commit: Commit) -> None:
    """Text that looks like a commit header, a diff or a hunk is not taken for one."""
    message = (
        "commit 1234\nAuthor: X <x@y>\n\ndiff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\n:100644 M\tx"
    )
    commit(repo, {"a": "1\n"}, message)
    (change,) = read(repo / ".git")
    assert change.message == message
    assert change.files is not None
    assert [file.path for file in change.files] == ["a"]


def test_notes_of_authorship_come_along(repo: Path, git: Git, commit: Commit) -> None:
    """The note under refs/notes/ai is read, other notes are not, and notes can be left out."""
    commit(repo, {"a": "1\n"})
    git(repo, "notes", "--ref=ai", "add", "-m", "a\n  key 1-1\n---\n{}")
    git(repo, "notes", "add", "-m", "a remark")
    assert [change.notes for change in read(repo / ".git")] == [("a\n  key 1-1\n---\n{}",)]
    assert [change.notes for change in read(repo / ".git", notes=False)] == [()]


def test_all_leaves_notes_and_stashes_out(repo: Path, git: Git, commit: Commit) -> None:
    """`--all` reads every branch, but not the commits in which git keeps notes and stashes."""
    first = commit(repo, {"a": "1\n"})
    git(repo, "checkout", "--quiet", "-b", "side")
    second = commit(repo, {"a": "2\n"})
    git(repo, "checkout", "--quiet", "main")
    git(repo, "notes", "--ref=ai", "add", "-m", "note")
    (repo / "a").write_text("3\n")
    git(repo, "stash", "--quiet")
    assert [change.id for change in read(repo / ".git", ("--all",))] == [second, first]
    assert [change.id for change in read(repo / ".git")] == [first]


def test_ranges_and_days_bound_the_history(repo: Path, commit: Commit) -> None:
    """A..B, since and until cut the history; a day begins at midnight UTC."""
    at = [f"2024-0{month}-01T00:00:00Z" for month in (1, 2, 3)]
    one, two, three = (commit(repo, {"a": when}, GIT_COMMITTER_DATE=when) for when in at)
    ids = lambda **bounds: [change.id for change in read(repo / ".git", **bounds)]  # noqa: E731
    assert ids(revisions=(f"{one}..HEAD",)) == [three, two]
    assert ids(since=date(2024, 2, 1)) == [three, two]
    assert ids(until=datetime(2024, 2, 1, tzinfo=UTC)) == [two, one]
    assert ids(since=datetime(2024, 1, 2), until=date(2024, 2, 2)) == [two]


def test_diffs_can_be_left_out(repo: Path, commit: Commit) -> None:
    """Without diffs the files are unknown, not none."""
    commit(repo, {"a": "1\n"})
    assert [change.files for change in read(repo / ".git", diffs=False)] == [None]


def test_times_that_no_clock_shows_are_unknown(repo: Path, git: Git, commit: Commit) -> None:
    """A commit with a zone of 51 hours is read, without its time."""
    commit(repo, {"a": "1\n"})
    tree = git(repo, "rev-parse", "HEAD^{tree}")
    body = (
        f"tree {tree}\nauthor A <a@b> 1700000000 +5130\ncommitter A <a@b> 1700000000 +0000\n\nm\n"
    )
    odd = git(
        repo, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=body.encode()
    )
    (change,) = read(repo / ".git", (odd,))
    assert change.authored is None
    assert change.committed == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize("revision", ["nowhere", "--output=stolen", ""])
def test_a_revision_that_is_none_is_an_error(repo: Path, commit: Commit, revision: str) -> None:
    """A missing revision is named, and one that reads as an option never reaches git."""
    commit(repo, {"a": "1\n"})
    with pytest.raises(HistoryError, match=revision or "''"):
        list(read(repo / ".git", (revision,)))
    assert not (repo / "stolen").exists()


def test_stopping_early_ends_the_program(repo: Path, commit: Commit) -> None:
    """A reader that wants one commit can close; nothing is left running or open."""
    for number in range(3):
        commit(repo, {"a": f"{number}\n" * 1000})
    changes = read(repo / ".git")
    assert next(changes).title == "change"
    changes.close()
    with pytest.raises(StopIteration):
        next(changes)
