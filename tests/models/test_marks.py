"""Marks: what the model's own statistics and heads say sets each class apart."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest

from fingerprint_models.attribution import ModelId
from fingerprint_models.evidence import TOGETHER
from fingerprint_models.marks import (
    IN_GRID,
    LEAST,
    TOP,
    Marks,
    booster_gain,
    linear_pull,
    marks_of,
)
from fingerprint_models.model import Model
from fingerprint_models.reference import Reference
from fingerprint_models.transfer import LinearHead, TransferHead

TREES = """tree
num_class=2

Tree=0
num_leaves=3
split_feature=0 2
split_gain=3 1

Tree=1
num_leaves=1
split_feature=
split_gain=

Tree=2
num_leaves=2
split_feature=2
split_gain=4

end of trees
"""


CLASSES = ("human", "claude", "gpt")
COLUMNS = (
    "comments.full_stop",
    "comments.share",
    "naming.with_digit",
    "spacing.char_28",
    "spacing.char_29",
    "lexicon.tokens.7",
)
MEAN = np.array(
    # full stop, share, digits, two brackets, an n-gram
    [
        [0.7, 0.10, 0.1, 3.0, 3.0, 0.0],
        [0.2, 0.30, 0.1, 5.0, 5.1, 0.0],
        [0.6, 0.15, 0.4, 4.0, 4.0, 0.0],
    ]
)
SPREAD = np.array([0.5, 0.2, 1.0, 2.0, 2.0, 1.0])
BOOSTER = """tree
num_class=3

Tree=0
split_feature=0 1 2 3 4
split_gain=1 1 1 1 1

Tree=1
split_feature=0 4 5
split_gain=2 4 2

Tree=2
split_feature=1
split_gain=1

end of trees
"""


def head(weights: npt.NDArray[np.float64]) -> LinearHead:
    """Return a linear head with these weights."""
    ones = np.ones(len(weights), dtype=np.float32)
    bias = np.zeros(weights.shape[1], dtype=np.float32)
    return LinearHead(ones, ones, weights.astype(np.float32), bias)


def make_model(human: str | None = "human") -> Model:
    """Return what of a model the marks are read from."""
    weights = np.zeros((len(COLUMNS), len(CLASSES)))
    weights[1] = [-1.0, 1.0, 0.0]
    parts = SimpleNamespace(
        id=ModelId("tiny", "1.0"),
        classes=CLASSES,
        design=SimpleNamespace(columns=COLUMNS),
        reference=Reference(COLUMNS, CLASSES, MEAN, SPREAD),
        booster=SimpleNamespace(text=BOOSTER),
        transfer=TransferHead(head(weights), None, 0),
        decision=SimpleNamespace(human=human),
    )
    return cast(Model, parts)


@pytest.fixture
def marks() -> Marks:
    """Return what marks the classes of that model."""
    return marks_of(make_model())


def test_gain_by_class_and_column() -> None:
    """Trees take turns between the classes; gains are shares; a class without splits has none."""
    np.testing.assert_allclose(booster_gain(TREES, 3), [[3 / 8, 0, 5 / 8], [0, 0, 0]])


def test_pull_of_the_linear_heads() -> None:
    """A class pulls as its weight differs from the mean; human by the head of its own."""
    family = head(np.array([[1.0, 2.0, 6.0]]))
    np.testing.assert_allclose(linear_pull(TransferHead(family, None, 0)), [[-2, -1, 3]])
    side = head(np.array([[0.5, 2.0]]))
    np.testing.assert_allclose(linear_pull(TransferHead(family, side, 0)), [[1.5, -1, 3]])


def test_marks_of_a_family(marks: Marks) -> None:
    """A mark sets a family apart from humans and from the others, and the model uses it.

    The n-gram has no words; digits differ from nobody; of two brackets the stronger is told.
    """
    claude = marks.families[1]
    assert claude.family == "claude"
    assert claude.ngrams == pytest.approx(2 / 8)
    assert [mark.column for mark in claude.marks] == [
        "comments.full_stop",
        "comments.share",
        "spacing.char_29",
    ]
    stop, share, bracket = claude.marks
    # Of a preference the side is told that the family leans to: numbers and effects are turned.
    assert stop.what == "comments that end without a full stop"
    assert (stop.typical, stop.typical_human, stop.typical_others) == pytest.approx((80, 30, 40))
    assert (stop.effect_human, stop.effect_others) == pytest.approx((1.0, 0.8))
    assert stop.effect == stop.effect_others
    assert (stop.trees, stop.linear) == (pytest.approx(2 / 8), False)
    assert (share.effect, share.trees, share.linear) == (pytest.approx(0.75), 0, True)
    assert bracket.effect == pytest.approx(1.1 / 2)
    assert bracket.trees == pytest.approx(4 / 8)


def test_human_is_set_against_all_families(marks: Marks) -> None:
    """Human code has no human code to differ from; it may lie below the families."""
    human = marks.families[0].marks
    assert {mark.effect_human for mark in human} == {None}
    bracket = next(mark for mark in human if mark.column == "spacing.char_29")
    assert bracket.effect == pytest.approx((3.0 - 4.55) / 2)


def test_what_the_model_does_not_use(marks: Marks) -> None:
    """A difference that neither head reads marks nobody; nor one that lies between the others.

    Of gpt digits stand out, and no tree reads them; its share of comments, which its tree reads,
    is more than that of humans and less than claude's.
    """
    assert marks.families[2].marks == ()


def test_strongest_first_and_told_once(marks: Marks) -> None:
    """Marks are ordered, bounded, above the least, and no fact is told twice of a class."""
    groups = {name: group[0] for group in TOGETHER for name in group}
    for each in marks.families:
        effects = [abs(mark.effect) for mark in each.marks]
        keys = [groups.get(mark.column, mark.column) for mark in each.marks]
        assert effects == sorted(effects, reverse=True)
        assert len(effects) <= TOP
        assert min(effects, default=1) >= LEAST
        assert len(keys) == len(set(keys))
        assert 0 <= each.ngrams <= 1


def test_grid_holds_the_first_marks(marks: Marks) -> None:
    """Every class's first marks stand in the grid, one effect a class, once."""
    first = [mark.column for each in marks.families for mark in each.marks[:IN_GRID]]
    assert [row.column for row in marks.grid] == list(dict.fromkeys(first))
    assert {len(row.effects) for row in marks.grid} == {len(marks.families)}
    for row in marks.grid:
        assert sum(row.effects) == pytest.approx(0, abs=1e-6)


def test_json(marks: Marks) -> None:
    """The record is plain data with words, units and what uses a mark."""
    record = json.loads(json.dumps(marks.to_dict()))
    assert [each["family"] for each in record["families"]] == [e.family for e in marks.families]
    mark = next(mark for each in record["families"] for mark in each["marks"])
    assert {"column", "what", "unit", "typical", "typical_human", "effect", "used"} <= mark.keys()
    assert set(mark["used"]) == {"trees", "linear"}


def test_classes_without_human() -> None:
    """A team's own classes are set against one another only."""
    alone = marks_of(make_model(human=None))
    told = [mark for each in alone.families for mark in each.marks]
    assert told
    assert {(mark.typical_human, mark.effect_human) for mark in told} == {(None, None)}
    assert all(mark.effect == mark.effect_others for mark in told)
