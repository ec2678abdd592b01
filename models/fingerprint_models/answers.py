"""From probabilities to attributions: what is told of each sample of a call."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fingerprint_features.extract import Features
from fingerprint_features.sample import Sample
from fingerprint_models.attribution import Attribution, Evidence
from fingerprint_models.decision import Told

if TYPE_CHECKING:
    from fingerprint_models.model import Model

FloatArray = npt.NDArray[np.float64]


def answers(
    model: Model,
    given: Sequence[Sample],
    features: Features,
    probabilities: FloatArray,
    *,
    sets: Sequence[tuple[str, ...]],
    together: Collection[int],
    mode: str,
    why: Mapping[int, tuple[Evidence, ...]],
) -> list[Attribution]:
    """Return an attribution for each sample, in order.

    `probabilities` (n, all classes) are calibrated, `sets` the trained classes in each prediction
    set, `together` the samples that were scored in the light of their source.
    """
    novelty = model.decision.novelties(probabilities[:, : len(model.classes)]).tolist()
    # Enrolled classes change what is decided on, hence its novelty.
    known: list[dict[str, float]] = [
        {} if model.enrolment.classes else {"novelty": each} for each in novelty
    ]
    return [
        _scored(
            model,
            probabilities[i],
            model.enrolment.decide(
                model.for_sources if i in together else model.decision,
                probabilities[i],
                mode=mode,
                lines=int(features.lines[i]),
                parsed=bool(features.parsed[i]),
                **known[i],
            ),
            novelty=novelty[i],
            path=sample.path,
            language=features.language[i],
            likely=sets[i],
            evidence=why.get(i, ()),
        )
        if features.status[i] == "ok"
        else Attribution.not_scored(
            features.status[i], model=model.id, path=sample.path, language=features.language[i]
        )
        for i, sample in enumerate(given)
    ]


def _scored(
    model: Model,
    probabilities: FloatArray,
    told: Told,
    *,
    novelty: float,
    path: str | None,
    language: str | None,
    likely: tuple[str, ...],
    evidence: tuple[Evidence, ...],
) -> Attribution:
    by_class = dict(zip(model.all_classes, probabilities.tolist(), strict=True))
    best = max(by_class, key=by_class.__getitem__)
    return Attribution(
        "ok",
        model.id,
        path=path,
        language=language,
        family=told.family,
        confidence=told.confidence,
        raw_family=best,
        raw_confidence=by_class[best],
        probabilities=by_class,
        ai_probability=model.enrolment.ai_probability(model.decision, probabilities),
        novelty=novelty,
        prediction_set=(*likely, *model.enrolment.in_set(probabilities)),
        reason=told.reason,
        evidence=evidence,
    )
