"""A repository as a whole: where it lies, what it is called, and single commits of it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from fingerprint_features.change import Change
from fingerprint_features.history.errors import HistoryError
from fingerprint_features.history.licence import licence_of
from fingerprint_features.history.log import read
from fingerprint_features.history.names import name_of
from fingerprint_features.history.program import git_dir_of, run

__all__ = ["commit", "git_dir_of", "is_shallow", "licence_of", "name_of"]


def commit(git_dir: Path, revision: str) -> Change:
    """Return one commit; HistoryError is raised where the revision names none."""
    with closing(read(git_dir, (revision,))) as changes:
        for change in changes:
            return change
    raise HistoryError(f"{git_dir} has no commit {revision!r}")


def is_shallow(git_dir: Path) -> bool:
    """Tell whether the history was cut off when the repository was cloned."""
    return run(git_dir, "rev-parse", "--is-shallow-repository") == "true"
