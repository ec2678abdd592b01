"""Enrolled classes: what the trained ones keep, who accuses whom, and fits that are repeatable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.sample import Sample
from fingerprint_models.calibration import Scores
from fingerprint_models.decision import Decision, Thresholds
from fingerprint_models.enrolling import FOLDS, NEVER, fit_enrolment, folds_of
from fingerprint_models.enrolment import NOBODY, Background, Enrolled, Enrolment
from fingerprint_models.logistic import fit_logistic
from fingerprint_models.model import Model
from fingerprint_models.newcomer import EnrolmentError, background_of, join, leave

CLASSES = ("human", "claude", "gpt")
LEVELS = Thresholds(family={"claude": 0.6, "gpt": 0.6}, human=0.6, ai=0.8)
DECISION = Decision(CLASSES, "human", {"balanced": LEVELS, "high-precision": LEVELS})
HOW: dict[str, Any] = {"mode": "balanced", "lines": 30, "parsed": True}


def member(name: str = "grok", **changes: Any) -> Enrolled:
    """Return a class whose log-odds are the first column."""
    plain = Enrolled(
        name=name,
        person=False,
        prior=0.1,
        languages={"python": 12},
        weights=np.array([1.0, 0.0], dtype=np.float32),
        score_weights=np.zeros(7, dtype=np.float32),
        bias=0.0,
        thresholds={"balanced": 0.7, "high-precision": NEVER},
        set_level=0.3,
        mean=np.zeros(2, dtype=np.float32),
        samples=np.zeros((12, 9), dtype=np.int8),
        folds=np.zeros(12, dtype=np.int8),
        sample_languages=("python",) * 12,
        figures={},
    )
    return replace(plain, **changes)


def widened(enrolment: Enrolment, odds: list[float], language: str = "python") -> Any:
    """Return probabilities of samples with these log-odds; trained classes share 5:3:2."""
    n = len(odds)
    columns = np.column_stack((odds, np.zeros(n))).astype(np.float32)
    heads = np.log(np.full((n, 3), 1 / 3))
    trained = np.tile((0.5, 0.3, 0.2), (n, 1))
    scores = Scores(heads, heads, heads, np.zeros(n))
    return enrolment.widen(trained, columns, scores, [language] * n)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6))
def test_trained_classes_keep_their_proportions(odds: list[float]) -> None:
    """Whatever enrolled classes say, all sums to 1 and the trained classes stay at 5:3:2."""
    both = Enrolment((member(), member("mona", weights=np.array([-0.5, 0], dtype=np.float32))))
    wide = widened(both, odds)
    assert wide.shape == (len(odds), 5)
    assert np.allclose(wide.sum(axis=1), 1)
    assert (wide >= 0).all()
    assert np.allclose(wide[:, :3] / wide[:, :3].sum(axis=1, keepdims=True), (0.5, 0.3, 0.2))


def test_nobody_changes_nothing() -> None:
    """Without enrolled classes the very same probabilities come back."""
    assert widened(NOBODY, [3.0]).tolist() == [[0.5, 0.3, 0.2]]
    assert NOBODY.to_files() == {}


def test_one_class_has_the_probability_its_odds_say() -> None:
    """Log-odds of 0 are a half, and classes that are enrolled together share fairly."""
    assert widened(Enrolment((member(),)), [0.0])[0, 3] == pytest.approx(0.5)
    assert (
        widened(Enrolment((member("a"), member("b"))), [0.0])[0, 3:].tolist()
        == [pytest.approx(1 / 3)] * 2
    )


def test_strange_languages_get_no_more_than_the_prior() -> None:
    """In a language without enrolled samples the score cannot raise the class above its prior."""
    one = Enrolment((member(),))
    assert widened(one, [9.0], "go")[0, 3] == pytest.approx(0.1)
    assert widened(one, [-9.0], "go")[0, 3] < 0.001


def told(enrolment: Enrolment, *wide: float, **how: Any) -> Any:
    return enrolment.decide(DECISION, np.array(wide), **{**HOW, **how})


def test_an_enrolled_class_is_told_from_its_own_threshold_on() -> None:
    """At the threshold it is told, below it, or in a few lines, not; best-guess always names it."""
    one = Enrolment((member(),))
    assert told(one, 0.1, 0.1, 0.1, 0.7).family == "grok"
    assert told(one, 0.1, 0.1, 0.11, 0.69).family != "grok"
    assert told(one, 0.1, 0.1, 0.1, 0.7, lines=2).reason == "too_short"
    assert told(one, 0.1, 0.1, 0.1, 0.7, mode="high-precision").family != "grok"
    assert told(one, 0.2, 0.2, 0.2, 0.4, mode="best-guess").family == "grok"


def test_a_family_that_is_not_told_accuses_nobody() -> None:
    """Its share never adds up to "ai", nor to a trained family; a trained one that is sure does."""
    one = Enrolment((member(thresholds={"balanced": NEVER}),))
    unsure = told(one, 0.03, 0.02, 0.01, 0.94)
    assert (unsure.family, unsure.confidence) == ("unknown", 0.94)
    assert told(one, 0.02, 0.5, 0.2, 0.28).family == "unknown"
    assert told(one, 0.02, 0.8, 0.1, 0.08).family == "claude"
    assert told(one, 0.02, 0.5, 0.4, 0.08).family == "ai"


def test_persons_are_human() -> None:
    """A person's share counts against "ai" and for the human side, without being told "human"."""
    mona = Enrolment((member("mona", person=True, thresholds={"balanced": 0.9}),))
    wide = np.array([0.1, 0.1, 0.1, 0.7])
    assert mona.ai_probability(DECISION, wide) == pytest.approx(0.2)
    assert mona.decide(DECISION, wide, **HOW).family == "unknown"
    assert told(mona, 0.5, 0.1, 0.05, 0.35).family == "human"
    grok = Enrolment((member(),))
    assert grok.ai_probability(DECISION, wide) == pytest.approx(0.9)
    assert told(grok, 0.5, 0.1, 0.05, 0.35).family == "unknown"


