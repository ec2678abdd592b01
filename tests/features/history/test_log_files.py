"""What `read` tells of the files of a commit."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fingerprint_features.change import FileChange, Hunk
from fingerprint_features.history import read, records

Git = Callable[..., str]
Commit = Callable[..., str]
TEN = "".join(f"line {number}\n" for number in range(10))


@pytest.fixture
def newest(repo: Path) -> Callable[..., tuple[FileChange, ...]]:
    """Return a call that reads the files of the newest commit."""

    def call(**settings: int) -> tuple[FileChange, ...]:
        files = next(read(repo / ".git", **settings)).files
        assert files is not None
        return files

    return call


def test_a_root_commit_adds_its_files(repo: Path, commit: Commit, newest: Callable) -> None:
    """The first commit has the whole of its files as added lines; an empty file has none."""
    commit(repo, {"a.txt": "one\ntwo\n", "empty": ""})
    assert newest() == (
        FileChange("a.txt", "added", hunks=(Hunk(1, ("one", "two")),), added=2, removed=0),
        FileChange("empty", "added", added=0, removed=0),
    )


def test_changed_lines_come_as_hunks(repo: Path, commit: Commit, newest: Callable) -> None:
    """Replaced, added and removed lines stand where they are in the new file."""
    commit(repo, {"a": TEN})
    text = TEN.replace("line 1\n", "").replace("line 4\n", "FOUR\n+4\n-4\n") + "end\n"
    commit(repo, {"a": text})
    (file,) = newest()
    assert file.hunks == (
        Hunk(2, (), ("line 1",)),
        Hunk(4, ("FOUR", "+4", "-4"), ("line 4",)),
        Hunk(12, ("end",)),
    )
    assert (file.status, file.added, file.removed) == ("modified", 4, 2)


def test_lines_that_look_like_a_diff_are_lines(
    repo: Path, commit: Commit, newest: Callable
) -> None:
    """Contents made of diff headers, hunk headers and raw entries come back as they are."""
    lines = (
        "diff --git a/x b/x",
        "@@ -1 +1 @@",
        "commit 12",
        "--- a/x",
        "+++ b/x",
        "\\ No",
        "",
        " ",
    )
    commit(repo, {"a": "old\n", "b": "-- gone\n++ gone\n"})
    commit(repo, {"a": "\n".join(lines) + "\n", "b": None})
    changed, deleted = newest()
    assert changed.hunks == (Hunk(1, lines, ("old",)),)
    assert deleted == FileChange(
        "b", "deleted", hunks=(Hunk(1, (), ("-- gone", "++ gone")),), added=0, removed=2
    )


def test_line_ends_are_not_part_of_lines(repo: Path, commit: Commit, newest: Callable) -> None:
    """CRLF and a last line without a newline leave no trace in the lines."""
    commit(repo, {"a": "one\r\ntwo\r\n", "b": "last"})
    commit(repo, {"a": "one\r\nTWO\r\r\n", "b": "first\nlast", "c": "x\ry"})
    hunks = [hunk for file in newest() for hunk in file.hunks]
    assert hunks == [
        Hunk(2, ("TWO\r",), ("two",)),
        Hunk(1, ("first",)),
        Hunk(1, ("x\ry",)),
    ]


def test_a_lost_newline_is_a_changed_line(repo: Path, commit: Commit, newest: Callable) -> None:
    """The mark git sets at a missing last newline is not taken for a line, on either side."""
    commit(repo, {"a": "x\ny"})
    commit(repo, {"a": "x\ny\nz"})
    (file,) = newest()
    assert file.hunks == (Hunk(2, ("y", "z"), ("y",)),)


def test_renames_and_copies_keep_the_old_path(repo: Path, commit: Commit, newest: Callable) -> None:
    """A moved file is renamed, a twin of a changed file copied; an unchanged move has no hunks."""
    commit(repo, {"old.py": TEN, "kept.py": "".join(reversed(TEN)), "plain": "p\n" * 9})
    commit(
        repo,
        {
            "old.py": None,
            "new.py": TEN + "more\n",
            "kept.py": "".join(reversed(TEN)) + "\nx\n",
            "twin.py": "".join(reversed(TEN)),
            "plain": None,
            "moved": "p\n" * 9,
        },
    )
    files = {file.path: file for file in newest()}
    assert files["new.py"] == FileChange(
        "new.py", "renamed", "old.py", (Hunk(11, ("more",)),), 1, 0
    )
    assert files["moved"] == FileChange("moved", "renamed", "plain", added=0, removed=0)
    assert (files["twin.py"].status, files["twin.py"].old_path) == ("copied", "kept.py")
    assert set(files) == {"new.py", "moved", "twin.py", "kept.py"}


def test_modes_and_links_are_told(repo: Path, commit: Commit, newest: Callable) -> None:
    """A mode alone changes no line; a file that becomes a link is one change of type."""
    commit(repo, {"run": "x\n", "file": "a\nb\n"})
    (repo / "run").chmod(0o755)
    (repo / "file").unlink()
    (repo / "file").symlink_to("run")
    commit(repo, {})
    assert newest() == (
        FileChange("file", "type", None, (Hunk(1, (), ("a", "b")), Hunk(1, ("run",))), 1, 2),
        FileChange("run", "modified", added=0, removed=0),
    )


def test_binary_files_have_no_lines(repo: Path, commit: Commit, newest: Callable) -> None:
    """A binary file is known as such, its lines are unknown."""
    commit(repo, {"a.bin": b"\0\1\2", "b": "x\n"})
    assert newest()[0] == FileChange("a.bin", "added", binary=True)
    commit(repo, {"a.bin": b"\0\1\3"})
    assert newest() == (FileChange("a.bin", "modified", binary=True),)


def test_submodules_are_told_added_and_moved(
    repo: Path, tmp_path: Path, git: Git, commit: Commit, newest: Callable
) -> None:
    """A submodule that is added or moved is known as such and has no lines."""
    git(tmp_path, "init", "--quiet", "other")
    commit(tmp_path / "other", {"x": "1\n"})
    git(repo, "submodule", "--quiet", "add", str(tmp_path / "other"), "lib")
    commit(repo, {})
    assert newest()[1] == FileChange("lib", "added", submodule=True)
    commit(repo / "lib", {"x": "2\n"})
    commit(repo, {})
    assert newest() == (FileChange("lib", "modified", submodule=True),)
    git(repo, "mv", "lib", "vendor")
    commit(repo, {})
    assert newest()[1] == FileChange("vendor", "renamed", "lib", submodule=True)


def test_odd_paths_are_read_as_they_are(repo: Path, commit: Commit, newest: Callable) -> None:
    """Quotes, tabs, newlines, backslashes, spaces and letters of the world stay in a path."""
    names = ['"q".py', "a\tb", "a\nb", "b\\c\\101", " é 文.py", "bell\a\x7f", "diff --git a", "x\r"]
    commit(repo, dict.fromkeys(names, "1\n"))
    assert {file.path for file in newest()} == set(names)
    assert all(file.added == 1 for file in newest())


def test_broken_bytes_are_replaced(repo: Path, commit: Commit, newest: Callable) -> None:
    """Latin-1 in a path or in a line is replaced, and swallows neither a line nor a file."""
    commit(repo, {os.fsdecode(b"caf\xe9"): b"\xe9\n\xf0\x9f\nok\n", "z": "1\n"})
    first, second = newest()
    assert first.path == "caf\ufffd"
    assert first.hunks == (Hunk(1, ("\ufffd", "\ufffd", "ok")),)
    assert second.path == "z"


def test_long_lines_are_cut(repo: Path, commit: Commit, newest: Callable) -> None:
    """2,000 characters of a line are kept."""
    commit(repo, {"a": "x" * 2001 + "\nshort\n"})
    assert newest()[0].hunks == (Hunk(1, ("x" * 2000, "short")),)


def test_few_lines_of_a_vendored_file_are_kept(
    repo: Path, commit: Commit, newest: Callable
) -> None:
    """The bound holds for added and for removed lines alike; the counts tell of all."""
    commit(repo, {"a": TEN})
    commit(repo, {"a": TEN.upper().replace("LINE 5\n", "line 5\n")})
    (file,) = newest(max_file_lines=6)
    assert (file.added, file.removed) == (9, 9)
    assert sum(len(hunk.added) for hunk in file.hunks) == 6
    assert sum(len(hunk.removed) for hunk in file.hunks) == 6
    (file,) = newest(max_file_lines=0)
    assert (file.added, file.removed, file.hunks) == (9, 9, ())


def test_a_huge_commit_is_read_file_by_file(
    repo: Path, commit: Commit, newest: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A diff that is handed on in many pieces gives the same files as one in a single piece."""
    commit(repo, {f"dir/{number}": f"{number}\n" * 3000 for number in range(200)})
    whole = newest()
    monkeypatch.setattr(records, "_HOLD", 1 << 12)
    assert newest() == whole
    assert [file.added for file in whole] == [3000] * 200
