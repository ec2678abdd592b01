"""Folds and holdouts that keep tasks or sources together.

Figures on rows drawn at random flatter: the same problem, or the same harness, stands on both
sides then. A group (all samples of one task, or of one source) lies on one side as a whole.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from fingerprint_training.corpora import Corpus
from fingerprint_training.errors import SplitError

Positions = npt.NDArray[np.int64]
Protocol = Literal["tasks", "sources"]
GROUP_COLUMN = {"tasks": "task", "sources": "source"}


@dataclass(frozen=True, slots=True)
class Split:
    """Positions of the rows on either side, ascending; together they are all rows, once."""

    train: Positions
    test: Positions


def task_folds(corpus: Corpus, n: int, seed: int = 0) -> Positions:
    """Return the fold of each row, 0 … n-1, shape (len(corpus),); a task lies in one fold.

    A task is its string: where sources share a task, its samples stay together across them.
    Labels are spread evenly as far as whole tasks permit. Raises SplitError when there are fewer
    tasks than folds.
    """
    return _folds(corpus, "tasks", [1 / n] * n if n > 0 else [], seed)


def source_folds(corpus: Corpus, n: int, seed: int = 0) -> Positions:
    """Return the fold of each row, 0 … n-1, shape (len(corpus),); a source lies in one fold.

    Labels and sizes are balanced as far as whole sources permit, so that each fold tests several
    labels. Raises SplitError when there are fewer sources than folds.
    """
    return _folds(corpus, "sources", [1 / n] * n if n > 0 else [], seed)


def holdout(
    corpus: Corpus, protocol: Protocol = "tasks", seed: int = 0, fraction: float = 0.2
) -> Split:
    """Set aside about `fraction` of every label as whole tasks or whole sources.

    Raises SplitError when there are fewer than two groups; ValueError for a fraction outside
    (0, 1) or an unknown protocol.
    """
    if not 0 < fraction < 1:
        raise ValueError(f"fraction is {fraction}, and lies between 0 and 1")
    if protocol not in GROUP_COLUMN:
        raise ValueError(f"protocol is {protocol!r}, and one of {', '.join(GROUP_COLUMN)}")
    side = _folds(corpus, protocol, [1 - fraction, fraction], seed)
    return Split(np.flatnonzero(side == 0), np.flatnonzero(side == 1))


def _folds(corpus: Corpus, protocol: Protocol, shares: Sequence[float], seed: int) -> Positions:
    groups = corpus.column(GROUP_COLUMN[protocol])
    return group_folds(groups, corpus.column("label"), shares, seed, called=protocol)


def group_folds(
    groups: Sequence[str],
    labels: Sequence[str],
    shares: Sequence[float],
    seed: int = 0,
    *,
    called: str = "groups",
) -> Positions:
    """Return the fold of each row, shape (len(groups),); a group lies in one fold as a whole.

    Fold f holds about `shares[f]` of every label. Raises SplitError, in which groups are
    `called` so, when there are fewer groups than folds.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for group, label in zip(groups, labels, strict=True):
        counts[group][label] += 1
    if len(shares) < 2 or len(counts) < len(shares):
        raise SplitError(
            f"{len(shares)} folds cannot be made of {len(counts)} {called}: "
            f"at least 2 folds, and at least as many {called} as folds are needed"
        )
    fold_of = _assign(counts, shares, seed)
    return np.array([fold_of[group] for group in groups], np.int64)


def _assign(counts: dict[str, Counter[str]], shares: Sequence[float], seed: int) -> dict[str, int]:
    """Place groups one by one, the largest first, where they crowd their labels least.

    A fold's crowding is the sum over labels of (part of the label's samples)^2 / share of the
    fold, with all samples as one more label for the size; each group goes where the sum grows
    least. Ties are broken by a hash of the group's name: the order of rows plays no part.
    """
    labels = sorted({label for each in counts.values() for label in each})
    totals = np.array([sum(each[label] for each in counts.values()) for label in labels])
    scale = 1 / np.append(totals, totals.sum())
    order = sorted(counts, key=lambda group: (-counts[group].total(), _digest(group, seed)))
    weights = np.array(shares)
    filled = np.zeros((len(shares), len(scale)))
    fold_of: dict[str, int] = {}
    for group in order:
        parts = np.array([counts[group][label] for label in labels] + [counts[group].total()])
        parts = parts * scale
        growth = (2 * filled @ parts + parts @ parts) / weights
        fold_of[group] = int(np.argmin(np.round(growth, 12)))
        filled[fold_of[group]] += parts
    return _none_empty(fold_of, order, len(shares))


def _none_empty(fold_of: dict[str, int], order: Sequence[str], folds: int) -> dict[str, int]:
    """Move the smallest groups into folds that got none: a small share may have crowded out."""
    for empty in sorted(set(range(folds)) - set(fold_of.values())):
        held = Counter(fold_of.values())
        smallest = next(group for group in reversed(order) if held[fold_of[group]] > 1)
        fold_of[smallest] = empty
    return fold_of


def _digest(group: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}\0{group}".encode(), digest_size=16).digest()
