"""The outermost functions and methods of a text: their lines, their names, whether they parse."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from fingerprint_features.grammars import NAME_ROLES, ROLE_INDEX, IntArray, grammar_for
from fingerprint_features.syntax import Syntax, parse

_CALLED = re.compile(r"([A-Za-z_~$][\w:~$]*)\s*\(")
"""What a name is where the grammar marks none: the word before the first parenthesis."""

_FUNCTION_NAME = NAME_ROLES.index("function")


@dataclass(frozen=True, slots=True)
class Function:
    """An outermost function: lines from 0, `end` exclusive.

    `head` is where its decorators begin, where the grammar says so, else `start`; `whole` tells
    whether the parser met nothing broken in it, nor anything missing.
    """

    start: int
    end: int
    head: int
    name: str | None
    whole: bool


def functions(text: str, language: str) -> list[Function]:
    """Return the outermost functions of `text` (LF line ends), in order and disjoint in bytes.

    A class is no function: its methods are. `language` is one of `languages.PARSED`.
    """
    source = text.encode(errors="replace")
    syntax = parse(source, grammar_for(language, text))
    broken = _broken(syntax)
    newline = np.frombuffer(source, dtype=np.uint8) == ord("\n")
    line_start = (np.flatnonzero(newline) + 1).astype(np.int32)
    names = np.flatnonzero(syntax.name_role == _FUNCTION_NAME).astype(np.int32)
    found, last = [], -1
    for node in syntax.with_role("function").tolist():
        start, end = int(syntax.start[node]), int(syntax.end[node])
        if start < last:  # inside the one before
            continue
        last = end
        between = np.searchsorted(broken, start), np.searchsorted(broken, end, side="right")
        first = _line(line_start, start)
        stop = _line(line_start, start + len(source[start:end].rstrip())) + 1
        head = _line(line_start, _decorated(syntax, node))
        name = _name(syntax, node, names)
        found.append(Function(first, stop, min(head, first), name, between[0] == between[1]))
    return found


def _line(line_start: IntArray, offset: int) -> int:
    return int(np.searchsorted(line_start, offset, side="right"))


def _broken(syntax: Syntax) -> IntArray:
    """Return, ascending, the offsets where the parser met or supplied what is not there."""
    error = syntax.tables.broken[syntax.kind]
    missing = ~syntax.named & (syntax.start == syntax.end)  # a token without a text
    found: IntArray = syntax.start[error | missing]
    return np.sort(found)


def _decorated(syntax: Syntax, node: int) -> int:
    """Return where a Python function begins with its decorators."""
    above = int(syntax.parent[node])
    decorated = syntax.grammar.name == "python" and syntax.role[above] == ROLE_INDEX["declare"]
    return int(syntax.start[above if decorated and above >= 0 else node])


def _name(syntax: Syntax, node: int, names: IntArray) -> str | None:
    """Return the name that stands before the parameters, or before the sign of assignment."""
    lists = syntax.with_role("parameters")
    at = int(np.searchsorted(lists, node))
    until = int(lists[at]) if at < len(lists) else len(syntax.kind)
    own = int(np.searchsorted(names, node))
    if own < len(names) and names[own] < until and syntax.start[names[own]] < syntax.end[node]:
        return syntax.text(int(names[own]))
    above = int(syntax.parent[node])
    if above >= 0 and syntax.role[above] == ROLE_INDEX["assign"]:
        return syntax.text(above + 1)
    match = _CALLED.search(syntax.text(node).partition("{")[0])
    return match[1] if match else None
