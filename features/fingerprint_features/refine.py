"""Roles that a node's kind alone does not tell: they are read off its children and parent."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.grammars import FAMILIES, ROLE_INDEX, BoolArray, IntArray, Kinds

_SCRIPTS = np.isin(FAMILIES, ("javascript", "typescript"))
_STRUCTS = np.isin(FAMILIES, ("c", "cpp"))
_GO, _RUBY = FAMILIES.index("go"), FAMILIES.index("ruby")
_RUBY_IMPORT = re.compile(rb"require(?:_relative)?\b|load\b")
_RUBY_THROW = re.compile(rb"raise\b|fail\b")
_BINARY = ROLE_INDEX["binary"]


def refine(
    tables: Kinds, source: bytes, kind: IntArray, parent: IntArray, start: IntArray
) -> IntArray:
    """Return the role of each node, shape (nodes,), -1 for none.

    Binary expressions become comparisons or connectives by their operator. JavaScript's arrow
    functions that get a name are functions. A C struct without a body is a type. Go's receivers
    and results are no parameters. Ruby's `require` is an import, its `raise` a throw, and a call
    without arguments reads a member.
    """
    role = tables.role_of[kind]
    sign = tables.operator[kind]
    at = np.flatnonzero(sign >= 0)
    at = at[role[parent[at]] == _BINARY]
    role[parent[at]] = sign[at]

    def of(part: str, language: BoolArray | int) -> IntArray:
        """Return the nodes with a role in some languages."""
        nodes = np.flatnonzero(role == ROLE_INDEX[part]).astype(np.int32)
        spoken = tables.family[kind[nodes]]
        chosen = spoken == language if isinstance(language, int) else language[spoken]
        return nodes[chosen]

    arrows = of("lambda", _SCRIPTS)
    role[arrows[role[parent[arrows]] == ROLE_INDEX["assign"]]] = ROLE_INDEX["function"]
    bare = _without(tables.marked["members"][kind], of("class", _STRUCTS), parent)
    role[bare] = ROLE_INDEX["type"]
    lists = of("parameters", _GO)
    # Those that follow a name, or a literal's word `func`, stay: in pre-order the node before a
    # list is the last token before it.
    role[lists[~tables.named[kind[np.maximum(lists - 1, 0)]]]] = -1
    calls = of("call", _RUBY)
    role[_without(tables.marked["arguments"][kind], calls, parent)] = ROLE_INDEX["member"]
    _ruby_words(source, start, calls, role)
    return role


def _without(marked: BoolArray, nodes: IntArray, parent: IntArray) -> IntArray:
    """Return those of the nodes that have no marked child."""
    if not len(nodes):
        return nodes
    above = np.zeros(len(marked), dtype=np.bool_)
    above[parent[marked]] = True
    return nodes[~above[nodes]]


def _ruby_words(source: bytes, start: IntArray, calls: IntArray, role: IntArray) -> None:
    for node in calls.tolist():
        at = int(start[node])
        if _RUBY_IMPORT.match(source, at):
            role[node] = ROLE_INDEX["import"]
        elif _RUBY_THROW.match(source, at):
            role[node] = ROLE_INDEX["throw"]
