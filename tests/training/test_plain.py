"""Records as plain JSON types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import inf, nan

from hypothesis import given
from hypothesis import strategies as st

from fingerprint_training.plain import fields_of, plain


@dataclass(frozen=True)
class Inner:
    """A record in another."""

    low: float
    names: tuple[str, ...]


@dataclass(frozen=True)
class Outer:
    """A record of records."""

    inner: Inner
    counts: dict[str, float]
    rest: tuple[Inner, ...] = ()


def test_records_become_their_fields() -> None:
    """Fields keep their names and order, tuples become lists, what is no number None."""
    found = fields_of(Outer(Inner(nan, ("a",)), {"x": inf, "y": 2.0}, (Inner(1.0, ()),)))
    assert found == {
        "inner": {"low": None, "names": ["a"]},
        "counts": {"x": None, "y": 2.0},
        "rest": [{"low": 1.0, "names": []}],
    }
    assert list(found) == ["inner", "counts", "rest"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_all_of_it_is_json(value: object) -> None:
    """Whatever is nested, the outcome is strict JSON and is left alone a second time."""
    once = plain(value)
    assert json.loads(json.dumps(once, allow_nan=False)) == once == plain(once)
