"""The log of a run: what was asked, and which pieces are done; a kill at any point leaves it sound.

JSON Lines, each behind its CRC-32, written and synced one at a time. A last line that is torn is
dropped, since what it would have said did not happen; damage before it is an error.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from fingerprint.labeling.errors import OutputError

NAME = "manifest.jsonl"

Record = Mapping[str, Any]


class DamagedManifestError(OutputError):
    """A manifest that something else has written to."""


def records(path: Path) -> Iterator[Record]:
    """Yield the records of a manifest, none where there is no file.

    Raises `DamagedManifestError` for a line that is not what was written, the last one aside.
    """
    for _, record in _sound(path):
        yield record


class Manifest:
    """A manifest that is open for more; one process at a time may have it."""

    def __init__(self, path: Path) -> None:
        """Cut a torn last line off; raises `OutputError` while another process writes to it."""
        try:
            self._file = path.open("ab")
        except OSError as error:
            raise OutputError(f"cannot write {path}: {error.strerror}") from error
        self._path = path
        try:
            _lock(self._file, path)
            end = max((end for end, _ in _sound(path)), default=0)
            os.ftruncate(self._file.fileno(), end)
        except BaseException:
            self._file.close()
            raise

    def append(self, record: Record) -> None:
        """Add a record, and wait until the disk has it."""
        body = json.dumps(record, sort_keys=True, ensure_ascii=True).encode()
        try:
            self._file.write(b"%08x %s\n" % (zlib.crc32(body), body))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise OutputError(
                f"cannot write {self._path}: {error.strerror}: free some space, and run the same "
                "command again"
            ) from error

    def close(self) -> None:
        """Let others have it."""
        self._file.close()


def _sound(path: Path) -> Iterator[tuple[int, Record]]:
    """Yield (end in bytes, record) of each whole line."""
    if not path.is_file():
        return
    end = 0
    with path.open("rb") as file:
        for line in file:
            record = _record(line)
            if record is None:
                if file.readline():
                    raise DamagedManifestError(
                        f"{path}: is damaged behind byte {end}: start over with --overwrite"
                    )
                return
            end += len(line)
            yield end, record


def _record(line: bytes) -> Record | None:
    crc, _, body = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or crc != b"%08x" % zlib.crc32(body):
        return None
    found: Record = json.loads(body)
    return found


def _lock(file: IO[bytes], path: Path) -> None:
    try:
        import fcntl  # noqa: PLC0415 - POSIX has it, and elsewhere two runs are not told apart
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise OutputError(
            f"{path.parent}: another run is at work there: wait for its end"
        ) from error
