"""How far a model's answers survive changes of the code that keep its meaning."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields

import numpy as np

from fingerprint_features.extract import Features
from fingerprint_models.model import Model
from fingerprint_training import metrics
from fingerprint_training.assessment import Estimate
from fingerprint_training.copies import NAMES, NotRunError, copied, draw
from fingerprint_training.crossfit import Rows
from fingerprint_training.fold_model import Fitter
from fingerprint_training.metrics import FloatArray, IntArray

MOST = 3000
"""Samples that are copied: of as many, accuracy is known to 1.8 points (1.96 √(0.25 / 3000))."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of the likeliest class on some samples, each scored alone.

    As `evaluation.assess` defines them: `human_auroc` is of human against AI, and NaN without
    either of them.
    """

    macro_f1: Estimate
    accuracy: Estimate
    human_auroc: Estimate
    ece: Estimate


@dataclass(frozen=True, slots=True)
class TransformScore:
    """One transform: the samples it applied to as they were (`before`) and changed (`after`).

    `share` is of all samples drawn. `loss` is what macro-F1 lost, in points (hundredths), the two
    sides resampled together.
    """

    transform: str
    samples: int
    share: float
    before: Figures
    after: Figures
    loss: Estimate


@dataclass(frozen=True, slots=True)
class NotRun:
    """A transform that could not be run, and what to install."""

    transform: str
    reason: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """A model on `samples` samples of `tasks` tasks, unchanged, and by transform.

    Intervals are 95 %, by bootstrap over tasks.
    """

    samples: int
    tasks: int
    unchanged: Figures
    transforms: tuple[TransformScore, ...]
    not_run: tuple[NotRun, ...]

    def to_dict(self) -> dict[str, object]:
        """Return dicts, lists, strings, numbers and None (for NaN) only."""
        return {
            "samples": self.samples,
            "tasks": self.tasks,
            "unchanged": _plain(self.unchanged),
            "transforms": [
                {
                    "transform": each.transform,
                    "samples": each.samples,
                    "share": each.share,
                    "before": _plain(each.before),
                    "after": _plain(each.after),
                    "loss": _numbers(each.loss),
                }
                for each in self.transforms
            ],
            "not_run": [asdict(each) for each in self.not_run],
        }


def robustness_of(fitter: Fitter, model: Model, rows: Rows, *, most: int = MOST) -> Robustness:
    """Score transformed copies of at most `most` of the rows, which `model` was not fitted on.

    Copies are made of these rows alone and go nowhere else: nothing is fitted or calibrated on
    them. The classes of the fitter's material are the model's. Measured copies are kept in the
    fitter's cache. A transform whose formatter is not installed is listed as not run.
    """
    material, recipe = fitter.material, fitter.recipe
    drawn = draw(material, rows, most, recipe.seed)
    human = model.decision.human
    seen = _Seen(
        rows=drawn,
        truth=material.truth[drawn],
        task=np.array(material.corpus.take(drawn.tolist()).column("task"), dtype=np.str_),
        unchanged=_probabilities(model, material.features.take(drawn)),
        human=None if human is None else model.classes.index(human),
        draws=recipe.evaluation.bootstrap,
        seed=recipe.seed,
    )
    found = [_run(fitter, model, seen, name) for name in NAMES]
    return Robustness(
        samples=len(drawn),
        tasks=len(np.unique(seen.task)),
        unchanged=_side(_bootstrapped(seen, np.arange(len(drawn)), seen.unchanged)),
        transforms=tuple(each for each in found if isinstance(each, TransformScore)),
        not_run=tuple(each for each in found if isinstance(each, NotRun)),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """The drawn samples: rows of the material, ascending, and arrays in their order."""

    rows: Rows
    truth: IntArray
    task: metrics.Groups
    unchanged: FloatArray
    human: int | None
    draws: int
    seed: int


def _run(fitter: Fitter, model: Model, seen: _Seen, name: str) -> TransformScore | NotRun:
    fitter.log(f"robustness: {len(seen.rows)} samples, {name}")
    cache = fitter.cache / "copies" if fitter.cache else None
    try:
        copies = copied(
            fitter.material, seen.rows, name, seed=seen.seed, workers=fitter.workers, cache=cache
        )
    except NotRunError as missing:
        return NotRun(name, str(missing))
    at = np.searchsorted(seen.rows, copies.of)
    after = _probabilities(model, copies.material.features)
    return _compared(name, seen, at, after)


def _probabilities(model: Model, features: Features) -> FloatArray:
    """Return what the model says of each sample alone: of an unknown context, as `predict`."""
    if not len(features):
        return np.zeros((0, len(model.classes)))
    return model.probabilities(model.design(features))


def _compared(name: str, seen: _Seen, at: Rows, after: FloatArray) -> TransformScore:
    estimates = _bootstrapped(seen, at, seen.unchanged[at], after)
    half = len(fields(Figures))
    return TransformScore(
        transform=name,
        samples=len(at),
        share=len(at) / len(seen.rows),
        before=_side(estimates),
        after=_side(estimates[half:]),
        loss=estimates[-1],
    )


def _bootstrapped(seen: _Seen, at: Rows, *sides: FloatArray) -> list[Estimate]:
    """Return the figures of each side in turn, then the points of macro-F1 from first to last."""
    truth = seen.truth[at]

    def statistic(weights: FloatArray) -> FloatArray:
        found = [_figures(truth, side, seen.human, weights) for side in sides]
        return np.array([*np.concatenate(found), 100 * (found[0][0] - found[-1][0])])

    table = metrics.bootstrap(seen.task[at], statistic, n=seen.draws, seed=seen.seed)
    return [Estimate(*column) for column in table.T.tolist()]


def _figures(
    truth: IntArray, probabilities: FloatArray, human: int | None, weights: FloatArray
) -> list[float]:
    """Return the figures in the order of the fields of `Figures`."""
    raw, classes = probabilities.argmax(axis=1), probabilities.shape[1]
    correct = raw == truth
    ai = np.ones(len(truth), dtype=np.bool_) if human is None else truth != human
    ai_score = np.zeros(len(truth)) if human is None else 1 - probabilities[:, human]
    confidence = np.minimum(probabilities.max(axis=1), 1.0)
    return [
        metrics.macro_f1(truth, raw, classes, weights),
        metrics.share(correct, weights),
        metrics.auroc(ai, ai_score, weights),
        metrics.ece(confidence, correct, weights),
    ]


def _side(estimates: list[Estimate]) -> Figures:
    return Figures(*estimates[: len(fields(Figures))])


def _plain(answers: Figures) -> dict[str, dict[str, float | None]]:
    return {each.name: _numbers(getattr(answers, each.name)) for each in fields(answers)}


def _numbers(estimate: Estimate) -> dict[str, float | None]:
    return {name: None if math.isnan(each) else each for name, each in asdict(estimate).items()}
