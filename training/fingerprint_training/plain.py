"""Records as JSON knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any


def plain(value: Any) -> Any:
    """Return a record, mapping, sequence or scalar in plain JSON types; None for what is no number.

    A record becomes its fields by name, or what its own `to_dict` gives.
    """
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return fields_of(value) if is_dataclass(value) else value


def fields_of(record: Any) -> dict[str, Any]:
    """Return the fields of a record by name, each plain."""
    return {each.name: plain(getattr(record, each.name)) for each in fields(record)}
