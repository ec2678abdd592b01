"""A model's answers on test rows beside the truth, checked once so that figures need not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_models.attribution import AI, UNKNOWN
from fingerprint_models.families import HUMAN
from fingerprint_training.metrics import FloatArray, IntArray

Strings = npt.NDArray[np.str_]

SUM_TOLERANCE = 1e-3  # of probabilities, which may come through float32


class PredictionsError(ValueError):
    """Predictions do not fit together."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """A model's answers on n test rows beside the truth, aligned arrays.

    `truth` (n,) indexes `classes` (K), `probabilities` is (n, K). `told` (n,) is what a user is
    told: a class, "unknown" or "ai". `source`, `task` and `language` are strings (n,), `lines` (n,)
    integers. `human` is the class that means human, None where none does. Raises PredictionsError
    that names the first row or array that does not fit.
    """

    classes: tuple[str, ...]
    truth: IntArray
    probabilities: FloatArray
    told: Strings
    source: Strings
    task: Strings
    language: Strings
    lines: IntArray
    human: str | None = HUMAN

    def __post_init__(self) -> None:
        _check_shapes(self)
        _check_values(self)

    def __len__(self) -> int:
        """Tell the number of rows."""
        return len(self.truth)


def answered_by(
    predictions: Predictions, probabilities: FloatArray, rows: IntArray | None = None
) -> Predictions:
    """Return the same rows answered by another model that always tells its likeliest class.

    `probabilities` (len(rows), K) are for the positions `rows`; None is all rows in order.
    """
    kept = np.arange(len(predictions)) if rows is None else rows
    return Predictions(
        classes=predictions.classes,
        truth=predictions.truth[kept],
        probabilities=probabilities,
        told=np.array(predictions.classes)[probabilities.argmax(axis=1)],
        source=predictions.source[kept],
        task=predictions.task[kept],
        language=predictions.language[kept],
        lines=predictions.lines[kept],
        human=predictions.human,
    )


def _check_shapes(predictions: Predictions) -> None:
    rows, n_classes = len(predictions.truth), len(predictions.classes)
    if predictions.probabilities.shape != (rows, n_classes):
        raise PredictionsError(
            f"probabilities have shape {predictions.probabilities.shape}, and "
            f"{rows} rows of {n_classes} classes are wanted"
        )
    for name in ("told", "source", "task", "language", "lines"):
        shape = getattr(predictions, name).shape
        if shape != (rows,):
            raise PredictionsError(f"{name} has shape {shape}, and truth has {rows} rows")


def _check_values(predictions: Predictions) -> None:
    classes, probabilities = predictions.classes, predictions.probabilities
    taken = {UNKNOWN, AI} & set(classes)
    if taken or len(set(classes)) != len(classes):
        raise PredictionsError(
            f"classes are {', '.join(classes)}: they must differ, and {UNKNOWN!r} and {AI!r} "
            "are answers that are no class"
        )
    wrong = {
        "truth outside the classes": (predictions.truth < 0) | (predictions.truth >= len(classes)),
        "told neither a class, 'unknown' nor 'ai'": ~np.isin(
            predictions.told, [*classes, UNKNOWN, AI]
        ),
        "probabilities that are no distribution": ~(
            (probabilities >= 0).all(axis=1)
            & (np.abs(probabilities.sum(axis=1) - 1) <= SUM_TOLERANCE)
        ),
        "a negative number of lines": predictions.lines < 0,
    }
    for what, rows in wrong.items():
        if rows.any():
            raise PredictionsError(
                f"row {int(np.flatnonzero(rows)[0])} has {what} ({int(rows.sum())} row(s) do): "
                "mend what produced the predictions"
            )
