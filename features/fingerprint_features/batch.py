"""Samples laid one behind the other, so that what is measured of many costs few numpy calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fingerprint_features.grammars import BoolArray, IntArray, joined
from fingerprint_features.groups import FloatArray, Groups, Index
from fingerprint_features.names import WORD_SIGNS, Names, names_of
from fingerprint_features.source import (
    SPACE,
    ByteArray,
    Source,
    covered,
    interpolations,
)
from fingerprint_features.syntax import Nodes

BATCH, BATCH_BYTES = 256, 1 << 19
"""Samples, and about how many bytes of them, that are measured together: more save no time."""

_WORDS_ONLY = bytes(c if c in WORD_SIGNS else SPACE for c in range(256))

Columns = dict[str, FloatArray]
"""Name of a column: its values, shape (samples,)."""


@dataclass(frozen=True)
class Spans:
    """Byte ranges in order of the samples they lie in."""

    start: IntArray
    end: IntArray
    groups: Groups


@dataclass(frozen=True)
class Batch:
    """Samples measured together: `whole` holds their bytes, each sample's ending in a newline.

    A newline is added where a sample has none at its end (it is cut, or empty); `size` (samples,)
    does not count it.
    """

    sources: tuple[Source, ...]
    whole: Source
    per_byte: Groups
    size: Index

    @classmethod
    def of(cls, sources: Sequence[Source]) -> Batch:
        """Lay samples one behind the other."""
        parts = [s.data if s.data.endswith(b"\n") else s.data + b"\n" for s in sources]
        whole = Source(None, b"".join(parts), None, truncated=False)
        size = np.array([len(source.data) for source in sources], dtype=np.intp)
        length = np.array([len(part) for part in parts], dtype=np.intp)
        return cls(tuple(sources), whole, Groups(length), size)

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def symbols(self) -> ByteArray:
        """The bytes of all samples."""
        return self.whole.symbols

    @cached_property
    def rows(self) -> Groups:
        """The lines of each sample."""
        return Groups.of_owners(self.sample_at(self.whole.line_start), len(self))

    @cached_property
    def lines(self) -> FloatArray:
        """How many lines of each sample are not blank."""
        return self.rows.sum(~self.whole.blank)

    @cached_property
    def left(self) -> Index:
        """How many bytes of its sample are left at each byte, itself included; 0 if added."""
        ends = self.per_byte.start + self.size
        return ends[self.per_byte.owner] - np.arange(len(self.symbols))

    @cached_property
    def added(self) -> Index:
        """Offsets of the newlines that were added."""
        ends = self.per_byte.start + self.size
        return ends[self.size < self.per_byte.size]

    def sample_at(self, offset: IntArray | Index) -> Index:
        """Return in which sample each offset lies."""
        return np.searchsorted(self.per_byte.start, offset, side="right") - 1

    @cached_property
    def nodes(self) -> Nodes:
        """The trees of all samples that have one, offsets moved to `whole`."""
        parsed = [
            (s.syntax, int(at)) for s, at in zip(self.sources, self.per_byte.start, strict=True)
        ]
        trees = [(tree, at) for tree, at in parsed if tree is not None]
        names = tuple(sorted({tree.grammar.name for tree, _ in trees}))
        if not trees:
            tables, none = joined(("python",))[0], np.zeros((4, 0), dtype=np.int32)
            return Nodes(tables, self.whole.data, none)
        tables, first = joined(names)
        size = [len(tree) for tree, _ in trees]
        moved = [(first[tree.grammar.name], at, at, 0) for tree, at in trees]
        # Laid behind each other node by node, which copies whole trees, and turned once.
        flat = np.concatenate([tree.flat.T for tree, _ in trees]).T.copy()
        errors = np.array([tree.grammar.error for tree, _ in trees], dtype=np.int32)
        np.minimum(flat[0], np.repeat(errors, size), out=flat[0])
        flat += np.repeat(np.array(moved, dtype=np.int32).T, size, axis=1)
        return Nodes(tables, self.whole.data, flat)

    @cached_property
    def per_tree(self) -> Groups:
        """The nodes of each sample."""
        trees = (source.syntax for source in self.sources)
        return Groups(np.array([0 if t is None else len(t) for t in trees], dtype=np.intp))

    @cached_property
    def parsed(self) -> BoolArray:
        """Whether each sample has a tree that holds more than its root."""
        return self.per_tree.size >= 2

    def of_nodes(self, nodes: IntArray | Index) -> Groups:
        """Return the groups of some nodes, in order, by sample."""
        return Groups.of_owners(self.per_tree.owner[nodes], len(self))

    @cached_property
    def last_node(self) -> Index:
        """The last node of the tree that each node is in."""
        ends = self.per_tree.start + self.per_tree.size - 1
        return ends[self.per_tree.owner]

    @cached_property
    def comments(self) -> Spans:
        """The comments of all samples, in order."""
        nodes = self.nodes.with_role("comment")
        starts, ends = [self.nodes.start[nodes]], [self.nodes.end[nodes]]
        owners = [self.per_tree.owner[nodes]]
        for at, (source, offset) in enumerate(zip(self.sources, self.per_byte.start, strict=True)):
            if source.syntax is None and (found := source.comments):
                spans = np.array(found, dtype=np.int32) + np.int32(offset)
                starts.append(spans[:, 0])
                ends.append(spans[:, 1])
                owners.append(np.full(len(spans), at))
        owner = np.concatenate(owners)
        order = np.argsort(owner, kind="stable")
        groups = Groups.of_owners(owner, len(self))
        return Spans(np.concatenate(starts)[order], np.concatenate(ends)[order], groups)

    @cached_property
    def quiet(self) -> BoolArray:
        """Bytes inside comments and strings, as `Source.quiet`."""
        nodes = self.nodes.with_role("string", "prose")
        opens, closes = interpolations(self.nodes, self.symbols)
        starts = np.concatenate((self.comments.start, self.nodes.start[nodes], closes))
        ends = np.concatenate((self.comments.end, self.nodes.end[nodes], opens))
        return covered(starts, ends, len(self.symbols))

    @cached_property
    def loud(self) -> bytes:
        """The bytes with comments and strings blanked out."""
        return np.where(self.quiet, SPACE, self.symbols).astype(np.uint8).tobytes()

    @cached_property
    def loud_counts(self) -> Index:
        """How often each sample has each byte outside comments and strings, (samples, 256)."""
        keys = self.symbols + (self.per_byte.owner << 8)
        counts = np.bincount(keys[~self.quiet], minlength=256 * len(self))
        return counts.reshape(-1, 256)

    @cached_property
    def uncommented(self) -> bytes:
        """The bytes with comments blanked out, as `Source.uncommented`."""
        said = covered(self.comments.start, self.comments.end, len(self.symbols))
        return np.where(said, SPACE, self.symbols).astype(np.uint8).tobytes()

    @cached_property
    def names(self) -> Names:
        """The identifiers and keywords in code, and their words."""
        runs = self.loud.translate(_WORDS_ONLY)
        starts, ends = self.per_byte.start.tolist(), (self.per_byte.start + self.size).tolist()
        return names_of([runs[a:b].split() for a, b in zip(starts, ends, strict=True)])

    def cut_out(self, spans: Spans) -> list[bytes]:
        """Return the bytes of each span."""
        ranges = zip(spans.start.tolist(), spans.end.tolist(), strict=True)
        return [self.whole.data[a:b] for a, b in ranges]
