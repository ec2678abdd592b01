"""How well a model's answers stand on rows it never saw: figures with intervals, no rendering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fingerprint_models.attribution import AI, UNKNOWN
from fingerprint_training import metrics
from fingerprint_training.assessment import (
    Accusations,
    Assessment,
    ClassScore,
    Estimate,
    LengthScore,
    ReliabilityBin,
)
from fingerprint_training.metrics import BoolArray, FloatArray, IntArray
from fingerprint_training.predictions import Predictions, PredictionsError, Strings

GroupBy = Literal["task", "source"]

PRECISION = 0.95  # at which coverage is told
ACCUSATION_LINES = 20  # from here on a human sample counts as falsely accused
LENGTHS = (0, 10, 20, 50, 100, 200)  # lines at which the buckets begin

SINGLE = (  # figures of all rows that are fields of the assessment
    "macro_f1",
    "accuracy",
    "human_auroc",
    "ece",
    "brier",
    "coverage",
    "answered",
    "answered_precision",
    "named",
    "named_precision",
    "false_positive_rate",
)


def assess(
    predictions: Predictions,
    *,
    group: GroupBy,
    seed: int = 0,
    train_rows: int | None = None,
    draws: int = 200,
) -> Assessment:
    """Measure answers on test rows, with 95 % cluster-bootstrap intervals over tasks or sources.

    The *raw* answer is the likeliest class. F1, accuracy, confusion, ECE, Brier score, reliability
    and coverage are of the raw answer; a false accusation, the share answered and its precision are
    of what is *told*.

    - Macro-F1 is the mean over the classes that occur in the truth of these rows (of the resample,
      within the bootstrap). A class that does not occur has no F1; answering it still costs the
      recall of the class it was answered on.
    - AUROC ranks all rows by 1 − P(human), AI against human. NaN without a class "human", or
      without rows of either kind.
    - Coverage is the largest share that one threshold on the raw confidence answers at a precision
      of 95 % on these rows: the threshold is chosen on them.
    - A told answer counts as answered unless it is "unknown", and as named if it is a class. "ai"
      is right on every class but "human": easily earned, so named answers stand by themselves too.
    - Of human rows of at least 20 lines, those told an AI family or "ai" are false accusations: by
      language with the exact interval for independent rows, and as a rate with the bootstrap's. A
      rate of 0 has the interval [0, 0] under any bootstrap: read the exact one there.

    `train_rows` is carried along for the report. Raises PredictionsError for an unknown `group` or
    without rows.
    """
    if group not in ("task", "source"):
        raise PredictionsError(f"group is {group!r}, and 'task' or 'source'")
    if not len(predictions):
        raise PredictionsError("there are no rows to assess: the test side is empty")
    groups = predictions.task if group == "task" else predictions.source
    facts = _facts(predictions)
    names = tuple(_figures(facts, np.ones(len(predictions))))
    table = metrics.bootstrap(
        groups,
        lambda weights: np.array(list(_figures(facts, weights).values())),
        n=draws,
        seed=seed,
    )
    found = {name: Estimate(*column) for name, column in zip(names, table.T.tolist(), strict=True)}
    cells = metrics.confusion(facts.truth, facts.raw, len(facts.classes)).astype(int)
    return Assessment(
        group=group,
        groups=len(np.unique(groups)),
        samples=len(predictions),
        train_rows=train_rows,
        classes=facts.classes,
        precision_target=PRECISION,
        accusation_lines=ACCUSATION_LINES,
        families=_families(facts, found),
        confusion=tuple(map(tuple, cells.tolist())),
        reliability=_reliability(facts),
        accusations=_accusations(facts, predictions.language),
        lengths=_lengths(facts, found),
        **{name: found[name] for name in SINGLE},
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What every resample needs, worked out once; arrays (n,), `bucket` indexes LENGTHS."""

    classes: tuple[str, ...]
    truth: IntArray
    probabilities: FloatArray
    raw: IntArray
    confidence: FloatArray
    correct: BoolArray
    is_human: BoolArray
    ai_score: FloatArray
    answered: BoolArray
    named: BoolArray
    told_right: BoolArray
    liable: BoolArray
    accused: BoolArray
    bucket: IntArray


