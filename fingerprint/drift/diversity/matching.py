"""Two sides made comparable: by what they have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.drift.diversity.composition import FEWEST_CLUSTERS
from fingerprint.drift.diversity.formulas import IntArray
from fingerprint.drift.diversity.material import Material
from fingerprint.drift.rows import Strings


@dataclass(frozen=True, eq=False)
class Match:
    """Those rows of two sides that can be compared, and what they share ("task", "source" ...).

    `paired` sides are of the same clusters, which are of kind `of` (None: what each side allows).
    """

    one: IntArray
    other: IntArray
    what: str
    paired: bool
    of: str | None


def match(material: Material, one: IntArray, other: IntArray, *, least: int, tasks: bool) -> Match:
    """Return the rows of both sides on shared tasks; else in shared sources; else all.

    Tasks and sources must be `FEWEST_CLUSTERS` at least, and hold `least` samples of each side.
    Fewer sources still make both sides alike, but their intervals are then over the tasks there,
    drawn for each side apart. Sides that share no source must have enough of them each: what sets
    one project apart would pass for its author's.
    """
    if tasks:
        names = np.char.add(np.char.add(material.source, "\n"), material.task)
        names = np.where(material.task == "", "", names)
        kept = _shared(names, one, other, least)
        if kept and len(np.unique(names[kept[0]])) >= FEWEST_CLUSTERS:
            many = len(np.unique(material.source[kept[0]])) >= FEWEST_CLUSTERS
            return Match(*kept, "task", paired=True, of="source" if many else "task")
    if kept := _shared(material.source, one, other, least):
        many = len(np.unique(material.source[kept[0]])) >= FEWEST_CLUSTERS
        return Match(*kept, "source", paired=many, of="source" if many else "task")
    named = (material.source != "").any()
    return Match(one, other, "language", paired=False, of="source" if named else None)


def _shared(
    names: Strings, one: IntArray, other: IntArray, least: int
) -> tuple[IntArray, IntArray] | None:
    """Return the rows whose name both sides have; None where they are too few on one side."""
    common = np.intersect1d(names[one], names[other])
    common = common[common != ""]
    kept = tuple(side[np.isin(names[side], common)] for side in (one, other))
    return (kept[0], kept[1]) if min(map(len, kept)) >= least else None
