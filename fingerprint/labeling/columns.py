"""The columns that labelling adds to a data set: names, Arrow types, and attributions as Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from fingerprint_models.attribution import Attribution

PREFIX = "fp_"
"""What the names of all columns begin with that labelling adds."""

NAMES = (
    "fp_family",
    "fp_raw_family",
    "fp_confidence",
    "fp_ai_probability",
    "fp_prediction_set",
    "fp_probabilities",
    "fp_reason",
    "fp_status",
    "fp_model",
)
"""The columns in their order; each is the field of `Attribution` that it is named after."""

CHOSEN = b"fingerprint.mix"
"""What a schema's metadata has where rows were chosen by these columns: their answers then are not
those of a corpus, and shares cannot be told from them. Its value says nothing."""


def schema(classes: Sequence[str]) -> pa.Schema:
    """Return the columns and their Arrow types for a model of these classes.

    `fp_status` and `fp_model` are never null; the others are where a row was not scored.
    Probabilities and confidence lie in [0, 1].
    """
    types = {
        "fp_confidence": pa.float32(),
        "fp_ai_probability": pa.float32(),
        "fp_prediction_set": pa.list_(pa.string()),
        "fp_probabilities": _by_class(classes),
    }
    return pa.schema([pa.field(name, types.get(name, pa.string())) for name in NAMES])


def to_arrow(attributions: Sequence[Attribution], classes: Sequence[str]) -> pa.Table:
    """Return attributions by a model of these classes as a table of `schema(classes)`."""
    scored = np.array([bool(each.probabilities) for each in attributions], dtype=np.bool_)
    sets = [list(a.prediction_set) if a.probabilities else None for a in attributions]
    columns = {
        "fp_family": [each.family for each in attributions],
        "fp_raw_family": [each.raw_family for each in attributions],
        "fp_confidence": [each.confidence for each in attributions],
        "fp_ai_probability": [each.ai_probability for each in attributions],
        "fp_prediction_set": sets,
        "fp_probabilities": _probabilities(attributions, classes, scored),
        "fp_reason": [each.reason for each in attributions],
        "fp_status": [each.status for each in attributions],
        "fp_model": [f"{each.model.name} {each.model.version}" for each in attributions],
    }
    return pa.table(columns, schema=schema(classes))


def without(names: Sequence[str]) -> list[str]:
    """Return those of a data set's column names that labelling does not add."""
    return [name for name in names if name not in NAMES]


def _by_class(classes: Sequence[str]) -> pa.StructType:
    return pa.struct([(name, pa.float32()) for name in classes])


def _probabilities(
    attributions: Sequence[Attribution],
    classes: Sequence[str],
    scored: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> pa.StructArray:
    values = np.zeros((len(attributions), len(classes)), dtype=np.float32)
    for row, each in zip(values, attributions, strict=True):
        if each.probabilities:
            row[:] = [each.probabilities[name] for name in classes]
    return pa.StructArray.from_arrays(
        [pa.array(column, mask=~scored) for column in values.T],
        fields=list(_by_class(classes)),
        mask=pa.array(~scored),
    )