def _facts(predictions: Predictions) -> _Facts:
    names, told = np.array(predictions.classes), predictions.told
    truth, probabilities = predictions.truth, predictions.probabilities
    raw = probabilities.argmax(axis=1)
    known = predictions.human if predictions.human in predictions.classes else None
    is_human = names[truth] == (known or "")
    at = predictions.classes.index(known) if known else None
    human = np.zeros(len(truth)) if at is None else probabilities[:, at]
    answered = told != UNKNOWN
    return _Facts(
        classes=predictions.classes,
        truth=truth,
        probabilities=probabilities,
        raw=raw,
        confidence=np.minimum(probabilities.max(axis=1), 1.0),
        correct=raw == truth,
        is_human=is_human,
        ai_score=1 - human,
        answered=answered,
        named=answered & (told != AI),
        told_right=(told == names[truth]) | ((told == AI) & ~is_human),
        liable=is_human & (predictions.lines >= ACCUSATION_LINES),
        accused=answered & (told != known),
        bucket=np.searchsorted(LENGTHS, predictions.lines, side="right") - 1,
    )


def _figures(facts: _Facts, weights: FloatArray) -> dict[str, float]:
    """Return every figure that gets an interval; the keys and their order depend on facts only."""
    f1 = metrics.per_class_f1(facts.truth, facts.raw, len(facts.classes), weights)
    figures = {
        "macro_f1": metrics.macro_f1(facts.truth, facts.raw, len(facts.classes), weights),
        "accuracy": metrics.share(facts.correct, weights),
        "human_auroc": metrics.auroc(~facts.is_human, facts.ai_score, weights),
        "ece": metrics.ece(facts.confidence, facts.correct, weights),
        "brier": metrics.brier(facts.truth, facts.probabilities, weights),
        "coverage": metrics.coverage_at_precision(
            facts.confidence, facts.correct, PRECISION, weights
        ),
        "answered": metrics.share(facts.answered, weights),
        "answered_precision": metrics.share(facts.told_right, weights * facts.answered),
        "named": metrics.share(facts.named, weights),
        "named_precision": metrics.share(facts.told_right, weights * facts.named),
        "false_positive_rate": metrics.share(facts.accused, weights * facts.liable),
    }
    figures |= {f"f1:{name}": value for name, value in zip(facts.classes, f1.tolist(), strict=True)}
    for bucket in range(len(LENGTHS)):
        within = weights * (facts.bucket == bucket)
        figures[f"accuracy:{bucket}"] = metrics.share(facts.correct, within)
        figures[f"answered:{bucket}"] = metrics.share(facts.answered, within)
    return figures


def _families(facts: _Facts, found: dict[str, Estimate]) -> tuple[ClassScore, ...]:
    counts = np.bincount(facts.truth, minlength=len(facts.classes)).tolist()
    return tuple(
        ClassScore(name, count, found[f"f1:{name}"])
        for name, count in zip(facts.classes, counts, strict=True)
    )


def _reliability(facts: _Facts) -> tuple[ReliabilityBin, ...]:
    bins = metrics.reliability_bins(facts.confidence, facts.correct)
    edges = np.linspace(0, 1, len(bins.mass) + 1).tolist()
    return tuple(
        ReliabilityBin(low, high, int(mass), confidence, accuracy)
        for low, high, mass, confidence, accuracy in zip(
            edges,
            edges[1:],
            bins.mass.tolist(),
            bins.confidence.tolist(),
            bins.accuracy.tolist(),
            strict=False,
        )
    )


def _accusations(facts: _Facts, language: Strings) -> tuple[Accusations, ...]:
    """Return all languages together, then each that has such human rows, the commonest first."""
    names, counts = np.unique(language[facts.liable], return_counts=True)
    order = sorted(zip((-counts).tolist(), names.tolist(), strict=True))
    return tuple(
        _accusation(
            facts, name, facts.liable if name is None else facts.liable & (language == name)
        )
        for name in (None, *(name for _, name in order))
    )


def _accusation(facts: _Facts, language: str | None, liable: BoolArray) -> Accusations:
    rate, low, high = metrics.false_positive_rate(liable, facts.accused)
    accused = int((liable & facts.accused).sum())
    return Accusations(language, int(liable.sum()), accused, rate, low, high)


def _lengths(facts: _Facts, found: dict[str, Estimate]) -> tuple[LengthScore, ...]:
    counts = np.bincount(facts.bucket, minlength=len(LENGTHS)).tolist()
    ends = (*(begin - 1 for begin in LENGTHS[1:]), None)
    return tuple(
        LengthScore(begin, end, counts[at], found[f"accuracy:{at}"], found[f"answered:{at}"])
        for at, (begin, end) in enumerate(zip(LENGTHS, ends, strict=True))
    )
