"""The charts of drift and of convergence as SVG, drawn offline; what is not finite is not drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import altair as alt

from fingerprint.drift.convergence.figures import Estimate
from fingerprint.report.drawing import ROW, SIZE, WIDTH, chart_of, cut, lines_of, percents, svg
from fingerprint.report.scan_colours import stand_in
from fingerprint.report.scan_series import Row

_FAINTEST, _STRONGEST = 0.04, 0.6  # opacity of a field: its figure must still be read on it
_LEAST_CHANCE = 1e-4
_SIGN = 7.5  # pixels a sign of an axis takes
_ASIDE = 200  # for the figures at the right of a line


@dataclass(frozen=True, slots=True)
class Point:
    """A figure with its interval, at `x` in the small drawing named `panel`."""

    panel: str
    x: str
    figure: Estimate


@dataclass(frozen=True, slots=True)
class Move:
    """A figure before and now, the range around it, and what is written beside them."""

    name: str
    before: float
    now: float
    low: float
    high: float
    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure with what is usual for it."""

    name: str
    value: float
    usual: float
    text: str


def panels(
    points: Sequence[Point], name: str, floor: float, top: float | None = None, abreast: int = 4
) -> str:
    """Return small drawings side by side on one scale: figures with intervals along x.

    The scale reaches from `floor`, or lower where an interval does, to `top` or the highest end.
    """
    known = [each for each in points if isfinite(each.figure.value)]
    if not known:
        return ""
    ends = [end for each in known for end in _ends(each.figure)]
    scale = alt.Scale(domain=[min(floor, *ends), max(ends) if top is None else top], nice=True)
    names = list(dict.fromkeys(each.x for each in known))
    titles = list(dict.fromkeys(each.panel for each in known))
    across = min(abreast, len(titles))
    size = (WIDTH + 120) // across - 52
    drawn = [
        _panel([each for each in known if each.panel == title], title, names, scale, size)
        for title in titles
    ]
    return svg(alt.concat(*drawn, columns=across, spacing=18), name)


def heat(cells: Iterable[tuple[str, str, float]], name: str) -> str:
    """Return a field a cell (pair, period, AUROC): the better told apart, the stronger."""
    values: list[Row] = [
        {"name": cut(pair), "period": period, "text": f"{auroc:.2f}", "strength": _strength(auroc)}
        for pair, period, auroc in cells
        if isfinite(auroc)
    ]
    if not values:
        return ""
    periods = sorted({str(row["period"]) for row in values})
    lines = list({str(row["name"]): row for row in values}.values())
    x = alt.X("period:O", sort=periods, title=None, axis=_plain_axis(orient="top"))
    base, y = chart_of(values), lines_of(lines)
    chart = alt.layer(
        base.mark_rect(fill=stand_in("agent2"), stroke=stand_in("paper"), strokeWidth=2).encode(
            x=x, y=y, fillOpacity=alt.FillOpacity("strength:Q", scale=None)
        ),
        base.mark_text(color=stand_in("ink"), fontSize=SIZE).encode(x=x, y=y, text="text:N"),
    )
    return svg(chart.properties(width=min(560, 90 * len(periods)), height=ROW * len(lines)), name)


def reliability(
    periods: Iterable[tuple[str, Sequence[float], Sequence[float], Sequence[float]]], name: str
) -> str:
    """Return how often answers are right against how sure they are.

    A period is (title, confidence, correct, mass), the latter three by bin.
    """
    drawn = [
        _reliable(title, rows)
        for title, *bins in periods
        if (rows := [_bin(*parts) for parts in zip(*bins, strict=True) if _whole(parts)])
    ]
    return svg(alt.hconcat(*drawn, spacing=40), name) if drawn else ""


