"""One column of one sample beside what is typical: whether it bears a reason out, and its words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fingerprint_features.source import MAX_BYTES
from fingerprint_models.phrases import Kind, Phrase, told, write_typical, write_value
from fingerprint_models.reference import Reference
from fingerprint_models.wording import phrase_of
from fingerprint_models.wording_layout import FUNCTIONS

APART = 0.1
"""Means of two classes that lie closer than this, in standard deviations of the column, set
nothing apart: half of what counts as a small effect (Cohen, "Statistical power analysis", 1988)."""

_DOCUMENTED = ("of functions and classes", FUNCTIONS)

# Functions are counted up to this number; a share of more cannot be told as a count.
_COUNTED = 300

# A sample of about this size, in bytes, was probably cut, at a line's end before `MAX_BYTES`.
_CUT = 0.9 * MAX_BYTES


@dataclass(frozen=True, eq=False)
class Averages:
    """Means of columns for one family, and for what it is set against."""

    reference: Reference
    family: str
    human: str | None

    @cached_property
    def _at(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.reference.columns)}

    @cached_property
    def _others(self) -> list[int]:
        """Rows of the classes that are neither the family nor human."""
        names = self.reference.classes
        return [at for at, name in enumerate(names) if name not in (self.family, self.human)]

    def of(self, column: str) -> dict[str, float]:
        """Return the means by name: human, the family, all others; those that there are."""
        at = self._at.get(column)
        if at is None:
            return {}
        mean, classes = self.reference.mean[:, at], self.reference.classes
        found = {
            name: float(mean[classes.index(name)])
            for name in (self.human, self.family)
            if name in classes and name is not None
        }
        if self._others:
            found[self.others] = float(np.mean(mean[self._others]))
        return found

    @property
    def others(self) -> str:
        """What all other classes together are called."""
        if self.human not in self.reference.classes:
            return "others"
        return "models" if self.family == self.human else "other families"

    def spread(self, column: str) -> float:
        """Return the column's standard deviation, 0 where it is not known."""
        at = self._at.get(column)
        return 0.0 if at is None else float(self.reference.spread[at])


