"""Labelled changes as arrays, and as what an agent model is fitted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features.activity import registry
from fingerprint_features.activity.extract import ActivityFeatures

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

TEXT_WEIGHT = 0.5
"""Weight of a change's copy without its diff, beside 1 for the change itself."""


@dataclass(frozen=True)
class AgentMaterial:
    """Labelled changes as arrays: features, class indices, owners, strata, what is at hand."""

    features: ActivityFeatures
    truth: IntArray
    owner: IntArray
    stratum: IntArray
    hand: npt.NDArray[np.str_]
    classes: tuple[str, ...]

    def take(self, rows: IntArray) -> AgentMaterial:
        """Return some of the changes, in the order asked for."""
        return AgentMaterial(
            self.features.take(rows),
            self.truth[rows],
            self.owner[rows],
            self.stratum[rows],
            self.hand[rows],
            self.classes,
        )


@dataclass(frozen=True)
class Design:
    """What is fitted on: features, truth, owners and what is at hand of n changes.

    Changes with a diff stand in it twice, the second time with the message alone, so that the
    model learns to do without. `row` (n,) says which change each is.
    """

    features: ActivityFeatures
    truth: IntArray
    owner: IntArray
    stratum: IntArray
    hand: npt.NDArray[np.str_]
    row: IntArray
    weight: FloatArray

    def take(self, rows: IntArray) -> Design:
        """Return some of it, in the order asked for."""
        return Design(
            self.features.take(rows), self.truth[rows], self.owner[rows], self.stratum[rows],
            self.hand[rows], self.row[rows], self.weight[rows],
        )  # fmt: skip


def design(material: AgentMaterial) -> Design:
    """Return the design of n changes, copies without diffs after them."""
    rows = np.arange(len(material.truth))
    again = rows[material.hand == "diff"]
    both = np.concatenate((rows, again))
    doubled = material.take(both)
    dense = doubled.features.dense.copy()
    dense[len(rows) :, ~_TEXT] = np.nan
    weight = np.ones(len(both))
    weight[len(rows) :] = TEXT_WEIGHT
    hands = np.concatenate((material.hand, np.full(len(again), "message")))
    weight *= balanced(doubled.truth, doubled.owner, hands)
    features = ActivityFeatures(dense, doubled.features.lexicon)
    return Design(features, doubled.truth, doubled.owner, doubled.stratum, hands, both, weight)


_TEXT = np.array([registry.GROUPS[name] == "text" for name in registry.COLUMNS])


def balanced(truth: IntArray, owner: IntArray, hand: npt.NDArray[np.str_]) -> FloatArray:
    """Weigh changes so that classes come nearer to each other, and owners within a class; mean 1.

    An owner's changes of one class count as √n, and a class as the root of its mass, both among
    changes of which the same is at hand: an agent of whom only pull requests are known in number
    must not drown its own commits.
    """
    _, kind = np.unique(hand, return_inverse=True)
    group = kind * (truth.max() + 1) + truth
    _, cell = np.unique(np.stack((owner, group)), axis=1, return_inverse=True)
    weight = 1.0 / np.sqrt(np.bincount(cell.reshape(-1))[cell.reshape(-1)])
    mass = np.bincount(group, weights=weight)
    even: FloatArray = weight / np.sqrt(np.maximum(mass, 1e-12))[group]
    for each in np.unique(kind):
        even[kind == each] /= even[kind == each].mean()
    return even
