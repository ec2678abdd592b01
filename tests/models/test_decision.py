"""Decision: accusations need certainty, a best guess is always given, modes are ordered."""

from __future__ import annotations

import json
from math import inf

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_models.attribution import AI, UNKNOWN
from fingerprint_models.decision import MODES, NEVER, SHORT_LINES, Decision, Thresholds

CLASSES = ("human", "claude", "gpt", "qwen")
FAMILIES = CLASSES[1:]
Array = npt.NDArray[np.float64]
LONG = 50

share = st.floats(0.0, 1.0)
told_modes = st.sampled_from(MODES[1:])
limits = st.one_of(st.just(inf), st.floats(-5.0, 5.0))
novelties = st.floats(-6.0, 6.0)
probabilities = (
    st.lists(st.floats(0.001, 1.0), min_size=4, max_size=4)
    .map(np.array)
    .map(lambda values: values / values.sum())
)


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    """Draw thresholds of which those for high precision are the stricter ones."""
    pairs = [sorted((draw(share), draw(share))) for _ in range(5)]
    strict, free = sorted((draw(limits), draw(limits)))
    modes = {}
    for name, values, novelty in zip(
        MODES[1:], zip(*pairs, strict=True), (free, strict), strict=True
    ):
        human, ai, *family = values
        modes[name] = Thresholds(dict(zip(FAMILIES, family, strict=True)), human, ai, novelty)
    return Decision(CLASSES, "human", modes)


def even(family: float, human: float, ai: float, novelty: float = inf) -> Thresholds:
    return Thresholds(dict.fromkeys(FAMILIES, family), human, ai, novelty)


def fixed(human: str | None = "human") -> Decision:
    modes = {"balanced": (0.6, 0.55, 0.9, 2.0), "high-precision": (0.8, 0.9, 0.99, 1.0)}
    return Decision(CLASSES, human, {name: even(*t) for name, t in modes.items()})


@given(share, share, st.floats(0.001, 1.0), probabilities, novelties)
def test_no_accusation_without_certainty(
    family: float, human: float, missing: float, p: Array, novelty: float
) -> None:
    """Neither an AI family nor "ai" is told below the AI threshold, whatever the others are."""
    least = even(family, human, float(1.0 - p[0]) + missing, 0.0)
    told = Decision(CLASSES, "human", {"balanced": least})(
        p, mode="balanced", lines=LONG, parsed=True, novelty=novelty
    )
    assert told.family in {"human", UNKNOWN}


@given(decisions(), probabilities, st.integers(0, 100), st.booleans(), novelties)
def test_best_guess_never_withholds(
    decision: Decision, p: Array, lines: int, parsed: bool, novelty: float
) -> None:
    """A best guess is the likeliest class, however short or new; a missing grammar is mentioned."""
    told = decision(p, mode="best-guess", lines=lines, parsed=parsed, novelty=novelty)
    assert told.family == CLASSES[int(p.argmax())]
    assert told.confidence == p.max()
    assert told.reason == (None if parsed else "neutral_columns")


@given(decisions(), probabilities, told_modes, st.booleans(), novelties)
def test_reason_whenever_told_differs(
    decision: Decision, p: Array, mode: str, parsed: bool, novelty: float
) -> None:
    """A reason is given exactly where the told answer is not the raw one."""
    told = decision(p, mode=mode, lines=LONG, parsed=parsed, novelty=novelty)
    assert (told.reason is None) == (told.family == CLASSES[int(p.argmax())])
    assert 0.0 <= told.confidence <= 1.0


@given(decisions(), probabilities, novelties)
def test_modes_are_ordered(decision: Decision, p: Array, novelty: float) -> None:
    """What high precision tells, balanced tells too; it may only be more exact."""
    strict, balanced = (
        decision(p, mode=mode, lines=LONG, parsed=True, novelty=novelty).family
        for mode in ("high-precision", "balanced")
    )
    if strict == AI:
        assert balanced in {AI, CLASSES[int(p.argmax())]}
    elif strict != UNKNOWN:
        assert balanced == strict


