"""The record that leaves the house: who wrote a sample, how sure we are, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNKNOWN = "unknown"
"""Told when no family is likely enough for the mode asked for."""

AI = "ai"
"""Told when some language model wrote the sample for sure, but which one is not clear."""


@dataclass(frozen=True, slots=True)
class ModelId:
    """Name and version of the model that answered."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason, for (`contribution` > 0) or against `family`, in log-odds (TreeSHAP).

    `value` is what was measured in the sample, `typical_family`, `typical_human` and
    `typical_others` (all other families) are means over training samples, all in `unit`; None
    where a reason is no single number.
    """

    text: str
    family: str
    contribution: float
    columns: tuple[str, ...]
    value: float | None = None
    unit: str | None = None
    typical_family: float | None = None
    typical_human: float | None = None
    typical_others: float | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a user gets for one sample.

    `raw_family` is what the model said, `family` what we tell: a family, `"unknown"` or `"ai"`,
    with the `reason` whenever the two differ. `confidence` is the calibrated probability that
    `family` is true (of `raw_family` where `family` is unknown). Where `status` is not `"ok"`
    the sample was not scored, and the answers are None or empty.
    """

    status: str
    model: ModelId
    path: str | None = None
    language: str | None = None
    family: str | None = None
    confidence: float | None = None
    raw_family: str | None = None
    raw_confidence: float | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    ai_probability: float | None = None
    novelty: float | None = None
    prediction_set: tuple[str, ...] = ()
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    source: str = "inferred"

    @classmethod
    def not_scored(
        cls,
        status: str,
        *,
        model: ModelId,
        path: str | None = None,
        language: str | None = None,
        reason: str | None = None,
    ) -> Attribution:
        """Return the record of an input that could not, or should not, be scored."""
        return cls(status=status, model=model, path=path, language=language, reason=reason)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON contract of `fingerprint predict --jsonl`: plain types only."""
        return {
            "path": self.path,
            "status": self.status,
            "language": self.language,
            "family": self.family,
            "raw": {"family": self.raw_family, "confidence": self.raw_confidence},
            "confidence": self.confidence,
            "probabilities": dict(self.probabilities),
            "ai_probability": self.ai_probability,
            "novelty": self.novelty,
            "prediction_set": list(self.prediction_set),
            "reason": self.reason,
            "evidence": [
                {
                    "text": item.text,
                    "family": item.family,
                    "contribution": item.contribution,
                    "columns": list(item.columns),
                    "value": item.value,
                    "unit": item.unit,
                    "typical_family": item.typical_family,
                    "typical_human": item.typical_human,
                    "typical_others": item.typical_others,
                }
                for item in self.evidence
            ],
            "source": self.source,
            "model": {"name": self.model.name, "version": self.model.version},
        }
