"""Many small pieces of evidence, one answer: for a directory, an author, a source of a data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fingerprint_models.attribution import Attribution, ModelId
from fingerprint_models.calibration import FLOOR, bounded
from fingerprint_models.decision import SHORT_LINES
from fingerprint_models.prevalence import Shares, estimate
from fingerprint_models.transfer import log_softmax

if TYPE_CHECKING:
    from fingerprint_models.model import Model

FloatArray = npt.NDArray[np.float64]
Key = Callable[[Attribution], str | None]

PIPED = "-"
"""The path of what was read from standard input, which lies in no directory."""

_UNMEASURED = ("unsupported_language", "neutral_columns")


FEWEST_POOLED = 3
"""Samples of the smallest pools that thresholds were fitted on."""


@dataclass(frozen=True)
class Pooling:
    """How log-probabilities of n samples of one source add up: they are not independent.

    Their mean is taken times `factor` x n ** `growth`, both fitted on left-out sources: 1 and 1
    would be independent evidence, a growth of 0 says that more of the same tells nothing new. A
    single sample is left as it is.
    """

    factor: float = 1.0
    growth: float = 0.0

    def __call__(self, probabilities: FloatArray) -> FloatArray:
        """Return the pooled probabilities (classes,) of n >= 1 samples, shape (n, classes)."""
        n = len(probabilities)
        if n == 1:
            return probabilities.reshape(-1)
        # One sample cannot rule a class out for all: what is 0 counts as the calibration's least.
        mean = np.log(np.maximum(probabilities, FLOOR)).mean(axis=0)
        return self.of_means(mean[None], np.array([n])).reshape(-1)

    def of_means(self, means: FloatArray, sizes: npt.NDArray[np.int64]) -> FloatArray:
        """Return the pooled probabilities (G, classes) of groups of two samples and more.

        `means` (G, classes) are their mean log-probabilities, `sizes` (G,) their samples.
        """
        strength = self.factor * sizes.astype(np.float64) ** self.growth
        return bounded(np.exp(log_softmax(strength[:, None] * means)))

    def to_dict(self) -> dict[str, float]:
        """Return plain data for a model folder."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PooledAttribution:
    """One answer for all samples under a key, on the premise that one author wrote them.

    `samples` were pooled, `left_out` had no answer of their own; `status` is "empty" where none
    had one. The other fields mean what they mean on an `Attribution`. `shares` drops the premise:
    how much of the collection each class wrote, with 95 % intervals, corrected for the classifier's
    error; None below 30 samples, and where the model does not know that error: before 1.2.0, and
    with enrolled classes. That error differs from source to source, which the intervals leave out:
    they are too narrow for a collection out of few sources.
    """

    key: str
    samples: int
    left_out: int
    model: ModelId
    status: str = "ok"
    family: str | None = None
    confidence: float | None = None
    raw_family: str | None = None
    raw_confidence: float | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    ai_probability: float | None = None
    reason: str | None = None
    shares: Shares | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the JSON contract of `fingerprint predict --pool --jsonl`: plain types only."""
        return {
            "pool": self.key,
            "status": self.status,
            "samples": self.samples,
            "left_out": self.left_out,
            "family": self.family,
            "raw": {"family": self.raw_family, "confidence": self.raw_confidence},
            "confidence": self.confidence,
            "probabilities": dict(self.probabilities),
            "ai_probability": self.ai_probability,
            "reason": self.reason,
            "shares": None if self.shares is None else _plain(self.shares),
            "model": {"name": self.model.name, "version": self.model.version},
        }


def _plain(shares: Shares) -> dict[str, dict[str, float]]:
    rows = zip(shares.classes, shares.share, shares.low, shares.high, strict=True)
    return {name: {"share": share, "low": low, "high": high} for name, share, low, high in rows}


def by_directory(attribution: Attribution) -> str | None:
    """Return the folder that a sample lies in; None for one without a path, or that was piped."""
    path = attribution.path
    return None if path is None or path == PIPED else str(PurePath(path).parent)


def by_language(attribution: Attribution) -> str | None:
    """Return a sample's language; None where it is not known."""
    return attribution.language


