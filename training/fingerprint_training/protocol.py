"""One protocol of evaluation: fit on one side, score the other, beside the baselines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from fingerprint_features.registry import GROUPS
from fingerprint_models.model import Model
from fingerprint_training.assessment import Assessment
from fingerprint_training.baselines import BASELINES, BaselineSpec, run_baseline
from fingerprint_training.calibrate import Answers
from fingerprint_training.crossfit import Rows
from fingerprint_training.evaluation import assess
from fingerprint_training.fold_model import Fitter, Material, by_owner
from fingerprint_training.predictions import Predictions, answered_by
from fingerprint_training.recipe import Recipe
from fingerprint_training.split import Protocol, Split, holdout
from fingerprint_training.stages import digest, stage

BASELINE_ANSWERS = 1
"""Rises whenever a baseline answers otherwise on the same rows, so that no old stage is taken."""

GROUP_OF: Mapping[Protocol, Literal["task", "source"]] = {"tasks": "task", "sources": "source"}


@dataclass(frozen=True)
class Outcome:
    """How a model did on the test side: each sample alone, by source, and the baselines."""

    protocol: Protocol
    alone: Assessment
    batch: Assessment
    others: Mapping[str, Assessment]

    def to_dict(self) -> dict[str, object]:
        """Return plain data."""
        return {
            "protocol": self.protocol,
            "alone": self.alone.to_dict(),
            "batch": self.batch.to_dict(),
            "others": {name: each.to_dict() for name, each in self.others.items()},
        }


def run(fitter: Fitter, protocol: Protocol) -> Outcome:
    """Fit on the training side of a protocol, and read its test side, once."""
    recipe, material = fitter.recipe, fitter.material
    fraction = recipe.split.test_tasks if protocol == "tasks" else recipe.split.test_sources
    corpus = by_owner(material.corpus) if protocol == "sources" else material.corpus
    split = holdout(corpus, protocol, recipe.seed, fraction)
    sizes = f"{len(split.train)} samples to train, {len(split.test)} to test"
    fitter.log(f"protocol {protocol}: {sizes}")
    model = fitter.model(split.train)
    alone = score(model, material, split.test, batch=False)
    batch = score(model, material, split.test, batch=True)
    blind = _without_comment_columns(fitter, model, split)

    def figures(predictions: Predictions, train_rows: int | None = len(split.train)) -> Assessment:
        return assess_fold(predictions, protocol, recipe, train_rows)

    others = {
        name: figures(predictions, rows)
        for name, predictions, rows in _baselines(fitter, split, alone)
    }
    others["without comment columns"] = figures(blind)
    return Outcome(protocol, figures(alone), figures(batch), others)


def score(model: Model, material: Material, rows: Rows, *, batch: bool) -> Predictions:
    """Return a model's answers on some rows, each alone or all of a source together."""
    features = material.features.take(rows)
    corpus = material.corpus.take(rows.tolist())
    source = corpus.column("source")
    named = source if batch else [None] * len(rows)
    measured = np.array(features.status) == "ok"
    probabilities = model.probabilities(model.design(features), named, measured)
    return told_by(model, material, rows, probabilities)


def left_out(fitter: Fitter, model: Model, rows: Rows, answers: Sequence[Answers]) -> Outcome:
    """Return the figures of the left-out sources that a model was calibrated on: validation."""
    alone, batch = (
        assess_fold(
            told_by(model, fitter.material, rows, side.probabilities),
            "sources",
            fitter.recipe,
            None,
        )
        for side in answers[2:4]
    )
    return Outcome("sources", alone, batch, {})


def told_by(
    model: Model, material: Material, rows: Rows, probabilities: npt.NDArray[np.float64]
) -> Predictions:
    """Return what a model tells of some rows, given their probabilities."""
    features = material.features.take(rows)
    corpus = material.corpus.take(rows.tolist())
    told = [
        model.decision(p, mode="balanced", lines=int(n), parsed=bool(parsed)).family
        for p, n, parsed in zip(probabilities, features.lines, features.parsed, strict=True)
    ]
    return Predictions(
        classes=model.classes,
        truth=material.truth[rows],
        probabilities=probabilities,
        told=np.array(told),
        # Intervals resample owners, as the split does: two repositories of one owner are kin.
        source=np.array(by_owner(corpus).column("source")),
        task=np.array(corpus.column("task")),
        language=np.array([language or "" for language in corpus.column("language")]),
        lines=features.lines.astype(np.int64),
        human=model.decision.human,
    )


def assess_fold(
    predictions: Predictions, protocol: Protocol, recipe: Recipe, train_rows: int | None
) -> Assessment:
    """Return the figures of a test fold, with intervals over tasks or sources."""
    return assess(
        predictions,
        group=GROUP_OF[protocol],
        seed=recipe.seed,
        train_rows=train_rows,
        draws=recipe.evaluation.bootstrap,
    )


def _baselines(
    fitter: Fitter, split: Split, answers: Predictions
) -> Iterator[tuple[str, Predictions, int]]:
    """Yield name, answers and number of training rows of each baseline the recipe names."""
    for spec in BASELINES:
        if spec.name in fitter.recipe.evaluation.baselines:
            key = digest(
                str(BASELINE_ANSWERS),
                fitter.material.digest(),
                split.train,
                split.test,
                str(fitter.recipe.seed),
            )
            done = stage(
                fitter.cache,
                f"{spec.name}-{key[:32]}",
                lambda spec=spec: _run_baseline(fitter, split, spec),  # type: ignore[misc]
            )
            probabilities, rows = done["probabilities"], done["rows"]
            yield (
                spec.name,
                answered_by(answers, probabilities.astype(np.float64), rows.astype(np.int64)),
                int(done["train_rows"][0]),
            )


def _run_baseline(
    fitter: Fitter, split: Split, spec: BaselineSpec
) -> dict[str, npt.NDArray[np.generic]]:
    fitter.log(f"baseline {spec.name}")
    material = fitter.material
    code = material.corpus.column("code")
    done = run_baseline(
        spec,
        [code[i] for i in split.train],
        material.truth[split.train],
        [code[i] for i in split.test],
        material.truth[split.test],
        n_classes=len(material.classes),
        seed=fitter.recipe.seed,
    )
    return {
        "probabilities": done.probabilities,
        "rows": done.rows,
        "train_rows": np.array([done.train_rows]),
    }


def _without_comment_columns(fitter: Fitter, model: Model, split: Split) -> Predictions:
    """Return the answers of heads that were fitted, and score, with the comment columns at 0.

    The calibration is the whole model's, so that only the columns differ. The n-grams still see
    the text of comments.
    """
    material = fitter.material
    kept = np.array([group != "comments" for group in GROUPS.values()], dtype=np.float32)
    features = replace(material.features, dense=material.features.dense * kept)
    blind = replace(material, features=features)
    heads = replace(fitter, material=blind).heads(split.train)
    ablated = replace(
        model,
        design=heads.design,
        transfer=heads.transfer,
        familiarity=heads.familiarity,
        booster=heads.booster,
    )
    return score(ablated, blind, split.test, batch=False)
