"""What a corpus of changes can be: mined commits, pull requests, git repositories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from fingerprint.changes import history_of, read_changes, read_pull_requests
from fingerprint.drift.errors import DriftError
from fingerprint_features.change import Change
from fingerprint_features.history import git_dir_of
from fingerprint_features.history.repository import name_of
from fingerprint_models.change_parts import cut
from fingerprint_models.declaration import declared
from fingerprint_training.agents.rows import (
    LABELS,
    PULL_REQUEST,
    Labelled,
    every_commit,
    every_pull_request,
)
from fingerprint_training.mining import changes_path
from fingerprint_training.mining.labels import NOBODY, labels_of

JSON = (".json", ".jsonl", ".ndjson")
WANTED = (
    "a corpus of changes is a file of `fingerprint mine`, a Parquet table of pull requests "
    f"({', '.join(PULL_REQUEST)}), a JSON file of pull requests, or a git repository, also as "
    "PATH@REVISIONS"
)


@dataclass(frozen=True, slots=True)
class Read:
    """A change, or, where it is None, the `flaw` that keeps it out and more of the `problem`.

    `order` is its time in the history of its repository, None where it has none. `before` says
    that it lies before the revisions that were asked for: it tells what the repository was used to.
    """

    change: Change | None
    flaw: str = ""
    label: str = ""
    source: str = ""
    order: float | None = None
    before: bool = False
    problem: str = ""


def changes_of(argument: str) -> Iterator[Read]:
    """Yield what one input holds, in its order; raises DriftError for what is no such corpus."""
    path, revisions = Path(argument), "HEAD"
    if not path.exists():
        cuts = [at for at, letter in enumerate(argument) if letter == "@"]
        cut_at = next((at for at in cuts if Path(argument[:at]).is_dir()), None)
        if cut_at is None:
            raise DriftError(f"{argument} is not there; {WANTED}")
        path, revisions = Path(argument[:cut_at]), argument[cut_at + 1 :]
    if path.is_dir():
        yield from _of_repository(path, revisions)
    elif path.suffix.lower() in JSON:
        yield from _of_json(path)
    else:
        yield from _of_table(path)


def _of_repository(path: Path, revisions: str) -> Iterator[Read]:
    try:
        source = name_of(git_dir_of(path)) or str(path)
    except ValueError as error:
        raise DriftError(f"{error}; {WANTED}") from error
    try:
        with closing(read_changes(path, (revisions,))) as changes:  # type: ignore[type-var]
            for change in changes:
                if len(change.parents) > 1:
                    yield Read(None, "merge")
                else:
                    yield _labelled(change, source, order=_time(change))
        yield from _before(path, revisions, source)
    except ValueError as error:
        raise DriftError(str(error)) from error


def _before(path: Path, revisions: str, source: str) -> Iterator[Read]:
    """Yield the commits before a range `A..B`, as many as tell what the repository was used to."""
    start, dots, _ = revisions.partition("..")
    if dots and start:
        for change in history_of(git_dir_of(path), start):
            yield Read(cut(change), source=source, order=_time(change), before=True)


def _time(change: Change) -> float:
    """Return the author's time, by which training orders a repository's commits; 0 for none."""
    return change.authored.timestamp() if change.authored else 0.0


def _of_json(path: Path) -> Iterator[Read]:
    for change in read_pull_requests(path):
        if isinstance(change, Change):
            yield _labelled(change, change.repository or "", order=None)
        else:
            yield Read(None, "invalid", problem=str(change))


def _labelled(change: Change, source: str, order: float | None) -> Read:
    """Return a change with the label that mining would give it, "" where nobody says."""
    said = declared(change)
    if said is not None and said.mixed:
        return Read(None, "mixed")
    agent = labels_of(change, said).agent
    label = "" if agent in NOBODY else agent
    return Read(cut(change), label=label, source=source, order=order)


def _of_table(path: Path) -> Iterator[Read]:
    try:
        names = set(parquet.read_schema(path).names)
    except (OSError, pa.ArrowException) as error:
        raise DriftError(f"{path} cannot be read as Parquet ({error}); {WANTED}") from error
    beside = changes_path(path)
    if names >= set(LABELS):
        yield from map(_of_row, every_commit(path))
    elif names >= set(PULL_REQUEST):
        yield from (replace(_of_row(row), order=None) for row in every_pull_request(path))
    elif beside.is_file() and beside != path:  # the samples of a mined corpus: its changes
        yield from map(_of_row, every_commit(beside))
    else:
        raise DriftError(f"{path} holds no changes; {WANTED}")


def _of_row(row: Labelled | None) -> Read:
    if row is None:
        return Read(None, "merge or mixed")
    label = "" if row.label in NOBODY else row.label
    return Read(row.change, label=label, source=row.repository, order=_time(row.change))
