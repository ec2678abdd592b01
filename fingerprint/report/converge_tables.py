"""The tables of a comparison over time, for text and Markdown alike; nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from fingerprint.drift.convergence.record import Across, Convergence, Level, Trend
from fingerprint.report.converge_words import UNSHOWN, number, pair, signed
from fingerprint.report.text_tables import Row, Table

FROZEN = "all, frozen"
"""What the classifier of the first period is called among the groups of features."""


def tables(found: Convergence) -> Iterator[Table]:
    """Yield the tables that have rows."""
    every = [
        _trends("Trend of separability a year", (*found.pooled, *found.human)),
        _levels("Separability by period (AUROC, all pairs)", found.timeline),
        _trends("Pairs of families", _told(found)),
        _heat(found),
        _levels("Human against AI by period (AUROC)", found.human_timeline),
        *_across(found.across),
        _ages(found),
        _shifts(found),
        _reliability(found),
    ]
    yield from (each for each in every if each[2])


def _across(found: Across) -> tuple[Table, Table]:
    frozen = [replace(each, group=FROZEN) for each in found.frozen]
    levels = [*found.levels, *(replace(each, group=FROZEN) for each in found.frozen_levels)]
    return (
        _trends("Human against AI across sources, trend a year", (*found.trends, *frozen)),
        _levels("Human against AI across sources by period (AUROC)", levels, "languages"),
    )


def _trends(heading: str, told: Sequence[Trend]) -> Table:
    """Return a table of trends; those of nothing are left out, as the answers say why."""
    names = ("pair", "features", "verdict", "AUROC a year", "distance a year", "tau (p)")
    return heading, names, [_trend(each) for each in told if each.series]


def _trend(each: Trend) -> Row:
    tau = UNSHOWN if math.isnan(each.tau) else f"{each.tau:+.2f} ({each.permuted:.3f})"
    said = f"{each.verdict} ({each.why})" if each.why else each.verdict
    between = pair(each.first, each.second) or "all"
    return between, each.group, said, signed(each.slope), signed(each.distance), tau


def _levels(heading: str, told: Sequence[Level], counted: str = "pairs in a source") -> Table:
    """Return a table of levels by period and group."""
    cells = {(each.period, each.group): each for each in told}
    groups = list(dict.fromkeys(group for _, group in cells))
    rows: list[Row] = []
    for period in sorted({period for period, _ in cells}):
        own = [cells.get((period, group)) for group in groups]
        count = max(each.series for each in own if each)
        rows.append((period, *(number(e.figure) if e else "" for e in own), str(count)))
    return heading, ("period", *groups, counted), rows


def _told(found: Convergence) -> list[Trend]:
    """Return the pairs that a trend could be shown of."""
    return [each for each in found.pairs if each.group == "all" and each.series and not each.why]


def _heat(found: Convergence) -> Table:
    """Return the pairs that have a trend by period, or all where none has."""
    trended = {(each.first, each.second) for each in _told(found)}
    every = [each for each in found.heat if each.group == "all"]
    own = [each for each in every if (each.first, each.second) in trended] or every
    periods = sorted({each.period for each in own})
    rows: list[Row] = []
    for names in sorted({(each.first, each.second) for each in own}):
        cells = {each.period: each for each in own if (each.first, each.second) == names}
        told = (number(cells[p].auroc) if p in cells else "" for p in periods)
        rows.append((pair(*names), *told))
    return "Pairs by period (AUROC, all columns)", ("pair", *periods), rows


def _ages(found: Convergence) -> Table:
    rows: list[Row] = []
    for each in found.staleness.ages:
        fitted = number(each.refit), number(each.others), number(each.frozen)
        gap = UNSHOWN if not each.months else signed(each.gap)
        rows.append((f"{each.months:g}", *fitted, gap, number(each.shipped), str(each.series)))
    names = ("months", "refit", "others", "frozen", "gap", "shipped", "series")
    return "Frozen against refit, by age (balanced accuracy)", names, rows


def _shifts(found: Convergence) -> Table:
    own = [each for each in found.shifts if not each.family]
    groups = list(dict.fromkeys(each.group for each in own))
    rows: list[Row] = []
    for period in sorted({each.period for each in own}):
        cells = {each.group: each.shift for each in own if each.period == period}
        rows.append((period, *(number(cells[g]) if g in cells else "" for g in groups)))
    return "How far families moved from their first period", ("period", *groups), rows


def _reliability(found: Convergence) -> Table:
    rows: list[Row] = [
        (each.period, f"{each.rows:,}", number(each.accuracy), number(each.ece))
        for each in found.reliability
    ]
    names = ("period", "samples", "accuracy", "expected calibration error")
    return f"Reliability of {found.model} by period", names, rows
