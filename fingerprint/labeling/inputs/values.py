"""Python values of files without types as Arrow: which types they have, and arrays of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

Types = dict[str, pa.DataType]


def types_of(rows: Sequence[Mapping[str, Any]]) -> Types:
    """Return the type of each key, in order of appearance; several types are text together."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _type_of([row.get(name) for row in rows]) for name in names}


def merged_types(one: Types, other: Types) -> Types:
    """Return the types that hold what both hold; where there is none but text, text (JSON)."""
    both = dict(one)
    for name, type_ in other.items():
        found = common_type(both[name], type_) if name in both else type_
        both[name] = pa.string() if found is None else found
    return both


def common_type(one: pa.DataType, other: pa.DataType) -> Any:
    """Return the narrowest type that holds the values of both, or None where there is none."""
    if one == other:
        return one
    try:
        merged = pa.unify_schemas(
            [pa.schema([("x", one)]), pa.schema([("x", other)])], promote_options="permissive"
        )
    except pa.ArrowException:
        return None
    return merged.field(0).type


def array_of(values: list[Any], type_: pa.DataType) -> tuple[Any, list[int]]:
    """Return values as an array; and of text the rows that are no Unicode (lone surrogates).

    In a column of text, what is no text is its JSON. Raises as `pa.array`.
    """
    if type_ not in (pa.string(), pa.large_string()):
        return pa.array(values, type_), []
    texts = [value if isinstance(value, str | None) else _as_json(value) for value in values]
    try:
        return pa.array(texts, type_), []
    except UnicodeEncodeError:
        sound = [None if text is None else text.encode("utf-8", "replace") for text in texts]
        clean = [None if text is None else text.decode("utf-8") for text in sound]
        unsound = [row for row, text in enumerate(texts) if text != clean[row]]
        return pa.array(clean, type_), unsound


def _type_of(values: list[Any]) -> pa.DataType:
    infer: Any = pa.infer_type  # its stubs ask for a mask, which it does not need
    try:
        found = infer(values)
        if found != pa.string():
            pa.array(values, found)  # numbers of more than 64 bits are found out only here
        return pa.string() if _has_empty_struct(found) else found
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return pa.string()


def _has_empty_struct(type_: pa.DataType) -> bool:
    """Tell whether a Parquet file could not hold the type."""
    if pa.types.is_struct(type_) and not type_.num_fields:
        return True
    return any(_has_empty_struct(type_.field(i).type) for i in range(type_.num_fields))


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
