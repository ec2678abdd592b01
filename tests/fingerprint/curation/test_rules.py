"""The rules: what each removes, and that all that were asked hold in the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.curation.errors import CurationError
from fingerprint.curation.rows import NO_FAMILY, Rows
from fingerprint.curation.rules import (
    EXACT_COPY,
    FAMILY_CAP,
    HUMAN_FLOOR,
    KEPT,
    LIKELY_AI,
    NOT_SCORED,
    Rules,
    allowed,
    decide,
)

CLASSES = ("human", "claude", "gpt")


def rows_of(ai: Sequence[float], family: Sequence[int], **more: Any) -> Rows:
    """Return rows with these answers; NaN means not scored."""
    told, n = np.array(ai, dtype=np.float32), len(ai)
    scored = ~np.isnan(told)
    likeliest = np.where(told < 0.5, 0, np.array(family))
    draw = np.random.default_rng(3).integers(0, 2**63, n, dtype=np.uint64)
    fields: dict[str, Any] = {
        "reviewed": np.zeros(n, dtype=np.bool_),
        "draw": draw,
        "text": np.arange(n, dtype=np.uint64),
        "scored": scored,
        "signatures": None,
    }
    return Rows(
        classes=CLASSES,
        models=("teams 0.1.0",),
        ai=told,
        family=np.where(scored, likeliest, NO_FAMILY).astype(np.uint8),
        **fields | more,
    )


some_rows = st.lists(
    st.tuples(st.sampled_from([0.02, 0.3, 0.6, 0.9, float("nan")]), st.integers(1, 2)),
    min_size=1,
    max_size=60,
)
shares = st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.9, 1.0])


@given(some_rows, shares, shares, shares)
def test_what_was_asked_holds(
    told: list[tuple[float, int]], claude: float, gpt: float, floor: float
) -> None:
    """Caps hold; humans are never dropped for the floor; it holds unless no probable AI is left."""
    rows = rows_of([ai for ai, _ in told], [family for _, family in told])
    rules = Rules(caps={"claude": claude, "gpt": gpt}, human_floor=floor)
    made = decide(rows, rules)
    kept = made == KEPT
    for family, share in ((1, claude), (2, gpt)):
        assert (kept & (rows.family == family)).sum() <= share * kept.sum() + 1e-6
    assert kept[rows.scored & (rows.ai < 0.5)].all()
    left = rows.ai[kept].astype(np.float64)
    assert not (left > 0.5).any() or (1 - left).mean() >= floor - 1e-6
    assert (made[~rows.scored] == NOT_SCORED).all()


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=4),
    st.integers(0, 50),
    st.lists(shares, min_size=4, max_size=4),
)
def test_allowed_keeps_as_much_as_caps_let(
    sizes: list[int], free: int, limits: list[float]
) -> None:
    """Caps hold in what is left, and a family gives up no more than rounding beyond its cap."""
    counts, caps = dict(enumerate(sizes)), dict(enumerate(limits[: len(sizes)]))
    most = allowed(free + sum(sizes), counts, caps)
    left = free + sum(most.values())
    for each, n in most.items():
        assert 0 <= n <= counts[each]
        assert n <= caps[each] * left + 1e-6
        assert n == counts[each] or n >= caps[each] * left - len(sizes) - 1


def test_cap_is_a_share_of_what_is_left() -> None:
    """90 others and a cap of a tenth leave 10 of 60: a tenth of the mix, not of the corpus."""
    assert allowed(150, {1: 60}, {1: 0.1}) == {1: 10}


def test_limit_itself_stays() -> None:
    """A row whose stored probability is the limit stays, one above it goes."""
    rows = rows_of([0.2, 0.20001, 0.1], [1, 1, 1])
    assert decide(rows, Rules(max_ai=0.2)).tolist() == [KEPT, LIKELY_AI, KEPT]


def test_cap_keeps_post_review_code() -> None:
    """Where a cap chooses, merged and surviving code stays above raw suggestions."""
    reviewed = np.array([False] * 10 + [True] * 5 + [False] * 85)
    rows = rows_of([0.9] * 15 + [0.1] * 85, [1] * 100, reviewed=reviewed)
    made = decide(rows, Rules(caps={"claude": 0.05}))
    assert (made[reviewed] == KEPT).sum() == 4  # of 89 rows
    assert (made[:10] == FAMILY_CAP).all()


def test_copy_that_stays_is_post_review() -> None:
    """Of copies the one after review stays; chance, not place, decides between equals."""
    text = np.zeros(6, dtype=np.uint64)
    reviewed = np.array([False, False, False, True, False, False])
    made = decide(rows_of([0.1] * 6, [1] * 6, text=text, reviewed=reviewed), Rules(copies="exact"))
    assert made.tolist() == [EXACT_COPY] * 3 + [KEPT] + [EXACT_COPY] * 2
    assert (decide(rows_of([0.1] * 6, [1] * 6, text=text), Rules(copies="none")) == KEPT).all()


def test_floor_adds_up_to_the_share_and_no_more() -> None:
    """The floor drops as many AI rows as it takes: one fewer would miss it."""
    rows = rows_of([0.0] * 40 + [1.0] * 60, [1] * 100)
    made = decide(rows, Rules(human_floor=0.8))
    assert (made == KEPT).sum() == 50
    assert (made == HUMAN_FLOOR).sum() == 50


def test_model_without_human_class() -> None:
    """Rules by probability of AI are refused where the model has none; caps still work."""
    rows = rows_of([float("nan")] * 4, [1] * 4, scored=np.ones(4, dtype=np.bool_))
    with pytest.raises(CurationError, match="no human class"):
        decide(rows, Rules(max_ai=0.5))
    assert (decide(rows, Rules()) == KEPT).all()