def test_sets_hold_the_class_from_its_level_on() -> None:
    """The prediction set gets an enrolled class at its own level."""
    one = Enrolment((member(),))
    assert one.in_set(np.array([0.3, 0.3, 0.1, 0.3])) == ("grok",)
    assert one.in_set(np.array([0.3, 0.3, 0.11, 0.29])) == ()


def test_logistic_regression_finds_the_least_loss() -> None:
    """No small step from the answer lowers the loss, and a side without weight is refused."""
    random = np.random.default_rng(3)
    values = random.normal(size=(80, 3))
    truth = (values[:, 0] + random.normal(size=80) > 0).astype(np.float64)
    weights = random.uniform(0.5, 2, size=80)

    def loss(slopes: Any, bias: float) -> float:
        logits = values @ slopes + bias
        fit = weights @ (np.logaddexp(0, logits) - truth * logits) / weights.sum()
        return float(fit + 0.01 * slopes @ slopes / 2)

    slopes, bias = fit_logistic(values, truth, weights, 0.01)
    for step in np.concatenate((np.eye(4), -np.eye(4))) * 1e-3:
        assert loss(slopes + step[:3], bias + step[3]) > loss(slopes, bias)
    with pytest.raises(ValueError, match="no weight"):
        fit_logistic(values, np.ones(80), weights, 0.01)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40))
def test_folds_keep_groups_together(groups: list[str]) -> None:
    """A group lies in one fold, and as many folds are used as there are groups for."""
    folds = folds_of(groups)
    assert len({(g, f) for g, f in zip(groups, folds.tolist(), strict=True)}) == len(set(groups))
    assert len(set(folds.tolist())) == min(FOLDS, len(set(groups)))


@pytest.fixture
def model(enrollable: Path) -> Model:
    """Return the tiny model with material."""
    return Model.load(enrollable)


@pytest.fixture
def samples(west: dict[str, str]) -> list[Sample]:
    """Return the third team's code."""
    return [Sample(code, "python", path) for path, code in west.items()]


def test_join_and_predict(model: Model, samples: list[Sample]) -> None:
    """An enrolled class is the likeliest on its own code, with reasons, and nowhere else."""
    enrolment, joined = join(model, "west", samples)
    assert (joined.samples, joined.near_copies, joined.languages) == (14, 0, {"python": 14})
    assert joined.auroc > 0.9
    wide = replace(model, enrolment=enrolment)
    assert wide.all_classes == ("north", "south", "west")
    own = wide.predict_many(samples, explain=True)
    assert [answer.raw_family for answer in own].count("west") >= 12
    assert list(own[0].probabilities) == ["north", "south", "west"]
    assert sum(own[0].probabilities.values()) == pytest.approx(1)
    assert {reason.family for reason in own[0].evidence} == {"west"}
    plain = "def add(first, second):\n    return first + second\n"
    assert wide.predict(plain).raw_family == model.predict(plain).raw_family


