"""Imports that follow each other, in another order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from fingerprint_training.transforms.edits import Edit, edited, line_of, permuted, stands_alone
from fingerprint_training.transforms.reading import Code, Span

MOVABLE: Mapping[str, frozenset[str]] = {
    "python": frozenset({"import_statement", "import_from_statement"}),
    "javascript": frozenset({"import_statement"}),
    "typescript": frozenset({"import_statement"}),
    "java": frozenset({"import_declaration"}),
    "go": frozenset({"import_spec", "import_declaration"}),
    "csharp": frozenset({"using_directive"}),
    "rust": frozenset({"use_declaration"}),
}
"""Kinds of import by family of languages. C's includes are not among them: order counts there."""

_HOLDERS = frozenset({"module", "program", "source_file", "import_spec_list", "compilation_unit"})


def reorder_imports(code: Code, rng: np.random.Generator) -> bytes:
    """Return the code with each run of imports in another order.

    A comment, a statement, an import for its effects and one of all names (`*`) end a run. That
    an import's own code might run in another order is accepted, as import sorters do.
    """
    edits: list[Edit] = []
    for run in _runs(code):
        if _binds_apart(code, run):
            edits += permuted(code.data, [_line(code, node) for node in run], rng)
    return edited(code.data, edits)


def _runs(code: Code) -> Iterator[list[int]]:
    movable = MOVABLE[code.family]
    for holder, kind in enumerate(code.kinds):
        if kind not in _HOLDERS:
            continue
        run: list[int] = []
        for child in code.children[holder]:
            if code.kinds[child] in movable and _names_something(code, child):
                run.append(child)
            elif code.tree.named[child] and not _trails(code, child, run):
                yield run
                run = []
        yield run


def _trails(code: Code, node: int, run: list[int]) -> bool:
    """Tell whether a node is a comment on the last import's line."""
    if not run or not code.commented[node]:
        return False
    return b"\n" not in code.data[code.tree.end[run[-1]] : code.tree.start[node]].strip(b" \t")


def _names_something(code: Code, node: int) -> bool:
    below = [code.kinds[part] for part in code.below(node)]
    if code.family in {"javascript", "typescript"}:
        return "import_clause" in below
    if code.kinds[node] == "import_declaration" and code.family == "go":
        return "import_spec_list" not in below
    return code.family != "python" or "wildcard_import" not in below


def _binds_apart(code: Code, run: list[int]) -> bool:
    """Tell whether no name is bound twice: of two, the later one would win."""
    if code.family != "python":
        return True
    names = [name for node in run for name in _bound(code, node)]
    return len(names) == len(set(names))


def _bound(code: Code, node: int) -> set[bytes]:
    found = set()
    for child in code.children[node]:
        if code.fields[child] == "name":
            alias = [part for part in code.children[child] if code.fields[part] == "alias"]
            text = code.bytes_of(alias[0] if alias else child)
            found.add(text.split(b".")[0].strip())
    return found


def _line(code: Code, node: int) -> Span | None:
    start, end = code.span(node)
    end = start + len(code.data[start:end].rstrip())
    siblings = code.children[code.parent[node]]
    for sibling in siblings[siblings.index(node) + 1 :]:
        a, b = code.span(sibling)
        if b"\n" in code.data[end:a] or not (
            code.commented[sibling] or code.bytes_of(sibling) == b";"
        ):
            break
        end = a + len(code.data[a:b].rstrip())
    return line_of(code.data, start, end) if stands_alone(code.data, start, end) else None
