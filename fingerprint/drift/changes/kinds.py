"""What a corpus of changes can be: mined commits, pull requests, git repositories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from fingerprint.changes import read_changes, read_pull_requests
from fingerprint.drift.errors import DriftError
from fingerprint_features.activity.relative import HISTORY
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

_LONG_AGO = 1e12
"""An order before that of any commit that is counted from the newest."""

JSON = (".json", ".jsonl", ".ndjson")
WANTED = (
    "a corpus of changes is a file of `fingerprint mine`, a Parquet table of pull requests "
    f"({', '.join(PULL_REQUEST)}), a JSON file of pull requests, or a git repository, also as "
    "PATH@REVISIONS"
)


@dataclass(frozen=True, slots=True)
class Read:
    """A change, or, where it is None, the `flaw` that keeps it out.

    `order` is its place in the history of its repository, None where it has none. `before` says
    that it lies before the revisions that were asked for: it tells what the repository was used to.
    """

    change: Change | None
    flaw: str = ""
    label: str = ""
    source: str = ""
    order: float | None = None
    before: bool = False


def changes_of(argument: str) -> Iterator[Read]:
    """Yield what one input holds, in its order; raises DriftError for what is no such corpus."""
    path, revisions = Path(argument), "HEAD"
    if not path.exists() and "@" in argument:
        before, _, revisions = argument.rpartition("@")
        path = Path(before)
    if path.is_dir():
        yield from _of_repository(path, revisions)
    elif not path.is_file():
        raise DriftError(f"{argument} is not there; {WANTED}")
    elif path.suffix.lower() in JSON:
        yield from _of_json(path)
    else:
        yield from _of_table(path)


def _of_repository(path: Path, revisions: str) -> Iterator[Read]:
    try:
        source = name_of(git_dir_of(path)) or str(path)
        with closing(read_changes(path, (revisions,))) as changes:  # type: ignore[type-var]
            for at, change in enumerate(changes):
                if len(change.parents) > 1:
                    yield Read(None, "merge")
                else:
                    yield _labelled(change, source, order=-float(at))
        yield from _before(path, revisions, source)
    except ValueError as error:
        raise DriftError(f"{error}; {WANTED}") from error


def _before(path: Path, revisions: str, source: str) -> Iterator[Read]:
    """Yield the commits before a range `A..B`, as many as tell what the repository was used to."""
    start, dots, _ = revisions.partition("..")
    if dots and start:
        with closing(read_changes(path, (start,))) as changes:  # type: ignore[type-var]
            plain = (change for change in changes if len(change.parents) < 2)
            for at, change in enumerate(islice(plain, HISTORY)):
                yield Read(cut(change), source=source, order=-_LONG_AGO - at, before=True)


def _of_json(path: Path) -> Iterator[Read]:
    for change in read_pull_requests(path):
        if isinstance(change, Change):
            yield _labelled(change, change.repository or "", order=None)
        else:
            yield Read(None, "invalid")


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
    order = row.change.authored.timestamp() if row.change.authored else 0.0
    return Read(row.change, label=label, source=row.repository, order=order)
