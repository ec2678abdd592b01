"""Whether two versions of a code mean the same: what each transformation's result must pass."""

from __future__ import annotations

import ast
from collections import Counter

import numpy as np

from fingerprint_features.grammars import ROLE_INDEX, BoolArray
from fingerprint_training.transforms.reading import Code

Node = tuple[int, int, bytes]
"""Kind, depth and, of tokens and strings, the text."""


def same_layout_aside(old: Code, new: Code) -> bool:
    """Tell whether trees and tokens are equal, comments and white space aside."""
    return old.tree.grammar.name == new.tree.grammar.name and _nodes(old) == _nodes(new)


def same_kinds(old: Code, new: Code) -> bool:
    """Tell whether the trees are equal when nobody looks at names, texts and punctuation."""
    return [node[:2] for node in _nodes(old, named=True)] == [
        node[:2] for node in _nodes(new, named=True)
    ]


def same_tokens(old: Code, new: Code) -> bool:
    """Tell whether both hold the same tokens and comments, each as often, in any order."""
    return _tokens(old) == _tokens(new)


def same_program(old: Code, new: Code) -> bool:
    """Tell whether Python's own parser reads the same program; other languages: tokens."""
    if old.language != "python":
        return same_layout_aside(old, new)
    try:
        return ast.dump(ast.parse(old.data)) == ast.dump(ast.parse(new.data))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # another version's syntax, or nested beyond what the parser bears


def any_program(_old: Code, _new: Code) -> bool:
    """Return True: something is meant to go, that the result parses is all to ask."""
    return True


def _nodes(code: Code, *, named: bool = False) -> list[Node]:
    tree = code.tree
    keep = ~code.commented & ~np.isin(tree.kind, tree.grammar.ids("line_continuation"))
    if named:
        keep &= tree.named
    whole = tree.leaf | _whole_strings(code)
    found = []
    for node in np.flatnonzero(keep).tolist():
        text = _text(code, node) if whole[node] else b""
        if whole[node] and not tree.named[node] and not text.strip():
            continue  # a newline that ends a statement
        found.append((int(tree.kind[node]), int(tree.depth[node]), text))
    return found


def _whole_strings(code: Code) -> BoolArray:
    """Tell which nodes are strings to compare whole, for their parts leave gaps between them.

    Code inside a string is code: of those strings the parts are compared.
    """
    tree = code.tree
    whole: BoolArray = tree.role == ROLE_INDEX["string"]
    for node in tree.with_role("template").tolist():
        above = code.parent[node]
        while above >= 0:
            whole[above] = False
            above = code.parent[above]
    return whole | np.isin(tree.kind, tree.grammar.ids("string_content"))


def _text(code: Code, node: int) -> bytes:
    text = code.bytes_of(node)
    if code.kinds[node] == "preproc_arg":
        return b"".join(text.replace(b"\\\n", b"").split())  # a macro's text is no tree
    return _said(text) if code.kinds[node] == "jsx_text" else text


def _said(text: bytes) -> bytes:
    """Return what a text in markup shows: React's rule drops blanks around line ends."""
    lines = text.split(b"\n")
    last = len(lines) - 1
    bare = [
        (line if at == 0 else line.lstrip())
        if at == last
        else (line.rstrip() if at == 0 else line.strip())
        for at, line in enumerate(lines)
    ]
    return b" ".join(line for line in bare if line)


def _tokens(code: Code) -> Counter[bytes]:
    leaves = np.flatnonzero(code.tree.leaf).tolist()
    return Counter(code.bytes_of(leaf).strip() for leaf in leaves) - Counter({b"": len(leaves)})
