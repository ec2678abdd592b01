"""Where results go: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TextIO

from fingerprint.cli.errors import UsageError


@contextmanager
def opened(path: str | None) -> Iterator[TextIO]:
    """Yield a UTF-8 stream to `path`, or to standard output if it is None.

    The file is written under another name beside `path` and renamed at the end; after an
    error it is gone, and what was at `path` is untouched. Lone surrogates (file names that
    are no text) are written as escapes. Raises `UsageError` where it cannot be written.
    """
    if path is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        yield sys.stdout
        return
    target = Path(path).resolve()  # a link stays a link, its target is replaced
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.is_dir():
            raise UsageError(f"{path} is a directory: name a file with -o")
        if target.exists() and not target.is_file():  # a device or pipe cannot be replaced
            part = target
        mode: Literal["w", "x"] = "w" if part == target else "x"
        stream = part.open(mode, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    try:
        with stream:
            yield stream
        if part != target:
            part.replace(target)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error}") from error
    finally:
        if part != target:
            part.unlink(missing_ok=True)
