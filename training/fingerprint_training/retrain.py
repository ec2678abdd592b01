"""The retraining loop: a challenger goes on from a champion, and replaces it only if it is better.

Read, clean and measure reference and new corpora; fit and cross-fit the challenger; judge both on
the same samples, left out by owner; publish if the gate is passed, else write nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fingerprint_models.artefact import check_target
from fingerprint_models.model import Model
from fingerprint_training.baselines import check_available
from fingerprint_training.champion import Champion, RetrainingError, champion_of
from fingerprint_training.fold_model import Fitter
from fingerprint_training.material import Material
from fingerprint_training.recipe import Recipe
from fingerprint_training.retrain_checks import checks
from fingerprint_training.retrain_folds import JudgingFitter
from fingerprint_training.retrain_gate import Verdict, compare
from fingerprint_training.retrain_judge import common, judged_sides
from fingerprint_training.retrain_sides import Sides, sides_of
from fingerprint_training.retrain_warm import further_rounds, warm_start
from fingerprint_training.train import finish, prepare

Log = Callable[[str], None]


@dataclass(frozen=True)
class Retrained:
    """The verdict, and the hash of the manifest that was written; None where nothing was."""

    verdict: Verdict
    manifest: str | None


def retrain(
    recipe: Recipe,
    model: Model,
    out: Path,
    *,
    cache: Path | None,
    workers: int,
    log: Log,
    progress: bool = False,
) -> Retrained:
    """Train by a recipe from the champion `model` on; write `out` only if that is better.

    Stages that are finished in `cache` are not done again. The same recipe, corpora and champion
    give the same verdict and the same folder. Raises RetrainingError where champion and recipe do
    not go together, or a side has too few owners; and whatever `train` raises.
    """
    check_target(out, replace=True)  # now rather than after an hour
    check_available(recipe.evaluation.baselines)
    champion = champion_of(model, recipe)
    _check(recipe)
    material, report = prepare(recipe, cache=cache, workers=workers, log=log, progress=progress)
    sides = sides_of(material, champion, recipe)
    for note in sides.notes:
        log(note)
    fitter = _fitter(champion, material, recipe, sides, (cache, workers, log))
    fitted = fitter.cross_fit(np.arange(len(material.corpus)))
    log(f"judging on {len(sides.new)} new and {len(sides.reference)} reference samples")
    new, reference = (
        compare(side, recipe.seed) for side in judged_sides(material, champion, fitted, sides)
    )
    verdict = Verdict(
        champion=champion.name,
        challenger=f"{recipe.name}-{recipe.version}",
        warm=fitter.warm is not None,
        rounds=(champion.rounds, further_rounds(recipe)) if fitter.warm else (0, 0),
        classes=common(material, champion),
        tolerance=recipe.retraining.tolerance,
        sides=(new, reference),
        checks=checks(new, reference, recipe.retraining.tolerance),
        notes=sides.notes,
    )
    if not verdict.published:
        return Retrained(verdict, None)
    found = finish(fitter, report, out, cache=cache, fitted=fitted, verdict=verdict)
    return Retrained(verdict, found)


def _check(recipe: Recipe) -> None:
    """Refuse a recipe whose new samples could not be told apart, or not be left out."""
    if recipe.split.folds_sources < 2:
        raise RetrainingError(
            "split.folds_sources is 0, and owners are left out in folds to judge on: set it to 4"
        )
    new = {each.path.name for each in recipe.corpora if each.new}
    others = {each.path.name for each in recipe.corpora if not each.new}
    if new & others:
        raise RetrainingError(
            f"{', '.join(sorted(new & others))} is the name of a corpus marked `new` and of "
            "another one that is not: rename a file"
        )


def _fitter(
    champion: Champion,
    material: Material,
    recipe: Recipe,
    sides: Sides,
    ways: tuple[Path | None, int, Log],
) -> Fitter:
    """Return what fits the challenger: warm where the classes are the champion's, else cold."""
    cache, workers, log = ways
    stages = cache / "stages" if cache else None
    cold = JudgingFitter(material, recipe, stages, log, workers, sides=sides)
    if material.classes == champion.model.classes:
        log(f"warm start: {further_rounds(recipe)} rounds on top of {champion.rounds}")
        return replace(cold, warm=warm_start(champion, cold, sides.known))
    log(f"cold start, {_why_cold(champion, material.classes)}")
    if len(common(material, champion)) < 2:
        raise RetrainingError(
            f"{champion.name} and the recipe's corpora share fewer than two classes: train "
            "without --warm-from"
        )
    return cold


def _why_cold(champion: Champion, classes: tuple[str, ...]) -> str:
    """Say how the classes differ, so that trees cannot be added."""
    known = champion.model.classes
    if set(known) == set(classes):
        return (
            f"since {champion.name} has the same classes in another order ({', '.join(known)}, not "
            f"{', '.join(classes)}): the one that `human` names comes first, and that differs"
        )
    return (
        f"judged on the classes that both know: {champion.name} lacks "
        f"{', '.join(sorted(set(classes) - set(known))) or 'none'} of the corpus's classes, the "
        f"corpus {', '.join(sorted(set(known) - set(classes))) or 'none'} of the champion's"
    )
