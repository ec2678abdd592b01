"""What is said first, and that nothing found is lost."""

from __future__ import annotations

import pytest

from fingerprint.drift.monitor.members import KINDS
from fingerprint.drift.monitor.record import (
    Calibration,
    Finding,
    Language,
    Member,
    Reliability,
    Shift,
)
from fingerprint.drift.monitor.verdict import ADVICE, VERDICTS, WITHOUT_MIX, verdict_of

SURE = (Shift("confidence", 0.8, 0.6, 0.75, 0.85), Shift("entropy", 1.0, 1.0, 0.9, 1.1))
HERE = Language("go", 0.5, 0.4, 50, 40, tested=True)
THERE = Language("ruby", 0.5, 0.6, 50, 60, tested=False)


def _kinds(
    found: set[str], *, worse: bool = False, languages: tuple[Language, ...] = (HERE,)
) -> tuple[Finding, ...]:
    side = Reliability(100, 0.05, 0.02, 0.08, 0.7, 0.05)
    members = [Member(kind, kind, 0.01, 0.01, 3.0, kind in found) for kind in KINDS]
    calibration = Calibration(side, side, worse=worse)
    return verdict_of(members, SURE, languages, calibration, 0.01, spoilt=False, mixed=True)


def test_every_kind_has_advice() -> None:
    """No kind of finding is without a sentence that says what to do."""
    assert set(VERDICTS) == set(ADVICE)


def test_sureness_and_calibration_are_told_apart() -> None:
    """Both are told, also where calibration is different and no worse."""
    told = _kinds({"confidence", "calibration"})
    assert [each.kind for each in told] == ["advice", "confidence", "calibration differs"]
    assert "different, not worse" in told[2].words
    assert "confidence 0.80 → 0.60" in told[1].words
    alone = _kinds({"calibration"})
    assert alone[0].words == ADVICE["calibration differs"]
    assert _kinds({"calibration"}, worse=True)[0].words == ADVICE["calibration"]


@pytest.mark.parametrize("found", [set(), {"languages"}])
def test_what_was_hardly_compared_keeps_no_model(found: set[str]) -> None:
    """Where most samples are of languages that are not looked into, no model is said to be kept."""
    told = _kinds(found, languages=(HERE, THERE))
    assert told[0].words == ADVICE["hardly compared"]
    assert "60%" in told[1].words
    assert told[-1].kind == ("languages" if found else "nothing")
    assert _kinds(found)[0].words == ADVICE["languages" if found else "nothing"]


def test_families_without_an_estimate_point_to_none() -> None:
    """Nobody is sent to an estimated mix that is not there."""
    member = Member("families", "families", 0.01, 0.01, 3.0, found=True)
    told = verdict_of([member], SURE, [HERE], None, 0.01, spoilt=False, mixed=False)
    assert told[0].words == WITHOUT_MIX
