"""Docstrings and documentation comments: where they are, what form they have, what they cover."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.grammars import ROLE_INDEX, IntArray
from fingerprint_features.ratios import mean, preference, share
from fingerprint_features.source import Source

MAX_COMMENTS = 150
"""No more comments than this are read; the habits are plain long before."""

MAX_DECORATORS = 3
"""Between a comment and its function at most so many lines of decorators may stand."""

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
    if tree is None or tree.grammar.name != "python":
        return []
    strings = tree.with_role("string")
    lone = strings[tree.role[tree.parent[strings]] == ROLE_INDEX["expression"]]
    statement = tree.parent[lone]
    body = tree.parent[statement]
    heads = (ROLE_INDEX["function"], ROLE_INDEX["class"])
    owned = (body == 0) | np.isin(tree.role[tree.parent[body]], heads)
    said = tree.named & (tree.role != ROLE_INDEX["comment"])
    # Nothing but comments may stand between a body's start and its docstring.
    seen = np.cumsum(said)
    opens = seen[statement] - seen[body] == 1
    found = lone[owned & opens]
    return list(zip(tree.start[found].tolist(), tree.end[found].tolist(), strict=True))


def doc_comments(source: Source) -> list[tuple[int, int]]:
    """Return the byte ranges of documentation: docstrings, `/**` blocks, runs of `///` lines."""
    found: list[tuple[int, int]] = []
    joins = False
    for a, b in source.comments[:MAX_COMMENTS]:
        line = source.data.startswith((b"///", b"//!"), a)
        if line and joins and not source.data[found[-1][1] : a].strip():
            found[-1] = (found[-1][0], b)
        elif line or (source.data.startswith(b"/**", a) and b - a > len("/***/")):
            found.append((a, b))
        joins = line
    return found


def form(source: Source, docstrings: list[tuple[int, int]]) -> dict[str, float]:
    """Return the columns of the form that docstrings have; none where there are no docstrings."""
    if not docstrings:
        return {}
    texts = [source.data[a:b].decode("utf-8", "replace") for a, b in docstrings]
    bodies = [_body(text) for text in texts]
    below = sum(body.startswith("\n") for body in bodies)
    first = [body.strip().split("\n", 1)[0].rstrip() for body in bodies]
    stops = sum(line.endswith(".") for line in first)
    n = len(texts)
    return {
        "docstring_lines": mean(np.array([text.count("\n") + 1 for text in texts])),
        "docstring_first_line": preference(n - below, below),
        "docstring_sections": share(sum(bool(_SECTIONS.search(t)) for t in texts), n),
        "docstring_share": share(sum(b - a for a, b in docstrings), len(source.data)),
        "docstring_full_stop": preference(stops, n - stops),
    }


def _body(text: str) -> str:
    """Return what a docstring or documentation comment says, its line starts stripped."""
    return _LINE_SIGNS.sub("", TAIL.sub("", _DOC_SIGNS.sub("", text)))


def coverage(source: Source, docstrings: list[tuple[int, int]]) -> dict[str, float]:
    """Return how many functions and classes are documented, inside or directly above."""
    tree = source.syntax
    if tree is None:
        return {}
    functions = tree.with_role("function")
    heads = np.concatenate((functions, tree.with_role("class")))
    inside = [_owner(tree.start[heads], tree.end[heads], a) for a, _ in docstrings]
    owner = np.array([at for at in inside if at >= 0], dtype=np.int64)
    rows = np.searchsorted(source.line_start, tree.start[heads], side="right") - 1
    spans = np.array(source.comments, dtype=np.int64).reshape(-1, 2)
    opening = np.searchsorted(source.line_start, spans[:, 0], side="right") - 1
    spans = spans[source.first_ink[opening] == spans[:, 0]]
    # A comment that ends in its newline still ends on the line before it.
    comment_rows = np.searchsorted(source.line_start, spans[:, 1] - 1, side="right") - 1
    decorators = tree.start[tree.with_role("decorator")]
    decorated = np.searchsorted(source.line_start, decorators, side="right") - 1
    for _ in range(MAX_DECORATORS if len(decorated) else 0):
        rows = np.where(np.isin(rows - 1, decorated), rows - 1, rows)
    above = np.isin(rows - 1, comment_rows)
    documented = above
    documented[owner] = True
    n = len(functions)
    return {
        "docstring_coverage": share(float(documented.sum()), len(heads)),
        "function_documented": share(float(documented[:n].sum()), n),
    }


def _owner(starts: IntArray, ends: IntArray, at: int) -> int:
    """Return the innermost head around an offset, -1 for none."""
    around = np.flatnonzero((starts <= at) & (at < ends))
    return int(around[np.argmax(starts[around])]) if len(around) else -1