def chances(rows: Iterable[tuple[str, float, bool]], alpha: float, name: str) -> str:
    """Return p-values on a logarithmic scale, with the line of the alarm: (name, p, found)."""
    values: list[Row] = [
        {"name": cut(label), "p": min(1.0, max(p, _LEAST_CHANCE)), "text": f"{p:.3f}",
         "colour": "agent1" if found else "muted"}
        for label, p, found in rows
        if isfinite(p)
    ]  # fmt: skip
    if not values:
        return ""
    least = min(*(float(str(row["p"])) for row in values), alpha) / 1.5
    marks = [tick for tick in (0.0001, 0.001, 0.01, 0.05, 0.2, 1) if tick >= least]
    axis = _plain_axis(values=marks, format="~g", grid=True)
    scale = alt.Scale(type="log", domain=[least, 1])
    x = alt.X("p:Q", scale=scale, axis=axis, title=None)
    y, base, width = lines_of(values), chart_of(values), WIDTH - _ASIDE
    colour = _colours()
    line = chart_of([{"p": alpha}]).mark_rule(color=stand_in("ink"), strokeDash=[4, 3])
    chart = alt.layer(
        line.encode(x=x),
        base.mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, color=colour),
        _beside(base, width).encode(y=y, color=colour),
    )
    return svg(chart.properties(width=width, height=ROW * len(values)), name)


def bars(rows: Iterable[Bar], name: str) -> str:
    """Return bars, orange beyond what is usual, with a stroke where the usual ends."""
    known = [each for each in rows if isfinite(each.value)]
    if not known:
        return ""
    values: list[Row] = [
        {"name": cut(each.name), "value": each.value, "text": each.text,
         "colour": _against(each)}
        for each in known
    ]  # fmt: skip
    usual: list[Row] = [
        {"name": cut(each.name), "value": each.usual} for each in known if isfinite(each.usual)
    ]
    x = alt.X("value:Q", axis=_plain_axis(tickCount=5, grid=True), title=None)
    y, base, width = lines_of(values), chart_of(values), WIDTH - _ASIDE
    layers = [
        base.mark_bar(height=14).encode(x=x, y=y, color=_colours()),
        _beside(base, width).encode(y=y, color=alt.value(stand_in("ink"))),
    ]
    if usual:
        stroke = chart_of(usual).mark_tick(color=stand_in("ink"), thickness=2.5, size=20)
        layers.append(stroke.encode(x=x, y=y))
    return svg(alt.layer(*layers).properties(width=width, height=ROW * len(values)), name)


def moves(rows: Iterable[Move], name: str, *, shares: bool) -> str:
    """Return lines with a hollow dot before, a filled one now, and a band of the range.

    With `shares` all lie on one scale from 0; else every line has a scale of its own.
    """
    known = [each for each in rows if isfinite(each.now)]
    if not known:
        return ""
    values = [_moved(each, shares) for each in known]
    if shares:
        axis = percents()
        scale = alt.Scale(domainMin=0, nice=True)
    else:
        axis, scale = None, alt.Scale(domain=[-0.05, 1.05])
    x = alt.X("now:Q", scale=scale, axis=axis, title=None)
    y, base, width = lines_of(values), chart_of(values), WIDTH - _ASIDE
    band = [row for row in values if "low" in row]
    before = chart_of([row for row in values if "before" in row])
    colour = _colours()
    layers = [
        base.mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, color=colour),
        before.mark_point(size=80, opacity=1, color=stand_in("ink"), strokeWidth=1.8).encode(
            x=alt.X("before:Q"), y=y
        ),
        _beside(base, width).encode(y=y, color=alt.value(stand_in("ink"))),
    ]
    if band:
        span = chart_of(band).mark_bar(height=10, cornerRadius=4, opacity=0.45)
        under = span.encode(x=x, x2="high:Q", y=y, color=alt.value(stand_in("undeclared"))).encode(
            x=alt.X("low:Q", scale=scale, axis=axis, title=None)
        )
        layers.insert(0, under)
    return svg(alt.layer(*layers).properties(width=width, height=ROW * len(values)), name)