@dataclass(frozen=True, eq=False)
class Reason:
    """A column's value in a sample, and the means that it is held against.

    `flipped` says that a preference is told from its other side, all numbers turned; `counted`,
    how many of its two sides were seen.
    """

    column: str
    phrase: Phrase
    raw: float
    words: str
    flipped: bool
    means: Mapping[str, float]
    averages: Averages
    counted: int = 0

    def bears_out(self, pull: float) -> bool:
        """Return whether the value lies where the pull says; True where no mean is known.

        It must set the family apart from human code or from the other families, and not speak
        the other way about human code, whose mean stands beside it.
        """
        sides = {name: self._side(name) for name in self.means if name != self.averages.family}
        agrees = [side * pull > 0 for side in sides.values()]
        return not self.means or (any(agrees) and sides.get(self._human, 0) * pull >= 0)

    @property
    def one_sided(self) -> bool:
        """Whether this is a preference with only one side seen: the count says it more plainly.

        The other way may not even exist in the sample's language.
        """
        return self.counted == 1

    @property
    def _human(self) -> str:
        return self.averages.human or ""

    def _side(self, name: str) -> int:
        """Return 1 where the value is nearer to the family's mean than to a class's, -1 where not.

        0 where the two means are about equal, or read the same: they set nothing apart.
        """
        own, mean = self.means[self.averages.family], self.means[name]
        same = write_typical(self.phrase.kind, mean) == write_typical(self.phrase.kind, own)
        if same or abs(mean - own) < APART * self.averages.spread(self.column):
            return 0
        return 1 if abs(self.raw - own) < abs(self.raw - mean) else -1

    def text(self) -> str:
        """Return the reason as a sentence."""
        what = self.phrase.other if self.flipped else self.phrase.what
        told_so = f"{what}: {self.words}"
        if not self.means:
            return told_so
        names = dict.fromkeys((self._human, self.averages.family))
        shown = [name for name in names if name in self.means]
        between = self._between_families()
        if between or len(shown) == 1:
            shown += [name for name in (self.averages.others,) if name in self.means]
        neutral = self.phrase.neutral
        notes = [f"{neutral} where there are none"] if neutral else []
        notes += ["a matter between families: human is no different"] if between else []
        aside = f" ({'; '.join(notes)})" if notes else ""
        return f"{told_so}; {self._typical(shown)}{aside}"

    def _between_families(self) -> bool:
        """Return whether the means of human code and of the family are about equal."""
        apart = self._human != self.averages.family and self._human in self.means
        return apart and self._side(self._human) == 0

    def _typical(self, names: list[str]) -> str:
        """Return the means of some classes in words."""
        flag = self.phrase.kind is Kind.FLAG
        numbers = (write_typical(self.phrase.kind, self._turned(self.means[n])) for n in names)
        pairs = (f"{'' if flag else 'of '}{n} {x}" for n, x in zip(names, numbers, strict=True))
        return f"{'share of samples:' if flag else 'typical'} {', '.join(pairs)}"

    def _turned(self, value: float) -> float:
        return 1 - value if self.flipped else value

    def _told(self, name: str | None) -> float | None:
        """Return a class's mean in the unit that is told."""
        if name is None or name not in self.means:
            return None
        return told(self.phrase.kind, self._turned(self.means[name]))

    @property
    def value(self) -> float:
        """The sample's value in the unit that is told."""
        return told(self.phrase.kind, self._turned(self.raw))

    @property
    def typical_family(self) -> float | None:
        """The family's mean in the unit that is told, None where it is not known."""
        return self._told(self.averages.family)

    @property
    def typical_human(self) -> float | None:
        """The mean of human code in the unit that is told, None where it is not known."""
        return self._told(self.averages.human)

    @property
    def typical_others(self) -> float | None:
        """The mean over all other classes in the unit that is told, None where there are none."""
        return self._told(self.averages.others)


def reason_of(column: str, sample: Mapping[str, float], averages: Averages) -> Reason:
    """Return a column of a sample, given by column, beside what is typical."""
    phrase, raw = phrase_of(column), sample[column]
    flipped = bool(phrase.other) and raw < 0.5
    words = _own_words(phrase, 1 - raw if flipped else raw, sample)
    counted = sum(sample.get(count, 0.0) > 0 for count in phrase.counts)
    return Reason(column, phrase, raw, words, flipped, averages.of(column), averages, counted)


def _own_words(phrase: Phrase, value: float, sample: Mapping[str, float]) -> str:
    """Return a value with its unit, and what it comes from where that can be told."""
    words = write_value(phrase, value)
    if phrase.base and sample.get(phrase.base) == 0:
        return f"{words} ({phrase.lack})"
    count = _count_words(phrase, value, sample) if phrase.unit in _DOCUMENTED else None
    return f"{words} ({count})" if count else words


def _count_words(phrase: Phrase, value: float, sample: Mapping[str, float]) -> str | None:
    """Return "9 of 10 functions" where columns give the number of functions, else None.

    Of a long sample only the head is measured, so its functions are not all counted.
    """
    lines = math.expm1(sample.get("layout.lines", 0.0))
    code_lines = lines * (1 - sample.get("layout.blank_share", 0.0))
    size = code_lines * sample.get("layout.line_mean", 0.0) + lines
    functions = sample.get("tree.functions", 0.0) / 100 * code_lines
    whole = round(functions)
    classes = phrase.unit != FUNCTIONS and sample.get("roles.role_class", 1.0) != 0
    if classes or not 0 < whole < _COUNTED or size > _CUT:
        return None
    # Both must come out whole, or the columns count something else than we think.
    if abs(functions - whole) > 0.02 or abs(value * whole - round(value * whole)) > 0.02:
        return None
    return f"{round(value * whole)} of {whole} function{'s' if whole > 1 else ''}"
