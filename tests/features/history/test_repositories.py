"""Repositories as they are met: bare, cut, foreign, configured, incomplete, empty."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fingerprint_features.history import HistoryError, git_dir_of, is_shallow, read

Git = Callable[..., str]
Commit = Callable[..., str]


def test_a_repository_without_commits_has_no_history(repo: Path) -> None:
    """Nothing was committed: nothing is yielded, by HEAD or by --all."""
    assert list(read(repo / ".git")) == []
    assert list(read(repo / ".git", ("--all",))) == []


def test_an_unborn_head_hides_no_other_branch(repo: Path, git: Git, commit: Commit) -> None:
    """A HEAD that points to a branch without commits adds nothing to the others."""
    first = commit(repo, {"a": "1\n"})
    git(repo, "checkout", "--quiet", "--orphan", "fresh")
    assert list(read(repo / ".git")) == []
    assert [change.id for change in read(repo / ".git", ("HEAD", "main"))] == [first]


def test_a_detached_head_is_read(repo: Path, git: Git, commit: Commit) -> None:
    """HEAD is what is checked out, be it on a branch or not."""
    first = commit(repo, {"a": "1\n"})
    commit(repo, {"a": "2\n"})
    git(repo, "checkout", "--quiet", "--detach", first)
    assert [change.id for change in read(repo / ".git")] == [first]


def test_a_bare_repository_reads_as_its_work_tree_does(
    repo: Path, tmp_path: Path, git: Git, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attributes of a work tree, such as -diff, change nothing: counts hold on every machine."""
    commit(repo, {"a.svg": "1\n2\n", ".gitattributes": "*.svg -diff\n"})
    git(tmp_path, "clone", "--quiet", "--bare", str(repo), "bare.git")
    monkeypatch.chdir(repo)
    bare, worktree = (
        list(read(folder, repository="same")) for folder in (tmp_path / "bare.git", repo / ".git")
    )
    assert bare == worktree
    assert bare[0].files is not None
    assert [file.added for file in bare[0].files] == [1, 2]


