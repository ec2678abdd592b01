"""From an Arrow column to Python values: texts where they can be read, else what is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from fingerprint.reading import MAX_BYTES
from fingerprint_features.languages import EXTENSIONS, FILE_NAMES, PARSED, normalise

KNOWN_LANGUAGES = frozenset((*PARSED, *EXTENSIONS, *FILE_NAMES.values()))
"""Our names of the languages that a stated language is believed to be one of."""


@dataclass(frozen=True)
class NoText:
    """A value that holds no code; `status` says why."""

    status: str


NULL, INVALID, UNDECODABLE = NoText("null"), NoText("invalid"), NoText("undecodable")


def text_of(value: object) -> str | NoText:
    """Return the text of one value of a code column, at most `MAX_BYTES` characters of it.

    Bytes are read as UTF-8. None, NaN and the missing values of pandas are `NULL`, text that is
    not Unicode (wrong bytes, lone surrogates) is `UNDECODABLE`, and all else `INVALID`.
    """
    if isinstance(value, str):
        return _sound(value[:MAX_BYTES])
    if isinstance(value, bytes | bytearray | memoryview):
        return _decoded(bytes(value[: MAX_BYTES + 1]))
    return NULL if is_missing(value) else INVALID


def is_missing(value: object) -> bool:
    """Tell whether a value stands for no value: None, NaN, or pandas' NA and NaT."""
    # By name, for pandas need not be there; NaN is the one number that differs from itself.
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, float) and value != value)  # noqa: PLR0124 - see above
    )


def word_of(value: object) -> str | None:
    """Return a path or the name of a language, or None where there is none to be read."""
    found = text_of(value)
    return found.strip() or None if isinstance(found, str) else None


def language_of(value: object) -> str | None:
    """Return our name of the language that a data set states, or None if we know none such."""
    word = word_of(value)
    name = normalise(word) if word else None
    return name if name in KNOWN_LANGUAGES else None


def values_of(column: pa.ChunkedArray[Any] | pa.Array[Any]) -> list[object]:
    """Return the values of an Arrow column; texts as bytes, for one bad text fails a whole column.

    Texts are cut behind `MAX_BYTES` before Python sees them; of a dictionary, each is read once.
    """
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return [value for chunk in chunks for value in _chunk_values(chunk)]


def can_hold_text(type_: pa.DataType) -> bool:
    """Tell whether a column of an Arrow type can hold texts; one of nulls alone can."""
    kinds = pa.types
    if isinstance(type_, pa.BaseExtensionType):
        return can_hold_text(type_.storage_type)
    if kinds.is_dictionary(type_):
        return can_hold_text(type_.value_type)
    return any(
        is_kind(type_)
        for is_kind in (
            *(kinds.is_string, kinds.is_large_string, kinds.is_string_view, kinds.is_null),
            *(kinds.is_binary, kinds.is_large_binary, kinds.is_binary_view),
            kinds.is_fixed_size_binary,
        )
    )


def _chunk_values(chunk: pa.Array[Any]) -> Iterable[object]:
    if isinstance(chunk, pa.ExtensionArray):
        return _chunk_values(chunk.storage)
    if isinstance(chunk, pa.DictionaryArray):
        used = chunk.indices.unique().drop_null()  # a slice has the dictionary of the whole
        texts = dict(zip(used.to_pylist(), _chunk_values(chunk.dictionary.take(used)), strict=True))
        return [texts.get(at) for at in chunk.indices.to_pylist()]
    if pa.types.is_null(chunk.type):
        return [None] * len(chunk)
    return _cut(chunk.cast(_binary_of(chunk.type)))


def _binary_of(type_: pa.DataType) -> pa.DataType:
    """Return a type that holds the same bytes and does not promise that they are UTF-8."""
    if pa.types.is_string(type_):
        return pa.binary()
    return type_ if pa.types.is_fixed_size_binary(type_) else pa.large_binary()


def _cut(chunk: pa.Array[Any]) -> Sequence[object]:
    return [
        None if not value.is_valid else value.as_buffer()[: MAX_BYTES + 1].to_pybytes()
        for value in chunk
    ]


def _sound(text: str) -> str | NoText:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return UNDECODABLE
    return text


def _decoded(data: bytes) -> str | NoText:
    """Return bytes as text; what is cut off at `MAX_BYTES` may be half a character."""
    cut = len(data) > MAX_BYTES
    try:
        return data[:MAX_BYTES].decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        if cut and error.start >= MAX_BYTES - 3 and "unexpected end" in error.reason:
            return data[: error.start].decode("utf-8")
        return UNDECODABLE