@pytest.mark.parametrize("mode", MODES[1:])
def test_too_short(mode: str) -> None:
    """Fewer than SHORT_LINES lines are told as unknown, however sure; SHORT_LINES are not."""
    sure = np.array([0.0, 1.0, 0.0, 0.0])
    short = fixed()(sure, mode=mode, lines=SHORT_LINES - 1, parsed=True)
    assert (short.family, short.reason) == (UNKNOWN, "too_short")
    assert fixed()(sure, mode=mode, lines=SHORT_LINES, parsed=True).family == "claude"


@pytest.mark.parametrize(
    ("p", "family", "reason"),
    [
        ((0.05, 0.70, 0.15, 0.10), "claude", None),
        ((0.05, 0.40, 0.35, 0.20), AI, "family_uncertain"),
        ((0.70, 0.10, 0.10, 0.10), "human", None),
        ((0.50, 0.30, 0.10, 0.10), UNKNOWN, "low_confidence"),
        ((0.15, 0.65, 0.10, 0.10), UNKNOWN, "low_confidence"),  # the family is sure, "ai" is not
    ],
)
def test_told_in_words(p: tuple[float, ...], family: str, reason: str | None) -> None:
    """Each kind of answer of the balanced mode, by example."""
    told = fixed()(np.array(p), mode="balanced", lines=LONG, parsed=True)
    assert (told.family, told.reason) == (family, reason)
    if family == AI:
        assert told.confidence == pytest.approx(1 - p[0])


@given(decisions(), probabilities, told_modes, st.integers(0, 100), novelties)
def test_nothing_is_told_without_a_grammar(
    decision: Decision, p: Array, mode: str, lines: int, novelty: float
) -> None:
    """In a language that is not parsed no threshold holds: unknown, however sure, and said so."""
    for each in (p, np.array([0.0, 1.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0, 0.0])):
        told = decision(each, mode=mode, lines=lines, parsed=False, novelty=novelty)
        assert told.family == UNKNOWN
        # A scrap says too little whatever its language may be.
        assert told.reason == ("too_short" if lines < SHORT_LINES else "unsupported_language")


@pytest.mark.parametrize(
    ("p", "novelty", "family", "reason"),
    [
        ((0.02, 0.90, 0.05, 0.03), 2.0, "claude", None),  # at the limit a family is still told
        ((0.02, 0.90, 0.05, 0.03), 2.1, AI, "out_of_distribution"),
        ((0.05, 0.40, 0.35, 0.20), 2.1, AI, "out_of_distribution"),
        ((0.30, 0.60, 0.05, 0.05), 2.1, UNKNOWN, "out_of_distribution"),
        ((0.70, 0.10, 0.10, 0.10), 2.1, "human", None),
        ((0.50, 0.30, 0.10, 0.10), 2.1, UNKNOWN, "low_confidence"),  # likeliest is human
    ],
)
def test_what_is_new_is_of_no_family(
    p: tuple[float, ...], novelty: float, family: str, reason: str | None
) -> None:
    """Above the novelty limit no family is told: "ai" if that is sure; human code is as ever."""
    told = fixed()(np.array(p), mode="balanced", lines=LONG, parsed=True, novelty=novelty)
    assert (told.family, told.reason) == (family, reason)


@given(decisions(), probabilities, told_modes, novelties)
def test_novelty_moves_no_answer_towards_human(
    decision: Decision, p: Array, mode: str, novelty: float
) -> None:
    """Novelty only takes a family's name away: whether human or "ai" is told does not change."""
    usual = decision(p, mode=mode, lines=LONG, parsed=True, novelty=-inf)
    told = decision(p, mode=mode, lines=LONG, parsed=True, novelty=novelty)
    if novelty <= decision.thresholds[mode].novelty or p.argmax() == 0:
        assert told == usual
    elif usual.family == UNKNOWN:
        assert (told.family, told.reason) == (UNKNOWN, "out_of_distribution")
    else:
        assert (told.family, told.reason) == (AI, "out_of_distribution")


