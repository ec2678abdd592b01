"""Tail mass: how much of what a sample uses is rare in human code of its language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

import numpy as np

from fingerprint.drift.diversity.chance import seeded
from fingerprint.drift.diversity.composition import clusters
from fingerprint.drift.diversity.formulas import FloatArray, IntArray
from fingerprint.drift.diversity.items import ITEMS
from fingerprint.drift.diversity.material import Material
from fingerprint_models.families import HUMAN

RARE = 0.01
"""An item is rare if fewer than this share of human samples use it (and two at least do)."""

FEWEST_HUMANS = int(2 / RARE) + 1
"""Human samples in each half: with fewer, an item that two of them use is not below `RARE`."""


def tails(material: Material, *, seed: int) -> tuple[dict[str, FloatArray], dict[str, str]]:
    """Return the shares of each sample's uses that are rare, by kind of item, shape (n,).

    And why there are none of a language, by language. The sources of a language (or its tasks,
    where it has few sources) are parted in two halves by chance; what is rare is told by the human
    samples of one half and measured on all samples of the other, so that human samples are not
    measured by what they themselves have set, and no sample by its own repository. Items that no
    human of that half uses count as uses but not as rare: they may be names of one project.
    """
    shares = {kind: np.full(len(material), np.nan) for kind in ITEMS}
    missing = {}
    for language in np.unique(material.language).tolist():
        rows = np.flatnonzero(material.language == language)
        human = material.family[rows] == HUMAN
        half = _halves(material, rows, human, seed)
        fewest = int(min((human & half).sum(), (human & ~half).sum()))
        if fewest < FEWEST_HUMANS:
            missing[language] = (
                f"{human.sum()} human samples in {language}: "
                f"each half of them must have {FEWEST_HUMANS}"
            )
            continue
        for measured in (half, ~half):
            rare = _rare([material.uses[row] for row in rows[human & ~measured]])
            for row in rows[measured].tolist():
                for kind in ITEMS:
                    shares[kind][row] = _share(material.uses[row][kind], rare[kind])
    return shares, missing


def _halves(material: Material, rows: IntArray, human: IntArray, seed: int) -> IntArray:
    """Return whether each row is in the first half, whole clusters of the human rows together.

    The human clusters take turns, in the order of their names' hashes; others go by the hash
    alone. So no family moves the halves, and with them the figures of another.
    """
    own = clusters(material.source[rows[human]], material.task[rows[human]])
    names = clusters(material.source[rows], material.task[rows], of=own.of).names
    turns = sorted(set(names[human].tolist()), key=lambda name: seeded(seed, name))
    first = {name: at % 2 == 0 for at, name in enumerate(turns)}
    for name in set(names.tolist()) - set(turns):
        first[name] = seeded(seed, name) % 2 == 0
    return np.array([first[name] for name in names.tolist()])


def _rare(samples: list[dict[str, Counter[Hashable]]]) -> dict[str, set[Hashable]]:
    """Return the items of each kind that two samples or more use, but few of those given."""
    found = {}
    for kind in ITEMS:
        users = Counter(item for sample in samples for item in sample[kind])
        found[kind] = {item for item, n in users.items() if 2 <= n < RARE * len(samples)}
    return found


def _share(used: Counter[Hashable], rare: set[Hashable]) -> float:
    total = used.total()
    return sum(n for item, n in used.items() if item in rare) / total if total else float("nan")
