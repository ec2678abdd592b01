"""A comparison over time as one self-contained page: the verdict in words, then its drawings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import isfinite

from fingerprint.drift.convergence.figures import Estimate
from fingerprint.drift.convergence.record import (
    Across,
    Convergence,
    Level,
    PairLevel,
    Reliability,
    Trend,
)
from fingerprint.report import converge_across
from fingerprint.report import drift_charts as charts
from fingerprint.report.converge_tables import FROZEN
from fingerprint.report.converge_text import answers, missing
from fingerprint.report.converge_verdict import advice, verdict
from fingerprint.report.converge_words import counted, number, signed
from fingerprint.report.drift_charts import Point
from fingerprint.report.page_parts import bullets, head, paragraph, section, table, whole

PAIRS = 30
"""Pairs of families that are drawn, those in most periods first."""

CHANCE = 0.5

_ALL = "all"


def page(found: Convergence) -> str:
    """Return the page as HTML."""
    return whole(f"Convergence: {verdict(found)}", _parts(found))


def _parts(found: Convergence) -> Iterator[str]:
    about = (
        f"{found.name}: {counted(found.samples, 'sample')} of "
        f"{counted(len(found.families), 'family', 'families')}, "
        f"{counted(len(found.sources), 'source')}, by {found.by}; {found.model}"
    )
    yield head(about, verdict(found), (f"What to do next: {advice(found)}", *answers(found)))
    yield _timeline("Can the families be told apart?", "timeline", found.timeline)
    yield _timeline("Human against AI", "human", found.human_timeline)
    yield _across(found.across)
    yield _trends(found)
    yield _heat(found)
    yield _ages(found)
    yield _shifts(found)
    yield _reliability(found.reliability)
    yield section("What is not shown", bullets(missing(found)))
    yield section("What to mind", bullets(_notes(found)))


def _timeline(title: str, name: str, levels: Sequence[Level]) -> str:
    ordered = sorted(levels, key=lambda each: each.period)
    groups = dict.fromkeys(each.group for each in levels)
    points = [
        Point("all features" if group == _ALL else group, each.period, each.figure)
        for group in groups
        for each in ordered
        if each.group == group
    ]
    note = (
        "AUROC of a classifier fitted anew in each period, by features; 0.5 is chance. Bars are "
        "95 % intervals; falling dots mean that families become alike."
    )
    return _drawn(title, note, charts.panels(points, name, CHANCE, 1.0))


def _across(found: Across) -> str:
    frozen = (replace(each, group=FROZEN) for each in found.frozen_levels)
    drawn = _timeline("Human against AI across sources", "across", (*found.levels, *frozen))
    names = ("features", "verdict", "AUROC a year")
    told = ((each.group, each.verdict, signed(each.slope)) for each in found.trends if found.levels)
    return f"{drawn}{table(names, told, texts=2)}" if drawn else ""


def _trends(found: Convergence) -> str:
    told = [each for each in (*found.pooled, *found.human, *found.pairs) if _told(each)]
    names = ("pair", "features", "verdict", "AUROC a year", "distance a year")
    rows = ((_pair(each.first, each.second), each.group, each.verdict, signed(each.slope),
             signed(each.distance)) for each in told)  # fmt: skip
    return section("Trends", table(names, rows, texts=3))


def _told(each: Trend) -> bool:
    of_all = not each.first or each.group == _ALL
    return of_all and bool(each.series) and not each.why and isfinite(each.slope.value)


def _heat(found: Convergence) -> str:
    own = [each for each in found.heat if each.group == _ALL and isfinite(each.auroc.value)]
    often = Counter(_pair(each.first, each.second) for each in own)
    shown = sorted(sorted(often), key=lambda pair: -often[pair])[:PAIRS]
    drawing = charts.heat(_cells(own, shown), "heat")
    note = "AUROC of each pair by period, all features: the paler, the more alike."
    if len(often) > len(shown):
        left = len(often) - len(shown)
        is_ = "is" if left == 1 else "are"
        note += f" {counted(left, 'more pair')}, in fewer periods, {is_} in the JSON."
    return _drawn("Pairs of families", note, drawing)


def _cells(own: Sequence[PairLevel], shown: Sequence[str]) -> Iterator[tuple[str, str, float]]:
    for pair in shown:
        for each in own:
            if _pair(each.first, each.second) == pair:
                yield pair, each.period, each.auroc.value


def _ages(found: Convergence) -> str:
    ages = found.staleness.ages
    kinds = {
        "fitted anew": [each.refit for each in ages],
        "fitted to other models": [each.others for each in ages],
        "frozen in the first period": [each.frozen for each in ages],
        "the model beside them": [each.shipped for each in ages],
    }
    points = [
        Point(kind, f"{age.months:g}", figure)
        for kind, figures in kinds.items()
        for age, figure in zip(ages, figures, strict=True)
    ]
    note = (
        "Balanced accuracy on unseen tasks, by months since the first period. A frozen model that "
        "falls while one fitted anew does not has grown stale."
    )
    return _drawn("Does a model age?", note, charts.panels(points, "ages", CHANCE, 1.0))


def _shifts(found: Convergence) -> str:
    mean = [each for each in found.shifts if not each.family]
    groups = dict.fromkeys(each.group for each in mean)
    points = [
        Point(group, each.period, each.shift)
        for group in groups
        for each in sorted(mean, key=lambda each: each.period)
        if each.group == group
    ]
    note = (
        "How far families' answers to the same tasks moved from their first period: squared "
        "distance of the means over the variance within, averaged over families and sources."
    )
    return _drawn(
        "What moved in how they write", note, charts.panels(points, "shifts", 0.0), _movers(found)
    )


def _movers(found: Convergence) -> str:
    """Return a table of every family's shift in its last period."""
    own = [each for each in found.shifts if each.family]
    groups = list(dict.fromkeys(each.group for each in own))
    last = {family: max(each.period for each in own if each.family == family)
            for family in dict.fromkeys(each.family for each in own)}  # fmt: skip
    told = {(e.family, e.group): e.shift for e in own if e.period == last[e.family]}
    rows = (
        (family, period, *(_value(told.get((family, group))) for group in groups))
        for family, period in last.items()
    )
    return table(("family", "up to", *groups), rows, texts=2)


