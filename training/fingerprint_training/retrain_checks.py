"""The conditions of the gate: what a challenger must have shown to take the champion's place."""

from __future__ import annotations

import math

from fingerprint_training.assessment import Estimate
from fingerprint_training.retrain_gate import Check, Comparison
from fingerprint_training.retrain_sides import LEAST_OWNERS

LEAST_GAIN = 0.005
"""Nats of log-loss: a smaller gain is no reason for another model, however sure it is."""

MOST_HARM = 0.01
"""Share of human samples that a challenger may tell to be AI beyond the champion's share."""

LEAST_HUMANS = 300
"""Human samples that can show a share to within `MOST_HARM`: of n, none accused leaves a share of
3/n within reach (the rule of three), and a bootstrap of nothing but zeros does not know that."""


def checks(new: Comparison, reference: Comparison, tolerance: float) -> tuple[Check, ...]:
    """Return the conditions of the gate, all of which a challenger must meet.

    On the new side the whole interval of the log-loss gain lies above `LEAST_GAIN`, and still does
    when both are refitted to their surroundings; on the reference side it lies above -tolerance; on
    both it is shown that at most `MOST_HARM` more humans are accused, or no more are.
    """
    return (
        _better(new["log_loss"].gain, "log-loss"),
        _better(new["refitted"].gain, "log-loss, both refitted,"),
        _kept(reference["log_loss"].gain, tolerance),
        _accusation(new),
        _accusation(reference),
    )


def _better(gain: Estimate, figure: str) -> Check:
    if math.isnan(gain.value):
        return Check(
            False,
            f"new side: {figure} unknown, since its owners lie in one fold and there are no other "
            "samples to refit on",
        )
    better = gain.low > LEAST_GAIN
    return Check(
        better,
        f"new side: {'better' if better else 'not better'} beyond noise ({figure} gain "
        f"{_signed(gain)}, and the lower end must be above {LEAST_GAIN:+.3f})",
    )


def _kept(gain: Estimate, tolerance: float) -> Check:
    kept = gain.low >= -tolerance
    lost = "worse" if gain.value < -tolerance else "not shown to be no worse"
    return Check(
        kept,
        f"reference side: {'not worse' if kept else lost} beyond the tolerance (log-loss gain "
        f"{_signed(gain)}, and the lower end must not be below {-tolerance:+.3f})",
    )


def _accusation(side: Comparison) -> Check:
    """Compare accusations: harm to a few owners hides in an interval that reaches to nothing.

    So it is not asked for proof of harm. A challenger that accuses more of these humans must show
    that it stays within `MOST_HARM`; one that does not is let through where they are too few.
    """
    gain = side["accused"].gain
    if math.isnan(gain.value):
        return Check(True, f"{side.side} side: no human samples that could be accused, so no check")
    enough = side.liable >= LEAST_HUMANS and side.liable_owners >= LEAST_OWNERS
    shown = enough and gain.low >= -MOST_HARM
    if shown:
        told = f"accuses no more humans, to within {MOST_HARM}"
    elif gain.value >= 0:
        told = "not shown to accuse more humans, and they are too few to rule it out"
    else:
        told = f"accuses more humans, and is not shown to stay within {MOST_HARM}"
    return Check(
        shown or gain.value >= 0,
        f"{side.side} side: {told} (share of {side.liable} human samples of {side.liable_owners} "
        f"owners told to be AI: gain {_signed(gain)}, and it must not be below 0 unless at least "
        f"{LEAST_HUMANS} samples of {LEAST_OWNERS} owners have the lower end at {-MOST_HARM:+.3f} "
        "or above)",
    )


def _signed(gain: Estimate) -> str:
    return f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"
