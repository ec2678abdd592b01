"""Pools: what samples say together, of whom, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_models.attribution import Attribution, ModelId
from fingerprint_models.decision import MODES, Decision, Thresholds
from fingerprint_models.enrolment import Enrolled, Enrolment
from fingerprint_models.model import Model
from fingerprint_models.pooling import Pooling, grouped, pool

CLASSES = ("human", "claude", "gpt")
LEVELS = Thresholds(family={"claude": 0.6, "gpt": 0.6}, human=0.6, ai=0.8)
DECISION = Decision(CLASSES, "human", {"balanced": LEVELS, "high-precision": LEVELS})
MEAN_ANSWERS = np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7]])
ID = ModelId("small", "1.2.0")
UNUSED: Any = None
MODEL = Model(
    id=ID,
    classes=CLASSES,
    design=UNUSED,
    transfer=UNUSED,
    familiarity=UNUSED,
    booster=UNUSED,
    calibration=UNUSED,
    decision=DECISION,
    sets=UNUSED,
    reference=UNUSED,
    card="",
    figures={},
    pooling=Pooling(factor=1.0, growth=0.5),
    mean_answers=MEAN_ANSWERS,
)
ENROLLED = Enrolled(
    name="ada",
    person=True,
    prior=0.1,
    languages={"python": 12},
    weights=UNUSED,
    score_weights=UNUSED,
    bias=0.0,
    thresholds={"balanced": 0.7, "high-precision": 0.9},
    set_level=0.3,
    mean=UNUSED,
    samples=UNUSED,
    folds=UNUSED,
    sample_languages=(),
    figures={},
)

shares = st.lists(st.floats(1e-4, 1.0), min_size=3, max_size=3).map(
    lambda p: [each / sum(p) for each in p]
)


def answer(
    p: Sequence[float],
    path: str | None = "src/a.py",
    *,
    mode: str = "balanced",
    lines: int = 30,
    parsed: bool = True,
    language: str | None = "python",
) -> Attribution:
    """Return what the model says of one sample with these probabilities."""
    told = DECISION(np.array(p), mode=mode, lines=lines, parsed=parsed)
    best = int(np.argmax(p))
    return Attribution(
        status="ok",
        model=ID,
        path=path,
        language=language,
        family=told.family,
        confidence=told.confidence,
        raw_family=CLASSES[best],
        raw_confidence=p[best],
        probabilities=dict(zip(CLASSES, p, strict=True)),
        ai_probability=1 - p[0],
        reason=told.reason,
    )


def empty(path: str = "src/empty.py") -> Attribution:
    return Attribution.not_scored("empty", model=ID, path=path)


def test_few_samples_are_told_as_lone_ones_are() -> None:
    """The thresholds of pools hold from three samples on, on which they were fitted."""
    never = Thresholds({}, human=2.0, ai=2.0)
    decision = Decision(CLASSES, "human", {"balanced": never, "high-precision": never})
    cautious = replace(MODEL, decision=decision, pool_decision=DECISION)
    told = [pool(cautious, "here", [answer((0.05, 0.9, 0.05))] * n).family for n in (1, 2, 3, 10)]
    assert told == ["unknown", "unknown", "claude", "claude"]


@given(shares, st.sampled_from(MODES), st.integers(1, 9), st.booleans(), st.floats(0.1, 5))
def test_one_sample_pools_to_itself(
    p: list[float], mode: str, lines: int, parsed: bool, factor: float
) -> None:
    """A single sample is told as it was, with its reason, however evidence adds up."""
    model = replace(MODEL, pooling=Pooling(factor, 0.4))
    alone = answer(p, mode=mode, lines=lines, parsed=parsed)
    (told,) = model.pool([alone], mode=mode)
    assert (told.key, told.status, told.samples, told.left_out) == ("all", "ok", 1, 0)
    assert told.probabilities == alone.probabilities
    fields = "model family confidence raw_family raw_confidence ai_probability reason"
    for name in fields.split():
        assert getattr(told, name) == getattr(alone, name), name


@given(st.lists(shares, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_order_does_not_matter(rows: list[list[float]], random: Any) -> None:
    """The same samples in another order have the same answer."""
    mixed = random.sample(rows, len(rows))
    first, second = (MODEL.pooling(np.array(each)) for each in (rows, mixed))
    np.testing.assert_allclose(first, second, rtol=1e-9)


@given(
    st.lists(
        st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).filter(any), min_size=2, max_size=40
    ),
    st.floats(0.1, 3),
    st.floats(0, 1),
)
def test_probabilities_stay_probabilities(
    rows: list[list[float]], factor: float, growth: float
) -> None:
    """Whatever is pooled, also what was given as 0, sums to 1 and rules no class out."""
    p = np.array(rows)
    pooled = Pooling(factor, growth)(p / p.sum(axis=1, keepdims=True))
    assert pooled.shape == (3,)
    assert pooled.min() > 0
    assert pooled.sum() == pytest.approx(1)


def test_factor_and_growth_of_1_are_independence() -> None:
    """Then the pool is Bayes' rule: the product of all samples' probabilities."""
    rows = np.array([[0.5, 0.3, 0.2], [0.6, 0.2, 0.2], [0.3, 0.4, 0.3]])
    product = rows.prod(axis=0)
    np.testing.assert_allclose(Pooling(1.0, 1.0)(rows), product / product.sum())


@given(shares, st.integers(2, 30), st.floats(0.2, 3), st.floats(0, 1))
def test_strength(p: list[float], n: int, factor: float, growth: float) -> None:
    """The log-odds of n equal samples are those of one, times factor x n ** growth."""
    pooled = Pooling(factor, growth)(np.array([p] * n))
    wanted = np.log(p[0] / p[1]) * factor * n**growth
    if pooled.min() > 2e-6:  # else cut
        assert np.log(pooled[0] / pooled[1]) == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def test_no_growth_learns_nothing() -> None:
    """With a factor of 1 and no growth, a hundred copies say what one says."""
    p = [0.5, 0.3, 0.2]
    np.testing.assert_allclose(Pooling()(np.array([p] * 100)), p)


def test_many_say_more() -> None:
    """Samples none of which is told by itself are told together, once there are enough."""
    weak = answer([0.1, 0.5, 0.4])
    assert weak.family == "ai"
    (few,) = MODEL.pool([weak] * 2)
    (many,) = MODEL.pool([weak] * 20)
    assert (few.family, few.reason) == ("ai", "family_uncertain")
    assert (many.family, many.reason) == ("claude", None)
    assert many.confidence == many.raw_confidence == many.probabilities["claude"] > 0.6
    (guess,) = MODEL.pool([weak] * 2, mode="best-guess")
    assert guess.family == "claude"


def test_short_samples_add_up() -> None:
    """Four of one line are too short together as well, five have the five lines it takes."""
    short = answer([0.9, 0.05, 0.05], lines=1)
    assert short.reason == "too_short"
    (four,), (five,) = MODEL.pool([short] * 4), MODEL.pool([short] * 5)
    assert (four.family, four.reason) == ("unknown", "too_short")
    assert (five.family, five.reason) == ("human", None)


def test_languages_without_a_grammar() -> None:
    """A pool keeps their caution, in every mode, unless half of it or more has a grammar."""
    bare, whole = (answer([0.9, 0.05, 0.05], parsed=parsed) for parsed in (False, True))
    (most,), (half,) = MODEL.pool([bare, bare, whole]), MODEL.pool([bare, whole])
    assert (most.family, most.reason) == ("unknown", "unsupported_language")
    assert (half.family, half.reason) == ("human", None)
    guessed = answer([0.9, 0.05, 0.05], parsed=False, mode="best-guess")
    (guess,) = MODEL.pool([guessed] * 3, mode="best-guess")
    assert (guess.family, guess.reason) == ("human", "neutral_columns")


def test_what_was_not_scored_is_counted() -> None:
    """It changes no answer; where nothing was scored there is none, and no error."""
    good = answer([0.9, 0.05, 0.05])
    (mixed,), (pure,) = MODEL.pool([empty(), good, empty()]), MODEL.pool([good])
    assert mixed == replace(pure, left_out=2)
    (none,) = MODEL.pool([empty(), empty()])
    assert (none.status, none.samples, none.left_out) == ("empty", 0, 2)
    assert (none.family, none.confidence, none.probabilities) == (None, None, {})
    assert MODEL.pool([]) == []


def test_groups() -> None:
    """By directory, language, function or keys; in order of appearance, those without left out."""
    p = [0.9, 0.05, 0.05]
    given_ = [
        answer(p, "src/b.py"),
        answer(p, "top.go", language="go"),
        answer(p, "src/a.py"),
        answer(p, "src/sub/c.py", language=None),
        answer(p, None),
        answer(p, "-"),
        empty("src/empty.py"),
    ]

    def sizes(by: Any) -> dict[str, tuple[int, int]]:
        return {each.key: (each.samples, each.left_out) for each in MODEL.pool(given_, by=by)}

    assert list(sizes("directory").items()) == [("src", (2, 1)), (".", (1, 0)), ("src/sub", (1, 0))]
    assert list(sizes("language").items()) == [("python", (4, 0)), ("go", (1, 0))]
    assert sizes(lambda each: each.path and each.path[:1]) == {
        "s": (3, 1),
        "t": (1, 0),
        "-": (1, 0),
    }
    assert sizes(["x", "y", None, "x", None, None, None]) == {"x": (2, 0), "y": (1, 0)}
    assert sizes(None) == {"all": (6, 1)}


def test_groups_are_told_apart() -> None:
    """The answer of a group rests on its own samples."""
    human, claude = answer([0.8, 0.1, 0.1], "a/x.py"), answer([0.1, 0.8, 0.1], "b/x.py")
    told = MODEL.pool([human, claude] * 5, by="directory")
    assert [(each.key, each.family) for each in told] == [("a", "human"), ("b", "claude")]
    assert told[0] == pool(MODEL, "a", [human] * 5)


def test_misuse() -> None:
    """What does not fit is a ValueError that names it."""
    one = answer([0.9, 0.05, 0.05])
    with pytest.raises(ValueError, match=r"by must be one of directory, language.*'author'"):
        grouped([one], "author")
    with pytest.raises(ValueError, match="by has 2 keys for 1 attributions"):
        MODEL.pool([one], by=["a", "b"])
    with pytest.raises(ValueError, match=r"mode must be one of .*'sure'"):
        MODEL.pool([one], mode="sure")
    with pytest.raises(ValueError, match="nothing to pool"):
        pool(MODEL, "all", [])


def test_attributions_of_another_model() -> None:
    """They are refused with the mend, also unscored ones, and where only classes betray them."""
    one, mend = answer([0.9, 0.05, 0.05]), "pool with the model that made them"
    for other in (one, empty()):
        strange = replace(other, model=ModelId("small", "1.3.0"))
        with pytest.raises(ValueError, match=rf"by small 1\.3\.0, .* small 1\.2\.0: {mend}"):
            MODEL.pool([one, strange])
    enrolled = replace(one, probabilities={**one.probabilities, "ada": 0.0})
    with pytest.raises(ValueError, match=rf"differ in the classes ada: {mend}"):
        MODEL.pool([one, enrolled])
    fewer = replace(one, probabilities={"human": 0.9, "gpt": 0.1})
    with pytest.raises(ValueError, match=rf"differ in the classes claude: {mend}"):
        MODEL.pool([one, fewer])


def test_shares_from_thirty_on() -> None:
    """Below thirty scored samples no mix is told; from there on it sums to 1."""
    some = [answer([0.9, 0.05, 0.05])] * 29
    assert MODEL.pool([*some, empty()])[0].shares is None
    shares = MODEL.pool([*some, *some[:1]])[0].shares
    assert shares is not None
    assert (shares.classes, shares.n) == (CLASSES, 30)
    assert sum(shares.share) == pytest.approx(1)
    assert all(a <= b <= c for a, b, c in zip(shares.low, shares.share, shares.high, strict=True))


def test_shares_need_no_single_author() -> None:
    """Half human, half claude: the error that the model knows of itself is undone."""
    rows = [MEAN_ANSWERS[0].tolist()] * 30 + [MEAN_ANSWERS[1].tolist()] * 30
    shares = MODEL.pool([answer(row) for row in rows])[0].shares
    assert shares is not None
    assert np.mean(rows, axis=0)[2] == pytest.approx(0.15)
    np.testing.assert_allclose(shares.share, (0.5, 0.5, 0.0), atol=1e-3)


def test_no_shares_without_the_error() -> None:
    """A model that does not know how its classes are mistaken tells no mix, and pools all the same.

    So do older models, and those with enrolled classes.
    """
    some = [answer([0.9, 0.05, 0.05])] * 40
    (older,) = replace(MODEL, mean_answers=None).pool(some)
    assert (older.shares, older.family) == (None, "human")
    wide = [replace(each, probabilities={**each.probabilities, "ada": 0.0}) for each in some]
    (enrolled,) = replace(MODEL, enrolment=Enrolment((ENROLLED,))).pool(wide)
    assert (enrolled.shares, enrolled.raw_family) == (None, "human")


def test_enrolled_classes_are_told() -> None:
    """An enrolled person is pooled beside the trained classes, and counts to the human side."""
    model = replace(MODEL, enrolment=Enrolment((ENROLLED,)))
    p = {"human": 0.2, "claude": 0.15, "gpt": 0.05, "ada": 0.6}
    (told,) = model.pool([replace(answer([0.4, 0.3, 0.3]), probabilities=p)] * 16)
    assert (told.family, told.raw_family) == ("ada", "ada")
    assert list(told.probabilities) == [*CLASSES, "ada"]
    assert told.ai_probability == pytest.approx(
        told.probabilities["claude"] + told.probabilities["gpt"]
    )


def test_contract() -> None:
    """`to_dict` is JSON with the keys that users rely on, whatever was pooled."""
    full, few, none = (
        MODEL.pool(each)[0]
        for each in ([answer([0.9, 0.05, 0.05])] * 30, [answer([0.4, 0.3, 0.3])], [empty()])
    )
    keys = ["pool", "status", "samples", "left_out", "family", "raw", "confidence"]
    keys += ["probabilities", "ai_probability", "reason", "shares", "model"]
    for each in (full, few, none):
        assert list(json.loads(json.dumps(each.to_dict()))) == keys
    plain = full.to_dict()
    assert isinstance(plain["shares"], dict)
    assert list(plain["shares"]) == list(CLASSES)
    assert set(plain["shares"]["human"]) == {"share", "low", "high"}
    assert plain["model"] == {"name": "small", "version": "1.2.0"}
    assert few.to_dict()["shares"] is None
    assert none.to_dict()["raw"] == {"family": None, "confidence": None}


def test_settings_round_trip() -> None:
    """What a model folder keeps of a pooling makes the same one."""
    assert Pooling(**Pooling(0.7, 0.3).to_dict()) == Pooling(0.7, 0.3)
