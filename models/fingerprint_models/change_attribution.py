"""The record of a commit or a pull request: what it declares, and what its style says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fingerprint_models.attribution import Evidence, ModelId
from fingerprint_models.declaration import Declaration


@dataclass(frozen=True, slots=True)
class Inferred:
    """What the style of a change says of its author; markers are no part of it.

    `raw_agent` is what the model said, `agent` what we tell: an agent, "human", "ai" (some agent,
    which one is not clear) or "unknown", with the `reason` whenever the two differ.
    `ai_probability` is None for a pull request without diffs, since no model knows people's pull
    requests: its agents are told on the premise that some agent opened it.
    `confidence` is the calibrated probability that `agent` is true (of `raw_agent` where it is
    unknown).
    """

    agent: str
    confidence: float
    raw_agent: str
    raw_confidence: float
    probabilities: Mapping[str, float]
    ai_probability: float | None
    prediction_set: tuple[str, ...]
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeAttribution:
    """What a user gets for one commit or pull request.

    The two channels stand side by side: `declared` is None where no marker was found, which does
    not mean human; `inferred` is None where there was nothing to measure (`status` says why).
    `reason` says why a change has no inferred answer, `path` the file that a pull request came in.
    `conflict` is true where both name somebody and these differ. `changes` counts the changes
    that stand behind the answer: more than one after pooling.
    """

    status: str
    model: ModelId
    kind: str = "commit"
    id: str | None = None
    path: str | None = None
    declared: Declaration | None = None
    inferred: Inferred | None = None
    conflict: bool = False
    changes: int = 1
    reason: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the JSON contract: plain types only."""
        pull_request = {"path": self.path, "id": self.id}
        where = pull_request if self.kind == "pull_request" else {"commit": self.id}
        return {
            **where,
            "status": self.status,
            "reason": self.reason,
            "kind": self.kind,
            "declared": self.declared.to_dict() if self.declared else None,
            "inferred": _inferred(self.inferred),
            "conflict": self.conflict,
            "changes": self.changes,
            "model": {"name": self.model.name, "version": self.model.version},
        }


def _inferred(inferred: Inferred | None) -> dict[str, object] | None:
    if inferred is None:
        return None
    return {
        "agent": inferred.agent,
        "confidence": inferred.confidence,
        "raw": {"agent": inferred.raw_agent, "confidence": inferred.raw_confidence},
        "probabilities": dict(inferred.probabilities),
        "ai_probability": inferred.ai_probability,
        "prediction_set": list(inferred.prediction_set),
        "reason": inferred.reason,
        "evidence": [
            {"text": item.text, "agent": item.family, "contribution": item.contribution}
            for item in inferred.evidence
        ],
    }
