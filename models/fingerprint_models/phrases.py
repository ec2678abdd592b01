"""How a column's value reads to a developer: what it is, and a number in a unit people use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What sort of number a column holds, hence how it is written."""

    NUMBER = auto()
    SHARE = auto()  # 0 to 1, written in per cent
    PREFERENCE = auto()  # 0 to 1, 0.5 where there was nothing to prefer, written in per cent
    FLAG = auto()  # 0 or 1; its mean is a share of samples
    PER_LINE = auto()  # written per 100 lines
    LOG = auto()  # natural logarithm of 1 + number, written as the number


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a column measures (`what`), and what stands behind its number (`unit`).

    `other` says what is measured where a preference leans the other way; the value is then
    1 - value; `counts` are the columns that count either way, where there are such. `base` is
    the column that is 0 where there is nothing to measure, `lack` says so.
    """

    what: str
    kind: Kind
    unit: str = ""
    other: str = ""
    base: str = ""
    lack: str = ""
    counts: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """What is measured, without examples in brackets."""
        return self.what.partition(" (")[0]

    @property
    def neutral(self) -> str:
        """What a mean counts for samples with nothing to measure; empty where that is no matter."""
        if self.kind is Kind.PREFERENCE:
            return "50 %"
        return "0" if self.base else ""

    @property
    def written_unit(self) -> str:
        """The unit of the numbers that `told` gives."""
        if self.kind in (Kind.SHARE, Kind.PREFERENCE):
            return f"% {self.unit}".rstrip()
        return "% of samples" if self.kind is Kind.FLAG else self.unit


_PERCENT = frozenset((Kind.SHARE, Kind.PREFERENCE, Kind.FLAG))

_LEAST = 0.05
"""Per cent and numbers below this are written as such: nobody needs the rest."""


def told(kind: Kind, value: float) -> float:
    """Return a column's value, or a mean of values, in the unit that people read."""
    if kind in _PERCENT or kind is Kind.PER_LINE:
        return 100 * value
    return math.expm1(min(value, 700.0)) if kind is Kind.LOG else value


def write_value(phrase: Phrase, value: float) -> str:
    """Return a sample's own value in words, with its unit.

    A preference is a Laplace estimate, always nearer to one half than the share that a reader
    counts, so one above a half is told as "at least".
    """
    if not math.isfinite(value):
        return "unknown"
    if phrase.kind is Kind.FLAG and value in (0, 1):
        return "yes" if value else "no"
    if phrase.kind is Kind.PREFERENCE:
        return f"at least {math.floor(100 * value)} %" if value > 0.5 else "no preference"
    number = write_typical(phrase.kind, value)
    return f"{number} {phrase.unit}".rstrip()


def write_typical(kind: Kind, value: float) -> str:
    """Return the mean of a column over many samples in words, "unknown" where it is not finite."""
    if not math.isfinite(value):
        return "unknown"
    return write_told(kind, told(kind, value))


def write_told(kind: Kind, number: float) -> str:
    """Return a number that `told` gave in words, without its unit but for per cent."""
    return _percent_words(number) if kind in _PERCENT else _number_words(number)


def _percent_words(per_cent: float) -> str:
    """Return whole per cent, a digit more at the ends, where it tells "some" from "none"."""
    if 0 < per_cent < _LEAST:
        return "under 0.1 %"
    near_end = 0 < per_cent < 0.95 or 99.5 <= per_cent < 99.95
    return f"{per_cent:.1f} %" if near_end else f"{per_cent:.0f} %"


def _number_words(value: float) -> str:
    """Return a number to two digits that tell, whole from 10 on."""
    if 0 < abs(value) < 0.005:
        return "almost 0"
    digits = 0 if abs(value) >= 9.95 else 1 if abs(value) >= 0.95 else 2
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
