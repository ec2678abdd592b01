"""From bytes on a disk to text, with bounded reading and a status for what is not text."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

MAX_BYTES = 1 << 20
"""At most this much of a file is read and judged (1 MiB): a 50 MB line costs no more."""

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Control characters that no editor writes into code: a hundredth of them is data, not text.
_CONTROLS = bytes(range(8)) + bytes(range(14, 27)) + bytes(range(28, 32)) + b"\x7f"
_MAX_CONTROL_SHARE = 0.01

# Above this share of non-ASCII bytes, text that is not UTF-8 is no Western single-byte code
# either (Perl's -T test draws the line at a third as well).
_MAX_HIGH_SHARE = 1 / 3


class NotTextError(ValueError):
    """Bytes that hold no text to judge; `status` is the status of such an item."""

    status = "invalid"


class EmptyTextError(NotTextError):
    """Nothing, or nothing but white space."""

    status = "empty"


class BinaryDataError(NotTextError):
    """Data rather than text: NUL bytes without a UTF-16/32 mark, or many controls."""

    status = "binary"


class UndecodableTextError(NotTextError):
    """Text in an encoding that is not UTF-8, marked UTF-16/32, or Latin-1."""

    status = "undecodable"


def is_file(path: Path) -> bool:
    """Tell whether `path` is a file that can be seen; no access is no, where pathlib raises."""
    return os.path.isfile(path)  # noqa: PTH113 - see above


def read_bounded(path: str, limit: int = MAX_BYTES) -> tuple[bytes, bool]:
    """Return at most `limit` bytes of the file at `path`, and whether there was more.

    Raises `OSError` as `open` does, also for what is not a regular file: reading a pipe or a
    device may never end. Pipes below /dev pass, since a shell's `<(command)` is one.
    """
    mode = os.stat(path).st_mode  # noqa: PTH116 - paths are strings here, for speed over trees
    if not stat.S_ISREG(mode) and not (stat.S_ISFIFO(mode) and path.startswith("/dev/")):
        raise OSError(0, "not a regular file", path)
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        data = file.read(limit + 1)
    return data[:limit], len(data) > limit


def decode(data: bytes, *, partial: bool = False) -> str:
    """Return the text in `data`; of `partial` data (cut at a limit) only the whole lines.

    UTF-8, UTF-16 and UTF-32 with a byte order mark, else Latin-1. Newlines stay as they are.
    Raises `EmptyTextError`, `BinaryDataError` or `UndecodableTextError`.
    """
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if encoding in (None, "utf-8-sig"):
        _refuse_binary(data)
    text = _decode_as(encoding, data, partial) if encoding else _decode_unmarked(data, partial)
    if partial and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    if not text.strip():
        raise EmptyTextError("no text in it")
    return text


def _refuse_binary(data: bytes) -> None:
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if b"\0" in data or controls > _MAX_CONTROL_SHARE * len(data):
        raise BinaryDataError("NUL bytes or control characters: data, not text")


def _decode_as(encoding: str, data: bytes, partial: bool) -> str:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        return decoder.decode(data, final=not partial)
    except UnicodeDecodeError as error:
        raise UndecodableTextError(f"marked as {encoding}, but {error.reason}") from error


def _decode_unmarked(data: bytes, partial: bool) -> str:
    try:
        return _decode_as("utf-8", data, partial)
    except UndecodableTextError:
        high = sum(byte > 127 for byte in data)
        if high > _MAX_HIGH_SHARE * len(data):
            raise UndecodableTextError("neither UTF-8 nor Latin-1: save it as UTF-8") from None
        return data.decode("latin-1")
