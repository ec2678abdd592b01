"""What a comparison found: records that hold plain values, for machines and for pages."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

from fingerprint_training.plain import fields_of

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Side:
    """One side: samples that were read, of them those compared, their sources and labels.

    `skipped` pairs why samples could not be measured with how many.
    """

    name: str
    samples: int
    compared: int
    sources: int
    labelled: int
    skipped: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A statistic of the panel: its p-value alone, and `adjusted` for the others of the panel.

    `excess` is (observed - mean of the draws) / their standard deviation.
    """

    name: str
    kind: str
    p: float
    adjusted: float
    excess: float
    found: bool


@dataclass(frozen=True, slots=True)
class Language:
    """A language's share of each side, of the samples compared.

    `tested`: enough samples on both sides, and sources where these are shuffled, to look within.
    `p` is that of all columns within the language, adjusted for the other languages; NaN where it
    is not looked into.
    """

    name: str
    reference: float
    current: float
    reference_samples: int
    current_samples: int
    tested: bool
    p: float = nan


@dataclass(frozen=True, slots=True)
class Divergence:
    """How far two distributions lie apart, each with what 95 % of draws without drift stay below.

    Of "languages" and "families" (the likeliest) one distribution; of a feature group the mean over
    its columns. `psi` is the population stability index, `js` the Jensen-Shannon divergence in
    bits, `ks` the Kolmogorov-Smirnov distance (NaN where there is no order); bins are deciles of
    both sides together.
    """

    name: str
    columns: int
    psi: float
    psi_usual: float
    js: float
    js_usual: float
    ks: float
    ks_usual: float


@dataclass(frozen=True, slots=True)
class Column:
    """A feature column: medians and means by side, in its own unit, weighted as languages are now.

    `p` is adjusted for all columns (max-T of `ks` over the draws). `words` say what is measured.
    """

    name: str
    group: str
    words: str
    p: float
    ks: float
    psi: float
    psi_usual: float
    reference_median: float
    current_median: float
    reference_mean: float
    current_mean: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A mean by side; `low` and `high` are where 95 % of draws without drift would have it."""

    name: str
    reference: float
    current: float
    low: float
    high: float

    @property
    def up(self) -> bool:
        """Whether it lies above what chance explains."""
        return self.current > self.high

    @property
    def outside(self) -> bool:
        """Whether it lies beyond what chance explains, on either side."""
        return self.up or self.current < self.low


@dataclass(frozen=True, slots=True)
class Mix:
    """A class's share: of the reference's labels, and estimated in the current side (BBSE).

    `low` and `high` end the 95 % interval of the estimate, which holds if only the mix of classes
    has changed and not how a class writes.
    """

    name: str
    reference: float
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Expected calibration error of a side's labelled samples, with its 95 % interval.

    `over` is mean confidence - accuracy: above 0, answers are too sure.
    """

    labelled: int
    ece: float
    low: float
    high: float
    accuracy: float
    over: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration of both sides; `worse` says that the current side's is, beyond chance."""

    reference: Reliability
    current: Reliability
    worse: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A current sample that is unlike the reference: `at` is its position in the corpus.

    `known_as` is the path of code, or the id of a commit or pull request; "" where none is known.
    `score` is the out-of-fold score of a linear classifier of the two sides, in standard deviations
    of the scores of all samples.
    """

    at: int
    language: str
    source: str
    told: str
    novelty: float
    score: float
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the verdict: a kind of `verdict.VERDICTS`, and its sentence."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Drift:
    """A comparison of what comes in with what it is held against.

    `p` is the panel's p-value: the alarm `drifted` is p ≤ `alpha`, and rings at that rate without
    drift. `kinds` are those of `members.KINDS` that were found. `verdict` says it in words, what to
    do first. `by` says what was shuffled, `meaning` what the alarm hence means; `draws` are fewer
    than were asked for where there are no more ways to part the sources. `classifier` is the
    out-of-fold AUROC of a linear classifier of the two sides within languages (0.5: cannot tell
    them apart). `ngrams_moved` counts those of the `columns_moved` that are hashed n-grams and are
    not named among `columns`. `predicted` are shares of samples by their likeliest family.
    `calibration` is None without enough labels; `mix` is empty without labels in the reference,
    where a side is not new to the model, or with too few current samples (or sources, where these
    are shuffled) for an interval.
    """

    reference: Side
    current: Side
    model: str
    version: str
    by: str
    meaning: str
    draws: int
    alpha: float
    seed: int
    p: float
    drifted: bool
    kinds: tuple[str, ...]
    verdict: tuple[Finding, ...]
    members: tuple[Member, ...]
    languages: tuple[Language, ...]
    divergences: tuple[Divergence, ...]
    columns_moved: int
    ngrams_moved: int
    columns: tuple[Column, ...]
    confidence: tuple[Shift, ...]
    predicted: tuple[Shift, ...]
    mix: tuple[Mix, ...]
    calibration: Calibration | None
    classifier: float
    examples: tuple[Example, ...]
    notes: tuple[str, ...]
    schema_version: int = SCHEMA_VERSION

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types; what is not finite is None."""
        told = fields_of(self)
        told["model"] = {"name": self.model, "version": told.pop("version")}
        told["reference"]["skipped"] = dict(self.reference.skipped)
        told["current"]["skipped"] = dict(self.current.skipped)
        return {"schema_version": told.pop("schema_version"), **told}
