"""Where a challenger starts: at the champion, or at a stand-in that has not seen what is left out.

The champion's trees saw every reference sample. A challenger that goes on from them and is then
asked about a reference sample "left out" would remember it: its figures would flatter it, and its
calibration, which is fitted on left-out answers, would trust the trees far too much. So wherever
reference samples are left out, a stand-in takes the champion's place: columns and trees fitted by
the champion's own settings on the reference samples that remain.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np

from fingerprint_training.champion import Champion
from fingerprint_training.crossfit import Rows
from fingerprint_training.fit import Start
from fingerprint_training.fold_model import Fitter, WarmStart
from fingerprint_training.recipe import Recipe
from fingerprint_training.stages import digest


def further_rounds(recipe: Recipe) -> int:
    """Return how many rounds of trees are added: as the recipe says, or a third of a training's."""
    return recipe.retraining.rounds or max(recipe.booster.rounds // 3, 1)


def warm_start(champion: Champion, cold: Fitter, known: Rows) -> WarmStart:
    """Return where heads on rows of the fitter's material start; `known` the champion has seen.

    The classes of both must be the same. Rows that hold all of `known` start at the champion
    itself, unless columns are hidden that it saw; rows that hold none of it start cold.
    """
    model, rounds = champion.model, further_rounds(cold.recipe)
    settings = champion.recipe(cold.recipe)
    stand_ins = Fitter(cold.material, settings, cold.cache, cold.log, cold.workers)
    _ = stand_ins.copies  # made once, before several threads ask for them

    def start(rows: Rows, hidden: str | None) -> Start | None:
        kept = np.intersect1d(known, rows)
        if hidden is None and len(kept) == len(known):
            return Start(model.design, model.booster, rounds)
        if not len(kept):
            return None
        fitter = stand_ins if hidden is None else replace(stand_ins, hidden=hidden)
        heads = fitter.heads(kept)
        return Start(heads.design, heads.booster, rounds)

    sections = (settings.lexicon, settings.booster, settings.augmentation)
    key = digest(
        model.booster.text,
        *model.design.to_arrays().values(),
        json.dumps([rounds, settings.seed, *(asdict(each) for each in sections)]),
        known,
    )
    return WarmStart(key, start)
