"""One parse and one walk: a sample's syntax tree as flat arrays that every extractor shares."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from tree_sitter import Language, Node, Parser, Tree

IntArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]

_WHEELS = {
    "csharp": ("tree_sitter_c_sharp", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "php": ("tree_sitter_php", "language_php_only"),
    "php-template": ("tree_sitter_php", "language_php"),
}


@dataclass(frozen=True)
class Grammar:
    """A tree-sitter language with lookup tables from node kind to role.

    `role_of` and `named` are indexed by kind id; the id of an ERROR node is mapped onto the
    extra last row, so that broken code indexes safely.
    """

    name: str
    language: Language
    kinds: int
    role_of: IntArray
    named: BoolArray
    name_pairs: Mapping[int, int] = field(repr=False)

    @cached_property
    def parser(self) -> Parser:
        """The parser; one a process, it holds no state between samples."""
        return Parser(self.language)


@dataclass(frozen=True)
class Syntax:
    """The nodes of one sample in pre-order; arrays have shape (nodes,).

    `start` and `end` are byte offsets into `source`; `parent` is an index, -1 at the root;
    `role` indexes `ROLES`, -1 where the kind plays none.
    """

    grammar: Grammar
    source: bytes
    kind: IntArray
    start: IntArray
    end: IntArray
    depth: IntArray

    @cached_property
    def parent(self) -> IntArray:
        """Index of each node's parent: the last earlier node that is one level up."""
        size = len(self.kind)
        index = np.arange(size, dtype=np.int64)
        keys = self.depth.astype(np.int64) * size + index
        order = np.argsort(keys, kind="stable")
        above = keys - size
        found = order[np.searchsorted(keys[order], above, side="right") - 1]
        parent = np.where(self.depth == 0, -1, found)
        return parent.astype(np.int32)

    @cached_property
    def role(self) -> IntArray:
        """Role of each node."""
        return self.grammar.role_of[self.kind]

    @cached_property
    def named(self) -> BoolArray:
        """Whether each node is a named one (not punctuation or a keyword)."""
        return self.grammar.named[self.kind]

    @cached_property
    def leaf(self) -> BoolArray:
        """Whether each node has no children: the tokens."""
        leaf = np.ones(len(self.depth), dtype=np.bool_)
        leaf[:-1] = self.depth[1:] <= self.depth[:-1]
        return leaf

    @cached_property
    def name_role(self) -> IntArray:
        """Index into `NAME_ROLES` of each identifier's part, -1 for all other nodes."""
        above = np.where(self.parent >= 0, self.kind[self.parent], 0)
        pairs = above.astype(np.int64) * (self.grammar.kinds + 1) + self.kind
        keys, values = _pair_table(self.grammar)
        if not len(keys):
            return np.full(len(pairs), -1, dtype=np.int32)
        at = np.minimum(np.searchsorted(keys, pairs), len(keys) - 1)
        return np.where(keys[at] == pairs, values[at], -1).astype(np.int32)

    def with_role(self, name: str) -> IntArray:
        """Return the indices of the nodes that play a role."""
        return np.flatnonzero(self.role == ROLE_INDEX[name]).astype(np.int32)

    def text(self, node: int) -> str:
        """Return the source text of a node."""
        return self.source[self.start[node] : self.end[node]].decode("utf-8", "replace")


@cache
def _tables() -> dict[str, dict[str, dict[str, list[str]]]]:
    raw = tomllib.loads(files(__package__).joinpath("grammars.toml").read_text("utf-8"))
    done: dict[str, dict[str, dict[str, list[str]]]] = {}
    for name, spec in raw.items():
        base = done.get(spec.get("like", ""), {"roles": {}, "names": {}})
        done[name] = {part: {**base[part], **spec.get(part, {})} for part in ("roles", "names")}
    return done


ROLES: tuple[str, ...] = tuple(sorted({r for spec in _tables().values() for r in spec["roles"]}))
ROLE_INDEX = {name: i for i, name in enumerate(ROLES)}
NAME_ROLES: tuple[str, ...] = ("function", "class", "parameter", "variable", "constant", "member", "import")


@cache
def grammar(name: str) -> Grammar:
    """Return the grammar of a parsed language, loaded once a process."""
    module, factory = _WHEELS.get(name, (f"tree_sitter_{name}", "language"))
    language = Language(getattr(importlib.import_module(module), factory)())
    kinds = language.node_kind_count
    spec = _tables()[name.removesuffix("-template")]
    parts = {kind: ROLE_INDEX[role] for role, members in spec["roles"].items() for kind in members}
    ids = range(kinds)
    labels = [language.node_kind_for_id(i) if language.node_kind_is_named(i) else None for i in ids]
    role_of = np.full(kinds + 1, -1, dtype=np.int32)
    role_of[:kinds] = [parts.get(label, -1) if label else -1 for label in labels]
    named = np.array([label is not None for label in labels] + [True])
    by_label: dict[str, list[int]] = {}
    for i, label in enumerate(labels):
        if label:
            by_label.setdefault(label, []).append(i)
    pairs = {
        above * (kinds + 1) + below: NAME_ROLES.index(role)
        for role, members in spec["names"].items()
        for pair in members
        for above in by_label.get(pair.split(">")[0], [])
        for below in by_label.get(pair.split(">")[1], [])
    }
    return Grammar(name, language, kinds, role_of, named, pairs)


@cache
def _pair_arrays(name: str) -> tuple[npt.NDArray[np.int64], IntArray]:
    table = grammar(name).name_pairs
    keys = np.array(sorted(table), dtype=np.int64)
    return keys, np.array([table[int(key)] for key in keys], dtype=np.int32)


def _pair_table(of: Grammar) -> tuple[npt.NDArray[np.int64], IntArray]:
    return _pair_arrays(of.name)


def grammar_for(language: str, code: str) -> str:
    """Return which grammar fits: TypeScript with markup is TSX, PHP may be a template."""
    if language == "typescript" and ("</" in code or "/>" in code):
        return "tsx"
    if language == "php" and "<?" in code:
        return "php-template"
    return language


def parse(source: bytes, name: str) -> Syntax:
    """Parse UTF-8 `source` with the grammar called `name`; broken code parses too."""
    chosen = grammar(name)
    tree: Tree = chosen.parser.parse(source)
    rows = _walk(tree)
    flat = np.array(rows, dtype=np.int32).reshape(-1, 4)
    kind = np.minimum(flat[:, 0], chosen.kinds)
    return Syntax(chosen, source, kind, flat[:, 1].copy(), flat[:, 2].copy(), flat[:, 3].copy())


def _walk(tree: Tree) -> list[int]:
    """Return kind, start, end and depth of every node in pre-order, one after the other.

    This loop touches every node of every sample: it is the hot spot of the product.
    """
    cursor = tree.walk()
    rows: list[int] = []
    add = rows.extend
    down, across, up = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
    depth = 0
    while True:
        node: Node = cursor.node  # type: ignore[assignment]  # a cursor in a tree has a node
        add((node.kind_id, node.start_byte, node.end_byte, depth))
        if down():
            depth += 1
            continue
        while not across():
            if not up():
                return rows
            depth -= 1
