"""Functions of a file and methods of a class in another order, where order means nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint_training.transforms.edits import Edit, edited, line_of, permuted, stands_alone
from fingerprint_training.transforms.reading import Code, Span


@dataclass(frozen=True)
class Order:
    """What may change places in a language.

    `holders` are the kinds of node whose children of the `movable` kinds may; `across` says
    whether other statements may lie between them. `unique` names may not be there twice.
    """

    holders: frozenset[str]
    movable: frozenset[str]
    across: bool = True
    unique: bool = False


_SCRIPT = Order(
    frozenset({"program", "class_body"}),
    frozenset({"function_declaration", "generator_function_declaration", "method_definition"}),
    unique=True,
)
ORDERS: Mapping[str, Order] = {
    # A definition is a statement that runs: none may pass another statement.
    "python": Order(
        frozenset({"module", "block"}),
        frozenset({"function_definition"}),
        across=False,
        unique=True,
    ),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "java": Order(
        frozenset({"class_body", "interface_body", "enum_body_declarations"}),
        frozenset({"method_declaration"}),
    ),
    "go": Order(
        frozenset({"source_file"}), frozenset({"function_declaration", "method_declaration"})
    ),
    "csharp": Order(frozenset({"declaration_list"}), frozenset({"method_declaration"})),
    # A macro is known below its definition only.
    "rust": Order(
        frozenset({"source_file", "declaration_list"}), frozenset({"function_item"}), across=False
    ),
}
"""By family of languages. C is not among them: a function is known below its declaration only."""

# A decorator stands before its method, an overload before the function with a body.
_BOUND = frozenset({"decorator", "function_signature", "method_signature"})
_ATTRIBUTE = "attribute_item"
_RUN_IN_ORDER = frozenset({b"init", b"_"})  # Go runs these as they stand in the file


def reorder_functions(code: Code, rng: np.random.Generator) -> bytes:
    """Return the code with functions in another order, each with the comments that belong to it."""
    edits: list[Edit] = []
    last = -1
    for run in _runs(code):
        # A class inside a function that moves stays as it is.
        if code.span(run[0])[0] > last:
            dealt = permuted(code.data, [_lines(code, node) for node in run], rng)
            edits += dealt
            last = code.span(run[-1])[1] if dealt else last
    return edited(code.data, edits)


def _runs(code: Code) -> Iterator[list[int]]:
    order = ORDERS[code.family]
    for holder, kind in enumerate(code.kinds):
        if kind in order.holders and code.tree.named[holder] and _is_open(code, holder):
            for run in _split(code, code.children[holder], order):
                if len(run) > 1 and _is_free(code, run, order):
                    yield run


def _is_open(code: Code, holder: int) -> bool:
    """Tell whether a holder's children are a file's or a class's, and none must stand by one."""
    if code.kinds[holder] == "block":
        return code.kinds[code.parent[holder]] == "class_definition"
    return all(code.kinds[_bare(code, child)] not in _BOUND for child in code.children[holder])


def _bare(code: Code, node: int) -> int:
    """Return what an `export` stands before, other nodes as they are."""
    if code.kinds[node] != "export_statement":
        return node
    return next((part for part in code.children[node] if code.fields[part] == "declaration"), node)


def _split(code: Code, children: Sequence[int], order: Order) -> list[list[int]]:
    runs: list[list[int]] = [[]]
    for child in children:
        if (
            code.kinds[_bare(code, child)] in order.movable
            and _name(code, child) not in _RUN_IN_ORDER
        ):
            runs[-1].append(child)
        elif not order.across and code.tree.named[child] and not _belongs(code, child):
            runs.append([])
    return runs


def _belongs(code: Code, node: int) -> bool:
    return bool(code.commented[node]) or code.kinds[node] == _ATTRIBUTE


def _name(code: Code, node: int) -> bytes | None:
    parts = code.children[_bare(code, node)]
    named = [child for child in parts if code.fields[child] == "name"]
    return code.bytes_of(named[0]) if named else None


def _is_free(code: Code, run: Sequence[int], order: Order) -> bool:
    names = [_name(code, node) for node in run]
    if order.unique and (len(set(names)) < len(names) or None in names):
        return False
    # Python works out defaults and annotations where the definition stands.
    return code.language != "python" or not any(_reads(code, node, names) for node in run)


def _reads(code: Code, node: int, names: Sequence[bytes | None]) -> bool:
    heads = [child for child in code.children[node] if code.fields[child] != "body"]
    own = {child for child in heads if code.fields[child] == "name"}
    below = [part for head in heads if head not in own for part in code.below(head)]
    return any(
        code.kinds[part] in {"call", "await", "named_expression", "yield"}
        or (code.kinds[part] == "identifier" and code.bytes_of(part) in names)
        for part in below
    )


def _lines(code: Code, node: int) -> Span | None:
    """Return the lines of a function and of the comments that belong to it.

    None where something else stands on them.
    """
    siblings = code.children[code.parent[node]]
    at = siblings.index(node)
    start, end = _trimmed(code, node)
    column = _column(code, start)
    for sibling in reversed(siblings[:at]):
        if not _leads(code, sibling, start, column):
            break
        start = code.span(sibling)[0]
    for sibling in siblings[at + 1 :]:
        if not _trails(code, sibling, end, column):
            break
        end = _trimmed(code, sibling)[1]
    return line_of(code.data, start, end) if stands_alone(code.data, start, end) else None


def _trimmed(code: Code, node: int) -> Span:
    start, end = code.span(node)
    return start, start + len(code.data[start:end].rstrip())


def _column(code: Code, at: int) -> int:
    return at - line_of(code.data, at, at)[0]


def _leads(code: Code, node: int, start: int, column: int) -> bool:
    """Tell whether a comment or attribute stands right above a function that begins at `start`."""
    first, last = _trimmed(code, node)
    gap = code.data[last:start]
    near = gap.count(b"\n") == 1 and not gap.strip()
    alone = stands_alone(code.data, first, last) and _column(code, first) == column
    return near and alone and _belongs(code, node)


def _trails(code: Code, node: int, end: int, column: int) -> bool:
    """Tell whether a comment stands behind a function, or in Python below it and deeper."""
    if not code.commented[node]:
        return False
    first, last = _trimmed(code, node)
    deeper = code.language == "python" and _column(code, first) > column
    return b"\n" not in code.data[end:first] or (deeper and stands_alone(code.data, first, last))
