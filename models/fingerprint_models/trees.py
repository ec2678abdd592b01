"""LightGBM's text model evaluated in numpy, for when importing LightGBM would cost the most.

`import lightgbm` brings scipy and narwhals, a second or more, while a handful of samples needs a
handful of array look-ups. The sums are the same; a test holds the two equal. Trees of few leaves
are scored faster than LightGBM scores them, by marking leaves instead of walking down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

TOGETHER = 256
"""Samples that are scored at a time, so that memory stays the same however many there are."""

MANY = 64
"""Marking the leaves of fewer samples takes as long as walking down to them."""

MOST_LEAVES = 32
"""Trees with more leaves are walked down."""

_ZERO_IS_MISSING = 1

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Trees:
    """All trees, node by node: arrays of shape (trees, most nodes); a leaf is a child below 0.

    Tree i adds to class i % classes. A sample goes left where its column is at most the
    threshold; where it is NaN, as columns of changes may be, `absent_left` tells.
    """

    classes: int
    column: npt.NDArray[np.int32]
    threshold: FloatArray
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    absent_left: npt.NDArray[np.bool_]
    leaf: FloatArray

    def probabilities(self, columns: npt.NDArray[np.float32]) -> FloatArray:
        """Return class probabilities of n samples, shape (n, classes)."""
        added = self._marks.added if self.narrow and len(columns) >= MANY else self._walked
        scores = np.zeros((len(columns), self.classes))
        for first in range(0, len(columns), TOGETHER):
            part = slice(first, first + TOGETHER)
            by_tree = added(columns[part])
            rounds = by_tree.reshape(-1, self.classes, by_tree.shape[1])
            scores[part] = rounds.sum(axis=0).T
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        made: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
        return made

    @property
    def narrow(self) -> bool:
        """Whether the trees have so few leaves that many samples are scored fast."""
        return 1 < int(self.leaf.shape[1]) <= MOST_LEAVES

    @cached_property
    def _marks(self) -> Marks:
        return marks(self)

    def _walked(self, columns: npt.NDArray[np.float32]) -> FloatArray:
        """Return what each tree adds for each sample, shape (trees, n)."""
        trees = np.arange(len(self.column))
        found = np.zeros((len(trees), len(columns)))
        for at, row in enumerate(columns):
            found[:, at] = self.leaf[trees, self._leaves(row.astype(np.float64), trees)]
        return found

    def _leaves(self, row: FloatArray, trees: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """Return the leaf that one sample reaches in each tree."""
        node = np.zeros(len(trees), dtype=np.int32)
        at = trees
        while len(at):
            here = node[at]
            value = row[self.column[at, here]]
            goes_left = value <= self.threshold[at, here]
            goes_left |= np.isnan(value) & self.absent_left[at, here]
            node[at] = np.where(goes_left, self.left[at, here], self.right[at, here])
            at = at[node[at] >= 0]
        return ~node


@dataclass(frozen=True)
class Marks:
    """Trees as marks: each node tells which leaves are out of reach where it sends to the right.

    All but `leaf` have shape (nodes of a tree, trees). The leaves of a tree are the bits of
    `beyond` from left to right; the leaf that is reached is the first one that no node rules out
    (QuickScorer; Lucchese et al., 2015). `leaf` (trees, leaves) has what they add.
    """

    column: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float32]
    beyond: npt.NDArray[np.uint32]
    absent_right: npt.NDArray[np.bool_]
    leaf: FloatArray

    def added(self, columns: npt.NDArray[np.float32]) -> FloatArray:
        """Return what each tree adds for each sample, shape (trees, n)."""
        # A column's values side by side are copied many times faster than one by one.
        across = np.ascontiguousarray(columns.T)
        out = np.zeros((len(self.leaf), len(columns)), dtype=np.uint32)
        absent = np.isnan(across) if np.isnan(across).any() else None
        for column, threshold, beyond, absent_right in zip(
            self.column, self.threshold, self.beyond, self.absent_right, strict=True
        ):
            goes_right = across.take(column, axis=0) > threshold[:, None]
            if absent is not None:
                goes_right |= absent.take(column, axis=0) & absent_right[:, None]
            out |= goes_right * beyond[:, None]
        # The lowest bit that is 0: adding 1 turns it to 1 and all below to 0. A float32 holds a
        # power of two as its exponent.
        lowest = ~out & (out + np.uint32(1))
        at = (lowest.astype(np.float32).view(np.int32) >> 23) - 127
        first = np.arange(len(self.leaf))[:, None] * self.leaf.shape[1]
        found: FloatArray = self.leaf.ravel().take(first + at)
        return found


def marks(trees: Trees) -> Marks:
    """Return trees of at most `MOST_LEAVES` leaves as marks."""
    count, width = trees.leaf.shape
    beyond = np.zeros((count, width), dtype=np.uint32)
    leaf = np.zeros((count, width))
    for tree in range(count):
        order: list[int] = []
        _mark(trees.left[tree].tolist(), trees.right[tree].tolist(), 0, order, beyond[tree])
        leaf[tree, : len(order)] = trees.leaf[tree, order]
    # A sample's float32 exceeds a threshold where it exceeds the float32 at or below that.
    rounded = trees.threshold.astype(np.float32)
    below = np.nextafter(rounded, np.float32(-np.inf))
    threshold = np.where(rounded > trees.threshold, below, rounded)
    # A tree has one node fewer than leaves.
    column, threshold, beyond, absent_right = (
        np.ascontiguousarray(a.T[: width - 1])
        for a in (trees.column, threshold, beyond, ~trees.absent_left)
    )
    return Marks(column, threshold, beyond, absent_right, leaf)


def _mark(
    left: list[int],
    right: list[int],
    node: int,
    order: list[int],
    beyond: npt.NDArray[np.uint32],
) -> None:
    """Append a subtree's leaves to `order`, left to right, and set the bits of its nodes."""
    if node < 0:
        order.append(~node)
        return
    first = len(order)
    _mark(left, right, left[node], order, beyond)
    beyond[node] = (1 << len(order)) - (1 << first)
    _mark(left, right, right[node], order, beyond)


