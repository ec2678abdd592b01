"""Decision: accusations need certainty, a best guess is always given, modes are ordered."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_models.attribution import AI, UNKNOWN
from fingerprint_models.decision import MODES, SHORT_LINES, Decision, Thresholds

CLASSES = ("human", "claude", "gpt", "qwen")
Array = npt.NDArray[np.float64]
LONG = 50

share = st.floats(0.0, 1.0)
probabilities = (
    st.lists(st.floats(0.001, 1.0), min_size=4, max_size=4)
    .map(np.array)
    .map(lambda values: values / values.sum())
)


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    """Draw thresholds of which those for high precision are the higher ones."""
    low, high = zip(*(sorted((draw(share), draw(share))) for _ in range(3)), strict=True)
    modes = {"balanced": Thresholds(*low), "high-precision": Thresholds(*high)}
    return Decision(CLASSES, "human", modes)


def fixed(human: str | None = "human") -> Decision:
    modes = {"balanced": (0.6, 0.55, 0.9), "high-precision": (0.8, 0.9, 0.99)}
    return Decision(CLASSES, human, {name: Thresholds(*t) for name, t in modes.items()})


@given(share, share, st.floats(0.001, 1.0), probabilities, st.integers(0, 100))
def test_no_accusation_without_certainty(
    family: float, human: float, missing: float, p: Array, lines: int
) -> None:
    """Neither an AI family nor "ai" is told below the AI threshold, whatever the others are."""
    least = Thresholds(family, human, float(1.0 - p[0]) + missing)
    told = Decision(CLASSES, "human", {"balanced": least})(
        p, mode="balanced", lines=lines, parsed=True
    )
    assert told.family in {"human", UNKNOWN}


@given(decisions(), probabilities, st.integers(0, 100), st.booleans())
def test_best_guess_never_withholds(decision: Decision, p: Array, lines: int, parsed: bool) -> None:
    """A best guess is the likeliest class, however short; a missing grammar is mentioned."""
    told = decision(p, mode="best-guess", lines=lines, parsed=parsed)
    assert told.family == CLASSES[int(p.argmax())]
    assert told.confidence == p.max()
    assert told.reason == (None if parsed else "neutral_columns")


@given(decisions(), probabilities, st.sampled_from(MODES[1:]), st.booleans())
def test_reason_whenever_told_differs(
    decision: Decision, p: Array, mode: str, parsed: bool
) -> None:
    """A reason is given where the told answer is not the raw one, or rests on fewer columns."""
    told = decision(p, mode=mode, lines=LONG, parsed=parsed)
    assert (told.reason is None) == (parsed and told.family == CLASSES[int(p.argmax())])
    assert 0.0 <= told.confidence <= 1.0


@given(decisions(), probabilities)
def test_modes_are_ordered(decision: Decision, p: Array) -> None:
    """What high precision tells, balanced tells too; it may only be more exact."""
    strict = decision(p, mode="high-precision", lines=LONG, parsed=True).family
    balanced = decision(p, mode="balanced", lines=LONG, parsed=True).family
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


def test_language_without_columns_is_named() -> None:
    """Where nothing could be parsed, that is the reason for telling nothing."""
    told = fixed()(np.array([0.3, 0.3, 0.2, 0.2]), mode="balanced", lines=LONG, parsed=False)
    assert (told.family, told.reason) == (UNKNOWN, "unsupported_language")


@given(probabilities)
def test_corpus_without_a_human_class(p: Array) -> None:
    """Where no class is human, there is no AI probability, and "ai" is never told."""
    decision = fixed(None)
    assert decision.ai_probability(p) is None
    assert decision(p, mode="balanced", lines=LONG, parsed=True).family != AI


@given(decisions())
def test_decision_round_trip(decision: Decision) -> None:
    """A decision comes back from JSON as it was."""
    plain = json.loads(json.dumps(decision.to_dict()))
    assert Decision.from_dict(plain["classes"], plain["human"], plain["thresholds"]) == decision