@given(probabilities, st.floats(0.001, 0.999))
def test_novelty_is_how_evenly_families_share(p: Array, human: float) -> None:
    """One family alone is no news, all alike are most; how likely human is plays no part."""
    decision = fixed()
    assert -1e-9 <= decision.novelty(p) <= 1 + 1e-9
    assert decision.novelty(np.array([human, 1 - human, 0, 0])) == pytest.approx(0.0, abs=1e-9)
    even_shares = np.array([human, *[(1 - human) / 3] * 3])
    assert decision.novelty(even_shares) == pytest.approx(1.0)
    again = np.array([human, *(p[1:] / p[1:].sum() * (1 - human))])
    assert decision.novelty(again) == pytest.approx(decision.novelty(p))


def test_one_family_alone_is_never_new() -> None:
    """With a single family, or no mass on any, there is nothing to compare: novelty 0."""
    assert Decision(("human", "claude"), "human", {}).novelty(np.array([0.5, 0.5])) == 0.0
    assert fixed().novelty(np.array([1.0, 0.0, 0.0, 0.0])) == 0.0


@given(decisions(), probabilities, told_modes)
def test_novelty_is_the_answers_own_unless_given(decision: Decision, p: Array, mode: str) -> None:
    """Without a novelty the decision takes that of the probabilities."""
    told = decision(p, mode=mode, lines=LONG, parsed=True)
    own = decision.novelty(p)
    assert told == decision(p, mode=mode, lines=LONG, parsed=True, novelty=own)


@given(probabilities, told_modes, st.floats(0.0, 1.0))
def test_a_family_without_a_threshold_is_never_told(p: Array, mode: str, human: float) -> None:
    """A family that no threshold names, or that has `NEVER`, is "ai" at most, however sure."""
    sure = np.array([0.0, 1.0, 0.0, 0.0])
    for family in ({"gpt": 0.0, "qwen": 0.0}, {"claude": NEVER, "gpt": 0.0, "qwen": 0.0}):
        decision = Decision(CLASSES, "human", {mode: Thresholds(family, human, 0.0)})
        assert decision(p, mode=mode, lines=LONG, parsed=True).family != "claude"
        told = decision(sure, mode=mode, lines=LONG, parsed=True)
        assert (told.family, told.reason) == (AI, "family_uncertain")


def test_thresholds_are_the_familys_own() -> None:
    """One family's threshold says nothing of another's."""
    least = Thresholds({"claude": 0.9, "gpt": 0.6, "qwen": 0.6}, 0.5, 0.5)
    decision = Decision(CLASSES, "human", {"balanced": least})
    for p, family in (((0.1, 0.7, 0.1, 0.1), AI), ((0.1, 0.1, 0.7, 0.1), "gpt")):
        told = decision(np.array(p), mode="balanced", lines=LONG, parsed=True)
        assert told.family == family


@given(probabilities, novelties)
def test_corpus_without_a_human_class(p: Array, novelty: float) -> None:
    """Where no class is human, there is no AI probability, and "ai" is never told."""
    decision = fixed(None)
    assert decision.ai_probability(p) is None
    told = decision(p, mode="balanced", lines=LONG, parsed=True, novelty=novelty)
    assert told.family != AI
    if novelty > decision.thresholds["balanced"].novelty:
        assert (told.family, told.reason) == (UNKNOWN, "out_of_distribution")


@given(decisions())
def test_decision_round_trip(decision: Decision) -> None:
    """A decision comes back from strict JSON as it was, infinite limits of novelty included."""
    plain = json.loads(json.dumps(decision.to_dict(), allow_nan=False))
    assert Decision.from_dict(plain["classes"], plain["human"], plain["thresholds"]) == decision


@given(share, share, share, probabilities, told_modes)
def test_the_older_format_is_read(
    family: float, human: float, ai: float, p: Array, mode: str
) -> None:
    """One threshold for all families and no novelty: the same for each, and nothing is too new."""
    old = {"family": family, "human": human, "ai": ai}
    assert Thresholds.from_dict(old, FAMILIES) == even(family, human, ai)
    read = Decision.from_dict(CLASSES, "human", {mode: old})
    told = read(p, mode=mode, lines=LONG, parsed=True, novelty=1e9)
    same = Decision(CLASSES, "human", {mode: even(family, human, ai)})
    assert told == same(p, mode=mode, lines=LONG, parsed=True)