def _reliability(periods: Sequence[Reliability]) -> str:
    ordered = sorted(periods, key=lambda each: each.period)
    ends = ordered if len(ordered) < 2 else [ordered[0], ordered[-1]]
    drawing = charts.reliability(
        (
            (f"{e.period}, {counted(e.rows, 'sample')}", e.confidence, e.correct, e.mass)
            for e in ends
        ),
        "reliability",
    )
    note = (
        "How often the model's answers were right, against how sure it was, in the first and the "
        "last period. On the dashed line sureness is honest; below it, too high."
    )
    names = ("period", "samples", "accuracy", "expected calibration error")
    rows = ((e.period, f"{e.rows:,}", number(e.accuracy), number(e.ece)) for e in ordered)
    return _drawn("Reliability", note, drawing, table(names, rows))


def _notes(found: Convergence) -> Iterable[str]:
    settings = ", ".join(f"{name} {value}" for name, value in found.settings.items())
    ends = f"Intervals are 95 % unless 99 % is said. Settings: {settings}."
    return [*found.notes, *converge_across.notes(found.across), ends]


def _drawn(title: str, note: str, drawing: str, *more: str) -> str:
    return section(title, paragraph(note), drawing, *more) if drawing else ""


def _pair(first: str, second: str) -> str:
    return f"{first} – {second}" if first else "all pairs"


def _value(figure: Estimate | None) -> str:
    return f"{figure.value:.3f}" if figure and isfinite(figure.value) else "–"
