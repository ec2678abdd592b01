"""A comparison over time as plain lines and as Markdown; nothing is computed here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from fingerprint.drift.convergence.record import (
    BOTH,
    CONVERGED,
    DIVERGED,
    STALE,
    Convergence,
    Trend,
)
from fingerprint.report import converge_across
from fingerprint.report import converge_words as words
from fingerprint.report.converge_words import UNSHOWN, number, signed

_MOST = 12  # reasons of what is missing

_VERDICTS = {
    CONVERGED: "The families converge: even a model fitted anew tells them apart less and less.",
    STALE: "The model grows stale: one that is not refitted falls behind one that is.",
    BOTH: "The families converge, and a model that is not refitted falls behind besides.",
}
_BASES = {"refit": "the first", "others": "the second, as all models of a later period are new"}
_RIVALS = {"refit": "a refit", "others": "a refit to other models"}
_NEITHER = "Neither convergence nor staleness is shown."
_DIVERGED = "The families diverge: a model fitted anew tells them apart better and better."


def verdict(found: Convergence) -> str:
    """Return the verdict as a sentence or two."""
    said = _VERDICTS.get(found.verdict, "")
    if found.convergence == DIVERGED:
        return f"{said} {_DIVERGED}".strip()
    return said or _NEITHER


def answers(found: Convergence) -> Iterator[str]:
    """Yield what was asked, answered in a sentence each, with intervals."""
    whole, stale = found.pooled[0], found.staleness
    yield (
        f"Did the families converge? {words.trend(whole)} over {whole.series} pairs in a source "
        f"with two periods or more{words.span(whole.periods)}."
    )
    shown = [each for each in found.pooled[1:] if each.verdict != UNSHOWN]
    told = "; ".join(f"{each.group}: {words.trend(each)}" for each in shown)
    yield f"In which features? {told or UNSHOWN}."
    if found.human and found.human[0].series:
        yield f"Human against AI: {words.trend(found.human[0])}."
    else:
        yield f"Human against AI: {UNSHOWN}, no source has both at shared tasks in two periods."
    yield from converge_across.answers(found.across)
    yield (
        "Does a model fitted on the first period fall behind? A refit gains "
        f"{signed(stale.gap)} of balanced accuracy in later periods, where the edge over chance at "
        f"age 0 is {number(stale.edge)}; a refit to other models of the same period gains "
        f"{signed(stale.ageing)}. The verdict goes by {_BASES[stale.basis]} (99 %: "
        f"{words.ends(stale.strict)}): {stale.verdict}."
    )
    yield (
        "What does it cost to meet a model that was not trained on, whatever its age? "
        f"Of balanced accuracy: {number(stale.novelty)}."
    )
    yield (
        f"How fast? The frozen model loses {number(stale.lost_a_year)} of accuracy a year; it "
        f"falls behind {_RIVALS[stale.basis]} by {number(stale.behind_a_year)} a year."
    )
    what = f"the age at which {stale.share:.0%} of the edge is to be won back"
    yield f"Retrain by, {what}: {_due(found)}."


def advice(found: Convergence) -> str:
    """Return what to do next, in a sentence."""
    if found.verdict in (STALE, BOTH):
        due = _due(found)
        when = "" if due == UNSHOWN else f" by the age of {due}"
        more = ", and expect less of it for pairs that converged" if found.verdict == BOTH else ""
        return f"Retrain on newer samples{when}{more}."
    if found.verdict == CONVERGED:
        return "Retraining will not bring the accuracy back: raise the bar for a told family."
    if found.staleness.gap.low > 0:
        return (
            "Train on new models as they come out: knowing them helps. That age costs more than "
            "that is not shown."
        )
    return "Keep the model; add samples of more models and periods to what is compared."


def lines(found: Convergence) -> Iterator[str]:
    """Yield the verdict, the answers, and a line a figure with tabs between its parts."""
    yield verdict(found)
    yield from answers(found)
    yield advice(found)
    for each in (*found.pooled, *found.human):
        pair = words.pair(each.first, each.second) or "all pairs"
        yield words.line("trend", pair, each.group, each.verdict, signed(each.slope))
    for each in found.pairs:
        if each.series:
            why = each.why or each.verdict
            yield words.line(
                "pair", words.pair(each.first, each.second), each.group, why, signed(each.slope)
            )
    for level in (*found.timeline, *found.human_timeline):
        yield words.line("level", level.period, level.group, number(level.figure), level.series)
    yield from converge_across.lines(found.across)
    for age in found.staleness.ages:
        parts = (age.refit, age.frozen, age.shipped, age.gap)
        yield words.line("age", f"{age.months:g}", *map(number, parts), age.series)
    for shift in found.shifts:
        family = shift.family or "mean"
        yield words.line("shift", shift.period, family, shift.group, number(shift.shift))
    for each_period in found.reliability:
        figures = number(each_period.accuracy), number(each_period.ece), each_period.rows
        yield words.line("reliability", each_period.period, *figures)
    yield from (*found.notes, *converge_across.notes(found.across))


def markdown(found: Convergence, level: int = 2) -> Iterator[str]:
    """Yield the lines of a page, its headings from `level` on."""
    head = "#" * level
    yield f"**{verdict(found)}**"
    yield ""
    yield from (f"- {each}" for each in answers(found))
    yield f"- What to do next: {advice(found)}"
    for title, body in _sections(found):
        rows = list(body)
        if len(rows) > 2:
            yield from ("", f"{head} {title}", "", *rows)
    yield from ("", f"{head} What to mind", "")
    yield from (
        f"- {each}"
        for each in (*found.notes, *converge_across.notes(found.across), *_missing(found))
    )
    yield (
        f"- {found.samples:,} samples of {len(found.families)} families from {len(found.sources)} "
        f"sources, by {found.by}; {found.settings['draws']} draws, "
        f"{found.settings['replicates']} replicates, seed {found.settings['seed']}. "
        "Intervals are 95 % unless 99 % is said."
    )


def _sections(found: Convergence) -> Iterator[tuple[str, Iterator[str]]]:
    yield "Trend of separability a year", words.trends((*found.pooled, *found.human))
    yield "Separability by period (AUROC, all pairs)", words.levels(found.timeline)
    yield "Pairs of families", words.trends(_told(found))
    yield "Pairs by period (AUROC, all columns)", _heat(found)
    yield "Human against AI by period (AUROC)", words.levels(found.human_timeline)
    yield from converge_across.tables(found.across)
    yield "Frozen against refit, by age (balanced accuracy)", _ages(found)
    yield "How far families moved from their first period", _shifts(found)
    yield f"Reliability of {found.model} by period", _reliability(found)


def _told(found: Convergence) -> list[Trend]:
    """Return the pairs that a trend could be shown of."""
    return [each for each in found.pairs if each.group == "all" and each.series and not each.why]


def _heat(found: Convergence) -> Iterator[str]:
    trended = {(each.first, each.second) for each in _told(found)}
    own = [e for e in found.heat if e.group == "all" and (e.first, e.second) in trended]
    periods = sorted({each.period for each in own})
    yield from words.head("pair", *periods)
    for pair in sorted({(each.first, each.second) for each in own}):
        cells = {each.period: each for each in own if (each.first, each.second) == pair}
        yield words.row(
            words.pair(*pair), *(number(cells[p].auroc) if p in cells else "" for p in periods)
        )


def _ages(found: Convergence) -> Iterator[str]:
    yield from words.head("months", "refit", "others", "frozen", "gap", "shipped", "series")
    for each in found.staleness.ages:
        fitted = number(each.refit), number(each.others), number(each.frozen)
        gap = UNSHOWN if not each.months else signed(each.gap)
        yield words.row(f"{each.months:g}", *fitted, gap, number(each.shipped), each.series)


def _shifts(found: Convergence) -> Iterator[str]:
    own = [each for each in found.shifts if not each.family]
    groups = list(dict.fromkeys(each.group for each in own))
    yield from words.head("period", *groups)
    for period in sorted({each.period for each in own}):
        cells = {each.group: each.shift for each in own if each.period == period}
        yield words.row(period, *(number(cells[g]) if g in cells else "" for g in groups))


def _reliability(found: Convergence) -> Iterator[str]:
    yield from words.head("period", "samples", "accuracy", "expected calibration error")
    for each in found.reliability:
        yield words.row(each.period, f"{each.rows:,}", number(each.accuracy), number(each.ece))


def _missing(found: Convergence) -> Iterator[str]:
    single = [each for each in found.pairs if each.group == "all" and each.series and each.why]
    if single:
        yield f"{len(single)} pairs with {single[0].why} count in the trend of all, not as pairs."
    if not found.missing:
        return
    why = Counter(
        "too few shared tasks" if "task" in e.why else "too few samples of a family"
        for e in found.missing
    )
    told = ", ".join(f"{count:,} for {reason}" for reason, count in why.most_common(_MOST))
    yield f"Pairs of a source and period that are not shown: {told}."


def _due(found: Convergence) -> str:
    """Return the age for retraining, and whether it is less than any age that was seen."""
    due = found.staleness.retrain_by
    if math.isnan(due.value):
        return UNSHOWN
    least = min(each.months for each in found.staleness.ages if each.months > 0)
    early = f" (less than {least:g} months, the least age seen)" if due.value < least else ""
    return f"{due.value:.0f} months [{due.low:.0f}, {due.high:.0f}]{early}"