def parse(text: str) -> Trees:
    """Read LightGBM's text format (version v4); raises ValueError for what it does not know."""
    head, *sections = text.split("\nTree=")
    fields = dict(_pairs(head))
    if fields.get("version") != "v4":
        raise ValueError(f"LightGBM text of version {fields.get('version')!r}, wanted 'v4'")
    trees = [dict(_pairs(section.split("\n\n")[0])) for section in sections]
    if any(tree.get("num_cat") != "0" for tree in trees):
        raise ValueError("LightGBM text with categorical splits, which no model here has")
    width = max(int(tree["num_leaves"]) for tree in trees)
    made = Trees(
        int(fields["num_class"]),
        np.zeros((len(trees), width), dtype=np.int32),
        np.full((len(trees), width), np.inf),
        np.full((len(trees), width), -1, dtype=np.int32),
        np.full((len(trees), width), -1, dtype=np.int32),
        np.ones((len(trees), width), dtype=np.bool_),
        np.zeros((len(trees), width)),
    )
    for i, tree in enumerate(trees):
        _fill(made.leaf[i], tree["leaf_value"], np.float64)
        if int(tree["num_leaves"]) > 1:
            _fill(made.column[i], tree["split_feature"], np.int32)
            _fill(made.threshold[i], tree["threshold"], np.float64)
            _fill(made.left[i], tree["left_child"], np.int32)
            _fill(made.right[i], tree["right_child"], np.int32)
            many = int(tree["num_leaves"]) - 1
            kinds = np.array(tree["decision_type"].split(), dtype=np.int32)
            made.absent_left[i, :many] = _absent_left(kinds, made.threshold[i, :many])
    return made


def _absent_left(kinds: npt.NDArray[np.int32], threshold: FloatArray) -> npt.NDArray[np.bool_]:
    """Return whether NaN goes left at nodes of LightGBM's decision types (its tree.h).

    Bit 1 says so where bits 2 and 3 say that NaN is a value of its own (2); where they say that
    nothing was missing in training (0), NaN is taken for 0.
    """
    missing = (kinds >> 2) & 3
    if (missing == _ZERO_IS_MISSING).any():
        raise ValueError("LightGBM text that takes 0 for missing, which no model here does")
    return np.where(missing == 0, threshold >= 0, (kinds & 2) > 0)


def _pairs(section: str) -> Iterator[tuple[str, str]]:
    for line in section.split("\n"):
        name, equals, value = line.partition("=")
        if equals:
            yield name, value


def _fill(row: npt.NDArray[np.generic], words: str, kind: type[np.generic]) -> None:
    values = np.array(words.split(), dtype=kind)
    row[: len(values)] = values
