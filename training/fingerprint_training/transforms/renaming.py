"""Local names replaced throughout a file.

A name is replaced everywhere or nowhere, by one that stands nowhere else in the file. So no
binding can change, whatever the scopes, as long as each of its uses lies within reach of a local
declaration: a use that does not may mean something outside the file, and its name stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from fingerprint_training.transforms.edits import edited
from fingerprint_training.transforms.fresh_names import fresh_name
from fingerprint_training.transforms.reading import Code
from fingerprint_training.transforms.renaming_rules import RULES, Rules
from fingerprint_training.transforms.staying_names import staying

_WORD = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
_NAME = re.compile(rb"[A-Za-z_$][A-Za-z0-9_$]*")


def rename_identifiers(code: Code, rng: np.random.Generator) -> bytes:
    """Return the code with its parameters, local variables and inner functions renamed."""
    rules = RULES[code.family]
    uses = _uses(code)
    if rules.reflection & uses.keys() or "with_statement" in _script_kinds(code):
        return code.data
    scopes = _declared(code, uses, rules)
    stays = staying(code, rules, uses)
    taken = set(_WORD.findall(code.data.decode()))
    edits = []
    for name, nodes in uses.items():
        reach = scopes.get(name)
        if not reach or name in stays or not all(_resolves(code, n, reach, rules) for n in nodes):
            continue
        new = fresh_name(name.decode(), taken, rng).encode()
        edits += [(*code.span(node), new) for node in nodes]
    return edited(code.data, edits)


def _script_kinds(code: Code) -> frozenset[str]:
    return frozenset(code.kinds) if code.family in {"javascript", "typescript"} else frozenset()


def _uses(code: Code) -> dict[bytes, list[int]]:
    """Return the nodes of every plain name, in order of first use."""
    found: dict[bytes, list[int]] = {}
    for node in np.flatnonzero(code.tree.leaf & code.tree.named).tolist():
        if code.kinds[node] == "identifier":
            found.setdefault(code.bytes_of(node), []).append(node)
    return {name: nodes for name, nodes in found.items() if _NAME.fullmatch(name)}


def _declared(code: Code, uses: Mapping[bytes, list[int]], rules: Rules) -> dict[bytes, set[int]]:
    """Return the scopes that declare each name; -1 among them: it is seen outside."""
    found: dict[bytes, set[int]] = {}
    for name, nodes in uses.items():
        for node in nodes:
            scope = _scope(code, node, rules)
            if scope is not None:
                found.setdefault(name, set()).add(scope)
    return {name: scopes for name, scopes in found.items() if -1 not in scopes}


def _scope(code: Code, node: int, rules: Rules) -> int | None:
    """Return the scope that a name is declared in, None if it is only used here."""
    place = node
    while _place(code, place) in rules.wrappers:
        place = code.parent[place]
    if _place(code, place) not in rules.declares or not _declares(code, place):
        return None
    above = code.parent[place]
    if code.kinds[above] in rules.outside and code.fields[place] == "name":
        above = code.parent[above]
    scope = _around(code, above, rules)
    return -1 if _leaks(code, place, scope) else scope


def _place(code: Code, node: int) -> tuple[str, str | None]:
    return code.kinds[code.parent[node]], code.fields[node]


def _declares(code: Code, place: int) -> bool:
    """Tell whether a loop or reception declares its name, or takes one that is there."""
    above = code.parent[place]
    if code.kinds[above] in {"range_clause", "receive_statement"}:
        return any(code.kinds[child] == ":=" for child in code.children[above])
    if code.kinds[above] == "for_in_statement":
        return any(code.fields[child] == "kind" for child in code.children[above])
    return True


def _around(code: Code, node: int, rules: Rules) -> int:
    while node >= 0 and code.kinds[node] not in rules.scopes:
        if code.kinds[node] in rules.members:
            return -1
        node = code.parent[node]
    return node


def _leaks(code: Code, place: int, scope: int) -> bool:
    """Tell whether a script's declaration is exported, or hoisted out of a block."""
    hoisted = False
    node = place
    while node != scope and node >= 0:
        if code.kinds[node] == "export_statement":
            return True
        hoisted |= code.kinds[node] in {"variable_declaration", "function_declaration"}
        node = code.parent[node]
    if not hoisted:
        return False
    while node >= 0 and not any(word in code.kinds[node] for word in ("function", "method_")):
        node = code.parent[node]
    return node < 0


def _resolves(code: Code, node: int, reach: set[int], rules: Rules) -> bool:
    above = code.parent[node]
    while above >= 0 and above not in reach:
        if code.kinds[above] in rules.members:
            return False  # a name inside may be inherited
        above = code.parent[above]
    return above >= 0
