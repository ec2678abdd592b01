"""The charts of a scan as SVG, drawn offline: altair describes them, vl-convert draws them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

from fingerprint.cli.render import printable
from fingerprint.report.scan_colours import stand_in, with_variables
from fingerprint.report.scan_series import Row, labels, month_names, series_of, stacks
from fingerprint.report.scan_words import interval, number, percent
from fingerprint.scanning.record import Count, Group, Scan

FONT = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"
SIZE = 13
WIDTH = 760
"""Of the marks, in pixels; names stand beside them."""

SHORTEST = 0.1
"""The least share for which a bar may be as long as the drawing is wide."""

_ROW = 26
_CUT = 34
_VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def timeline(scan: Scan, months: Sequence[Group]) -> str:
    """Return the shares of commits by month, declared agents at the bottom, and how many."""
    layers = series_of(scan)
    names = month_names(months)
    x = alt.X("name:O", sort=None, scale=alt.Scale(domain=names, paddingInner=0.08), title=None)
    values = list(stacks(months, list(layers)))
    bars = (
        _chart(values)
        .mark_bar(clip=True)
        .encode(
            x=x.axis(None),
            y=alt.Y("from:Q", scale=alt.Scale(domain=[0, 1]), axis=_percents(), title=None),
            y2="to:Q",
            color=_colour(layers),
        )
    )
    beside = (
        _chart(labels(months, list(layers), 0.062))
        .mark_text(align="left", dx=8, fontSize=SIZE)
        .encode(
            x=alt.value(WIDTH),
            y=alt.Y("at:Q"),
            text="layer:N",
            color=_colour({name: _readable(colour) for name, colour in layers.items()}),
        )
    )
    counts: list[Row] = [{"name": group.name, "commits": group.all.commits} for group in months]
    volume = (
        _chart(counts)
        .mark_bar(color=stand_in("muted"))
        .encode(
            x=x.axis(_months(names)),
            y=alt.Y("commits:Q", title=None, axis=alt.Axis(tickCount=2, grid=False, format="~s")),
        )
        .properties(width=WIDTH, height=54)
    )
    said: list[Row] = [{"text": "commits"}]
    about = _chart(said).mark_text(align="left", dx=8, color=stand_in("muted"), fontSize=SIZE)
    about = about.encode(x=alt.value(WIDTH), y=alt.value(46), text="text:N")
    share = (
        alt.layer(bars, beside)
        .resolve_scale(color="independent")
        .properties(width=WIDTH, height=280)
    )
    return _svg(alt.vconcat(share, alt.layer(volume, about), spacing=8), "timeline")


def mix(rows: Iterable[tuple[str, float, float, float]], name: str) -> str:
    """Return shares with their intervals, one a line: (label, share, low, high)."""
    values: list[Row] = [
        {"name": _cut(label), "share": share, "low": low, "high": high,
         "text": f"{percent(share)}  ({interval(low, high)})"}
        for label, share, low, high in rows
    ]  # fmt: skip
    y = _lines(values)
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("share:Q", scale=scale, axis=_percents(), title=None)
    base = _chart(values)
    span = base.mark_rule(strokeWidth=7, opacity=0.35, color=stand_in("agent2"), strokeCap="round")
    chart = alt.layer(
        span.encode(x=alt.X("low:Q", scale=scale, title=None), x2="high:Q", y=y),
        base.mark_point(filled=True, size=80, opacity=1, color=stand_in("agent2")).encode(x=x, y=y),
        base.mark_text(align="left", dx=8, fontSize=SIZE, color=stand_in("ink")).encode(
            x=alt.value(WIDTH - 180), y=y, text="text:N"
        ),
    )
    return _svg(chart.properties(width=WIDTH - 180, height=_ROW * len(values)), name)


def bars(counts: Mapping[str, Count], whole: Count, colours: Mapping[str, str], name: str) -> str:
    """Return shares of the commits as bars with their figures, in the order given."""
    values: list[Row] = []
    for label, count in counts.items():
        of_commits, of_lines = count.of(whole)
        values.append(
            {
                "name": _cut(label),
                "share": of_commits,
                "text": f"{number(count.commits)}  ({percent(of_commits)}, "
                f"{percent(of_lines)} of lines)",
            }
        )
    longest = max((float(str(row["share"])) for row in values), default=0.0)
    scale = alt.Scale(domain=[0, max(longest, SHORTEST)])
    filling = {_cut(label): colours.get(label, "others") for label in counts}
    y, base = _lines(values), _chart(values)
    chart = alt.layer(
        base.mark_bar(height=14).encode(
            x=alt.X("share:Q", axis=None, scale=scale), y=y, color=_colour(filling, "name:N")
        ),
        base.mark_text(align="left", dx=6, fontSize=SIZE, color=stand_in("ink")).encode(
            x="share:Q", y=y, text="text:N"
        ),
    )
    return _svg(chart.properties(width=WIDTH - 200, height=_ROW * len(values)), name)


def directories(scan: Scan, groups: Sequence[Group]) -> str:
    """Return the parts of each directory's commits, and how many there are."""
    layers = series_of(scan)
    values = [row | {"name": _cut(str(row["name"]))} for row in stacks(groups, list(layers))]
    totals: list[Row] = [
        {"name": _cut(group.name), "text": number(group.all.commits, "commit")} for group in groups
    ]
    y = _lines(totals)
    chart = alt.layer(
        _chart(values)
        .mark_bar(height=16)
        .encode(
            x=alt.X("from:Q", scale=alt.Scale(domain=[0, 1]), axis=_percents(), title=None),
            x2="to:Q",
            y=y,
            color=_colour(layers),
        ),
        _chart(totals)
        .mark_text(align="left", dx=8, fontSize=SIZE, color=stand_in("muted"))
        .encode(x=alt.value(WIDTH - 180), y=y, text="text:N"),
    )
    return _svg(chart.properties(width=WIDTH - 180, height=_ROW * len(totals)), "directories")


