"""The head of a comparison over time: what was found, what to do next, or that nothing could be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from fingerprint.drift.convergence.record import (
    BOTH,
    CONVERGED,
    DIVERGED,
    STALE,
    Convergence,
    Trend,
)
from fingerprint.report.converge_words import UNSHOWN, counted, known, listed

_REASONS = 3  # why nothing can be compared, the most frequent first

_VERDICTS = {
    CONVERGED: "The families converge: even a model fitted anew tells them apart less and less.",
    STALE: "The model grows stale: one that is not refitted falls behind one that is.",
    BOTH: "The families converge, and a model that is not refitted falls behind besides.",
}
_NEITHER = "Neither convergence nor staleness is shown."
_NO_TREND = (
    "Neither convergence nor staleness can be told: no pair of families has two periods in a source"
)
_DIVERGED = "The families diverge: a model fitted anew tells them apart better and better."
_VERBS = {CONVERGED: "converge", DIVERGED: "diverge"}
_PERIODS = {
    "release": "compare by the rows' dates with --by half",
    "quarter": "take longer periods with --by half",
    "half": "compare by the release of the stated models with --by release",
}


def verdict(found: Convergence) -> str:
    """Return the verdict in a sentence or two, naming all that converged or diverged."""
    if nothing(found):
        return _nothing(found)
    told = [_VERDICTS.get(found.verdict, "")]
    told += [_DIVERGED] if found.convergence == DIVERGED else []
    whole, parts = " ".join(filter(None, told)), ", and ".join(_parts(found))
    if whole:
        return f"{whole} In detail, {parts}." if parts else whole
    if not found.pooled[0].series:
        return f"{_NO_TREND}; {parts}." if parts else f"{_NO_TREND}."
    if not parts:
        return _NEITHER
    return (
        f"Over all families and features neither convergence nor staleness is shown, but {parts}."
    )


def advice(found: Convergence) -> str:
    """Return what to do next, in a sentence; the model is to be kept only if it was looked into."""
    stale = found.staleness
    if nothing(found):
        return (
            "Name the column of tasks with --task and that of families with --label, or "
            f"{_PERIODS[found.by]}."
        )
    if found.verdict in (STALE, BOTH):
        shown = due(found)
        when = "" if shown == UNSHOWN else f" by the age of {shown}"
        more = ", and expect less of it for pairs that converged" if found.verdict == BOTH else ""
        return f"Retrain on newer samples{when}{more}."
    if found.verdict == CONVERGED:
        return "Retraining will not bring the accuracy back: raise the bar for a told family."
    if stale.gap.low > 0:
        return (
            "Train on new models as they come out: knowing them helps. That age costs more than "
            "that is not shown."
        )
    if math.isfinite(stale.gap.low):
        return "Keep the model; add samples of more models and periods to what is compared."
    return "Add samples of the same tasks in more periods: of one period no change can be told."


def nothing(found: Convergence) -> bool:
    """Tell whether there is no pair of families, nor people and AI, that could be compared."""
    families, human = found.heat or found.timeline, found.human_cells or found.human_timeline
    return not (families or human or found.across.levels)


def due(found: Convergence) -> str:
    """Return the age for retraining, and whether it is less than any age that was seen."""
    age = found.staleness.retrain_by
    if not known(age):
        return UNSHOWN
    least = min(each.months for each in found.staleness.ages if each.months > 0)
    early = f" (less than {least:g} months, the least age seen)" if age.value < least else ""
    return f"{age.value:.0f} months [{age.low:.0f}, {age.high:.0f}]{early}"


def _nothing(found: Convergence) -> str:
    why = Counter(each.why for each in found.missing).most_common(_REASONS)
    lack = (
        "no pair of families shares enough tasks in a period of one source"
        if why
        else "no source holds two families in a period"
    )
    reasons = ", ".join(f"{many:,} with {reason}" for reason, many in why)
    return (
        f"Nothing can be compared: {lack} ({counted(found.samples, 'sample')} of "
        f"{counted(len(found.families), 'family', 'families')}, "
        f"{counted(len(found.sources), 'source')} and {counted(len(found.periods), 'period')}"
        f"{f'; of pairs in a source and period {reasons}' if why else ''})."
    )


def _parts(found: Convergence) -> Iterator[str]:
    """Yield in which features families, and people and AI, came together or parted."""
    yield from _moved("families", found.pooled[1:])
    yield from _moved("people and AI", found.human)
    yield from _moved("people and AI of different sources", found.across.trends)
    for kind, verb in _VERBS.items():
        own = [each for each in found.pairs if each.group == "all" and each.verdict == kind]
        if own:
            pairs = listed([f"{each.first} and {each.second}" for each in own[:_REASONS]])
            more = f" and {counted(len(own) - _REASONS, 'more pair')}" if own[_REASONS:] else ""
            yield f"of single pairs {pairs}{more} {verb}"


def _moved(who: str, trends: Sequence[Trend]) -> Iterator[str]:
    for kind, verb in _VERBS.items():
        groups = [each.group for each in trends if each.verdict == kind]
        if groups:
            whole = "all" in groups
            alone = [each for each in groups if each != "all"]
            told = ["over all features"] if whole else []
            told += [f"in {listed(alone)}"] if alone else []
            yield f"{who} {verb} {' and '.join(told)}"
