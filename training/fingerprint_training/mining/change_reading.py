"""Mined changes read back as `Change` records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from fingerprint_features.change import Change, FileChange, Hunk, Identity
from fingerprint_training.errors import UnreadableCorpusError
from fingerprint_training.mining.change_schema import FILE

BATCH = 500  # changes held at a time

_COLUMNS = (
    *("repository", "sha", "message", "text", "notes", "author", "committer", "parents", "files"),
    *("authored", "authored_zone", "committed", "committed_zone"),
)
_PLAIN = tuple(field.name for field in FILE if field.name != "hunks")


def read_changes(path: Path, *, stripped: bool = False) -> Iterator[Change]:
    """Yield the changes of a file that mining wrote, in its order; few are held at a time.

    They are as they were read out of git, but for two things: an identity's name is a pseudonym
    and its mailbox is empty, and of a change the first `bounded.MOST_LINES` lines are there.
    `stripped` puts the text without markers in the place of the message, for training; notes, which
    are markers themselves, are left out then.

    Raises UnreadableCorpusError where the file is missing or mining did not write it.
    """
    try:
        with parquet.ParquetFile(path, pre_buffer=False) as file:
            for batch in file.iter_batches(BATCH, columns=list(_COLUMNS)):
                for row in _rows(batch):
                    yield _change(row, stripped)
    except (OSError, KeyError, pa.ArrowException) as error:
        raise UnreadableCorpusError(path, str(error)) from error


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    columns = {name: _values(batch.column(name)) for name in _COLUMNS}
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _values(column: pa.Array[Any]) -> list[Any]:
    plain = column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
    return list(plain.to_pylist())


def _change(row: Mapping[str, Any], stripped: bool) -> Change:
    files = row["files"]
    return Change(
        message=row["text"] if stripped else row["message"],
        id=row["sha"],
        repository=row["repository"],
        author=_identity(row["author"]),
        committer=_identity(row["committer"]),
        authored=_time(row["authored"], row["authored_zone"]),
        committed=_time(row["committed"], row["committed_zone"]),
        parents=tuple(row["parents"]),
        files=None if files is None else tuple(_file(file) for file in files),
        notes=() if stripped else tuple(row["notes"]),
    )


def _identity(name: str | None) -> Identity | None:
    return None if name is None else Identity(name)


def _time(milliseconds: int | None, minutes: int | None) -> datetime | None:
    if milliseconds is None:
        return None
    zone = timezone(timedelta(minutes=minutes)) if minutes else UTC
    return datetime.fromtimestamp(milliseconds // 1000, zone)


def _file(file: Mapping[str, Any]) -> FileChange:
    hunks = tuple(
        Hunk(hunk["start"], tuple(hunk["added"]), tuple(hunk["removed"])) for hunk in file["hunks"]
    )
    return FileChange(**{name: file[name] for name in _PLAIN}, hunks=hunks)
