"""Bytes become text, or a small error that carries the item's status."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.reading import (
    MAX_BYTES,
    BinaryDataError,
    EmptyTextError,
    NotTextError,
    UndecodableTextError,
    decode,
    read_bounded,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_and_plain_unicode_is_read(encoding: str) -> None:
    """UTF-8 with and without a mark, UTF-16 and UTF-32 with one give the same text."""
    text = "name = 'Zoë'\r\nprint(name)\n"
    assert decode(text.encode(encoding)) == text


def test_big_endian_utf16_is_read() -> None:
    """The mark tells the byte order."""
    assert decode(b"\xfe\xff" + "x = 1\n".encode("utf-16-be")) == "x = 1\n"


def test_latin_1_is_the_fallback() -> None:
    """Western text in one byte a character is code like any other."""
    assert decode("# déjà vu\nx = 1\n".encode("latin-1")) == "# déjà vu\nx = 1\n"


def test_mixed_newlines_stay() -> None:
    """Newlines are layout, hence evidence: reading does not change them."""
    assert decode(b"a\r\nb\nc\rd\n") == "a\r\nb\nc\rd\n"


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_nothing_is_empty(data: bytes) -> None:
    """No bytes, white space, or a lone byte order mark is empty."""
    with pytest.raises(EmptyTextError):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [b"x = 1\0\n", "x = 1\n".encode("utf-16-le"), bytes(range(1, 32)) * 9, b"\x7fELF\x02\x01\x01"],
)
def test_data_is_binary(data: bytes) -> None:
    """NUL bytes without a mark, or many control characters, are data."""
    with pytest.raises(BinaryDataError):
        decode(data)


@pytest.mark.parametrize(
    "data", ["программа для учёта".encode("koi8-r"), b"\xff\xfe\x00\xd8\x41\x00"]
)
def test_other_encodings_are_undecodable(data: bytes) -> None:
    """Text that would come out as mojibake, or breaks its own mark, is refused."""
    with pytest.raises(UndecodableTextError):
        decode(data)


def test_partial_text_ends_with_a_whole_line() -> None:
    """Cut data loses its torn last line, also where the cut splits a character."""
    assert decode("x = 1\ny = 'é".encode()[:-1], partial=True) == "x = 1\n"
    assert decode("x = 1\ny = 2".encode("utf-16")[:-1], partial=True) == "x = 1\n"


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_give_text_or_a_status(data: bytes, partial: bool) -> None:
    """No bytes whatever raise anything else than our own errors."""
    try:
        text = decode(data, partial=partial)
    except NotTextError as error:
        outcome = error.status
    else:
        outcome = "text" if text.strip() else "blank"
    assert outcome in {"text", "empty", "binary", "undecodable"}


PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"])).map("x{}".format)


@given(PRINTABLE)
def test_utf8_text_survives(text: str) -> None:
    """What is valid UTF-8 comes back as it was."""
    assert decode(text.encode()) == text


def test_reading_is_bounded(tmp_path: Path) -> None:
    """Of a 50 MB file only the first MiB is read."""
    path = tmp_path / "long.py"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    data, partial = read_bounded(str(path))
    assert len(data) == MAX_BYTES
    assert partial


def test_pipes_are_not_opened(tmp_path: Path) -> None:
    """A named pipe, which may never end, is refused without waiting for a writer."""
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(OSError, match="not a regular file"):
        read_bounded(str(tmp_path / "pipe.py"))
