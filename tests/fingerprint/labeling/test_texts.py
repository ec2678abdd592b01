from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.labeling.texts import (
    NoText,
    can_hold_text,
    language_of,
    text_of,
    values_of,
    word_of,
)
from fingerprint.reading import MAX_BYTES

TEXT_TYPES = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.binary(),
    pa.large_binary(),
    pa.binary_view(),
]
optional_texts = st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=6)


def texts(column: pa.ChunkedArray | pa.Array) -> list[str | None]:
    found = [text_of(value) for value in values_of(column)]
    return [None if isinstance(text, NoText) else text for text in found]


def as_type(values: list[str | None], type_: pa.DataType) -> pa.Array:
    data = [None if value is None else value.encode() for value in values]
    return pa.array(values if "string" in str(type_) else data, type_)


@pytest.mark.parametrize("type_", TEXT_TYPES, ids=str)
@given(values=optional_texts)
def test_every_type_of_text_gives_the_same_texts(
    type_: pa.DataType, values: list[str | None]
) -> None:
    """Large, view and binary columns hold the same code as plain strings, sliced or chunked."""
    assert can_hold_text(type_)
    array = as_type(values, type_)
    assert texts(array) == values
    assert texts(pa.chunked_array([array, array[1:]], type_)) == values + values[1:]


@given(optional_texts)
def test_dictionary_encoded_text_is_read_through_its_indices(values: list[str | None]) -> None:
    """A dictionary column, as categoricals and Parquet make them, reads as its values."""
    array = pa.array(values, pa.string()).dictionary_encode()
    assert can_hold_text(array.type)
    assert texts(array) == values


def test_a_column_of_nulls_alone_may_hold_text() -> None:
    """A shard whose code is all missing has no type of its own; its rows are null."""
    assert can_hold_text(pa.null())
    assert texts(pa.nulls(2)) == [None, None]


def test_an_extension_type_is_read_as_what_it_is_stored_as() -> None:
    """JSON columns and the like are texts."""
    array = pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}", None]))
    assert can_hold_text(array.type)
    assert texts(array) == ["{}", None]


@pytest.mark.parametrize(
    "type_", [pa.int64(), pa.float32(), pa.bool_(), pa.list_(pa.string())], ids=str
)
def test_numbers_and_lists_hold_no_text(type_: pa.DataType) -> None:
    """A column of such a type is refused as a whole, not row by row."""
    assert not can_hold_text(type_)
    assert not can_hold_text(pa.dictionary(pa.int8(), type_))


def test_one_text_of_wrong_bytes_does_not_spoil_its_column() -> None:
    """Arrow trusts that strings are UTF-8, and raises for all of them where one is not."""
    raw = pa.array([b"x = 1", b"\xff\xfe\x80", b"y = 2"])
    trusted = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    with pytest.raises(UnicodeDecodeError):
        trusted.to_pylist()
    assert texts(trusted) == ["x = 1", None, "y = 2"]


def test_bad_values_have_the_status_that_says_why(bad: list[tuple[object, str]]) -> None:
    """Missing, of another kind, and not Unicode are three different things."""
    told = [(text_of(value), status) for value, status in bad]
    reasons = {"null", "invalid", "undecodable"}
    assert [t.status for t, _ in told if isinstance(t, NoText)] == [
        status for _, status in told if status in reasons
    ]


@pytest.mark.parametrize("length", range(1, 5))
def test_a_long_text_is_cut_between_characters(length: int) -> None:
    """A character that the cut falls into is left out, and does not make the text undecodable."""
    sign = {1: "a", 2: "é", 3: "€", 4: "🙂"}[length]
    for lead in range(4):
        text = "x" * lead + sign * (MAX_BYTES // length + 8)
        (cut,) = texts(pa.array([text]))
        assert cut is not None
        assert text.startswith(cut)
        assert MAX_BYTES - 4 < len(cut.encode()) <= MAX_BYTES


def test_wrong_bytes_at_the_cut_are_still_wrong() -> None:
    """Only what the cut itself broke is forgiven."""
    data = b"x" * (MAX_BYTES - 2) + b"\xff" * 8
    assert texts(pa.array([data])) == [None]


@pytest.mark.parametrize(
    ("stated", "ours"),
    [
        ("Python", "python"),
        ("C++", "cpp"),
        (" js ", "javascript"),
        ("TypeScript", "typescript"),
        (b"C#", "csharp"),
        ("", None),
        ("Brainfuck", None),
        (None, None),
        (7, None),
    ],
)
def test_languages_are_taken_as_people_write_them(stated: object, ours: str | None) -> None:
    """What is no language that we know of is left to the path and the content."""
    assert language_of(stated) == ours


def test_a_path_that_is_none_is_no_path() -> None:
    """Nothing but text can be a path."""
    assert [word_of(value) for value in ("a.py", "", None, 3, "\udcff.py")] == [
        "a.py",
        *(None,) * 4,
    ]
