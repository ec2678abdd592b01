"""State files on disk: read whole or refused, written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from fingerprint.drift.errors import DriftError
from fingerprint.drift.stream.state import State


def read_state(path: Path) -> State | None:
    """Return the state in a file, None where there is no file.

    Raises DriftError for a file that cannot be read or is unsound.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DriftError(f"{path} cannot be read: {error.strerror or error}") from None
    try:
        return State.from_bytes(data)
    except (ValueError, KeyError, TypeError) as problem:
        raise DriftError(
            f"{path} is refused: {problem}. It is left as it is: put a copy of it in its place, "
            "or name another file to begin a new stream"
        ) from None


def write_state(path: Path, state: State) -> None:
    """Put a state in the place of the one before, at once; a link stays, what it names is replaced.

    Raises DriftError where that cannot be done; the file is then what it was.
    """
    try:
        _replace(path, state.to_bytes())
    except OSError as error:
        raise DriftError(
            f"{path} cannot be written: {error.strerror or error}. The window was not appended: "
            "make room or its folder writable, and append it again"
        ) from None


def _replace(path: Path, data: bytes) -> None:
    target = path.resolve()
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)  # noqa: PTH105 - the atomic call is meant
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