def test_order_plays_no_part(model: Model, samples: list[Sample]) -> None:
    """Two classes give the same files whoever joined first, and one left alone is as if alone."""
    east = [Sample(s.code.replace("      ", "\t").upper(), "python", s.path) for s in samples]

    def both(*pairs: tuple[str, list[Sample]]) -> Enrolment:
        grown = model
        for name, mine in pairs:
            grown = replace(grown, enrolment=join(grown, name, mine)[0])
        return grown.enrolment

    one = both(("west", samples), ("east", east))
    assert one.to_files() == both(("east", east), ("west", samples)).to_files()
    left = leave(replace(model, enrolment=one), "east")
    assert left.to_files() == join(model, "west", samples)[0].to_files()
    assert leave(replace(model, enrolment=left), "west").to_files() == {}


def test_material_survives_its_bytes(model: Model) -> None:
    """What is read is what was written, byte for byte, and nonsense is refused by name."""
    assert background_of(model).to_bytes() == model.material
    assert Background.from_bytes(model.material).values.dtype == np.int8
    with pytest.raises(EnrolmentError, match=r"enrolment\.npz"):
        background_of(replace(model, material=b"nonsense"))


@pytest.mark.parametrize(
    ("name", "said", "change"),
    [
        ("north", "an answer of the model already", lambda s: s),
        ("unknown", "an answer of the model already", lambda s: s),
        ("a b", "no name for a class", lambda s: s),
        ("west", "9 usable samples of 9, and 10", lambda s: s[:9]),
        ("west", "14 samples, but all but 1 are nearly identical", lambda s: [s[0]] * 14),
        ("west", "9 usable samples of 14", lambda s: [*s[:9], *[Sample("")] * 5]),
    ],
)
def test_refusals(
    model: Model,
    samples: list[Sample],
    name: str,
    said: str,
    change: Callable[[list[Sample]], list[Sample]],
) -> None:
    """What cannot be enrolled is refused with the culprit and the mend."""
    with pytest.raises(EnrolmentError, match=said):
        join(model, name, change(samples))


def test_twice_and_never(model: Model, samples: list[Sample]) -> None:
    """A name is enrolled once, and only who is enrolled can leave."""
    wide = replace(model, enrolment=join(model, "west", samples)[0])
    with pytest.raises(EnrolmentError, match="enrolled already"):
        join(wide, "west", samples)
    with pytest.raises(EnrolmentError, match=r"prior is 0\.7"):
        join(model, "east", samples, prior=0.7)
    with pytest.raises(EnrolmentError, match="'east' is not enrolled: west is"):
        leave(wide, "east")


def test_samples_of_the_trained_classes(model: Model, material: Any) -> None:
    """Samples that are of all trained classes alike make no class of their own."""
    texts = material.corpus.column("code")[::3]
    with pytest.raises(EnrolmentError, match="cannot be told from the other classes"):
        join(model, "mixed", [Sample(code, "python", str(n)) for n, code in enumerate(texts)])


def test_no_human_row_is_told() -> None:
    """Where a person writes like a family, it is told later than another person would be."""
    random = np.random.default_rng(1)
    n, own = 600, 60
    values = random.normal(scale=12, size=(n + own, 10))
    values[n:, 0] += 60
    values[0] = values[n:].mean(axis=0)  # of the first class, which is human below
    background = Background(
        projection=np.eye(5, dtype=np.float32),
        centre=np.zeros(5, dtype=np.float32),
        scale=np.ones(5, dtype=np.float32),
        values=values[:n].astype(np.int8),
        truth=np.arange(n) % 2,
        tasks=np.arange(n) % FOLDS,
        sources=np.arange(n) // 2 % FOLDS,
        languages=np.array(["python"] * n),
    )
    newcomers = member(
        samples=values[n:].astype(np.int8),
        folds=(np.arange(own) % FOLDS).astype(np.int8),
        sample_languages=("python",) * own,
    )
    family, person = (
        fit_enrolment(background, [replace(newcomers, person=human)], 0).classes[0].thresholds
        for human in (False, True)
    )
    assert person["balanced"] < family["balanced"] <= family["high-precision"]
    assert person["balanced"] <= person["high-precision"]


def test_models_without_material(model: Model, samples: list[Sample]) -> None:
    """A model that was trained without material says so, and how to get it."""
    with pytest.raises(EnrolmentError, match="train it again"):
        join(replace(model, material=b""), "west", samples)
