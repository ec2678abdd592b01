"""The words that the text of a comparison and its page share, and that both tell the same parts."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

pytest.importorskip("altair")
pytest.importorskip("vl_convert")
pytest.importorskip("scipy")

from fingerprint.drift.monitor.record import (
    Column,
    Drift,
    Example,
    Finding,
    Language,
    Mix,
    Shift,
    Side,
)
from fingerprint.report import drift_words as words
from fingerprint.report.drift_page import page
from fingerprint.report.drift_text import lines

NOTE = "Not looked into within language: ruby."


@pytest.fixture
def drift(bare_drift: Drift) -> Drift:
    """Return a comparison without drawings: a column moved, an example, and a mix without ends."""
    return replace(
        bare_drift,
        languages=(Language("ruby", 0.5, 0.5, 5, 5, tested=False),),
        columns=(Column("x", "shape", "how x", 0.01, 0.3, 0.2, 0.1, 1.0, 2.0, 1.0, 2.0),),
        mix=(Mix("gpt", 0.5, 0.5, math.nan, math.nan),),
        examples=(Example(1234, "ruby", "", "gpt", 0.5, 2.0),),
        notes=(NOTE,),
    )


def test_what_is_missing_is_a_dash() -> None:
    """No figure that is not finite is printed as one."""
    for told in (words.number, words.short, words.share):
        assert told(math.nan) == words.MISSING
    assert words.signed(math.nan, 1) == words.share_ends(0.1, math.nan) == words.MISSING
    assert words.share_ends(0.1, 0.25) == "10–25 %"


def test_one_is_one() -> None:
    """One sample of one source is not told in the plural."""
    side = Side("corpus", 1, 1, 1, 0, ())
    assert words.side(side) == "corpus (1 sample of 1 source)"
    wanted = "corpus (2,000 samples of 3 sources, 90 of them compared)"
    assert words.side(replace(side, samples=2000, sources=3, compared=90)) == wanted


@pytest.mark.parametrize("drifted", [True, False])
def test_text_and_page_have_the_same_parts(drift: Drift, drifted: bool) -> None:
    """Columns and samples are shown where drift is, and what was left out is said once."""
    drift = replace(drift, drifted=drifted)
    text = "\n".join(lines(drift))
    assert "nan" not in text
    for told in (text, page(drift)):
        assert ("how x" in told) == ("1,234" in told) == ("1 column moved" in told) == drifted
        assert told.count("ot looked into within") == 1
        assert "Too few samples to look within" not in told


def test_a_page_of_nothing_compared_does_not_say_no_drift(drift: Drift) -> None:
    """Its title tells that most could not be compared."""
    drift = replace(drift, drifted=False)
    assert "No drift is shown" in page(drift)
    bare = page(replace(drift, verdict=(Finding("hardly compared", "Little."),)))
    assert "Most could not be compared" in bare
    assert "No drift is shown" not in bare


def test_outside_is_beyond_either_end() -> None:
    """A mean within its range, or at its end, is not outside."""
    made = [Shift("x", 0.5, at, 0.4, 0.6).outside for at in (0.3, 0.4, 0.6, 0.7)]
    assert made == [True, False, False, True]
