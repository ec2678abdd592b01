"""What marks each family: where its average differs from human code and from the other families.

Everything is read from the model: means and spread from its reference statistics, and from both
of its heads whether a difference is used at all. These are averages over training samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_features import registry
from fingerprint_models.attribution import ModelId
from fingerprint_models.evidence import TOGETHER
from fingerprint_models.model import Model
from fingerprint_models.phrases import Kind, Phrase, told
from fingerprint_models.transfer import TransferHead
from fingerprint_models.wording import phrase_of

FloatArray = npt.NDArray[np.float64]

TOP = 8
"""Marks told of a family."""

IN_GRID = 3
"""Of each family's marks so many are held against all families."""

LEAST = 0.1
"""A mean that differs by less, in standard deviations, marks nobody; half of a small effect
(Cohen, "Statistical power analysis", 1988)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One column in which a family stands out; numbers are in `unit`, effects in deviations.

    `effect` is the smaller of the differences to human code and to the other families' mean,
    which both have its sign. `trees` is the column's part of all that the family's trees gain;
    `linear` says whether the linear head pulls the same way, more than by its median weight.
    """

    column: str
    phrase: Phrase
    flipped: bool
    typical: float
    typical_human: float | None
    typical_others: float | None
    effect: float
    effect_human: float | None
    effect_others: float | None
    trees: float
    linear: bool

    @property
    def what(self) -> str:
        """What is measured; of a preference the side that the family leans to."""
        return self.phrase.other if self.flipped else self.phrase.what


@dataclass(frozen=True, slots=True)
class FamilyMarks:
    """The marks of one family, strongest first; `ngrams` is what n-grams gain of its trees."""

    family: str
    marks: tuple[Mark, ...]
    ngrams: float


@dataclass(frozen=True, slots=True)
class GridRow:
    """A mark and every class's difference from the mean of all classes, in deviations."""

    what: str
    column: str
    effects: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """What marks the classes of a model."""

    model: ModelId
    human: str | None
    families: tuple[FamilyMarks, ...]
    grid: tuple[GridRow, ...]

    def to_dict(self) -> dict[str, object]:
        """Return plain types for JSON."""
        return {
            "model": asdict(self.model),
            "human": self.human,
            "families": [
                {
                    "family": each.family,
                    "ngrams": each.ngrams,
                    "marks": [_plain(mark) for mark in each.marks],
                }
                for each in self.families
            ],
            "grid": [asdict(row) for row in self.grid],
        }


def _plain(mark: Mark) -> dict[str, object]:
    fields = ("typical", "typical_human", "typical_others", "effect", "effect_human")
    return {
        "column": mark.column,
        "what": mark.what,
        "unit": mark.phrase.written_unit,
        **{name: getattr(mark, name) for name in (*fields, "effect_others")},
        "used": {"trees": mark.trees, "linear": mark.linear},
    }


@dataclass(frozen=True, eq=False)
class _Measured:
    """Columns with words of their own, and per class and column what the model makes of them.

    `fair` is what a column would gain if all gained alike: from there on the trees use it.
    """

    columns: tuple[str, ...]
    classes: tuple[str, ...]
    human: int | None
    mean: FloatArray
    spread: FloatArray
    gain: FloatArray
    ngrams: FloatArray
    pull: FloatArray
    fair: float


def marks_of(model: Model) -> Marks:
    """Return what marks each class of a model, in the order of its classes."""
    measured = _measure(model)
    families = tuple(
        FamilyMarks(name, tuple(_strongest(measured, at)), float(measured.ngrams[at]))
        for at, name in enumerate(measured.classes)
    )
    return Marks(model.id, model.decision.human, families, tuple(_grid(measured, families)))


def _measure(model: Model) -> _Measured:
    reference, names = model.reference, model.design.columns
    known = [name for name in reference.columns if name in registry.DESCRIPTIONS and name in names]
    at_head = [names.index(name) for name in known]
    at_reference = [reference.columns.index(name) for name in known]
    rows = [reference.classes.index(name) for name in model.classes]
    gain = booster_gain(model.booster.text, len(names))
    human = model.decision.human
    return _Measured(
        tuple(known),
        model.classes,
        model.classes.index(human) if human in model.classes else None,
        reference.mean[np.ix_(rows, at_reference)],
        reference.spread[at_reference],
        gain[:, at_head],
        gain[:, [name.startswith("lexicon.") for name in names]].sum(axis=1),
        linear_pull(model.transfer)[at_head].T,
        1 / len(names),
    )


