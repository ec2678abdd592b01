"""Evaluating by request: a model's settings, or the model itself, on somebody's corpus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from fingerprint_models.model import Model
from fingerprint_training import recipe as recipes
from fingerprint_training.baselines import check_available
from fingerprint_training.errors import CorpusError
from fingerprint_training.evaluation_report import render_text
from fingerprint_training.fold_model import Fitter
from fingerprint_training.material import Material
from fingerprint_training.protocol import assess_fold, run, score
from fingerprint_training.robustness import robustness_of
from fingerprint_training.robustness_report import render_robustness
from fingerprint_training.shift import SHIFTS, Shift
from fingerprint_training.shift_report import render_shift
from fingerprint_training.split import Protocol, holdout
from fingerprint_training.train import LEAST, prepare

Log = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What to evaluate on: a corpus, what it calls its columns, and how it is split.

    The protocol "robustness" splits as "tasks" does, scores transformed copies of the test side,
    and runs no baselines.
    """

    corpus: Path
    columns: Mapping[str, str]
    exclude_labels: tuple[str, ...]
    protocol: Protocol | Shift | Literal["robustness"]
    baselines: tuple[str, ...]
    as_is: bool


def evaluate(
    model: Model, request: Request, *, cache: Path | None, workers: int, log: Log
) -> tuple[str, dict[str, object]]:
    """Return the figures as text and as plain data.

    Raises CorpusError or SplitError where the corpus does not allow it.
    """
    recipe = recipe_of(model, request)
    check_available(recipe.evaluation.baselines)
    # What is scored as it is needs neither several classes nor enough of each to fit on.
    least, least_classes = (1, 1) if request.as_is else (LEAST, 2)
    material, report = prepare(
        recipe,
        cache=cache,
        workers=workers,
        log=log,
        least=least,
        least_classes=least_classes,
    )
    if request.as_is:
        log(f"cleaning as in training left {report.after} of {report.before} samples")
        material = _in_classes_of(model, material)
    fitter = Fitter(material, recipe, cache / "stages" if cache else None, log, workers)
    match request.protocol:
        case "robustness":
            return _robustness(fitter, model if request.as_is else None)
        case "languages" | "quarters" as shift:
            whole = fitter.model(np.arange(len(material.corpus)))
            shifted = SHIFTS[shift](fitter, whole)
            return render_shift(shifted), {"shift": [each.to_dict() for each in shifted]}
        case "tasks" | "sources" as split:
            if request.as_is:
                return _as_is(model, material, recipe, split)
            outcome = run(fitter, split)
            text = render_text(outcome.alone, {"by source": outcome.batch, **outcome.others})
            return text, outcome.to_dict()


def recipe_of(model: Model, request: Request) -> recipes.Recipe:
    """Return the recipe that MODEL was trained by, for another corpus and other baselines."""
    stored = model.figures.get("recipe")
    if not isinstance(stored, dict):
        raise CorpusError(f"model {model.id.name} does not say how it was trained: train it anew")
    columns = recipes.Columns(**{"label": "label", **request.columns})
    corpus = recipes.CorpusRecipe(request.corpus, columns, None, request.exclude_labels)
    sections: dict[str, Any] = {
        name: recipes.section_from(kind, stored.get(name, {}))
        for name, kind in recipes.SECTIONS.items()
    }
    head = {name: stored[name] for name in ("name", "version", "seed", "human")}
    recipe = recipes.Recipe(corpora=(corpus,), **head, **sections)
    return replace(recipe, evaluation=replace(recipe.evaluation, baselines=request.baselines))


def _in_classes_of(model: Model, material: Material) -> Material:
    """Return the material with the classes of the model, which must know all that occur."""
    unknown = sorted(set(material.classes) - set(model.classes))
    if unknown:
        raise CorpusError(
            f"the corpus holds {', '.join(unknown)}, which the model does not know: "
            "leave them out with --exclude-label"
        )
    index = np.array([model.classes.index(name) for name in material.classes])
    return replace(material, classes=model.classes, truth=index[material.truth])


def _robustness(fitter: Fitter, model: Model | None) -> tuple[str, dict[str, object]]:
    """Fit on the training tasks and score copies of the test tasks; of all rows for a `model`."""
    rows = np.arange(len(fitter.material.corpus))
    if model is None:
        recipe = fitter.recipe
        split = holdout(fitter.material.corpus, "tasks", recipe.seed, recipe.split.test_tasks)
        model, rows = fitter.model(split.train), split.test
    found = robustness_of(fitter, model, rows).to_dict()
    return render_robustness(found), {"protocol": "robustness", **found}


def _as_is(
    model: Model, material: Material, recipe: recipes.Recipe, protocol: Protocol
) -> tuple[str, dict[str, object]]:
    """Score the model itself on all rows, which it must not have been trained on."""
    rows = np.arange(len(material.corpus))
    alone, batch = (
        assess_fold(score(model, material, rows, batch=batch), protocol, recipe, None)
        for batch in (False, True)
    )
    figures: dict[str, object] = {
        "protocol": protocol,
        "alone": alone.to_dict(),
        "batch": batch.to_dict(),
    }
    return render_text(alone, {"by source": batch}), figures