def _panel(
    points: Sequence[Point], title: str, names: list[str], scale: alt.Scale, size: int
) -> alt.LayerChart | alt.FacetChart:
    values: list[Row] = [{"x": each.x, "y": each.figure.value} for each in points]
    spans: list[Row] = [
        {"x": each.x, "low": each.figure.low, "high": each.figure.high}
        for each in points
        if isfinite(each.figure.low) and isfinite(each.figure.high)
    ]
    crowded = size < _SIGN * sum(len(each) + 1 for each in names)
    axis = _plain_axis(labelAngle=-45 if crowded else 0)
    x = alt.X("x:O", sort=None, scale=alt.Scale(domain=names), axis=axis, title=None)
    y = alt.Y("y:Q", scale=scale, axis=_plain_axis(tickCount=4, grid=True), title=None)
    base, colour = chart_of(values), stand_in("agent2")
    layers = [
        base.mark_line(color=colour, strokeWidth=1.5, opacity=0.7).encode(x=x, y=y),
        base.mark_point(filled=True, color=colour, size=45, opacity=1).encode(x=x, y=y),
    ]
    if spans:
        rule = chart_of(spans).mark_rule(color=colour, strokeWidth=5, opacity=0.3)
        layers.insert(0, rule.encode(x=x, y=alt.Y("low:Q", scale=scale, title=None), y2="high:Q"))
    heading = alt.TitleParams(
        cut(title), anchor="start", fontSize=SIZE, color=stand_in("ink"), fontWeight=600
    )
    return alt.layer(*layers).properties(width=size, height=120, title=heading)


def _reliable(title: str, rows: Sequence[Row]) -> alt.LayerChart | alt.FacetChart:
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("sure:Q", scale=scale, axis=percents(), title="told confidence")
    y = alt.Y("right:Q", scale=scale, axis=percents(), title="were right")
    ends: list[Row] = [{"sure": 0, "right": 0}, {"sure": 1, "right": 1}]
    even = chart_of(ends).mark_line(color=stand_in("muted"), strokeDash=[4, 3], strokeWidth=1)
    size = alt.Size("mass:Q", scale=alt.Scale(range=[20, 420]), legend=None)
    dots = chart_of(rows).mark_circle(color=stand_in("agent2"), opacity=0.75)
    heading = alt.TitleParams(
        cut(title), anchor="start", fontSize=SIZE, color=stand_in("ink"), fontWeight=600
    )
    return alt.layer(even.encode(x=x, y=y), dots.encode(x=x, y=y, size=size)).properties(
        width=280, height=240, title=heading
    )


def _against(bar: Bar) -> str:
    """Return a bar's colour: one of its own where nothing is known of what is usual."""
    if not isfinite(bar.usual):
        return "agent2"
    return "agent1" if bar.value > bar.usual else "undeclared"


def _bin(sure: float, right: float, mass: float) -> Row:
    return {"sure": sure, "right": right, "mass": mass}


def _whole(parts: Sequence[float]) -> bool:
    return all(map(isfinite, parts)) and parts[-1] > 0


def _moved(each: Move, shares: bool) -> Row:
    """Return a line's places, of its own scale between its lowest and its highest."""
    places = {"before": each.before, "now": each.now, "low": each.low, "high": each.high}
    known = {name: place for name, place in places.items() if isfinite(place)}
    if not {"low", "high"} <= set(known):
        known = {name: place for name, place in known.items() if name in ("before", "now")}
    if not shares:
        least, most = min(known.values()), max(known.values())
        reach = (most - least) or 1.0
        known = {name: (place - least) / reach for name, place in known.items()}
    colour = "agent1" if each.marked else "agent2"
    return {"name": cut(each.name), "text": each.text, "colour": colour, **known}


def _beside(base: alt.Chart, width: int) -> alt.Chart:
    words: alt.Chart = base.mark_text(align="left", dx=10, fontSize=SIZE)
    beside: alt.Chart = words.encode(x=alt.value(width), text="text:N")
    return beside


def _colours() -> alt.Color:
    """Return the colour that a row names; what a drawing says of itself then names it too."""
    names = ["agent1", "agent2", "muted", "undeclared"]
    scale = alt.Scale(domain=names, range=[stand_in(name) for name in names])
    return alt.Color("colour:N", scale=scale, legend=None)


def _plain_axis(**settings: Any) -> alt.Axis:
    usual: dict[str, Any] = {"domain": False, "ticks": False, "labelAngle": 0, "grid": False}
    return alt.Axis(**usual | settings)


def _ends(figure: Estimate) -> list[float]:
    return [end for end in (figure.value, figure.low, figure.high) if isfinite(end)]


def _strength(auroc: float) -> float:
    """Return the opacity of a field: none at chance, strongest where nothing is confused."""
    return _FAINTEST + (_STRONGEST - _FAINTEST) * min(1.0, max(0.0, 2 * auroc - 1))
