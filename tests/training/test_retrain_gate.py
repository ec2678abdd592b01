"""Gains are those of the figures themselves, chance does not pass, and each condition counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_training import metrics, retrain_gate
from fingerprint_training.assessment import Estimate
from fingerprint_training.retrain_checks import LEAST_GAIN, LEAST_HUMANS, checks
from fingerprint_training.retrain_gate import (
    SIGNS,
    Compared,
    Comparison,
    Judged,
    Side,
    Verdict,
    compare,
)
from fingerprint_training.retrain_report import render_retraining
from fingerprint_training.retrain_temper import refitted

FloatArray = Any


def answers(truth: Any, skill: float, random: np.random.Generator, classes: int = 3) -> Any:
    """Return probabilities that lean to the truth by `skill`."""
    logits = random.normal(size=(len(truth), classes))
    logits[np.arange(len(truth)), truth] += skill
    odds = np.exp(logits)
    return odds / odds.sum(axis=1, keepdims=True)


def side(
    seed: int, owners: int = 12, skills: tuple[float, float] = (1.0, 1.0), size: int = 20
) -> Side:
    """Return answers of a champion and a challenger to samples of some owners."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(owners), random.integers(size // 2, size, owners))
    truth = random.integers(0, 3, len(owner))
    both = [
        Judged(answers(truth, skill, random), random.random(len(owner)) < 0.1) for skill in skills
    ]
    return Side("new", truth, owner.astype(str), owner % 3, truth == 0, both[0], both[1])


def test_figures_are_the_figures() -> None:
    """Values are those of `metrics` with an owner weighing the root of its samples."""
    given_ = side(0)
    found = compare(given_, seed=0)
    _, owner = np.unique(given_.owner, return_inverse=True)
    weights = 1 / np.sqrt(np.bincount(owner)[owner])
    p, truth = given_.challenger.probabilities, given_.truth
    hit = p[np.arange(len(truth)), truth]
    right = p.argmax(axis=1) == truth
    expected = {
        "log_loss": metrics.share(-np.log(hit), weights),
        "macro_f1": metrics.macro_f1(truth, p.argmax(axis=1), 3, weights),
        "ece": metrics.ece(p.max(axis=1), right, weights),
        "accused": metrics.share(given_.challenger.accuses, weights * given_.liable),
    }
    for name, value in expected.items():
        assert found[name].challenger == pytest.approx(value)
        assert found[name].gain.value == pytest.approx(
            SIGNS[name] * (found[name].challenger - found[name].champion)
        )
    assert (found.samples, found.owners) == (len(truth), 12)
    assert found.liable == int((truth == 0).sum())
    assert found.liable_owners == len(set(given_.owner[truth == 0]))


def test_the_same_answers_gain_nothing() -> None:
    """A model against itself: every gain is 0, and so is its interval."""
    given_ = side(1)
    found = compare(
        Side("new", given_.truth, given_.owner, given_.fold, given_.liable, *[given_.champion] * 2),
        0,
    )
    for each in found.figures:
        assert (each.gain.value, each.gain.low, each.gain.high) == (0, 0, 0)


def test_more_skill_gains() -> None:
    """A challenger that knows more is better beyond noise, and the other way round worse."""
    better, worse = compare(side(2, skills=(0.5, 2.0)), 0), compare(side(2, skills=(2.0, 0.5)), 0)
    for figure in ("log_loss", "refitted", "macro_f1"):
        assert better[figure].gain.low > 0
        assert worse[figure].gain.high < 0


