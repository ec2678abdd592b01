"""Figures and trends of a comparison over time in words; nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fingerprint.drift.convergence.figures import Estimate
from fingerprint.drift.convergence.record import Trend

UNSHOWN = "not shown"


def number(figure: Estimate) -> str:
    """Return "value [low, high]", or that it is not shown."""
    return _figure(figure, ".3f")


def signed(figure: Estimate) -> str:
    """Return "+value [low, high]", or that it is not shown."""
    return _figure(figure, "+.3f")


def known(figure: Estimate) -> bool:
    """Tell whether there is a figure, with or without an interval."""
    return math.isfinite(figure.value)


def trend(each: Trend) -> str:
    """Return a trend's verdict with both of its intervals, or why there is none."""
    said = each.verdict.capitalize()
    if not known(each.slope):
        return f"{said}: {each.why or 'too little can be compared'}"
    why = f" ({each.why})" if each.why else ""
    return f"{said}{why}: AUROC {signed(each.slope)} a year{ends(each.strict)}"


def groups(told: Sequence[Trend]) -> str:
    """Return the groups of features that converged or diverged with their trends."""
    shown = [each for each in told if each.verdict != UNSHOWN]
    return "; ".join(f"{each.group}: {_lower(trend(each))}" for each in shown) or "Not shown"


def ends(figure: Estimate) -> str:
    """Return the ends of a 99 % interval in brackets, or nothing where there is none."""
    if math.isnan(figure.low):
        return ""
    return f" (99 %: {figure.low:+.3f} to {figure.high:+.3f})"


def span(periods: Sequence[str]) -> str:
    """Return the first and the last period after a comma, or nothing."""
    return f", {periods[0]} to {periods[-1]}" if periods else ""


def pair(first: str, second: str) -> str:
    """Return a pair's name, or "" for all pairs."""
    return f"{first} – {second}" if first else ""


def listed(names: Sequence[str]) -> str:
    """Return names as "a, b and c"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def counted(many: int, one: str, more: str = "") -> str:
    """Return a number of things, `one` naming one of them and `more` several."""
    return f"{many:,} {one if many == 1 else more or f'{one}s'}"


def _lower(said: str) -> str:
    return f"{said[0].lower()}{said[1:]}"


def _figure(figure: Estimate, form: str) -> str:
    if math.isnan(figure.value):
        return UNSHOWN
    value = format(figure.value, form)
    if math.isnan(figure.low):
        return f"{value} [no interval]"
    return f"{value} [{format(figure.low, form)}, {format(figure.high, form)}]"
