"""Six ways to calibrate pooled answers once more, each fitted on answers of some owners."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from fingerprint_models.calibration import FLOOR, bounded
from fingerprint_models.transfer import log_softmax
from fingerprint_training.metrics import FloatArray, IntArray
from fingerprint_training.predictions import Strings

LEAST_OWNERS, LEAST_SAMPLES = 8, 500
"""What a language must have for a temperature of its own; fewer would fit one owner's habits."""

TEMPERATURES = (0.05, 20.0)
"""Bounds of a temperature; a scale of vector scaling lies between their inverses or is 0."""

ROUNDED = 4
"""Digits that Venn-Abers keeps of a probability: its time grows with the different ones."""


@dataclass(frozen=True, slots=True)
class LeftOutAnswers:
    """Calibrated answers on n samples whose owner no head had seen.

    `probabilities` (n, K) are in the order of `classes`, `truth` (n,) indexes them; `owner` and
    `language` are strings (n,), `weights` (n,) say how much each sample counts.
    """

    classes: tuple[str, ...]
    probabilities: FloatArray
    truth: IntArray
    owner: Strings
    language: Strings
    weights: FloatArray

    def take(self, rows: npt.NDArray[np.generic]) -> LeftOutAnswers:
        """Return the answers at some positions, or where a mask is true."""
        return LeftOutAnswers(
            self.classes,
            self.probabilities[rows],
            self.truth[rows],
            self.owner[rows],
            self.language[rows],
            self.weights[rows],
        )


Fitted = Callable[[FloatArray, Strings], FloatArray]
"""Probabilities (n, K) and languages (n,) in, calibrated probabilities (n, K) out."""


def as_it_is(_: LeftOutAnswers) -> Fitted:
    """Change nothing."""
    return lambda probabilities, _: probabilities


def temperature(given: LeftOutAnswers) -> Fitted:
    """Divide all log-probabilities by one number (Guo et al. 2017)."""
    divisor = _temperature(given)
    return lambda probabilities, _: _tempered(probabilities, np.full(len(probabilities), divisor))


def temperature_by_language(given: LeftOutAnswers) -> Fitted:
    """Divide by the language's own number, by that of all where the language is thinly known."""
    everywhere = _temperature(given)
    own = {}
    for language in np.unique(given.language).tolist():
        rows = given.language == language
        if rows.sum() >= LEAST_SAMPLES and len(np.unique(given.owner[rows])) >= LEAST_OWNERS:
            own[language] = _temperature(given.take(rows))

    def fitted(probabilities: FloatArray, languages: Strings) -> FloatArray:
        divisors = [own.get(language, everywhere) for language in languages.tolist()]
        return _tempered(probabilities, np.array(divisors))

    return fitted


def vector_scaling(given: LeftOutAnswers) -> Fitted:
    """Multiply each class's log-probability by its own scale and add its own bias (Guo et al.)."""
    from scipy.optimize import minimize  # noqa: PLC0415 - of the training extra

    logs, count = _logs(given.probabilities), len(given.classes)
    target, w = np.eye(count)[given.truth], given.weights / given.weights.sum()

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        scaled = log_softmax(logs * theta[:count] + theta[count:])
        error = (np.exp(scaled) - target) * w[:, None]
        value = -float(w @ (scaled * target).sum(axis=1))
        return value, np.concatenate(((error * logs).sum(axis=0), error.sum(axis=0)))

    first = np.concatenate((np.ones(count), np.zeros(count)))
    bounds = [(0.0, 1 / TEMPERATURES[0])] * count + [(-5.0, 5.0)] * count
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds).x
    scale, bias = found[:count], found[count:]
    return lambda probabilities, _: bounded(
        np.exp(log_softmax(_logs(probabilities) * scale + bias))
    )


def isotonic(given: LeftOutAnswers) -> Fitted:
    """Map each class's probability by a monotone step function, then renormalise.

    One class against the rest (Zadrozny and Elkan 2002).
    """
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - of the training extra

    maps = [
        IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(
            given.probabilities[:, at], given.truth == at, sample_weight=given.weights
        )
        for at in range(len(given.classes))
    ]
    return lambda probabilities, _: bounded(
        np.column_stack([each.predict(probabilities[:, at]) for at, each in enumerate(maps)])
    )


def venn_abers(given: LeftOutAnswers) -> Fitted:
    """Map each class's probability by inductive Venn-Abers prediction, then renormalise.

    One class against the rest; of the two probabilities p0 and p1 it yields p1 / (1 - p0 + p1)
    (Vovk, Petej and Fedorova 2015). The library knows no weights: it is given as many samples,
    drawn with replacement by weight.
    """
    chance = np.random.default_rng(0)
    share = given.weights / given.weights.sum()
    drawn = chance.choice(len(share), len(share), p=share)
    known, truth = given.probabilities[drawn], given.truth[drawn]

    def fitted(probabilities: FloatArray, _: Strings) -> FloatArray:
        parts = [
            _venn_abers(known[:, at], truth == at, probabilities[:, at])
            for at in range(len(given.classes))
        ]
        return bounded(np.column_stack(parts))

    return fitted


def _venn_abers(
    known: FloatArray, is_class: npt.NDArray[np.bool_], asked: FloatArray
) -> FloatArray:
    # The library turns off numpy's warnings for good when it is imported, which errstate undoes,
    # and it warns at the end of the scale, where no slope is left to choose from.
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        from venn_abers import VennAbers  # noqa: PLC0415 - of the training extra, and slow

        model = VennAbers()
        model.fit(np.column_stack((1 - known, known)), is_class.astype(float), precision=ROUNDED)
        found, _ = model.predict_proba(np.column_stack((1 - asked, asked)))
    result: FloatArray = np.clip(found[:, 1], 0.0, 1.0)
    return result


def _temperature(given: LeftOutAnswers) -> float:
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - of the training extra

    logs, rows = _logs(given.probabilities), np.arange(len(given.truth))

    def loss(divisor: float) -> float:
        return -float(given.weights @ log_softmax(logs / np.exp(divisor))[rows, given.truth])

    found = minimize_scalar(loss, bounds=np.log(TEMPERATURES), method="bounded")
    return float(np.exp(found.x))


def _tempered(probabilities: FloatArray, divisors: FloatArray) -> FloatArray:
    return bounded(np.exp(log_softmax(_logs(probabilities) / divisors[:, None])))


def _logs(probabilities: FloatArray) -> FloatArray:
    logs: FloatArray = np.log(np.maximum(probabilities, FLOOR))
    return logs


AS_IT_IS = "as it is"

CANDIDATES: Mapping[str, Callable[[LeftOutAnswers], Fitted]] = MappingProxyType(
    {
        AS_IT_IS: as_it_is,
        "temperature": temperature,
        "vector scaling": vector_scaling,
        "isotonic": isotonic,
        "Venn-Abers": venn_abers,
        "temperature by language": temperature_by_language,
    }
)
"""All that are compared, the one that the others have to beat first."""
