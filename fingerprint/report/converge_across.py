"""Human against AI across sources, in words and tables; nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint.drift.convergence.record import Across, Moved
from fingerprint.report.converge_words import (
    counted,
    groups,
    known,
    number,
    signed,
    span,
    trend,
)


def answers(found: Across) -> Iterator[str]:
    """Yield what is asked of people and AI of different sources, answered in a sentence each."""
    asked = "Do people and AI of different sources converge?"
    if found.why:
        yield f"{asked} Not shown: {found.why}."
        return
    whole, (human, ai) = found.trends[0], found.sources
    yield (
        f"{asked} {trend(whole)} over {counted(ai, 'source')} of AI and {human:,} of people, in "
        f"{counted(len(found.languages), 'language')}{span(whole.periods)}."
    )
    if not known(whole.slope):
        return
    features = groups(found.trends[1:])
    yield f"In which features does AI come nearer to people, or part from them? {features}."
    yield f"And for a classifier of the first period? {trend(found.frozen[0])}."
    if halves := list(_halves(found)):
        yield f"What would other sources alone give? {'; '.join(halves)} (95 % of such halves)."
    yield (
        "Do people move towards AI, as a share of the way a year? Before models wrote code: "
        f"{_moved(found.before)}; since mid-2021: {_moved(found.since)}."
    )


def _halves(found: Across) -> Iterator[str]:
    """Yield the AUROCs between halves of one side that are known."""
    if known(found.halves):
        yield f"Halves of people's that chance made: AUROC {number(found.halves)}"
    if known(found.ai_halves):
        yield f"halves of AI's: {number(found.ai_halves)}"
    if known(found.ages):
        yield f"people's earlier against later samples: {number(found.ages)}"


def notes(found: Across) -> Iterator[str]:
    """Yield what a reader of the comparison across sources must know."""
    if found.why:
        return
    kinds = f" and kind ({', '.join(found.kinds)})" if found.kinds else ""
    yield (
        f"Across sources, {counted(found.samples[0], 'sample')} of people and "
        f"{found.samples[1]:,} of AI, its family known or not, are compared at "
        f"like language, length{kinds}: {', '.join(found.languages)}. "
        "The same people stand beside every period. A trend is the change within a source of AI; "
        "a level is of the sources that are in the period."
    )
    if found.missing:
        many = len(found.missing)
        yield (
            f"{counted(many, 'language')} in a period {'has' if many == 1 else 'have'} too few "
            "sources to be compared across sources."
        )


def _moved(each: Moved) -> str:
    told = f"{counted(each.samples, 'sample')} of {counted(each.sources, 'source')}"
    return f"{signed(each.a_year)} ({told})"
