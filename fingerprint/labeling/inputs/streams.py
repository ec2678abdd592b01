"""Files as streams of bytes, unpacked on the way, with errors that name the file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pyarrow as pa

from fingerprint.labeling.errors import InputError

Codec: TypeAlias = Literal["gzip", "zstd"]

COMPRESSIONS: Mapping[str, Codec] = {".gz": "gzip", ".zst": "zstd"}
"""The codec of a file, by the last ending of its name."""


@dataclass(frozen=True)
class Stream:
    """An open file: `file` gives its bytes unpacked, `position` tells how far the disk was read."""

    file: Any
    raw: Any

    def position(self) -> int:
        """Return the bytes of the file, as it lies on the disk, that have been read."""
        return int(self.raw.tell())


def compression_of(path: str) -> Codec | None:
    """Return the codec that the name of a file tells, or None."""
    return next((codec for end, codec in COMPRESSIONS.items() if path.endswith(end)), None)


@contextmanager
def opened(path: str) -> Iterator[Stream]:
    """Yield the bytes of a file, unpacked; raises `InputError` where that fails on the way."""
    codec = compression_of(path)
    try:
        with pa.OSFile(path, "rb") as raw:
            file = pa.CompressedInputStream(raw, codec) if codec else raw
            with file:
                yield Stream(file, raw)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from error


def unreadable(path: str, error: Exception, place: str = "") -> InputError:
    """Return the error of a file that fails; `place` says where in it."""
    code = getattr(error, "errno", None)
    why = os.strerror(code) if code else str(error).strip().splitlines()[0].rstrip(".")
    mend = "check the path and the permissions" if code else "fetch or write the file again"
    return InputError(f"{path}{f', {place}' if place else ''}: {why}: {mend}")
