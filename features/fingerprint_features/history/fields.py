"""Values out of JSON objects, checked for their type: a wrong one names its place and key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from fingerprint_features.history.errors import PullRequestError

_Value = TypeVar("_Value")
_NAMES = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def value(record: Mapping[str, object], kind: type[_Value], *keys: str, at: str) -> _Value | None:
    """Return what stands under the first of `keys` that is there and not null, else None.

    `at` says where the record stands. PullRequestError is raised for a value of another kind.
    """
    for key in keys:
        found = record.get(key)
        if found is not None:
            if isinstance(found, kind):
                return found
            raise wrong(key, _NAMES[kind], found, at)
    return None


def text(record: Mapping[str, object], *keys: str, at: str) -> str | None:
    """Return a string, as `value` does, without halves of characters, which JSON can escape."""
    found = value(record, str, *keys, at=at)
    return found if found is None else found.encode("utf-8", "replace").decode("utf-8")


def part(record: Mapping[str, object], *keys: str, at: str) -> Mapping[str, object]:
    """Return an object, empty where it is missing or null."""
    return value(record, dict, *keys, at=at) or {}


def objects(
    record: Mapping[str, object], key: str, *, at: str
) -> list[tuple[Mapping[str, object], str]] | None:
    """Return the objects of an array, each with its place; None where it is missing or null."""
    found = value(record, list, key, at=at)
    if found is None:
        return None
    places = [f"{at}, {key}[{number}]" for number in range(len(found))]
    for item, place in zip(found, places, strict=True):
        if not isinstance(item, dict):
            raise wrong("it", "an object", item, place)
    return list(zip(found, places, strict=True))


def moment(record: Mapping[str, object], *keys: str, at: str) -> datetime | None:
    """Return an ISO 8601 time, in UTC where it names no zone.

    PullRequestError is raised for text that is none.
    """
    written = text(record, *keys, at=at)
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise PullRequestError(
            f"{at}: {' or '.join(keys)} should be a time as 2026-01-31T12:00:00Z, it is {written!r}"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def wrong(key: str, expected: str, found: object, at: str) -> PullRequestError:
    """Return the error for a value of the wrong type."""
    kind = type(found)
    return PullRequestError(
        f"{at}: {key} should be {expected}, it is {_NAMES.get(kind, str(kind))}"
    )
