"""LightGBM's text model evaluated in numpy, for when importing LightGBM would cost the most.

`import lightgbm` brings scipy and narwhals, a second or more, while a handful of samples needs a
handful of array look-ups. The sums are the same; a test holds the two equal. For many samples
LightGBM itself is faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Trees:
    """All trees, node by node: arrays of shape (trees, most nodes); a leaf is a child below 0.

    Tree i adds to class i % classes. A sample goes left where its column is at most the
    threshold: columns are finite numbers, so no rule for missing values is needed.
    """

    classes: int
    column: npt.NDArray[np.int32]
    threshold: FloatArray
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    leaf: FloatArray

    def probabilities(self, columns: npt.NDArray[np.float32]) -> FloatArray:
        """Return class probabilities of n samples, shape (n, classes)."""
        trees = np.arange(len(self.column))
        scores = np.zeros((len(columns), self.classes))
        for i, row in enumerate(columns):
            leaf = self._leaves(row.astype(np.float64), trees)
            scores[i] = self.leaf[trees, leaf].reshape(-1, self.classes).sum(axis=0)
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        made: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
        return made

    def _leaves(self, row: FloatArray, trees: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """Return the leaf that one sample reaches in each tree."""
        node = np.zeros(len(trees), dtype=np.int32)
        at = trees
        while len(at):
            here = node[at]
            goes_left = row[self.column[at, here]] <= self.threshold[at, here]
            node[at] = np.where(goes_left, self.left[at, here], self.right[at, here])
            at = at[node[at] >= 0]
        return ~node


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
        np.zeros((len(trees), width)),
    )
    for i, tree in enumerate(trees):
        _fill(made.leaf[i], tree["leaf_value"], np.float64)
        if int(tree["num_leaves"]) > 1:
            _fill(made.column[i], tree["split_feature"], np.int32)
            _fill(made.threshold[i], tree["threshold"], np.float64)
            _fill(made.left[i], tree["left_child"], np.int32)
            _fill(made.right[i], tree["right_child"], np.int32)
    return made


def _pairs(section: str) -> Iterator[tuple[str, str]]:
    for line in section.split("\n"):
        name, equals, value = line.partition("=")
        if equals:
            yield name, value


def _fill(row: npt.NDArray[np.generic], words: str, kind: type[np.generic]) -> None:
    values = np.array(words.split(), dtype=kind)
    row[: len(values)] = values
