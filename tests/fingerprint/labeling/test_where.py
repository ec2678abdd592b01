"""Conditions: what they say row by row, and where they point when they cannot."""

from __future__ import annotations

import math
import operator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.labeling.where import WhereError, one_of, parse

SCHEMA = pa.schema(
    [
        ("p", pa.float32()),
        ("n", pa.int64()),
        ("lang", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("each", pa.struct([("human", pa.float32())])),
        ("odd name", pa.bool_()),
    ]
)
COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

Truth = bool | None


def _and(one: Truth, other: Truth) -> Truth:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _not(one: Truth) -> Truth:
    return None if one is None else not one


def evaluated(tree: Any, row: dict[str, Any]) -> Truth:  # noqa: PLR0911 - one a form
    """Return what a condition says of one row, in plain Python."""
    match tree:
        case ("compare", name, op, value):
            return None if row[name] is None else COMPARISONS[op](row[name], value)
        case ("in", name, values):
            return None if row[name] is None else row[name] in values
        case ("has", value):
            return None if row["tags"] is None else value in row["tags"]
        case ("null", name):
            return row[name] is None
        case ("not", inner):
            return _not(evaluated(inner, row))
        case ("and", one, other):
            return _and(evaluated(one, row), evaluated(other, row))
        case ("or", one, other):
            return _not(_and(_not(evaluated(one, row)), _not(evaluated(other, row))))
    raise AssertionError(tree)


def spelled(tree: Any) -> str:
    """Return a condition as a user writes it."""
    match tree:
        case ("compare", name, op, value):
            return f"{name} {op} {value!r}"
        case ("in", name, values):
            return f"{name} in {list(values)!r}"
        case ("has", value):
            return f"{value!r} in tags"
        case ("null", name):
            return f"{name} is None"
        case ("not", inner):
            return f"not ({spelled(inner)})"
        case (op, one, other):
            return f"({spelled(one)}) {op} ({spelled(other)})"
    raise AssertionError(tree)


words = st.sampled_from(["python", "go", "c++", "", "it's", "ä"])
numbers = st.integers(-3, 3)
halves = st.sampled_from([-1.0, -0.5, 0.0, 0.25, 0.5, 1.0])  # float32 holds them exactly
leaves = st.one_of(
    st.tuples(st.just("compare"), st.just("n"), st.sampled_from(sorted(COMPARISONS)), numbers),
    st.tuples(st.just("compare"), st.just("p"), st.sampled_from(sorted(COMPARISONS)), halves),
    st.tuples(st.just("compare"), st.just("lang"), st.sampled_from(sorted(COMPARISONS)), words),
    st.tuples(st.just("in"), st.just("lang"), st.lists(words, max_size=3).map(tuple)),
    st.tuples(st.just("in"), st.just("n"), st.lists(numbers, max_size=3).map(tuple)),
    st.tuples(st.just("has"), words),
    st.tuples(st.just("null"), st.sampled_from(["p", "n", "lang", "tags"])),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
    ),
    max_leaves=6,
)
rows = st.fixed_dictionaries(
    {
        "p": st.none() | halves,
        "n": st.none() | numbers,
        "lang": st.none() | words,
        "tags": st.none() | st.lists(words, max_size=2),
        "each": st.none(),
        "odd name": st.none(),
    }
)


def matches(text: str, table: pa.Table) -> list[bool]:
    """Return which rows meet a condition, all of its parts together."""
    where = parse(text)
    where.check(table.schema)
    masks = [mask.to_pylist() for mask in where.masks(table)]
    return [all(row) for row in zip(*masks, strict=True)]


@given(trees, st.lists(rows, max_size=8))
def test_as_python_says(tree: Any, given_rows: list[dict[str, Any]]) -> None:
    """A condition says of every row what plain Python says of it, null being neither."""
    table = pa.Table.from_pylist(given_rows, schema=SCHEMA)
    said = [evaluated(tree, row) is True for row in given_rows]
    assert matches(spelled(tree), table) == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 < n <= 2", [True, False]),
        ("-1 < n", [True, True]),
        ("len(lang) == 6 and len(tags) > 0", [True, False]),
        ("'yth' in lang", [True, False]),
        ("lower(lang) not in ('go',)", [True, False]),
        ("each.human > 0.5", [True, False]),
        ("column('odd name')", [True, False]),
        ("not column('odd name')", [False, True]),
        ("float(lang) > 1", [False, False]),
        ("lang is not None", [True, True]),
        ("1 < 2", [True, True]),
        ("p < 0.5\n or n == 0", [False, True]),
    ],
)
def test_forms(text: str, expected: list[bool]) -> None:
    """Every form that the help names does what it says."""
    values = [
        {"p": math.nan, "n": 1, "lang": "python", "tags": ["x"], "each": {"human": 0.9}},
        {"p": None, "n": 0, "lang": "Go", "tags": [], "each": {"human": 0.1}, "odd name": False},
    ]
    values[0]["odd name"] = True
    assert matches(text, pa.Table.from_pylist(values, schema=SCHEMA)) == expected


@pytest.mark.parametrize(
    ("text", "said", "mark"),
    [
        ("lnag == 'go'", "did you mean lang?", "^^^^"),
        ("n == 1 and lang > 1", "do not go together", "^^^^^^^^"),
        ("n", "int64, not true or false", "^"),
        ("n == None", "is None", "^^^^^^^^^"),
        ("open('x')", "the calls there are", "^^^^^^^^^"),
        ("n.real > 1", "no 'real'", "^^^^^^"),
        ("each.ape > 1", "it has human", "^^^^^^^^"),
        ("n + 1 > 2", "cannot say this", "^^^^^"),
        ("n <", "invalid syntax", "^"),
        ("", "invalid syntax", "^"),
        ("lang in ('a', 1)", "do not go together", "^^^^^^^^^^^^^^^^"),
        ("lang in (n,)", "texts and numbers only", "^^^^"),
        ("__import__('os').system('x')", "the calls there are", "^"),
        ("[x for x in n]", "cannot say this", "^"),
        ("len(n) > 1", "do not go together", "^^^^^^"),
    ],
)
def test_points_at_the_place(text: str, said: str, mark: str) -> None:
    """What is no condition, or none on these columns, is told with the place in the text."""
    with pytest.raises(WhereError) as error:
        parse(text).check(SCHEMA)
    message, shown, marks = str(error.value).split("\n")
    assert said in message
    assert shown.strip() == text
    assert mark in marks
    if mark != "^":
        at = marks.index("^")
        pointed = shown[at : at + len(mark)]
        assert pointed.strip() == pointed


def test_one_of_spells_odd_names() -> None:
    """--keep becomes a condition that can be read, whatever the names hold."""
    table = pa.table({"fp_family": ["it's", "b", None]})
    where = one_of("fp_family", ["it's"])
    assert [mask.to_pylist() for mask in where.masks(table)] == [[True, False, False]]
    assert where.spelled() == ['fp_family in ("it\'s",)']


def test_parts_are_those_of_the_outer_and() -> None:
    """What is joined by `and` at the top is told apart, so that a reason can be given."""
    where = parse("p < 0.1 and (n == 1 or lang == 'go') and tags is None")
    assert where.spelled() == ["p < 0.1", "n == 1 or lang == 'go'", "tags is None"]
    assert set(where.names) == {"p", "n", "lang", "tags"}
