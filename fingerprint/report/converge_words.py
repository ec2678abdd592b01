"""Figures, trends and tables of a comparison over time in words; nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from fingerprint.cli.render import printable
from fingerprint.drift.convergence.figures import Estimate
from fingerprint.drift.convergence.record import Level, Trend

UNSHOWN = "not shown"


def number(figure: Estimate) -> str:
    """Return "value [low, high]", or that it is not shown."""
    return _figure(figure, ".3f")


def signed(figure: Estimate) -> str:
    """Return "+value [low, high]", or that it is not shown."""
    return _figure(figure, "+.3f")


def trend(each: Trend) -> str:
    """Return a trend's verdict with both of its intervals."""
    return f"{each.verdict}, AUROC {signed(each.slope)} a year (99 %: {ends(each.strict)})"


def ends(figure: Estimate) -> str:
    """Return the ends of an interval."""
    return UNSHOWN if math.isnan(figure.low) else f"{figure.low:+.3f} to {figure.high:+.3f}"


def span(periods: Sequence[str]) -> str:
    """Return the first and the last period after a comma, or nothing."""
    return f", {periods[0]} to {periods[-1]}" if periods else ""


def pair(first: str, second: str) -> str:
    """Return a pair's name, or "" for all pairs."""
    return f"{first} – {second}" if first else ""


def trends(told: Sequence[Trend]) -> Iterator[str]:
    """Yield a table of trends."""
    yield from head("pair", "features", "verdict", "AUROC a year", "distance a year", "tau (p)")
    for each in told:
        tau = UNSHOWN if math.isnan(each.tau) else f"{each.tau:+.2f} ({each.permuted:.3f})"
        said = f"{each.verdict} ({each.why})" if each.why else each.verdict
        names = pair(each.first, each.second) or "all", each.group
        yield row(*names, said, signed(each.slope), signed(each.distance), tau)


def levels(told: Sequence[Level], counted: str = "pairs in a source") -> Iterator[str]:
    """Yield a table of levels by period and group."""
    cells = {(each.period, each.group): each for each in told}
    groups = list(dict.fromkeys(group for _, group in cells))
    yield from head("period", *groups, counted)
    for period in sorted({period for period, _ in cells}):
        own = [cells.get((period, group)) for group in groups]
        counts = max(each.series for each in own if each)
        yield row(period, *(number(e.figure) if e else "" for e in own), counts)


def line(*parts: object) -> str:
    """Return parts with tabs between."""
    return "\t".join(printable(str(part)) for part in parts)


def head(*cells: str) -> Iterator[str]:
    """Yield the two lines that begin a table."""
    yield row(*cells)
    yield row("---", *("---:" for _ in cells[1:]))


def row(*cells: object) -> str:
    """Return a line of a table."""
    safe = (printable(str(each)).replace("|", "\\|") for each in cells)
    return f"| {' | '.join(safe)} |"


def _figure(figure: Estimate, form: str) -> str:
    if math.isnan(figure.value):
        return UNSHOWN
    value = format(figure.value, form)
    if math.isnan(figure.low):
        return f"{value} [{UNSHOWN}]"
    return f"{value} [{format(figure.low, form)}, {format(figure.high, form)}]"