@pytest.mark.parametrize("owners", [6, 20])
def test_chance_rarely_passes(owners: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two models that are as good, the challenger passes in about 2.5 % of the cases."""
    monkeypatch.setattr(retrain_gate, "refitted", lambda p, *_: p)  # slow, and not looked at
    monkeypatch.setattr(retrain_gate, "DRAWS", 500)
    passed = [compare(side(seed, owners), 0)["log_loss"].gain.low > 0 for seed in range(200)]
    assert np.mean(passed) <= 0.06  # 2.5 % and two standard errors of 200 draws


def cautious(folds: int) -> Comparison:
    """Return the comparison of a model with one that answers the same, but much too surely."""
    random = np.random.default_rng(3)
    plain = side(3, skills=(0.2, 0.2))
    sure = plain.champion.probabilities**6
    sure /= sure.sum(axis=1, keepdims=True)
    accuses = random.random(len(sure)) < 0.1
    owner = plain.owner.astype(int)
    return compare(
        Side("new", plain.truth, plain.owner, owner % folds, plain.liable,
             Judged(sure, accuses), Judged(plain.champion.probabilities, accuses)), 0,
    )  # fmt: skip


def test_caution_is_no_knowledge() -> None:
    """Less sure answers of the same model gain in log-loss, and nothing once both are refitted."""
    found = cautious(folds=3)
    assert found["log_loss"].gain.low > 0.1
    assert abs(found["refitted"].gain.value) < LEAST_GAIN


def test_caution_in_one_fold_is_no_knowledge() -> None:
    """Where there is nothing to refit on, that is said, and does not pass for knowledge."""
    found = cautious(folds=1)
    first, second, *_ = checks(found, comparison("reference"), 0.05)
    assert first.passed
    assert not second.passed
    assert "lie in one fold" in second.said
    assert np.isnan(found["refitted"].gain.value)


def test_harm_to_a_few_is_seen() -> None:
    """Accusations that hit three owners of twenty alone do not pass, though noise reaches to 0."""
    plain = side(4, owners=20, size=60)
    none = np.zeros(len(plain.truth), dtype=bool)
    hit = np.isin(plain.owner, ["0", "1", "2"])
    for harm, passed in ((hit, False), (none, True)):
        p = plain.champion.probabilities
        found = compare(
            Side("new", plain.truth, plain.owner, plain.fold, plain.liable,
                 Judged(p, none), Judged(p, harm)), 0,
        )  # fmt: skip
        assert found["accused"].gain.high == 0
        assert checks(found, comparison("reference"), 0.05)[3].passed is passed


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_refitting_reads_other_folds_alone(seed: int) -> None:
    """Answers stay distributions, and the truth of a fold has no say in its own answers."""
    random = np.random.default_rng(seed)
    fold = np.arange(60) % 3
    truth = random.integers(0, 3, 60)
    p = answers(truth, 1.0, random)
    found = refitted(p, truth, np.ones(60), fold)
    assert found.sum(axis=1) == pytest.approx(np.ones(60))
    other = np.where(fold == 0, (truth + 1) % 3, truth)
    again = refitted(p, other, np.ones(60), fold)
    assert again[fold == 0] == pytest.approx(found[fold == 0])
    assert not np.allclose(again[fold != 0], found[fold != 0])
    assert np.isnan(refitted(p, truth, np.ones(60), np.zeros(60))).all()


def comparison(
    name: str, humans: tuple[int, int] = (LEAST_HUMANS, 10), **gains: Sequence[float]
) -> Comparison:
    given_ = {"log_loss": (0.2, 0.1, 0.3), "refitted": (0.2, 0.1, 0.3), "accused": (0.0, 0.0, 0.0)}
    found = {**given_, "macro_f1": (0.0, -0.1, 0.1), "ece": (0.0, -0.1, 0.1), **gains}
    figures = tuple(Compared(each, 1.0, 1.0, Estimate(*found[each])) for each in SIGNS)
    return Comparison(name, 1000, 10, *humans, figures)


NAN = float("nan")


@pytest.mark.parametrize(
    ("new", "reference", "passed"),
    [
        ({}, {}, (1, 1, 1, 1, 1)),
        ({"log_loss": (0.2, 0.0, 0.3)}, {}, (0, 1, 1, 1, 1)),
        ({"log_loss": (0.004, 0.003, 0.005)}, {}, (0, 1, 1, 1, 1)),
        ({"refitted": (0.2, -0.1, 0.3)}, {}, (1, 0, 1, 1, 1)),
        ({}, {"log_loss": (-0.02, -0.05, 0.0)}, (1, 1, 1, 1, 1)),
        ({}, {"log_loss": (0.02, -0.06, 0.1)}, (1, 1, 0, 1, 1)),
        ({"accused": (-0.2, -0.3, -0.1)}, {}, (1, 1, 1, 0, 1)),
        ({"accused": (-0.02, -0.03, 0.1)}, {"accused": (0.0, -0.3, 0.3)}, (1, 1, 1, 0, 1)),
        ({"accused": (-0.005, -0.01, 0.1)}, {"accused": (-0.005, -0.02, 0.1)}, (1, 1, 1, 1, 0)),
        ({"refitted": (NAN, NAN, NAN)}, {}, (1, 0, 1, 1, 1)),
        ({"accused": (NAN, NAN, NAN)}, {}, (1, 1, 1, 1, 1)),
        ({"log_loss": (NAN, NAN, NAN)}, {"log_loss": (NAN, NAN, NAN)}, (0, 1, 0, 1, 1)),
    ],
)
def test_each_condition_counts(new: Any, reference: Any, passed: tuple[int, ...]) -> None:
    """Each condition fails by its own figure alone; what is not known is no gain."""
    found = checks(comparison("new", **new), comparison("reference", **reference), 0.05)
    assert tuple(int(check.passed) for check in found) == passed


@pytest.mark.parametrize(
    ("humans", "gain", "passed", "words"),
    [
        ((300, 6), (0.0, 0.0, 0.0), True, "accuses no more humans, to within 0.01"),
        ((300, 6), (-0.005, -0.01, 0.0), True, "accuses no more humans, to within 0.01"),
        ((299, 6), (0.0, 0.0, 0.0), True, "not shown to accuse more humans, and they are too few"),
        ((300, 5), (0.1, 0.1, 0.1), True, "not shown to accuse more humans, and they are too few"),
        ((299, 6), (-0.005, -0.01, 0.0), False, "is not shown to stay within 0.01"),
        ((300, 5), (-0.005, -0.01, 0.0), False, "is not shown to stay within 0.01"),
    ],
)
def test_what_few_humans_show(
    humans: tuple[int, int], gain: tuple[float, float, float], passed: bool, words: str
) -> None:
    """With few humans nothing is claimed: no more may be accused, and harm must not be small."""
    new = comparison("new", humans, accused=gain)
    found = checks(new, comparison("reference"), 0.05)[3]
    assert found.passed is passed
    assert words in found.said


def test_verdict() -> None:
    """One failed check is no publication; the record is JSON without NaN, the report says which."""
    sides = (comparison("new", accused=(NAN, NAN, NAN)), comparison("reference"))
    worse = comparison("reference", log_loss=(-0.2, -0.3, -0.1))
    for reference, published in ((sides[1], True), (worse, False)):
        verdict = Verdict(
            "a-1", "a-2", True, (120, 40), ("x", "y"), 0.05, (sides[0], reference),
            checks(sides[0], reference, 0.05), ("a | note",),
        )  # fmt: skip
        assert verdict.published is published
        plain: Any = json.loads(json.dumps(verdict.to_dict(), allow_nan=False))
        assert plain["published"] is published
        assert plain["sides"][0]["figures"][-1]["gain"]["value"] is None
        text = render_retraining(verdict)
        assert ("FAILED: reference side: worse beyond" in text) is not published
        assert "40 rounds of trees were added to its 120" in text
        assert "- a | note" in text