def test_configuration_changes_nothing(
    repo: Path, git: Git, commit: Commit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the user's settings nor the repository's reach the records."""
    commit(repo, {"a.py": "1\n2\n3\n4\n5\n", "b/é": "x\n"})
    commit(repo, {"a.py": None, "c.py": "1\n2\n3\n4\n6\n", "b/é": "y\n"})
    plain = list(read(repo / ".git"))
    settings = {
        "diff.renames": "false",
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.external": "/bin/false",
        "diff.context": "7",
        "diff.algorithm": "patience",
        "diff.orderFile": str(tmp_path / "order"),
        "diff.wordRegex": ".",
        "color.ui": "always",
        "core.quotePath": "true",
        "core.pager": "false",
        "log.showSignature": "true",
        "log.showRoot": "false",
        "log.mailmap": "true",
        "log.date": "relative",
        "format.pretty": "oneline",
        "notes.displayRef": "*",
        "i18n.logOutputEncoding": "ISO-8859-1",
    }
    (tmp_path / "order").write_text("c.py\n")
    for key, value in settings.items():
        git(repo, "config", key, value)
    (repo / ".mailmap").write_text("Nobody <n@n> <ada@example.org>\n")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[diff]\n\tsrcPrefix = x/\n[core]\n\tabbrev = 4\n[broken\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "/bin/false")
    assert list(read(repo / ".git")) == plain


def test_a_foreign_repository_is_read(
    repo: Path, commit: Commit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """That a repository belongs to somebody else does not keep it from being read."""
    first = commit(repo, {"a": "1\n"})
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    real = os.environ["PATH"]
    wrapper.write_text(
        f'#!/bin/sh\nPATH="{real}" GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{real}")
    assert [change.id for change in read(git_dir_of(repo))] == [first]


def test_a_shallow_clone_does_not_claim_its_edge(
    repo: Path, tmp_path: Path, git: Git, commit: Commit
) -> None:
    """Where the clone was cut the diff is unknown, not the whole tree; a whole clone says so."""
    for number in range(3):
        commit(repo, {"a": f"{number}\n"})
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{repo}", "cut")
    newest, edge = read(tmp_path / "cut" / ".git")
    assert newest.files
    assert edge.files is None
    assert is_shallow(tmp_path / "cut" / ".git")
    assert not is_shallow(repo / ".git")


def test_a_break_comes_after_the_commits_before_it(repo: Path, git: Git, commit: Commit) -> None:
    """Commits up to a missing object are yielded, then the error names it and the repository."""
    ids = [commit(repo, {"a": f"{number}\n"}) for number in range(5)]
    blob = git(repo, "rev-parse", f"{ids[1]}:a")
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    seen: list[str | None] = []
    with pytest.raises(HistoryError, match=rf"(?s){repo}.*{blob}"):
        seen.extend(change.id for change in read(repo / ".git"))
    assert seen == [ids[4], ids[3]]
    assert [change.id for change in read(repo / ".git", diffs=False)] == ids[::-1]


def test_a_torn_history_can_be_read_to_its_end(repo: Path, git: Git, commit: Commit) -> None:
    """On request only the diffs that need a missing object are unknown, renames among them."""
    commit(repo, {"a": "1\n"})
    old = commit(repo, {"b": "2\n3\n4\n", "a": "0\n"})
    for files in ({"a": "3\n"}, {"c": "2\n3\n5\n", "b": None}, {"a": "4\n"}, {"d": "1\n"}):
        commit(repo, files)
    blob = git(repo, "rev-parse", f"{old}:b")
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    known = [change.files is not None for change in read(repo / ".git", torn=True)]
    assert known == [True, True, False, True, False, True]
    strict = read(repo / ".git")
    assert [next(strict).files is not None for _ in range(2)] == [True, True]
    with pytest.raises(HistoryError, match=blob):
        next(strict)


def test_a_missing_commit_breaks_the_history(repo: Path, commit: Commit) -> None:
    """A history that cannot be walked on is an error, however much was read."""
    ids = [commit(repo, {"a": f"{number}\n"}) for number in range(3)]
    (repo / ".git" / "objects" / ids[0][:2] / ids[0][2:]).unlink()
    with pytest.raises(HistoryError, match=ids[0]):
        list(read(repo / ".git", torn=True))


def test_a_partial_clone_is_not_completed_unasked(
    repo: Path, tmp_path: Path, git: Git, commit: Commit
) -> None:
    """Absent contents are an error, never fetched; the messages can be read without them."""
    git(repo, "config", "uploadpack.allowFilter", "true")
    commit(repo, {"a": "1\n"})
    commit(repo, {"a": "2\n"})
    arguments = ("--quiet", "--bare", "--filter=blob:none", f"file://{repo}", "part.git")
    git(tmp_path, "clone", *arguments)
    part = tmp_path / "part.git"
    before = {file: file.stat().st_mtime_ns for file in sorted(part.rglob("*"))}
    with pytest.raises(HistoryError, match=r"part\.git"):
        list(read(part))
    assert [change.title for change in read(part, diffs=False)] == ["change", "change"]
    assert {file: file.stat().st_mtime_ns for file in sorted(part.rglob("*"))} == before


def test_reading_writes_nothing(repo: Path, git: Git, commit: Commit) -> None:
    """No file of the repository appears, goes or changes."""
    commit(repo, {"a": "1\n"})
    git(repo, "notes", "--ref=ai", "add", "-m", "note")
    before = {file: file.stat().st_mtime_ns for file in sorted(repo.rglob("*"))}
    assert list(read(repo / ".git", ("--all",)))
    assert {file: file.stat().st_mtime_ns for file in sorted(repo.rglob("*"))} == before


def test_sha256_repositories_are_read(tmp_path: Path, git: Git, commit: Commit) -> None:
    """Long object ids are ids like others."""
    git(tmp_path, "init", "--quiet", "--object-format=sha256", "long")
    first = commit(tmp_path / "long", {"a": "1\n"})
    (change,) = read(tmp_path / "long" / ".git")
    assert (change.id, len(first)) == (first, 64)
    assert change.files is not None
    assert change.files[0].added == 1


def test_what_is_no_repository_is_an_error(tmp_path: Path) -> None:
    """The folder is named together with what git said."""
    with pytest.raises(HistoryError, match=rf"{tmp_path}: .*not a git repository"):
        list(read(tmp_path))


def test_without_git_the_mend_is_named(
    repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the git program is missing, the error says so."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HistoryError, match="install git"):
        list(read(repo / ".git"))
