"""TOML tables into frozen records, strictly: what is not known, or not of its type, is refused."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

Record = TypeVar("Record")
Check = Callable[[Any], str | None]
"""Returns what a value has to be, None where it is that."""


class RecipeError(ValueError):
    """A recipe cannot be used; the message names its key and the mend."""


def setting(default: Any = MISSING, *, check: Check | None = None) -> Any:
    """Declare a field of a record: its default, and what its values have to be."""
    return field(default=default, metadata={"check": check})


def within(low: float, high: float, *, high_is_in: bool = True) -> Check:
    """Check that a number lies in [low, high], or in [low, high)."""
    closing = "]" if high_is_in else ")"

    def check(value: float) -> str | None:
        inside = low <= value <= high if high_is_in else low <= value < high
        return None if inside else f"lies in [{low:g}, {high:g}{closing}"

    return check


def one_of(choices: Iterable[str]) -> Check:
    """Check that a string, or each of an array of strings, is one of those known."""
    known = tuple(choices)

    def check(value: str | tuple[str, ...]) -> str | None:
        asked = (value,) if isinstance(value, str) else value
        return None if set(asked) <= set(known) else f"is one of {', '.join(map(repr, known))}"

    return check


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file's tables; RecipeError where it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RecipeError(f"{path} does not exist: name a recipe (TOML) that does") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"{path} cannot be read as TOML: {error}") from error


def build(record: type[Record], table: Any, where: str, *, also: Iterable[str] = ()) -> Record:
    """Return a `record` with the table's values; `where` is what errors call the table.

    Keys in `also` are somebody else's. Fields are str, int, float, bool or tuple[str, ...]; a
    whole number serves as a float.
    Raises RecipeError for a key that the record does not have, for one that it lacks, and for
    a value of another type or out of its range.
    """
    if not isinstance(table, dict):
        raise RecipeError(f"{where} is {_told(table)}, and has to be a table")
    wanted = {each.name: each for each in fields(record)}  # type: ignore[arg-type]
    known = [*wanted, *also]
    for key in table:
        if key not in known:
            raise RecipeError(f"{_place(where, key)} is unknown: {_mend(key, known)}")
    types = get_type_hints(record)
    values = {
        key: _value(table, _place(where, key), each, types[key])
        for key, each in wanted.items()
        if key in table or each.default is MISSING
    }
    return record(**values)


def _place(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _mend(key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    listed = f"the keys here are {', '.join(known)}"
    return f"is {near[0]!r} meant? {listed}" if near else listed


def _value(table: Mapping[str, Any], place: str, each: Field[Any], kind: Any) -> Any:
    words, fits, convert = TYPES[kind]
    if each.name not in table:
        raise RecipeError(f"{place} is missing: give it {words}")
    written = table[each.name]
    if not fits(written):
        raise RecipeError(f"{place} is {_told(written)}, and has to be {words}")
    value = convert(written)
    check = each.metadata["check"]
    wanted = check(value) if check else None
    if wanted:
        raise RecipeError(f"{place} is {_told(written)}, but it {wanted}")
    return value


def _told(value: Any) -> str:
    return "a table" if isinstance(value, dict) else repr(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


TYPES: Mapping[Any, tuple[str, Callable[[Any], bool], Callable[[Any], Any]]] = {
    str: ("a string", _is_text, str),
    str | None: ("a string", _is_text, str),
    int: ("a whole number", _is_whole, int),
    float: ("a number", _is_number, float),
    bool: ("true or false", lambda value: isinstance(value, bool), bool),
    tuple[str, ...]: ("an array of strings", _are_texts, tuple),
}
"""What each type of a field is called, which TOML values fit it, and how they become it."""
