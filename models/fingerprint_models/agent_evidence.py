"""Why the agent model answered so, in the words of the catalogue of columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_features.activity import registry
from fingerprint_models.attribution import Evidence
from fingerprint_models.reference import Reference

AnyFloat = npt.NDArray[np.floating[Any]]

WORDS = "choice of words in the message"
"""What all columns of the word head together are called."""

HUMAN = "human"


def explain(
    contributions: AnyFloat, values: AnyFloat, agent: str, reference: Reference, *, top: int = 5
) -> tuple[Evidence, ...]:
    """Return the `top` columns that speak loudest for (> 0) or against an agent, in log-odds.

    `contributions` and `values` have shape (columns,), in the order of `reference.columns`. What
    the word head says counts as one item.
    """
    known = np.array([name in registry.DESCRIPTIONS for name in reference.columns])
    heard = float(contributions[~known].sum())
    items = [
        (float(contributions[at]), int(at)) for at in np.flatnonzero(known & (contributions != 0))
    ]
    items.append((heard, -1))
    items.sort(key=lambda item: -abs(item[0]))
    return tuple(
        Evidence(
            WORDS if at < 0 else _tell(at, float(values[at]), agent, reference),
            agent,
            pull,
            () if at < 0 else (reference.columns[at],),
        )
        for pull, at in items[:top]
        if pull
    )


def _tell(at: int, value: float, agent: str, reference: Reference) -> str:
    name = reference.columns[at]
    typical = [
        f"{each} {reference.mean[reference.classes.index(each), at]:.3g}"
        for each in dict.fromkeys((HUMAN, agent))
        if each in reference.classes
    ]
    told = "not at hand" if np.isnan(value) else f"{value:.3g}"
    return f"{registry.DESCRIPTIONS[name]}: {told} ({', '.join(typical)})"
