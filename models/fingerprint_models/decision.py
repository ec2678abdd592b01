"""Decision: what is told, given calibrated probabilities and the mode that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_models.attribution import AI, UNKNOWN

FloatArray = npt.NDArray[np.float64]

MODES = ("best-guess", "balanced", "high-precision")

SHORT_LINES = 5
"""Below so many lines that are not blank a sample says too little, in all but best-guess."""


@dataclass(frozen=True)
class Thresholds:
    """Least probability for telling a family, "human", or "ai" in one mode."""

    family: float
    human: float
    ai: float


@dataclass(frozen=True)
class Told:
    """What is told, how sure that is, and why it differs from the raw answer if it does."""

    family: str
    confidence: float
    reason: str | None


@dataclass(frozen=True)
class Decision:
    """Classes in order, which of them is human (None where none is), thresholds by mode."""

    classes: tuple[str, ...]
    human: str | None
    thresholds: Mapping[str, Thresholds]

    def __call__(self, probabilities: FloatArray, *, mode: str, lines: int, parsed: bool) -> Told:
        """Return what to tell of one sample in a mode, one of `MODES`."""
        best = int(np.argmax(probabilities))
        raw, confidence = self.classes[best], float(probabilities[best])
        # Said with an answer too: it stands on fewer columns than the figures are made on.
        fewer = None if parsed else "neutral_columns"
        if mode == "best-guess":
            return Told(raw, confidence, fewer)
        if lines < SHORT_LINES:
            return Told(UNKNOWN, confidence, "too_short")
        least = self.thresholds[mode]
        ai = self.ai_probability(probabilities)
        if raw == self.human:
            told = confidence >= least.human
        else:
            # An AI family is an accusation too: the AI side must be sure by itself.
            told = confidence >= least.family and (ai is None or ai >= least.ai)
        if told:
            return Told(raw, confidence, fewer)
        if ai is not None and ai >= least.ai:
            return Told(AI, ai, "family_uncertain")
        return Told(UNKNOWN, confidence, "low_confidence" if parsed else "unsupported_language")

    def ai_probability(self, probabilities: FloatArray) -> float | None:
        """Return the probability that some language model wrote the sample."""
        if self.human is None:
            return None
        return float(1.0 - probabilities[self.classes.index(self.human)])

    def to_dict(self) -> dict[str, object]:
        """Return plain data for a model folder."""
        return asdict(self)

    @classmethod
    def from_dict(
        cls,
        classes: Sequence[str],
        human: str | None,
        thresholds: Mapping[str, Mapping[str, float]],
    ) -> Decision:
        """Return the record that `to_dict` wrote."""
        made = {mode: Thresholds(**values) for mode, values in thresholds.items()}
        return cls(tuple(classes), human, made)
