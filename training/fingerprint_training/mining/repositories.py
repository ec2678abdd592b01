"""Which repositories are meant: work trees, bare repositories, folders of mirrors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fingerprint_features.history import HistoryError
from fingerprint_features.history.program import asked, run
from fingerprint_features.history.repository import git_dir_of, name_of
from fingerprint_training.mining.errors import MiningError
from fingerprint_training.mining.settings import ALL_REFS


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository under the name that its records carry."""

    name: str
    git_dir: Path


def find_repositories(paths: Iterable[Path]) -> list[Repository]:
    """Return the repositories at some paths, sorted by name, each git directory once.

    A path is a work tree, a bare repository, or a folder of mirrors, each OWNER+NAME or
    OWNER+NAME/repo, which is called OWNER/NAME. Raises MiningError for a path without a repository,
    and for two repositories of the same name.
    """
    found: dict[str, Repository] = {}
    for path in paths:
        for repository in _at(path):
            other = found.setdefault(repository.name, repository)
            if other.git_dir != repository.git_dir:
                raise MiningError(
                    f"{other.git_dir} and {repository.git_dir} are both called "
                    f"{repository.name!r}: leave one out, or rename its folder"
                )
    return [found[name] for name in sorted(found)]


def heads(git_dir: Path, revision: str) -> str:
    """Return a digest of what a revision reaches from: it changes when a ref moves.

    Raises HistoryError where the repository or the revision cannot be read.
    """
    if revision == ALL_REFS:
        said = run(git_dir, "for-each-ref", "--format=%(objectname) %(refname)")
        said += "\n" + (head(git_dir) or "")
    else:
        said = run(git_dir, "rev-parse", "--revs-only", revision, "--")
    return hashlib.sha256(said.encode()).hexdigest()


def head(git_dir: Path) -> str | None:
    """Return the id of the commit at HEAD, or None where there is none yet."""
    return asked(git_dir, "rev-parse", "--quiet", "--verify", "HEAD")


def _at(path: Path) -> Iterator[Repository]:
    mirrors = [] if _is_repository(path) or _is_mirror(path) else _mirrors(path)
    if mirrors:
        yield from mirrors
    elif _is_mirror(path):
        yield _mirror(path)
    else:
        try:
            git_dir = git_dir_of(path)
            yield Repository(_named(path) or name_of(git_dir), git_dir)
        except HistoryError as error:
            raise MiningError(f"no repository at {path}: {error}") from error


def _mirrors(folder: Path) -> list[Repository]:
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    return [_mirror(each) for each in inside if _is_mirror(each)]


def _mirror(folder: Path) -> Repository:
    inner = folder / "repo"
    return Repository(
        folder.name.replace("+", "/", 1), git_dir_of(inner if inner.is_dir() else folder)
    )


def _is_mirror(folder: Path) -> bool:
    named = 0 < folder.name.find("+") < len(folder.name) - 1
    return named and (_is_repository(folder) or _is_repository(folder / "repo"))


def _named(path: Path) -> str | None:
    """Return the name that OWNER+NAME/repo gives its repository, None elsewhere."""
    folder = path.resolve().parent
    return folder.name.replace("+", "/", 1) if path.name == "repo" and _is_mirror(folder) else None


def _is_repository(folder: Path) -> bool:
    return (folder / ".git").exists() or (
        (folder / "HEAD").is_file() and (folder / "objects").is_dir()
    )
