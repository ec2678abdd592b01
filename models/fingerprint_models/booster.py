"""The LightGBM head, opened only when it is needed and once in each process.

A booster that was built before a fork hangs in the child, so none is ever built on import or
load: the text waits until the first prediction of a process.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_models.trees import Trees, parse

FloatArray = npt.NDArray[np.float64]

FEW = 200
"""Fewer samples than this are scored without LightGBM, whatever the trees: importing it takes as
long as walking down the trees for some hundreds of samples (benchmarks/predict.py)."""


class Booster:
    """A LightGBM multiclass model kept as its native text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._opened: Any = None
        self._process = -1

    def __getstate__(self) -> dict[str, str]:
        return {"text": self.text}

    def __setstate__(self, state: dict[str, str]) -> None:
        self.__init__(state["text"])  # type: ignore[misc]  # the only way to a fresh booster

    @cached_property
    def _trees(self) -> Trees:
        return parse(self.text)

    def _open(self) -> Any:
        if self._opened is None or self._process != os.getpid():
            import lightgbm  # noqa: PLC0415 - 0.3 s, and not before a fork

            self._opened = lightgbm.Booster(model_str=self.text)
            self._process = os.getpid()
        return self._opened

    def probabilities(self, columns: npt.NDArray[np.float32]) -> FloatArray:
        """Return class probabilities of n samples, shape (n, classes), not calibrated."""
        # A text of a version that `trees` does not know is LightGBM's own to read. It refuses to
        # score no samples at all.
        with suppress(ValueError):
            if len(columns) < FEW or self._trees.narrow:
                return self._trees.probabilities(columns)
        predicted = self._open().predict(columns, num_threads=1)
        return np.asarray(predicted, dtype=np.float64)

    def contributions(self, columns: npt.NDArray[np.float32]) -> FloatArray:
        """Return TreeSHAP contributions, shape (n, classes, columns), in log-odds.

        Lundberg et al., "From local explanations to global understanding", 2020.
        """
        booster = self._open()
        raw = np.asarray(booster.predict(columns, pred_contrib=True, num_threads=1))
        width = columns.shape[1] + 1
        return raw.reshape(len(columns), -1, width)[:, :, :-1]
