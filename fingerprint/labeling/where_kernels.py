"""What conditions need beyond Arrow's own kernels; null stays null in each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_TEXT = (pa.string(), pa.large_string())


def length(values: Any) -> Any:
    """Return the characters of texts, the bytes of binaries, or the elements of lists."""
    if values.type in _TEXT:
        return pc.utf8_length(values)
    if values.type in (pa.binary(), pa.large_binary()):
        return pc.binary_length(values)
    return pc.list_value_length(values)


def to_number(values: Any) -> Any:
    """Return texts as numbers, null where a text is none; numbers as they are."""
    if values.type not in _TEXT:
        return pc.cast(values, pa.float64())
    number = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
    fitting = pc.match_substring_regex(values, number)
    nothing = pa.scalar(None, values.type)
    return pc.cast(pc.utf8_trim_whitespace(pc.if_else(fitting, values, nothing)), pa.float64())


def is_one_of(values: Any, among: list[Any]) -> Any:
    """Tell of each value whether it is among some; raises TypeError where types differ."""
    kinds = {str if isinstance(each, str) else float for each in among}
    textual = values.type in _TEXT
    if kinds and kinds != {str if textual else float}:
        raise TypeError(f"{values.type} and what stands in the list do not go together")
    wide = values if textual else pc.cast(values, pa.float64())
    type_ = values.type if textual else pa.float64()
    found = pc.is_in(wide, value_set=pa.array(among, type_))
    return pc.if_else(pc.is_null(values), pa.scalar(None, pa.bool_()), found)


def contains(values: Any, sought: Any) -> Any:
    """Tell of each text whether `sought` stands in it, of each list whether it is an element."""
    if values.type in _TEXT:
        if not isinstance(sought, str):
            raise TypeError("only a text stands in a text")
        return pc.match_substring(values, sought)
    if not (pa.types.is_list(values.type) or pa.types.is_large_list(values.type)):
        raise TypeError(f"{values.type} holds no elements")
    lists = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    elements: Any = pc.list_flatten(lists)
    hits: Any = pc.fill_null(pc.equal(elements, sought), False)
    found = np.zeros(len(lists), dtype=np.bool_)
    found[pc.list_parent_indices(lists).filter(hits).to_numpy()] = True
    return pa.array(found, mask=pc.is_null(lists).to_numpy(zero_copy_only=False))


def spread(mask: Any, rows: int) -> Any:
    """Return a mask of `rows` rows: that of a condition without columns is a single value."""
    return pa.array([mask.as_py()] * rows, pa.bool_()) if isinstance(mask, pa.Scalar) else mask
