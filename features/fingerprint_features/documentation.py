"""Docstrings and documentation comments: where they are, what form they have, what they cover."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from fingerprint_features.batch import Batch, Columns
from fingerprint_features.grammars import FAMILIES, ROLE_INDEX, BoolArray, IntArray
from fingerprint_features.groups import Groups, Index, preferences
from fingerprint_features.source import Source
from fingerprint_features.syntax import Nodes

MAX_COMMENTS = 150
"""No more comments than this are read; the habits are plain long before."""

MAX_DECORATORS = 3
"""Between a comment and its function at most so many lines of decorators may stand."""

_PYTHON = FAMILIES.index("python")
TAIL = re.compile(r"(?:\*+/|-->|\"\"\"|''')$")
_DOC_SIGNS = re.compile(r"^(?:[rRuUbB]*(?:\"\"\"|'''|\"|')|/\*\*+|//[/!])[ \t]*")
_LINE_SIGNS = re.compile(r"^[ \t]*(?:\*(?!/)|//[/!])[ \t]?", re.MULTILINE)
_SECTIONS = re.compile(
    r"^\s*(?:Args|Arguments|Parameters|Params|Returns?|Raises|Yields|Examples?)\s*:"
    r"|@param|@return|:param|:return|# (?:Arguments|Examples|Errors)|----",
    re.MULTILINE,
)


def docstrings_of(source: Source) -> list[tuple[int, int]]:
    """Return the byte ranges of Python docstrings: a lone string that opens a body."""
    tree = source.syntax
    if tree is None:
        return []
    found = docstring_nodes(tree)
    return list(zip(tree.start[found].tolist(), tree.end[found].tolist(), strict=True))


def docstring_nodes(tree: Nodes) -> IntArray:
    """Return the nodes of Python docstrings."""
    strings = tree.with_role("string")
    strings = strings[tree.family[strings] == _PYTHON]
    lone = strings[tree.role[tree.parent[strings]] == ROLE_INDEX["expression"]]
    statement = tree.parent[lone]
    body = tree.parent[statement]
    above = tree.role[tree.parent[body]]
    headed = (above == ROLE_INDEX["function"]) | (above == ROLE_INDEX["class"])
    owned = (tree.depth[body] == 0) | headed
    said = tree.named & (tree.role != ROLE_INDEX["comment"])
    # Nothing but comments may stand between a body's start and its docstring.
    seen = np.cumsum(said)
    found: IntArray = lone[owned & (seen[statement] - seen[body] == 1)]
    return found


def doc_comments(data: bytes, comments: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the byte ranges of documentation among comments: `/**` blocks, runs of `///` lines."""
    found: list[tuple[int, int]] = []
    joins = False
    for a, b in comments[:MAX_COMMENTS]:
        line = data.startswith((b"///", b"//!"), a)
        if line and joins and not data[found[-1][1] : a].strip():
            found[-1] = (found[-1][0], b)
        elif line or (data.startswith(b"/**", a) and b - a > len("/***/")):
            found.append((a, b))
        joins = line
    return found


def form(texts: Sequence[str], groups: Groups) -> Columns:
    """Return the columns of the form that docstrings have, given samples' docstrings in order."""
    bodies = [_body(text) for text in texts]
    below = np.array([body.startswith("\n") for body in bodies], dtype=np.bool_)
    first = (body.strip().split("\n", 1)[0].rstrip() for body in bodies)
    stops = groups.sum(np.array([line.endswith(".") for line in first], dtype=np.bool_))
    sections = np.array([bool(_SECTIONS.search(text)) for text in texts], dtype=np.bool_)
    lines = np.array([text.count("\n") + 1 for text in texts], dtype=np.intp)
    return {
        "docstring_lines": groups.mean(lines),
        "docstring_first_line": preferences(groups.sum(~below), groups.sum(below)),
        "docstring_sections": groups.mean(sections),
        "docstring_full_stop": preferences(stops, groups.size - stops),
    }


def _body(text: str) -> str:
    """Return what a docstring or documentation comment says, its line starts stripped."""
    return _LINE_SIGNS.sub("", TAIL.sub("", _DOC_SIGNS.sub("", text)))


def coverage(batch: Batch, docstrings: IntArray) -> Columns:
    """Return how many functions and classes are documented, inside or directly above."""
    tree, whole = batch.nodes, batch.whole
    heads = tree.with_role("function", "class")
    rows = np.searchsorted(whole.line_start, tree.start[heads], side="right") - 1
    first_row = batch.rows.start[batch.per_tree.owner[heads]]
    decorators = tree.start[tree.with_role("decorator")]
    decorated = _marked(batch, np.searchsorted(whole.line_start, decorators, side="right") - 1)
    for _ in range(MAX_DECORATORS if len(decorators) else 0):
        rows = np.where(decorated[rows - 1] & (rows > first_row), rows - 1, rows)
    documented = _own_lines_end(batch)[rows - 1] & (rows > first_row)
    owner = tree.innermost(heads, docstrings)
    documented[owner[owner >= 0]] = True
    functions = tree.role[heads] == ROLE_INDEX["function"]
    return {
        "docstring_coverage": batch.of_nodes(heads).mean(documented),
        "function_documented": batch.of_nodes(heads[functions]).mean(documented[functions]),
    }


def _own_lines_end(batch: Batch) -> BoolArray:
    """Tell for each line whether a comment that opened a line ends on it."""
    whole, spans = batch.whole, batch.comments
    opening = np.searchsorted(whole.line_start, spans.start, side="right") - 1
    own = whole.first_ink[opening] == spans.start
    # A comment that ends in its newline still ends on the line before it.
    return _marked(batch, np.searchsorted(whole.line_start, spans.end[own] - 1, side="right") - 1)


def _marked(batch: Batch, rows: Index) -> BoolArray:
    marked = np.zeros(len(batch.whole.line_start), dtype=np.bool_)
    marked[rows] = True
    return marked
