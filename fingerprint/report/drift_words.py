"""How figures and sides of a comparison read, in the text and on the page alike."""

from __future__ import annotations

import re
from math import isfinite

from fingerprint.drift.monitor.record import Column, Drift, Example, Side

MISSING = "–"

_COMMIT, _SHA = re.compile(r"[0-9a-f]{40,64}"), 12


def side(found: Side) -> str:
    """Return a side's name with how many samples it has, of how many sources, and were compared."""
    of = f" of {counted(found.sources, 'source')}" if found.sources else ""
    less = f", {found.compared:,} of them compared" if found.compared < found.samples else ""
    return f"{found.name} ({counted(found.samples, 'sample')}{of}{less})"


def counted(many: int, of: str) -> str:
    """Return a number of things, of which `of` names one."""
    return f"{many:,} {of}" if many == 1 else f"{many:,} {of}s"


def moved(drift: Drift, most: int) -> list[Column]:
    """Return the columns that moved, `most` of them."""
    return [each for each in drift.columns if each.p <= drift.alpha][:most]


def found_by(each: Example) -> str:
    """Return what a sample is found by: a path, the id of a change, or its row in the corpus."""
    if not each.known_as:
        return f"row {each.at:,}"
    return each.known_as[:_SHA] if _COMMIT.fullmatch(each.known_as) else each.known_as


def columns_title(drift: Drift) -> str:
    """Return how many columns moved, and how many of these have no words and are not listed."""
    hashed = f", {drift.ngrams_moved:,} of them n-grams" if drift.ngrams_moved else ""
    return f"{counted(drift.columns_moved, 'column')} moved{hashed}"


def number(value: float) -> str:
    """Return a figure with three places."""
    return f"{value:.3f}" if isfinite(value) else MISSING


def short(value: float) -> str:
    """Return a figure with three digits."""
    return f"{value:.3g}" if isfinite(value) else MISSING


def signed(value: float, places: int) -> str:
    """Return a figure with its sign."""
    return f"{value:+.{places}f}" if isfinite(value) else MISSING


def share(value: float) -> str:
    """Return a share in per cent."""
    return f"{100 * value:.1f} %" if isfinite(value) else MISSING


def share_ends(low: float, high: float) -> str:
    """Return the ends of a share's interval in per cent."""
    if not (isfinite(low) and isfinite(high)):
        return MISSING
    return f"{100 * low:.0f}–{100 * high:.0f} %"


def number_ends(low: float, high: float) -> str:
    """Return the ends of an interval."""
    return f"{number(low)}–{number(high)}" if isfinite(low) and isfinite(high) else MISSING
