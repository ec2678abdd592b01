"""Changes with a known author: chosen from mined histories, and pull requests of a table."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import nsmallest
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet

from fingerprint_features.activity.relative import HISTORY, RepositoryStyle, style_of
from fingerprint_features.change import Change, Identity
from fingerprint_training.errors import UnreadableCorpusError
from fingerprint_training.mining import read_changes

Vector = npt.NDArray[np.float64]

LABELS = ("repository", "sha", "agent_label", "mixed", "is_merge")
PULL_REQUEST = ("pr_id", "agent", "repository", "title", "body", "created_at", "commit_messages")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A change and who made it. `developer` is a pseudonym, empty where none is known.

    `style` is what the repository was used to before it. `single` marks a pull request that
    `as_pull_requests` made of a commit.
    """

    change: Change
    label: str
    repository: str
    developer: str
    when: datetime | None
    style: RepositoryStyle | None = None
    single: bool = False

    @property
    def stratum(self) -> str:
        """What folds are evened by: class and origin, or all of a kind may fall on one side."""
        return f"{self.label} {'single' if self.single else self.change.kind}"

    @property
    def owner(self) -> str:
        """Whose repository it is: two of one owner share people and habits."""
        return self.repository.split("/")[0].lower()


def read_commits(
    path: Path, classes: Sequence[str], per_repository: int, seed: int
) -> Iterator[Labelled]:
    """Yield mined commits of the classes; at most `per_repository` of each from a repository.

    Merges and commits in which several agents took part are left out: what stands in them is not
    one author's. The same seed chooses the same commits. They come by repository, the oldest
    first. Raises UnreadableCorpusError.
    """
    chosen = _choose(path, frozenset(classes), per_repository, seed)
    found: dict[str, Change] = {}
    histories: dict[str, list[tuple[float, str, Vector]]] = defaultdict(list)
    for change in read_changes(path):
        sha = str(change.id)
        if len(change.parents) < 2:
            when = change.authored.timestamp() if change.authored else 0.0
            histories[str(change.repository)].append((when, sha, style_of(change)))
        if sha in chosen:
            found[sha] = change
    for repository in sorted(histories):
        history = sorted(histories[repository], key=lambda each: each[:2])
        styles = [style for _, _, style in history]
        for at, (_, sha, _) in enumerate(history):
            if sha in found:
                change = found[sha]
                author = (change.author or Identity("")).name
                style = RepositoryStyle.of(styles[max(0, at - HISTORY) : at])
                yield Labelled(change, chosen[sha], repository, author, change.authored, style)


def _choose(path: Path, classes: frozenset[str], per_repository: int, seed: int) -> dict[str, str]:
    found: dict[tuple[str, str], list[tuple[bytes, str]]] = defaultdict(list)
    for row in _table(path, LABELS):
        usable = not row["mixed"] and not row["is_merge"]
        if usable and row["agent_label"] in classes:
            key = hashlib.blake2b(f"{seed}\0{row['sha']}".encode(), digest_size=8).digest()
            found[row["repository"], row["agent_label"]].append((key, row["sha"]))
    return {
        sha: label
        for (_, label), rows in found.items()
        for _, sha in nsmallest(per_repository, rows)
    }


def read_pull_requests(
    path: Path, classes: Sequence[str], per_repository: int, seed: int
) -> Iterator[Labelled]:
    """Yield the pull requests of a Parquet table with the columns of AIDev.

    These are `PULL_REQUEST`: `agent` is the label, `commit_messages` a list. Diffs are not at
    hand. Raises UnreadableCorpusError.
    """
    rows = _table(path, PULL_REQUEST)
    groups: dict[tuple[str, str], list[tuple[bytes, int]]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row["agent"] in classes:
            key = hashlib.blake2b(f"{seed}\0{row['pr_id']}".encode(), digest_size=8).digest()
            groups[row["repository"], row["agent"]].append((key, at))
    kept = sorted(at for group in groups.values() for _, at in nsmallest(per_repository, group))
    for at in kept:
        yield _pull_request(rows[at])


def every_pull_request(path: Path) -> Iterator[Labelled]:
    """Yield all pull requests of such a table, in its order."""
    yield from map(_pull_request, _table(path, PULL_REQUEST))


def every_commit(path: Path) -> Iterator[Labelled | None]:
    """Yield all mined commits of a file in its order, without styles; None in place of others.

    Others are merges and commits in which several agents took part. Raises UnreadableCorpusError.
    """
    for change, row in zip(read_changes(path), _table(path, LABELS), strict=True):
        if row["mixed"] or row["is_merge"]:
            yield None
        else:
            author = (change.author or Identity("")).name
            label, repository = row["agent_label"], row["repository"]
            yield Labelled(change, label, repository, author, change.authored)


def _table(path: Path, columns: Sequence[str]) -> list[dict[str, Any]]:
    try:
        return list(parquet.read_table(path, columns=list(columns)).to_pylist())
    except (OSError, KeyError, pa.ArrowException) as error:
        raise UnreadableCorpusError(path, str(error)) from error


def as_pull_requests(rows: Iterable[Labelled], most: int) -> Iterator[Labelled]:
    """Yield commits as the pull requests of one commit that a forge would make of them.

    It fills title and body from the message (GitHub documentation, "Creating a pull request"). At
    most `most` come of a class and repository. No table of pull requests has any by people.
    """
    taken: Counter[tuple[str, str]] = Counter()
    for row in rows:
        title, _, body = row.change.message.partition("\n")
        message = f"{_NUMBER.sub('', title)}\n{body}".strip()
        if not message or taken[row.repository, row.label] == most:
            continue
        taken[row.repository, row.label] += 1
        yield replace(
            row,
            style=None,
            single=True,
            change=Change(
                message=message,
                kind="pull_request",
                id=row.change.id,
                repository=row.repository,
                authored=row.when,
                commits=(Change(message),),
            ),
        )


_NUMBER = re.compile(r"\s*\(#\d+\)\s*$")
"""What the forge adds to the title when it squashes a pull request into one commit."""


def _pull_request(row: dict[str, Any]) -> Labelled:
    when = _time(row["created_at"])
    said = row["commit_messages"] or ()
    messages = (said,) if isinstance(said, str) else said
    change = Change(
        message=f"{row['title'] or ''}\n\n{row['body'] or ''}".strip(),
        kind="pull_request",
        id=str(row["pr_id"]),
        repository=row["repository"],
        authored=when,
        commits=tuple(Change(message or "") for message in messages),
    )
    return Labelled(change, row["agent"] or "", row["repository"] or "", "", when)


def _time(value: object) -> datetime | None:
    """Return a time, in UTC where it names no zone; None for what is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
