"""Ridge logistic regression by Newton's method, small enough to need no further library."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

ROUNDS = 50
SMALL = 1e-10
"""The fit is done when a step lowers the loss by less."""


def fit_logistic(
    values: FloatArray, truth: FloatArray, weights: FloatArray, penalty: float
) -> tuple[FloatArray, float]:
    """Return weights (columns,) and bias that minimise the weighted log-loss plus the ridge.

    `values` has shape (n, columns), `truth` (n,) holds 0 and 1, `weights` (n,) are taken as shares
    of their sum, and the ridge is `penalty` / 2 times the squared norm, the bias free. Damped
    Newton steps, the same answer on every run. Raises ValueError where one side has no weight.
    """
    share = weights / weights.sum()
    positive = float(share @ truth)
    if not 0 < positive < 1:
        raise ValueError("one of the two sides has no weight")
    wide = np.column_stack((values, np.ones(len(values))))
    ridge = np.full(wide.shape[1], penalty)
    ridge[-1] = 1e-9  # free, but for a system that can always be solved
    theta = np.zeros(wide.shape[1])
    theta[-1] = np.log(positive / (1 - positive))

    def loss(at: FloatArray) -> float:
        logits = wide @ at
        return float(share @ (np.logaddexp(0, logits) - truth * logits) + ridge @ at**2 / 2)

    best = loss(theta)
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(wide @ theta, -500, 500)))
        slope = wide.T @ (share * (p - truth)) + ridge * theta
        curve = (wide * (share * p * (1 - p))[:, None]).T @ wide + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        for _ in range(ROUNDS):
            found = loss(theta - step)
            if found <= best:
                break
            step /= 2
        gain = best - found
        if gain > 0:
            theta, best = theta - step, found
        if gain < SMALL:
            break
    return theta[:-1], float(theta[-1])