def _chart(values: Sequence[Row]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=list(values)))


def _lines(values: Sequence[Row]) -> alt.Y:
    names = [str(row["name"]) for row in values]
    axis = alt.Axis(domain=False, ticks=False, labelLimit=260, labelPadding=8)
    return alt.Y("name:N", sort=None, scale=alt.Scale(domain=names), axis=axis, title=None)


def _colour(layers: Mapping[str, str], by: str = "layer:N") -> alt.Color:
    scale = alt.Scale(domain=list(layers), range=[stand_in(name) for name in layers.values()])
    return alt.Color(by, scale=scale, legend=None)


def _readable(colour: str) -> str:
    """Return the colour of a layer's name; that of a pale filling would not be read."""
    return colour if colour.startswith(("agent", "others")) else "muted"


def _percents() -> alt.Axis:
    return alt.Axis(format="%", tickCount=5, domain=False, ticks=False)


def _months(names: Sequence[str]) -> alt.Axis:
    """Return an axis that names each year where it begins, of a short history every month."""
    shown = [name for name in names if name.endswith("-01") or len(names) <= 15]
    years = len(names) > 15
    label = "slice(datum.value, 0, 4)" if years else "datum.value"
    return alt.Axis(
        values=shown or list(names[:1]),
        labelExpr=label if shown or not years else "datum.value",
        labelAngle=0,
        labelAlign="left" if years else "center",
        ticks=False,
        domain=False,
    )


def _cut(name: str) -> str:
    """Return a name that fits beside a chart; of a long path the end tells more."""
    name = printable(name)
    return name if len(name) <= _CUT else f"…{name[1 - _CUT :]}"


def _svg(chart: Any, name: str) -> str:
    """Return the drawing; `name` keeps what it refers to inside it apart from other drawings."""
    styled = (
        chart.properties(background="transparent")
        .configure(font=FONT, padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=stand_in("muted"),
            labelFontSize=SIZE,
            gridColor=stand_in("line"),
        )
        .configure_axisY(labelColor=stand_in("ink"))
    )
    drawn: str = vl_convert.vegalite_to_svg(styled.to_dict(), vl_version=_VEGA_LITE)
    return _scalable(
        with_variables(re.sub(r'(id="|url\(#)((?:clip|gradient)\w*)', rf"\1{name}-\2", drawn))
    )


def _scalable(svg: str) -> str:
    """Let the page say how wide a drawing is: it shrinks with the page, and never grows."""
    width = re.search(r'<svg[^>]*? width="([\d.]+)"', svg)
    style = f' style="max-width:{width[1]}px"' if width else ""
    return re.sub(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"', rf"\1{style}", svg, count=1)
