"""A model that behaves like the real one at its seams, so that the face is tested alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from fingerprint_features.sample import Sample
from fingerprint_models.attribution import Attribution, Evidence, ModelId

FAKE_ID = ModelId("fake", "0.1")


@dataclass(frozen=True)
class FakeModel:
    """Tells human where the code says `human`, else unknown; remembers how it was called."""

    calls: list[dict[str, object]] = field(default_factory=list)
    id: ModelId = FAKE_ID
    classes: tuple[str, ...] = ("human", "claude")
    card: str = "---\nlicense: apache-2.0\n---\n# A fake model\n"
    figures: dict[str, object] = field(default_factory=lambda: {"macro_f1": 0.5})

    def predict_many(
        self,
        samples: Sequence[Sample],
        *,
        source: str | None = None,
        workers: int = 1,
        mode: str = "balanced",
        explain: bool = False,
    ) -> list[Attribution]:
        """Answer for each sample, in order, and note the call."""
        self.calls.append(
            {
                "paths": [sample.path for sample in samples],
                "source": source,
                "workers": workers,
                "mode": mode,
                "explain": explain,
            }
        )
        return [self._one(sample, explain) for sample in samples]

    def _one(self, sample: Sample, explain: bool) -> Attribution:
        p = 0.9 if "human" in sample.code else 0.4
        reason = Evidence("docstrings on 9 of 9\nfunctions", "claude", -0.5, ("comments.doc",))
        return Attribution(
            status="ok",
            model=self.id,
            path=sample.path,
            language=sample.language,
            family="human" if p > 0.5 else "unknown",
            confidence=p,
            raw_family="human" if p > 0.5 else "claude",
            raw_confidence=max(p, 1 - p),
            probabilities={"human": p, "claude": 1 - p},
            ai_probability=1 - p,
            prediction_set=("human", "claude"),
            reason=None if p > 0.5 else "low_confidence",
            evidence=(reason,) if explain else (),
        )


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    """Put the fake in place of the shipped model."""
    fake = FakeModel()
    monkeypatch.setattr("fingerprint.api.load", lambda folder=None: fake)  # noqa: ARG005
    return fake
