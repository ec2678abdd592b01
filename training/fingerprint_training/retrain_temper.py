"""Answers refitted to their surroundings: what is left of a gain that caution and habit explain.

A challenger that learnt nothing but to be less sure in new surroundings, and which classes are
frequent there, has a lower log-loss there than a champion that is sure and wrong: samples with
labels drawn at random would teach as much. Both are granted that here, and what remains of the
gain is what the challenger knows of who wrote what.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fingerprint_models.transfer import log_softmax
from fingerprint_training.calibrate import fit_weights

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LEAST_P = 1e-12


def refitted(
    probabilities: FloatArray, truth: IntArray, weights: FloatArray, fold: IntArray
) -> FloatArray:
    """Return probabilities (n, K) with a temperature and a bias a class fitted on other folds.

    By penalised maximum likelihood under the weights (n,), as `calibrate.fit_weights` does; NaN
    where all samples lie in one fold, and there are no others to fit on.
    """
    logs = np.log(np.maximum(probabilities, LEAST_P))
    found = np.full_like(probabilities, np.nan)
    for held in np.unique(fold).tolist():
        others = fold != held
        if others.any():
            (power,), bias = fit_weights(
                (logs[others],), truth[others], weights[others], start=(1.0,)
            )
            found[~others] = np.exp(log_softmax(power * logs[~others] + bias))
    return found
