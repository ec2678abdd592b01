"""Folds to judge on: either side spread over them for itself, so that all of each was left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint_training.champion import owner_of
from fingerprint_training.corpora import Corpus
from fingerprint_training.crossfit import Rows
from fingerprint_training.fold_model import Fitter
from fingerprint_training.retrain_sides import Sides
from fingerprint_training.split import group_folds


@dataclass(frozen=True, kw_only=True)
class JudgingFitter(Fitter):
    """A fitter whose folds by source, where it fits on all rows, are those of `folds_apart`.

    Parts of the material, which evaluation fits on, have the folds that any training has.
    """

    sides: Sides

    def folds(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return the folds by task that any training has, and by source those of `folds_apart`."""
        tasks, sources = super().folds(rows)
        if len(rows) < len(self.material.corpus):
            return tasks, sources
        split = self.recipe.split
        apart = folds_apart(self.material.corpus, self.sides, split.folds_sources, self.recipe.seed)
        return tasks, apart


def folds_apart(corpus: Corpus, sides: Sides, n: int, seed: int) -> Rows:
    """Return the fold of each row, 0 … n-1; the owners of a judged side are spread for themselves.

    Spread all together, the few and small owners of the new side may lie in one fold: its answers
    would be of heads that saw nothing new, and would be refitted on nothing.
    """
    owner = np.array([owner_of(source) for source in corpus.column("source")])
    label = np.array(corpus.column("label"))
    of_new, of_reference = (np.isin(owner, owner[rows]) for rows in (sides.new, sides.reference))
    fold = np.zeros(len(owner), dtype=np.int64)
    for part in (of_new, of_reference, ~(of_new | of_reference)):
        several = min(n, len(np.unique(owner[part])))
        if several > 1:
            shares = [1 / several] * several
            fold[part] = group_folds(
                owner[part].tolist(), label[part].tolist(), shares, seed, called="owners"
            )
    return fold
