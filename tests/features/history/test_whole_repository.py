"""Where a repository lies, what it is called, its licence, and single commits of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fingerprint_features.history import HistoryError, commit, git_dir_of, licence_of, name_of
from fingerprint_features.history.licence import licence_in
from fingerprint_features.history.names import name_in

Git = Callable[..., str]
Commit = Callable[..., str]


@pytest.fixture(name="write")
def written(request: pytest.FixtureRequest) -> Commit:
    """Return the call that commits files, under a name that leaves `commit` to the reader's."""
    made: Commit = request.getfixturevalue("commit")
    return made


def test_the_git_directory_is_found(repo: Path, tmp_path: Path, git: Git, write: Commit) -> None:
    """From a work tree, a folder in it, its .git, a bare repository and a linked work tree."""
    write(repo, {"dir/a": "1\n"})
    git(tmp_path, "clone", "--quiet", "--bare", str(repo), "bare.git")
    git(repo, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    assert {git_dir_of(repo / folder) for folder in (".", "dir", ".git")} == {repo / ".git"}
    assert git_dir_of(tmp_path / "bare.git") == tmp_path / "bare.git"
    linked = repo / ".git" / "worktrees" / "linked"
    assert git_dir_of(tmp_path / "linked") == git_dir_of(tmp_path / "linked" / ".git") == linked
    assert commit(linked, "HEAD") == commit(repo / ".git", "HEAD")


def test_no_repository_is_an_error(tmp_path: Path) -> None:
    """A folder without a repository and a folder that is not there are named."""
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(HistoryError, match=str(folder)):
            git_dir_of(folder)


def test_one_commit_is_read_by_any_of_its_names(repo: Path, write: Commit, git: Git) -> None:
    """An id, a short id, a tag and HEAD~1 find the commit; a name of none is an error."""
    first = write(repo, {"a": "1\n"})
    git(repo, "tag", "-a", "v1", "-m", "tagged")
    write(repo, {"a": "2\n"})
    for revision in (first, first[:9], "v1", "HEAD~1"):
        assert commit(repo / ".git", revision).id == first
    with pytest.raises(HistoryError, match="v2"):
        commit(repo / ".git", "v2")
    with pytest.raises(HistoryError, match=r"no commit 'HEAD\.\.HEAD'"):
        commit(repo / ".git", "HEAD..HEAD")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://user:secret@github.com/pallets/flask.git", "pallets/flask"),
        ("https://github.com/pallets/flask/", "pallets/flask"),
        ("git@github.com:pallets/flask.git", "pallets/flask"),
        ("ssh://git@host:2222/group/sub/project.git", "group/sub/project"),
        ("host:project", "project"),
        ("/srv/git/project.git", "project"),
        ("../project", "project"),
        ("file:///srv/git/project.git", "project"),
    ],
)
def test_a_repository_is_called_by_its_origin(address: str, name: str) -> None:
    """Owner and name are kept; host, credentials and suffix are not."""
    assert name_in(address) == name


def test_without_an_origin_the_folder_names_it(repo: Path, git: Git, tmp_path: Path) -> None:
    """Work tree and bare repository are called as their folders are; an origin goes first."""
    git(tmp_path, "init", "--quiet", "--bare", "store.git")
    assert name_of(repo / ".git") == "project"
    assert name_of(tmp_path / "store.git") == "store"
    git(repo, "remote", "add", "origin", "https://token@example.org/a/b.git")
    assert name_of(repo / ".git") == "a/b"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Permission is hereby granted, free of charge, to any\n person obtaining a copy of",
            "MIT",
        ),
        ("Apache License\n   Version 2.0, January 2004", "Apache-2.0"),
        ("Redistribution and use in source and binary forms, with or", "BSD-2-Clause"),
        (
            "Redistribution and use in source and binary forms. Neither the name of",
            "BSD-3-Clause",
        ),
        (
            "GNU GENERAL PUBLIC LICENSE Version 3 ... GNU Affero General Public License version 3",
            "GPL-3.0",
        ),
        ("GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991", "GPL-2.0"),
        ("GNU LESSER GENERAL PUBLIC LICENSE Version 2.1", "LGPL-2.1"),
        ("GNU AFFERO GENERAL PUBLIC LICENSE Version 3", "AGPL-3.0"),
        ("Mozilla Public License Version 2.0", "MPL-2.0"),
        (
            "Permission to use, copy, modify ... provided that the above copyright notice and this"
            " permission notice appear in all copies.",
            "ISC",
        ),
        (
            "This is free and unencumbered software released into the public domain.",
            "Unlicense",
        ),
        ("Creative Commons Legal Code\n\nCC0 1.0 Universal", "CC0-1.0"),
        ("Boost Software License - Version 1.0 - August 17th, 2003", "BSL-1.0"),
        ("Business Source License 1.1", "BUSL-1.1"),
        ("All rights reserved.", "other"),
        ("", "other"),
    ],
)
def test_a_licence_is_known_by_its_phrases(text: str, name: str) -> None:
    """The licence that a text begins with is told, not one that it mentions later."""
    assert licence_in(text) == name


def test_the_licence_of_a_repository_is_told(repo: Path, write: Commit) -> None:
    """No file, an unknown one, one, and several files each have their answer."""
    mit = "Permission is hereby granted, free of charge, to any person obtaining a copy"
    assert licence_of(repo / ".git") is None
    write(repo, {"a": "1\n", "NOTICE": "made by us"})
    assert licence_of(repo / ".git") is None
    write(repo, {"LICENSE.md": "ours alone"})
    assert licence_of(repo / ".git") == "other"
    write(repo, {"COPYING": "GNU General Public License version 3"})
    assert licence_of(repo / ".git") == "GPL-3.0"
    write(repo, {"COPYING.LESSER": "GNU Lesser General Public License version 3"})
    assert licence_of(repo / ".git") == "LGPL-3.0"
    write(repo, {"LICENSE-MIT": mit, "LICENCE-APACHE.txt": "Apache License Version 2.0"})
    assert licence_of(repo / ".git") == "Apache-2.0 OR MIT"
