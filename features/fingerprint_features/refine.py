"""Roles that a node's kind alone does not tell: they are read off its children and parent."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.grammars import ROLE_INDEX, Grammar, IntArray

_SCRIPTS = ("javascript", "typescript")
_RUBY_IMPORT = re.compile(rb"require(?:_relative)?\b|load\b")
_RUBY_THROW = re.compile(rb"raise\b|fail\b")
_BINARY, _CALL, _LAMBDA = ROLE_INDEX["binary"], ROLE_INDEX["call"], ROLE_INDEX["lambda"]


def refine(
    grammar: Grammar, source: bytes, kind: IntArray, parent: IntArray, start: IntArray
) -> IntArray:
    """Return the role of each node, shape (nodes,), -1 for none.

    Binary expressions become comparisons or connectives by their operator. JavaScript's arrow
    functions that get a name are functions. A C struct without a body is a type. Go's receivers
    and results are no parameters. Ruby's `require` is an import, its `raise` a throw, and a call
    without arguments reads a member.
    """
    role = grammar.role_of[kind]
    sign = grammar.operator[kind]
    at = np.flatnonzero(sign >= 0)
    at = at[role[parent[at]] == _BINARY]
    role[parent[at]] = sign[at]
    if grammar.family in _SCRIPTS:
        arrows = np.flatnonzero(role == _LAMBDA)
        named = arrows[role[parent[arrows]] == ROLE_INDEX["assign"]]
        role[named] = ROLE_INDEX["function"]
    elif grammar.name in {"c", "cpp"}:
        bodies = np.isin(kind, grammar.ids("field_declaration_list", "enumerator_list"))
        classes = np.flatnonzero(role == ROLE_INDEX["class"])
        role[classes[~np.isin(classes, parent[bodies])]] = ROLE_INDEX["type"]
    elif grammar.name == "go":
        _drop_results(grammar, kind, role)
    elif grammar.name == "ruby":
        _ruby_words(source, start, _ruby_members(grammar, kind, parent, role), role)
    return role


def _drop_results(grammar: Grammar, kind: IntArray, role: IntArray) -> None:
    """Keep the parameter lists that follow a name; literals' lists follow the word `func`."""
    lists = np.flatnonzero(role == ROLE_INDEX["parameters"])
    # The node before a list in pre-order is the last token before it.
    before = kind[np.maximum(lists - 1, 0)]
    role[lists[~grammar.named[before]]] = -1


def _ruby_members(grammar: Grammar, kind: IntArray, parent: IntArray, role: IntArray) -> IntArray:
    """Make calls without arguments members; return the indices of all calls as they were."""
    calls = np.flatnonzero(role == _CALL).astype(np.int32)
    with_arguments = np.isin(kind, grammar.ids("argument_list", "block", "do_block"))
    role[calls[~np.isin(calls, parent[with_arguments])]] = ROLE_INDEX["member"]
    return calls


def _ruby_words(source: bytes, start: IntArray, calls: IntArray, role: IntArray) -> None:
    for node in calls.tolist():
        at = int(start[node])
        if _RUBY_IMPORT.match(source, at):
            role[node] = ROLE_INDEX["import"]
        elif _RUBY_THROW.match(source, at):
            role[node] = ROLE_INDEX["throw"]
