"""Human against AI across sources, in words and tables; nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fingerprint.drift.convergence.record import Across, Moved
from fingerprint.report.converge_words import (
    UNSHOWN,
    levels,
    line,
    number,
    signed,
    span,
    trend,
    trends,
)

FROZEN = "all, frozen"


def answers(found: Across) -> Iterator[str]:
    """Yield what is asked of people and AI of different sources, answered in a sentence each."""
    title = "Human against AI across sources"
    if found.why:
        yield f"{title}: {UNSHOWN}, {found.why}."
        return
    whole, (human, ai) = found.trends[0], found.sources
    yield (
        f"{title}: {trend(whole)} over {ai:,} sources of AI and {human:,} of people, in "
        f"{len(found.languages)} languages{span(whole.periods)}."
    )
    shown = [each for each in found.trends[1:] if each.verdict != UNSHOWN]
    told = "; ".join(f"{each.group}: {trend(each)}" for each in shown)
    yield f"In which features does AI come nearer to people, or part from them? {told or UNSHOWN}."
    yield f"Told by a classifier of the first period: {trend(found.frozen[0])}."
    yield (
        "What would other sources alone give? Halves of people's that chance made: AUROC "
        f"{number(found.halves)}; of AI's: {number(found.ai_halves)}; people's earlier against "
        f"later samples: {number(found.ages)} (95 % of such halves)."
    )
    yield (
        "Do people move towards AI, as a share of the way a year? Before models wrote code: "
        f"{_moved(found.before)}; since mid-2021: {_moved(found.since)}."
    )


def tables(found: Across) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield titles and tables in Markdown."""
    frozen = [replace(each, group=FROZEN) for each in found.frozen]
    yield "Human against AI across sources, trend a year", trends((*found.trends, *frozen))
    told = (*found.levels, *(replace(each, group=FROZEN) for each in found.frozen_levels))
    yield "Human against AI across sources by period (AUROC)", levels(told, "languages")


def lines(found: Across) -> Iterator[str]:
    """Yield a line a figure with tabs between its parts."""
    for each in found.trends:
        yield line("across", each.group, each.verdict, signed(each.slope))
    for each in found.frozen:
        yield line("across", FROZEN, each.verdict, signed(each.slope))
    for level in found.levels:
        yield line("across level", level.period, level.group, number(level.figure), level.series)
    for level in found.frozen_levels:
        yield line("across level", level.period, FROZEN, number(level.figure), level.series)


def notes(found: Across) -> Iterator[str]:
    """Yield what a reader of the comparison across sources must know."""
    if found.why:
        return
    kinds = f" and kind ({', '.join(found.kinds)})" if found.kinds else ""
    yield (
        f"Across sources, {found.samples[0]:,} samples of people and {found.samples[1]:,} of AI, "
        f"its family known or not, are compared at like language, length{kinds}: "
        f"{', '.join(found.languages)}. The same people stand beside every period. A trend is the "
        "change within a source of AI; a level is of the sources that are in the period."
    )
    if found.missing:
        yield (
            f"{len(found.missing):,} languages in a period have too few sources to be compared "
            "across sources."
        )


def _moved(each: Moved) -> str:
    return f"{signed(each.a_year)} ({each.samples:,} samples of {each.sources} sources)"
