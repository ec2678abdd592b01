"""Texts that are sought at once are found as `bytes.count` finds them one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.sought import Sought

TEXTS = (b"ab", b"abc", b"aa", b"'''", b"::", b"b\nc", b"aaaa")
SIGNS = b"abc':\n"


def found_in(data: bytes) -> dict[bytes, list[int]]:
    """Return where each text was found."""
    text, at = Sought.of(TEXTS).find(np.frombuffer(data, dtype=np.uint8))
    return {sought: at[text == i].tolist() for i, sought in enumerate(TEXTS)}


@given(st.lists(st.sampled_from(list(SIGNS)), min_size=2, max_size=60).map(bytes))
def test_every_text_is_found_as_often_as_counting_finds_it(data: bytes) -> None:
    """Runs of one byte are counted without overlaps, like `bytes.count` does."""
    assert {text: len(at) for text, at in found_in(data).items()} == {
        text: data.count(text) for text in TEXTS
    }


@given(st.lists(st.sampled_from(list(SIGNS)), min_size=2, max_size=60).map(bytes))
def test_a_text_stands_where_it_is_found(data: bytes) -> None:
    """Each offset is where its text begins, and none is told twice."""
    for text, at in found_in(data).items():
        assert all(data.startswith(text, one) for one in at)
        assert at == sorted(set(at))


def test_a_text_at_either_end_is_found() -> None:
    """The first and the last bytes belong to what is searched."""
    found = found_in(b"abxaa")
    assert {text: at for text, at in found.items() if at} == {b"ab": [0], b"aa": [3]}


def test_a_text_that_is_cut_off_is_not_found() -> None:
    """What the data ends within is not there."""
    assert found_in(b"xxab")[b"abc"] == []
    assert found_in(b"x''")[b"'''"] == []
