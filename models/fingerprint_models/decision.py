"""Decision: what is told, given calibrated probabilities and the mode that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf, isinf
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_models.attribution import AI, UNKNOWN

FloatArray = npt.NDArray[np.float64]

MODES = ("best-guess", "balanced", "high-precision")

SHORT_LINES = 5
"""Below so many lines that are not blank a sample says too little, in all but best-guess."""


NEVER = 2.0
"""A threshold that no probability reaches: what could not be promised is not told."""


@dataclass(frozen=True)
class Thresholds:
    """Least probability for telling each family, "human", or "ai" in one mode.

    `novelty` is the largest novelty score with which a family is still told. A family without a
    threshold is never told.
    """

    family: Mapping[str, float]
    human: float
    ai: float
    novelty: float = inf

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], classes: Sequence[str]) -> Thresholds:
        """Return what `asdict` wrote; models before 1.2.0 have one threshold for all families."""
        family = values["family"]
        by_class = family if isinstance(family, Mapping) else dict.fromkeys(classes, family)
        novelty = values.get("novelty")
        return cls(by_class, values["human"], values["ai"], inf if novelty is None else novelty)


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

    def __call__(
        self,
        probabilities: FloatArray,
        *,
        mode: str,
        lines: int,
        parsed: bool,
        novelty: float | None = None,
    ) -> Told:
        """Return what to tell of one sample in a mode, one of `MODES`.

        `novelty` is what `self.novelty` says where it is not given. No thresholds hold for a sample
        above the limit, nor for a language without a grammar.
        """
        best = int(np.argmax(probabilities))
        raw, confidence = self.classes[best], float(probabilities[best])
        if mode == "best-guess":
            # Said with the answer: it stands on fewer columns than the figures are made on.
            return Told(raw, confidence, None if parsed else "neutral_columns")
        if lines < SHORT_LINES:
            return Told(UNKNOWN, confidence, "too_short")
        if not parsed:
            return Told(UNKNOWN, confidence, "unsupported_language")
        least = self.thresholds[mode]
        novel = (self.novelty(probabilities) if novelty is None else novelty) > least.novelty
        ai = self.ai_probability(probabilities)
        sure_ai = ai is None or ai >= least.ai
        if raw == self.human:
            told = confidence >= least.human
        else:
            # An AI family is an accusation too: the AI side must be sure by itself.
            told = sure_ai and not novel and confidence >= least.family.get(raw, NEVER)
        if told:
            return Told(raw, confidence, None)
        why = "out_of_distribution" if novel and raw != self.human else None
        if ai is not None and sure_ai:
            return Told(AI, ai, why or "family_uncertain")
        return Told(UNKNOWN, confidence, why or "low_confidence")

    def ai_probability(self, probabilities: FloatArray) -> float | None:
        """Return the probability that some language model wrote the sample."""
        if self.human is None:
            return None
        return float(1.0 - probabilities[self.classes.index(self.human)])

    def novelty(self, probabilities: FloatArray) -> float:
        """Return how evenly the families share the AI side: 0 for one alone, 1 for all alike.

        The entropy of the families' shares over its maximum. It is high for a generator that no
        family in training is like (AUROC 0.81 against known ones, 0.64 within one source;
        training/LOG.md).
        """
        return float(self.novelties(probabilities[None])[0])

    def novelties(self, probabilities: FloatArray) -> FloatArray:
        """Return the novelty of n samples, shape (n,), given probabilities (n, classes)."""
        families = probabilities[:, [name != self.human for name in self.classes]]
        if families.shape[1] < 2:
            return np.zeros(len(families))
        total = families.sum(axis=1)
        # In C order, so that many samples are summed as one is, to the last bit.
        share = np.ascontiguousarray(families / np.where(total > 0, total, 1.0)[:, None])
        entropy = -(share * np.log(np.maximum(share, 1e-12))).sum(axis=1)
        found: FloatArray = np.where(total > 0, entropy / np.log(families.shape[1]), 0.0)
        return found

    def to_dict(self) -> dict[str, object]:
        """Return plain data for a model folder; an infinite limit is None there."""
        plain = asdict(self)
        for values in plain["thresholds"].values():
            values["novelty"] = None if isinf(values["novelty"]) else values["novelty"]
        return plain

    @classmethod
    def from_dict(
        cls,
        classes: Sequence[str],
        human: str | None,
        thresholds: Mapping[str, Mapping[str, Any]],
    ) -> Decision:
        """Return the record that `to_dict` wrote."""
        made = {mode: Thresholds.from_dict(values, classes) for mode, values in thresholds.items()}
        return cls(tuple(classes), human, made)
