"""What an evaluation found, as plain numbers: the records that reports and model cards are made of.

A figure that the rows leave undefined is NaN here and null in JSON.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; low and high are NaN with fewer than two groups."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Raw-answer F1 of one class, and how many samples truly are of it."""

    family: str
    samples: int
    f1: Estimate


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Samples with raw confidence in (low, high]: their number, mean confidence and accuracy."""

    low: float
    high: float
    samples: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Accusations:
    """Human samples of one language, how many were told to be AI, and the exact 95 % interval.

    `language` None is all languages together, "" samples without one.
    """

    language: str | None
    samples: int
    accused: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LengthScore:
    """Samples of `shortest` to `longest` lines (None: no end): raw accuracy and share answered."""

    shortest: int
    longest: int | None
    samples: int
    accuracy: Estimate
    answered: Estimate


@dataclass(frozen=True, slots=True)
class Assessment:
    """One model on one set of test rows; `evaluation.assess` defines the figures.

    `confusion` counts raw answers, true class by likeliest class, in the order of `classes`.
    """

    group: str
    groups: int
    samples: int
    train_rows: int | None
    classes: tuple[str, ...]
    macro_f1: Estimate
    accuracy: Estimate
    human_auroc: Estimate
    ece: Estimate
    brier: Estimate
    precision_target: float
    coverage: Estimate
    answered: Estimate
    answered_precision: Estimate
    named: Estimate
    named_precision: Estimate
    accusation_lines: int
    false_positive_rate: Estimate
    families: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[ReliabilityBin, ...]
    accusations: tuple[Accusations, ...]
    lengths: tuple[LengthScore, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return dicts, lists, strings, numbers and None only: `json.dumps` takes it as it is."""
        made: dict[str, Any] = plain(asdict(self))
        return made


def plain(value: Any) -> Any:
    """Return figures as JSON knows them: NaN, what could not be measured, is None there."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