def booster_gain(text: str, columns: int) -> FloatArray:
    """Return what splits on each column gain of all that a class's trees gain.

    Shape (classes, columns), rows sum to 1 unless a class's trees never split. `text` is
    LightGBM's own format, in which tree i adds to class i % classes.
    """
    head, *trees = text.split("\nTree=")
    classes = int(_field(head, "num_class") or 1)
    found = np.zeros((classes, columns))
    for at, tree in enumerate(trees):
        splits = np.array(_field(tree, "split_feature").split(), dtype=np.int64)
        gains = np.array(_field(tree, "split_gain").split(), dtype=np.float64)
        np.add.at(found[at % classes], splits, gains)
    total = found.sum(axis=1, keepdims=True)
    shares: FloatArray = found / np.where(total > 0, total, 1.0)
    return shares


def _field(section: str, name: str) -> str:
    lines = (line.partition("=") for line in section.split("\n"))
    return next((value for key, _, value in lines if key == name), "")


def linear_pull(head: TransferHead) -> FloatArray:
    """Return the linear head's weights less their mean over classes, shape (columns, classes).

    Columns stand on a common scale there, so weights compare. Where human or not is told by a
    head of its own, the human class has that head's weights.
    """
    weights = head.family.weights.astype(np.float64)
    pull: FloatArray = weights - weights.mean(axis=1, keepdims=True)
    if head.side is not None:
        pull[:, head.human] = head.side.weights[:, 1] - head.side.weights[:, 0]
    return pull


def _strongest(measured: _Measured, at: int) -> Iterator[Mark]:
    """Yield the strongest marks of a class, of columns that say one thing only one."""
    against_human, against_others = _effects(measured, at)
    sides = [side for side in (against_human, against_others) if side is not None]
    if not sides:
        return
    weakest = np.min(np.abs(sides), axis=0)
    same = np.abs(np.sign(sides).sum(axis=0)) == len(sides)
    effect = np.where(same, weakest * np.sign(sides[0]), 0.0)
    median = float(np.median(np.abs(measured.pull[at])))
    linear = (measured.pull[at] * effect > 0) & (np.abs(measured.pull[at]) > median)
    used = linear | (measured.gain[at] >= measured.fair)
    group = {name: each[0] for each in TOGETHER for name in each}
    seen: set[str] = set()
    for column in np.argsort(-np.abs(effect), kind="stable").tolist():
        name = measured.columns[column]
        key = group.get(name, name)
        if abs(effect[column]) < LEAST or len(seen) == TOP:
            return
        if used[column] and key not in seen:
            seen.add(key)
            yield _mark(measured, at, column, float(effect[column]), bool(linear[column]))


def _effects(measured: _Measured, at: int) -> tuple[FloatArray | None, FloatArray | None]:
    """Return a class's difference to human and to the mean of the others, in deviations."""
    spread = np.where(measured.spread > 0, measured.spread, np.inf)
    others = _others(measured, at)
    human = measured.human
    to_human = None if human in (None, at) else (measured.mean[at] - measured.mean[human]) / spread
    to_others = (
        (measured.mean[at] - measured.mean[others].mean(axis=0)) / spread if others else None
    )
    return to_human, to_others


def _others(measured: _Measured, at: int) -> list[int]:
    return [i for i in range(len(measured.classes)) if i not in (at, measured.human)]


def _mark(measured: _Measured, at: int, column: int, effect: float, linear: bool) -> Mark:
    name = measured.columns[column]
    phrase = phrase_of(name)
    flipped = phrase.kind is Kind.PREFERENCE and effect < 0
    to_human, to_others = _effects(measured, at)
    sign = -1.0 if flipped else 1.0

    def turned(mean: np.floating[Any]) -> float:
        return float(1 - mean if flipped else mean)

    def typical(rows: Sequence[int]) -> float | None:
        found = measured.mean[list(rows), column]
        return told(phrase.kind, turned(found.mean())) if rows else None

    return Mark(
        name,
        phrase,
        flipped,
        told(phrase.kind, turned(measured.mean[at, column])),
        typical(() if measured.human is None else (measured.human,)),
        typical(_others(measured, at)),
        sign * effect,
        None if to_human is None else sign * float(to_human[column]),
        None if to_others is None else sign * float(to_others[column]),
        float(measured.gain[at, column]),
        linear,
    )


def _grid(measured: _Measured, families: Sequence[FamilyMarks]) -> Iterator[GridRow]:
    """Yield the first marks of all families, each once, as they stand in every class."""
    seen: set[str] = set()
    for each in families:
        for mark in each.marks[:IN_GRID]:
            if mark.column in seen:
                continue
            seen.add(mark.column)
            at = measured.columns.index(mark.column)
            apart = (measured.mean[:, at] - measured.mean[:, at].mean()) / measured.spread[at]
            effects = tuple((-apart if mark.flipped else apart).tolist())
            yield GridRow(mark.what, mark.column, effects)
