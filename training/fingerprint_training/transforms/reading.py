"""Code made ready to be transformed: its tree without errors, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fingerprint_features.grammars import BoolArray, grammar, grammar_for
from fingerprint_features.languages import PARSED
from fingerprint_features.source import Source
from fingerprint_features.syntax import Syntax, parse

Span = tuple[int, int]


@dataclass(frozen=True)
class Code:
    """Code that parses. Nodes are indices into the pre-order arrays of `tree`.

    `language` is the name it was given under; TypeScript with markup has the tree of TSX.
    """

    language: str
    data: bytes
    tree: Syntax

    @property
    def family(self) -> str:
        """The language, dialects aside."""
        return self.tree.grammar.family

    @cached_property
    def source(self) -> Source:
        """What the extractors get, not cut at their bound."""
        return Source(self.language, self.data, self.tree, truncated=False)

    @cached_property
    def parent(self) -> list[int]:
        """Each node's parent, -1 at the root."""
        return [int(at) for at in self.tree.parent]

    @cached_property
    def kinds(self) -> list[str]:
        """Each node's kind by name; an operator and a named node may share one."""
        language = self.tree.grammar.language
        return [language.node_kind_for_id(kind) or "" for kind in self.tree.kind.tolist()]

    @cached_property
    def children(self) -> list[list[int]]:
        """Each node's children in order."""
        found: list[list[int]] = [[] for _ in self.parent]
        for node, above in enumerate(self.parent[1:], start=1):
            found[above].append(node)
        return found

    @cached_property
    def fields(self) -> list[str | None]:
        """The field of its parent that each node fills."""
        cursor = self.tree.grammar.parser.parse(self.data).walk()
        names: list[str | None] = []
        while True:
            names.append(cursor.field_name)
            if cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return names

    @cached_property
    def comments(self) -> list[Span]:
        """Byte ranges of the comments, ascending; a newline at their end is not counted."""
        return [
            (start, start + len(self.data[start:end].rstrip(b"\n")))
            for start, end in self.source.comments
        ]

    @cached_property
    def commented(self) -> BoolArray:
        """Whether each node is a comment or a part of one, shape (nodes,)."""
        spans = np.array(self.source.comments, dtype=np.int32).reshape(-1, 2)
        at = np.searchsorted(spans[:, 0], self.tree.start, side="right") - 1
        ends = np.append(spans[:, 1], -1)[at]
        inside: BoolArray = (at >= 0) & (self.tree.end <= ends)
        inside[0] = False
        return inside

    def span(self, node: int) -> Span:
        """Return where a node stands."""
        return int(self.tree.start[node]), int(self.tree.end[node])

    def bytes_of(self, node: int) -> bytes:
        """Return what a node says."""
        return self.data[self.tree.start[node] : self.tree.end[node]]

    def below(self, node: int) -> range:
        """Return the descendants of a node: in pre-order they follow it."""
        depth = self.tree.depth
        end = node + 1
        while end < len(depth) and depth[end] > depth[node]:
            end += 1
        return range(node + 1, end)


def read(text: str, language: str) -> Code | None:
    """Return code with its tree; None if it is blank, has errors or is in no parsed language.

    A carriage return is an error here: line ends are written as LF by the cleaning, and a change
    of them inside a string would not be seen.
    """
    if language not in PARSED or not text.strip() or "\r" in text:
        return None
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
    # Markup is guessed from signs that may stand in a string.
    for name in dict.fromkeys((grammar_for(language, text), language)):
        if not grammar(name).parser.parse(data).root_node.has_error:
            return Code(language, data, parse(data, name))
    return None
