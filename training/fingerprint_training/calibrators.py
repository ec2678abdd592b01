"""Which calibrator holds on unseen owners: fitted on four folds of owners, judged on the fifth.

`python -m fingerprint_training.calibrators ANSWERS.npz` prints the comparison of a file that
`write_answers` wrote.

The answers come out of a calibration whose few dozen parameters were fitted on all of these
owners. "As it is" is favoured by that, and so is a candidate that changes little: a gain is one in
spite of it. That this decides nothing was measured on 56,599 samples of 60 owners: with the
calibration, too, fitted without each fold, no candidate gained beyond noise either.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from fingerprint_models.arrays import npz_bytes, read_npz
from fingerprint_models.calibration import FLOOR
from fingerprint_training import metrics
from fingerprint_training.answers import Answers
from fingerprint_training.assessment import Estimate
from fingerprint_training.calibrator_fits import AS_IT_IS, CANDIDATES, Fitted, LeftOutAnswers
from fingerprint_training.errors import CorpusError
from fingerprint_training.markdown_table import cell, table
from fingerprint_training.metrics import FloatArray
from fingerprint_training.split import group_folds

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """Weighted figures of answers on unseen owners; less is better but for `macro_f1`."""

    ece: Estimate
    brier: Estimate
    log_loss: Estimate
    macro_f1: Estimate


@dataclass(frozen=True, slots=True)
class Compared:
    """A calibrator's figures, and what they gain over "as it is" on the same resamples.

    Intervals are 95 %, over owners. `change` is the figure less that of "as it is".
    """

    name: str
    figures: Figures
    change: Figures


def compare(
    answers: LeftOutAnswers,
    *,
    candidates: Mapping[str, Callable[[LeftOutAnswers], Fitted]] = CANDIDATES,
    folds: int = FOLDS,
    draws: int = 200,
    seed: int = 0,
) -> tuple[Compared, ...]:
    """Judge each candidate on owners that it was not fitted on, the first being the measure.

    ECE has 15 bins of the top label, Brier is summed over classes, log-loss is in nats; all are
    weighted by `answers.weights`. Raises SplitError with fewer owners than folds.
    """
    labels = [answers.classes[at] for at in answers.truth.tolist()]
    fold = group_folds(answers.owner.tolist(), labels, [1 / folds] * folds, seed, called="owners")
    told = [_held_out(answers, fit, fold) for fit in candidates.values()]
    costs = [_costs(answers, probabilities) for probabilities in told]

    def statistic(draw: FloatArray) -> FloatArray:
        found = np.array([each(draw * answers.weights) for each in costs])
        return np.concatenate((found, found - found[0]), axis=None)

    columns = metrics.bootstrap(answers.owner, statistic, n=draws, seed=seed).T
    estimates = [Estimate(*column) for column in columns.tolist()]
    size = len(fields(Figures))
    parts = [Figures(*estimates[at : at + size]) for at in range(0, len(estimates), size)]
    pairs = zip(candidates, parts, parts[len(candidates) :], strict=False)
    return tuple(Compared(*each) for each in pairs)


def _held_out(
    answers: LeftOutAnswers,
    fit: Callable[[LeftOutAnswers], Fitted],
    fold: metrics.IntArray,
) -> FloatArray:
    """Return the answers of the calibrators that were fitted without each sample's owner."""
    told = np.empty_like(answers.probabilities)
    for held in np.unique(fold).tolist():
        asked = answers.take(fold == held)
        told[fold == held] = fit(answers.take(fold != held))(asked.probabilities, asked.language)
    return told


def _costs(answers: LeftOutAnswers, told: FloatArray) -> Callable[[FloatArray], list[float]]:
    """Return what gives the figures, in the order of `Figures`, under some weights."""
    truth, raw = answers.truth, told.argmax(axis=1)
    hit = told[np.arange(len(truth)), truth]
    brier, loss = (told**2).sum(axis=1) - 2 * hit + 1, -np.log(np.maximum(hit, FLOOR))
    sure, right = np.minimum(told.max(axis=1), 1.0), raw == truth

    def figures(weights: FloatArray) -> list[float]:
        return [
            metrics.ece(sure, right, weights),
            metrics.share(brier, weights),
            metrics.share(loss, weights),
            metrics.macro_f1(truth, raw, len(answers.classes), weights),
        ]

    return figures


def winner(compared: Sequence[Compared]) -> str:
    """Return the calibrator to take: "as it is" unless another's gain exceeds noise.

    It must lower both proper scores, Brier and log-loss, with intervals below 0, and worsen
    neither ECE nor macro-F1 beyond noise; of those the one of least log-loss.
    """
    better = [
        each
        for each in compared
        if each.change.brier.high < 0
        and each.change.log_loss.high < 0
        and each.change.ece.low <= 0
        and each.change.macro_f1.high >= 0
    ]
    return min(better, key=lambda each: each.figures.log_loss.value).name if better else AS_IT_IS


def render(compared: Sequence[Compared]) -> str:
    """Return the comparison as Markdown: figures, changes, and which to take."""
    head = ("calibrator", "ECE", "Brier", "log-loss", "macro-F1")
    names = [field.name for field in fields(Figures)]
    figures = (
        (each.name, *(cell(getattr(each.figures, name)) for name in names)) for each in compared
    )
    changes = (
        (each.name, *(cell(getattr(each.change, name), signed=True) for name in names))
        for each in compared[1:]
    )
    taken = winner(compared)
    verdict = "No gain exceeds noise" if taken == AS_IT_IS else "A gain is beyond noise"
    return (
        f"Fitted on {FOLDS - 1} of {FOLDS} folds of owners, judged on the other; 95 % intervals "
        f'over owners.\n\n{table(head, figures)}\n\nChange against "{compared[0].name}":\n\n'
        f'{table(head, changes)}\n\n{verdict}: "{taken}" is to be taken.\n'
    )


def left_out_answers(
    side: Answers, classes: Sequence[str], language: Sequence[str | None]
) -> LeftOutAnswers:
    """Return what a training knows of its left-out sources, each sample scored alone."""
    owner = side.owner.astype(np.str_)
    names = np.array([name or "" for name in language])
    return LeftOutAnswers(
        tuple(classes), side.probabilities, side.truth, owner, names, side.weights
    )


def write_answers(path: Path, answers: LeftOutAnswers) -> None:
    """Write answers as an npz file without pickle, whole or not at all."""
    arrays = {name: np.asarray(value) for name, value in asdict(answers).items()}
    partial = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        partial.write_bytes(npz_bytes(arrays))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_answers(path: Path) -> LeftOutAnswers:
    """Return what `write_answers` wrote; raises CorpusError for a file that it did not write."""
    try:
        found = read_npz(path.read_bytes())
        classes = tuple(found.pop("classes").tolist())
        return LeftOutAnswers(classes, **found)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise CorpusError(
            f"{path} holds no left-out answers ({problem}): write it with write_answers"
        ) from problem


def main(arguments: Sequence[str]) -> int:
    """Print the comparison of one file; return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m fingerprint_training.calibrators ANSWERS.npz\n")
        return 2
    try:
        sys.stdout.write(render(compare(read_answers(Path(arguments[0])))))
    except CorpusError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
