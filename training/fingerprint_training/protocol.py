"""One protocol of evaluation: fit on one side, score the other, beside the baselines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from fingerprint_models.model import Model, batches
from fingerprint_training.answers import Answers
from fingerprint_training.assessment import Assessment
from fingerprint_training.baselines import BASELINES, BaselineSpec, run_baseline
from fingerprint_training.coverage import SetScore, measure_sets
from fingerprint_training.crossfit import Rows
from fingerprint_training.dated import project_code
from fingerprint_training.evaluation import assess
from fingerprint_training.fold_model import Fitter
from fingerprint_training.material import Material, by_owner, cells, hide
from fingerprint_training.pooling import PoolScore, curve
from fingerprint_training.predictions import Predictions, answered_by
from fingerprint_training.recipe import Recipe
from fingerprint_training.robustness import Robustness, robustness_of
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
    sets: SetScore
    pools: tuple[PoolScore, ...] = ()
    robustness: Robustness | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain data."""
        return {
            "protocol": self.protocol,
            "alone": self.alone.to_dict(),
            "batch": self.batch.to_dict(),
            "others": {name: each.to_dict() for name, each in self.others.items()},
            "sets": self.sets.to_dict(),
            "pools": [each.to_dict() for each in self.pools],
        }


def run(fitter: Fitter, protocol: Protocol, *, robustness: bool = False) -> Outcome:
    """Fit on the training side of a protocol, and read its test side, once.

    With `robustness`, transformed copies of the test side are scored too.
    """
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
    for called, together in (("high-precision, alone", False), ("high-precision, by source", True)):
        told = score(model, material, split.test, batch=together, mode="high-precision")
        others[called] = figures(told)
    side = answers_of(alone)
    pooled: tuple[PoolScore, ...] = ()
    if protocol == "sources":
        tested = material.corpus.take(split.test.tolist())
        inside = project_code(alone, tested)
        if inside is not None:
            others["project code alone"] = figures(inside)
        pooled = curve(model.pooling, side, cells(tested), material.human)
    return Outcome(
        protocol,
        figures(alone),
        figures(batch),
        others,
        measure_sets(model.sets, side, alone.language.tolist()),
        pooled,
        robustness_of(fitter, model, split.test) if robustness else None,
    )


def answers_of(predictions: Predictions) -> Answers:
    """Return predictions as what pools and sets are measured on; each sample weighs the same."""
    _, owner = np.unique(predictions.source, return_inverse=True)
    even = np.ones(len(predictions))
    return Answers(predictions.probabilities, predictions.truth, even, owner.astype(np.int64))


def score(
    model: Model, material: Material, rows: Rows, *, batch: bool, mode: str = "balanced"
) -> Predictions:
    """Return a model's answers on some rows, each alone or all of a source together."""
    features = material.features.take(rows)
    corpus = material.corpus.take(rows.tolist())
    source = corpus.column("source")
    together = batches(source, features.status) if batch else []
    probabilities = model.probabilities(model.design(features), together)
    return told_by(model, material, rows, probabilities, together, mode=mode)


def left_out(fitter: Fitter, model: Model, rows: Rows, answers: Sequence[Answers]) -> Outcome:
    """Return the figures of the left-out sources that a model was calibrated on: validation."""
    corpus = fitter.material.corpus.take(rows.tolist())
    whole = batches(corpus.column("source"), ["ok"] * len(rows))
    alone, batch = (
        assess_fold(
            told_by(model, fitter.material, rows, side.probabilities, together),
            "sources",
            fitter.recipe,
            None,
        )
        for side, together in ((answers[2], []), (answers[3], whole))
    )
    language = [name or "" for name in corpus.column("language")]
    sets = measure_sets(model.sets, answers[2], language)
    return Outcome("sources", alone, batch, {}, sets)


def told_by(
    model: Model,
    material: Material,
    rows: Rows,
    probabilities: npt.NDArray[np.float64],
    together: Sequence[Sequence[int]] = (),
    *,
    mode: str = "balanced",
) -> Predictions:
    """Return what a model tells of some rows, given their probabilities, by source `together`."""
    features = material.features.take(rows)
    corpus = material.corpus.take(rows.tolist())
    inside = np.zeros(len(rows), dtype=np.bool_)
    inside[[i for part in together for i in part]] = True
    told = [
        (model.for_sources if batched else model.decision)(
            p, mode=mode, lines=int(n), parsed=bool(parsed)
        ).family
        for p, n, parsed, batched in zip(
            probabilities, features.lines, features.parsed, inside, strict=True
        )
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
    heads = replace(fitter, hidden="comments").heads(split.train)
    features = hide(fitter.material.features, "comments")
    blind = replace(fitter.material, features=features)
    ablated = replace(
        model,
        design=heads.design,
        transfer=heads.transfer,
        familiarity=heads.familiarity,
        booster=heads.booster,
    )
    return score(ablated, blind, split.test, batch=False)