KEYS: Mapping[str, Key] = {"directory": by_directory, "language": by_language}
"""What `by` may name; a function of the attribution may be given too."""


def grouped(
    attributions: Sequence[Attribution], by: str | Key | Sequence[str | None] | None
) -> dict[str, list[Attribution]]:
    """Return attributions by key, in the order in which keys first occur; without a key, in none.

    `by` is None for all in one, a name in `KEYS`, a function, or a key for each attribution.
    ValueError: an unknown name, or another number of keys than of attributions.
    """
    if by is None:
        keys: list[str | None] = ["all"] * len(attributions)
    elif isinstance(by, str):
        if by not in KEYS:
            raise ValueError(f"by must be one of {', '.join(KEYS)}, or give keys, not {by!r}")
        keys = [KEYS[by](each) for each in attributions]
    else:
        keys = [by(each) for each in attributions] if callable(by) else list(by)
    if len(keys) != len(attributions):
        raise ValueError(f"by has {len(keys)} keys for {len(attributions)} attributions")
    groups: dict[str, list[Attribution]] = {}
    for key, each in zip(keys, attributions, strict=True):
        if key is not None:
            groups.setdefault(str(key), []).append(each)
    return groups


def pool(
    model: Model, key: str, attributions: Sequence[Attribution], *, mode: str = "balanced"
) -> PooledAttribution:
    """Return one answer for attributions that are believed to be of one author.

    `mode` is one of `MODES`. Short samples together may be long enough; code of languages without a
    grammar is told as such unless half of the samples or more have one. ValueError: there are no
    attributions, or one is another model's or of other classes, as after another enrolment.
    """
    if not attributions:
        raise ValueError("nothing to pool: give at least one attribution")
    scored = [each for each in attributions if each.probabilities]
    _check_made_by(model, attributions, scored)
    blank = PooledAttribution(key, len(scored), len(attributions) - len(scored), model.id)
    if not scored:
        return replace(blank, status="empty")
    classes = model.all_classes
    p = np.array([[each.probabilities[name] for name in classes] for each in scored])
    pooled = model.pooling(p)
    # The thresholds of pools were fitted on pools: a few samples are told as lone ones are.
    decision = model.for_pools if len(p) >= FEWEST_POOLED else model.decision
    told = model.enrolment.decide(
        decision, pooled, mode=mode, lines=_lines(scored), parsed=_measured(scored)
    )
    best = int(np.argmax(pooled))
    return replace(
        blank,
        family=told.family,
        confidence=told.confidence,
        raw_family=classes[best],
        raw_confidence=float(pooled[best]),
        probabilities=dict(zip(classes, pooled.tolist(), strict=True)),
        ai_probability=model.enrolment.ai_probability(model.decision, pooled),
        reason=told.reason,
        shares=_shares(model, p),
    )


def _check_made_by(
    model: Model, attributions: Sequence[Attribution], scored: Sequence[Attribution]
) -> None:
    own = f"{model.id.name} {model.id.version}"
    mend = "pool with the model that made them"
    for each in attributions:
        if each.model != model.id:
            other = f"{each.model.name} {each.model.version}"
            raise ValueError(f"attributions are by {other}, and the model is {own}: {mend}")
    for each in scored:
        strange = sorted(each.probabilities.keys() ^ set(model.all_classes))
        if strange:  # enrolling changes a model's classes more often than its version
            about = f"attributions and the model {own} differ in the classes {', '.join(strange)}"
            raise ValueError(f"{about}: {mend}")


def _lines(scored: Sequence[Attribution]) -> int:
    """Return how many lines that are not blank the samples have at least."""
    return sum(1 if each.reason == "too_short" else SHORT_LINES for each in scored)


def _measured(scored: Sequence[Attribution]) -> bool:
    """Tell whether half of the samples or more are of languages with a grammar."""
    return 2 * sum(each.reason in _UNMEASURED for each in scored) <= len(scored)


def _shares(model: Model, probabilities: FloatArray) -> Shares | None:
    """Return the mix of the trained classes; how enrolled ones are mistaken is not known."""
    if model.mean_answers is None or model.enrolment.classes:
        return None
    return estimate(probabilities, model.mean_answers, model.classes)
