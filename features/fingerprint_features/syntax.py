"""One parse and one walk: a sample's syntax tree as flat arrays that every extractor shares."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from tree_sitter import Node, Tree

from fingerprint_features.grammars import ROLE_INDEX, BoolArray, Grammar, IntArray, Kinds, grammar
from fingerprint_features.refine import refine


@dataclass(frozen=True)
class Nodes:
    """The nodes of one tree, or of several behind each other, in pre-order.

    `flat`, shape (4, nodes), is kind, start, end and depth in one; all other arrays have shape
    (nodes,).
    """

    tables: Kinds
    source: bytes
    flat: IntArray

    def __len__(self) -> int:
        return int(self.flat.shape[1])

    @cached_property
    def kind(self) -> IntArray:
        """Kind of each node, an index into `tables`."""
        kind: IntArray = self.flat[0]
        return kind

    @cached_property
    def start(self) -> IntArray:
        """Offset of each node's first byte in `source`."""
        start: IntArray = self.flat[1]
        return start

    @cached_property
    def end(self) -> IntArray:
        """Offset behind each node's last byte in `source`."""
        end: IntArray = self.flat[2]
        return end

    @cached_property
    def depth(self) -> IntArray:
        """How many nodes are around each node."""
        depth: IntArray = self.flat[3]
        return depth

    @cached_property
    def parent(self) -> IntArray:
        """Index of each node's parent, the last earlier node one level up; -1 at a root."""
        # Stable sorting of 16-bit integers is a radix sort; no sample nests deeper than it is long.
        order = np.argsort(self.depth.astype(np.uint16), kind="stable")
        # In pre-order a first child follows its parent at once; those that come next on the same
        # level are its siblings, up to the next first child.
        first = np.zeros(len(order), dtype=np.bool_)
        first[1:] = self.depth[1:] > self.depth[:-1]
        eldest = np.maximum.accumulate(np.where(first[order], np.arange(len(order)), 0))
        parent = np.empty(len(order), dtype=np.int32)
        parent[order] = order[eldest] - 1
        parent[self.depth == 0] = -1
        return parent

    @cached_property
    def role(self) -> IntArray:
        """Role of each node, an index into `ROLES`; -1 where it plays none."""
        return refine(self.tables, self.source, self.kind, self.parent, self.start)

    @cached_property
    def named(self) -> BoolArray:
        """Whether each node is a named one (not punctuation or a keyword)."""
        return self.tables.named[self.kind]

    @cached_property
    def leaf(self) -> BoolArray:
        """Whether each node has no children: the tokens."""
        leaf = np.ones(len(self.depth), dtype=np.bool_)
        leaf[:-1] = self.depth[1:] <= self.depth[:-1]
        return leaf

    @cached_property
    def first_named(self) -> BoolArray:
        """Whether each node is the first named child of its parent."""
        seen = np.cumsum(self.named)
        # In pre-order only tokens stand between a node and its first named child.
        return self.named & (seen - seen[self.parent] == 1) & (self.parent >= 0)

    @cached_property
    def name_role(self) -> IntArray:
        """Index into `NAME_ROLES` of each identifier's part, -1 for all other nodes."""
        role = np.full(len(self.kind), -1, dtype=np.int32)
        tables = (self.tables.names, self.tables.first_names)
        below = np.zeros(len(self.tables), dtype=np.bool_)
        for keys, _ in tables:
            below[keys % len(self.tables)] = True
        # Few kinds of nodes are names at all: only those are looked for under their parents.
        at = np.flatnonzero(below[self.kind] & (self.parent >= 0))
        pairs = self.kind[self.parent[at]].astype(np.int64) * len(self.tables) + self.kind[at]
        anywhere, first = (_look_up(table, pairs) for table in tables)
        role[at] = np.where((first >= 0) & self.first_named[at], first, anywhere)
        return role

    @cached_property
    def family(self) -> IntArray:
        """Index into `FAMILIES` of each node's language."""
        return self.tables.family[self.kind]

    def with_role(self, *names: str) -> IntArray:
        """Return the indices of the nodes that play one of some roles."""
        order, edges = self._by_role
        found = [order[edges[at] : edges[at + 1]] for at in (ROLE_INDEX[name] for name in names)]
        return found[0] if len(found) == 1 else np.sort(np.concatenate(found))

    @cached_property
    def _by_role(self) -> tuple[IntArray, npt.NDArray[np.intp]]:
        """Nodes sorted by role, and where each role begins."""
        short = self.role.astype(np.int16)
        order = np.argsort(short, kind="stable").astype(np.int32)
        return order, np.searchsorted(short[order], np.arange(len(ROLE_INDEX) + 1))

    def innermost(self, outer: IntArray, inner: IntArray) -> IntArray:
        """Return for each inner node the position in `outer` of the closest node around it.

        Both are ascending node indices; -1 where there is none.
        """
        found = np.full(len(inner), -1, dtype=np.int32)
        low = np.searchsorted(inner, outer, side="right")
        high = np.searchsorted(self.start[inner], self.end[outer], side="left")
        # Later, deeper nodes overwrite: what remains is the innermost.
        for position, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
            found[a:b] = position
        return found

    def text(self, node: int) -> str:
        """Return the source text of a node."""
        return self.source[self.start[node] : self.end[node]].decode("utf-8", "replace")


@dataclass(frozen=True)
class Syntax(Nodes):
    """The tree of one sample; `flat` has the kinds as the grammar numbers them."""

    grammar: Grammar

    @cached_property
    def kind(self) -> IntArray:
        """Kind of each node, an index into `tables`: an ERROR's is far beyond all others."""
        kind: IntArray = np.minimum(self.flat[0], self.grammar.error)
        return kind


def _look_up(
    table: tuple[npt.NDArray[np.int64], IntArray], pairs: npt.NDArray[np.int64]
) -> IntArray:
    keys, values = table
    if not len(keys):
        return np.full(len(pairs), -1, dtype=np.int32)
    at = np.minimum(np.searchsorted(keys, pairs), len(keys) - 1)
    return np.where(keys[at] == pairs, values[at], -1).astype(np.int32)


def parse(source: bytes, name: str) -> Syntax:
    """Parse UTF-8 `source` with the grammar called `name`; broken code parses too."""
    chosen = grammar(name)
    tree: Tree = chosen.parser.parse(source)
    numbers = _walk(tree)
    # Packing takes a third of the time that numpy takes to read a list.
    packed = struct.pack(f"={len(numbers)}i", *numbers)
    flat = np.frombuffer(packed, dtype=np.int32).reshape(-1, 4).T
    return Syntax(chosen.tables, source, flat, chosen)


def _walk(tree: Tree) -> list[int]:
    """Return kind, start, end and depth of every node in pre-order, one after the other.

    This loop touches every node of every sample: it is the hot spot of the product.
    """
    cursor = tree.walk()
    rows: list[int] = []
    down, across, up = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
    depth = 0
    while True:
        node: Node = cursor.node  # type: ignore[assignment]  # a cursor in a tree has a node
        rows += node.kind_id, node.start_byte, node.end_byte, depth
        if down():
            depth += 1
            continue
        while not across():
            if not up():
                return rows
            depth -= 1
