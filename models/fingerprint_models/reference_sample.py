"""The reference sample: some training samples as columns and left-out answers, to hold others to.

What comes in drifts from what a model was trained on, and only distributions can show that: means
(`reference.npz`) do not suffice. The answers are of heads that did not see the sample's source, so
that they are as sure, and as wrong, as answers to new samples of the same kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_features import registry
from fingerprint_models.arrays import npz_bytes, read_npz
from fingerprint_models.errors import ModelError

FloatArray = npt.NDArray[np.float64]
Columns = npt.NDArray[np.float32]
Strings = npt.NDArray[np.str_]

REFERENCE_SAMPLE = "reference_sample.npz"
"""The file of a model folder; models of code before 1.3.1 and of agents before 1.1.1 have none."""

_STEPS = 36.0
"""Steps of a lexicon column's unit: log(1 + 1000 per thousand), its largest value, is 249 steps."""

_ARRAYS = ("dense", "lexicon", "probabilities", "truth", "language", "source", "lines", "parsed")


DENSE = len(registry.COLUMNS)
"""Columns of code that are no rates of the lexicon; of changes all columns are none."""


@dataclass(frozen=True, eq=False)
class ReferenceSample:
    """n training samples: design columns `values` (n, columns), rounded as `rounded` does.

    `probabilities` (n, classes) are calibrated answers of heads that did not see the sample's
    source, `truth` (n,) indexes the model's classes. `language` and `source` are texts, `lines`
    counts lines that are not blank, of changes words; `parsed` says whether there was a grammar;
    all (n,). The first `dense` columns are no rates of the lexicon.
    """

    values: Columns
    probabilities: FloatArray
    truth: npt.NDArray[np.int64]
    language: Strings
    source: Strings
    lines: npt.NDArray[np.int32]
    parsed: npt.NDArray[np.bool_]
    dense: int = DENSE

    def __len__(self) -> int:
        return len(self.truth)

    def to_bytes(self) -> bytes:
        """Return an npz file; values are kept in a half or a quarter of their size."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "dense": _halved(self.values[:, : self.dense]),
            "lexicon": np.rint(self.values[:, self.dense :] * _STEPS).astype(np.uint8),
            "probabilities": self.probabilities.astype(np.float32),
            "truth": self.truth.astype(np.int16),
            "language": self.language,
            "source": self.source,
            "lines": self.lines,
            "parsed": self.parsed,
        }
        return npz_bytes(arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> ReferenceSample:
        """Return what `to_bytes` wrote; raises ModelError where arrays are missing or misshapen."""
        try:
            return _read(read_npz(data))
        except (KeyError, ValueError) as problem:
            raise ModelError(
                f"the reference sample ({REFERENCE_SAMPLE}) is unsound ({problem}): train the "
                "model again"
            ) from None


def rounded(values: Columns, dense: int = DENSE) -> Columns:
    """Return design columns (n, columns), `dense` of them no rates, as a reference sample does.

    Both sides of a comparison are rounded, or ties on one side alone would look like drift.
    """
    rates = np.rint(values[:, dense:] * _STEPS) / np.float32(_STEPS)
    return np.concatenate((_halved(values[:, :dense]).astype(np.float32), rates), axis=1)


def _halved(values: Columns) -> npt.NDArray[np.float16]:
    limit = float(np.finfo(np.float16).max)
    return np.clip(values, -limit, limit).astype(np.float16)


def _read(arrays: Mapping[str, npt.NDArray[Any]]) -> ReferenceSample:
    found = {name: arrays[name] for name in _ARRAYS}
    count = len(found["truth"])
    for name, array in found.items():
        if len(array) != count:
            raise ValueError(f"{name} has {len(array)} rows, truth has {count}")
    lexicon = found["lexicon"].astype(np.float32) / np.float32(_STEPS)
    return ReferenceSample(
        values=np.concatenate((found["dense"].astype(np.float32), lexicon), axis=1),
        probabilities=found["probabilities"].astype(np.float64),
        truth=found["truth"].astype(np.int64),
        language=found["language"],
        source=found["source"],
        lines=found["lines"].astype(np.int32),
        parsed=found["parsed"].astype(np.bool_),
        dense=found["dense"].shape[1],
    )
