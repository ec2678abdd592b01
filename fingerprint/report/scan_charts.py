"""The charts of a scan as SVG, drawn offline: altair describes them, vl-convert draws them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import altair as alt

from fingerprint.report.drawing import ROW, SIZE, WIDTH, chart_of, cut, lines_of, percents, svg
from fingerprint.report.scan_colours import stand_in
from fingerprint.report.scan_series import Row, labels, month_names, series_of, stacks
from fingerprint.report.scan_words import interval, number, percent
from fingerprint.scanning.record import Count, Group, Scan

SHORTEST = 0.1
"""The least share for which a bar may be as long as the drawing is wide."""


def timeline(scan: Scan, months: Sequence[Group]) -> str:
    """Return the shares of commits by month, declared agents at the bottom, and how many."""
    layers = series_of(scan)
    names = month_names(months)
    x = alt.X("name:O", sort=None, scale=alt.Scale(domain=names, paddingInner=0.08), title=None)
    values = list(stacks(months, list(layers)))
    bars = (
        chart_of(values)
        .mark_bar(clip=True)
        .encode(
            x=x.axis(None),
            y=alt.Y("from:Q", scale=alt.Scale(domain=[0, 1]), axis=percents(), title=None),
            y2="to:Q",
            color=_colour(layers),
        )
    )
    beside = (
        chart_of(labels(months, list(layers), 0.062))
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
        chart_of(counts)
        .mark_bar(color=stand_in("muted"))
        .encode(
            x=x.axis(_months(names)),
            y=alt.Y("commits:Q", title=None, axis=alt.Axis(tickCount=2, grid=False, format="~s")),
        )
        .properties(width=WIDTH, height=54)
    )
    said: list[Row] = [{"text": "commits"}]
    about = chart_of(said).mark_text(align="left", dx=8, color=stand_in("muted"), fontSize=SIZE)
    about = about.encode(x=alt.value(WIDTH), y=alt.value(46), text="text:N")
    share = (
        alt.layer(bars, beside)
        .resolve_scale(color="independent")
        .properties(width=WIDTH, height=280)
    )
    return svg(alt.vconcat(share, alt.layer(volume, about), spacing=8), "timeline")


def mix(rows: Iterable[tuple[str, float, float, float]], name: str) -> str:
    """Return shares with their intervals, one a line: (label, share, low, high)."""
    values: list[Row] = [
        {"name": cut(label), "share": share, "low": low, "high": high,
         "text": f"{percent(share)}  ({interval(low, high)})"}
        for label, share, low, high in rows
    ]  # fmt: skip
    y = lines_of(values)
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("share:Q", scale=scale, axis=percents(), title=None)
    base = chart_of(values)
    span = base.mark_rule(strokeWidth=7, opacity=0.35, color=stand_in("agent2"), strokeCap="round")
    chart = alt.layer(
        span.encode(x=alt.X("low:Q", scale=scale, title=None), x2="high:Q", y=y),
        base.mark_point(filled=True, size=80, opacity=1, color=stand_in("agent2")).encode(x=x, y=y),
        base.mark_text(align="left", dx=8, fontSize=SIZE, color=stand_in("ink")).encode(
            x=alt.value(WIDTH - 180), y=y, text="text:N"
        ),
    )
    return svg(chart.properties(width=WIDTH - 180, height=ROW * len(values)), name)


def bars(counts: Mapping[str, Count], whole: Count, colours: Mapping[str, str], name: str) -> str:
    """Return shares of the commits as bars with their figures, in the order given."""
    values: list[Row] = []
    for label, count in counts.items():
        of_commits, of_lines = count.of(whole)
        values.append(
            {
                "name": cut(label),
                "share": of_commits,
                "text": f"{number(count.commits)}  ({percent(of_commits)}, "
                f"{percent(of_lines)} of lines)",
            }
        )
    longest = max((float(str(row["share"])) for row in values), default=0.0)
    scale = alt.Scale(domain=[0, max(longest, SHORTEST)])
    filling = {cut(label): colours.get(label, "others") for label in counts}
    y, base = lines_of(values), chart_of(values)
    chart = alt.layer(
        base.mark_bar(height=14).encode(
            x=alt.X("share:Q", axis=None, scale=scale), y=y, color=_colour(filling, "name:N")
        ),
        base.mark_text(align="left", dx=6, fontSize=SIZE, color=stand_in("ink")).encode(
            x="share:Q", y=y, text="text:N"
        ),
    )
    return svg(chart.properties(width=WIDTH - 200, height=ROW * len(values)), name)


def directories(scan: Scan, groups: Sequence[Group]) -> str:
    """Return the parts of each directory's commits, and how many there are."""
    layers = series_of(scan)
    values = [row | {"name": cut(str(row["name"]))} for row in stacks(groups, list(layers))]
    totals: list[Row] = [
        {"name": cut(group.name), "text": number(group.all.commits, "commit")} for group in groups
    ]
    y = lines_of(totals)
    chart = alt.layer(
        chart_of(values)
        .mark_bar(height=16)
        .encode(
            x=alt.X("from:Q", scale=alt.Scale(domain=[0, 1]), axis=percents(), title=None),
            x2="to:Q",
            y=y,
            color=_colour(layers),
        ),
        chart_of(totals)
        .mark_text(align="left", dx=8, fontSize=SIZE, color=stand_in("muted"))
        .encode(x=alt.value(WIDTH - 180), y=y, text="text:N"),
    )
    return svg(chart.properties(width=WIDTH - 180, height=ROW * len(totals)), "directories")


def _colour(layers: Mapping[str, str], by: str = "layer:N") -> alt.Color:
    scale = alt.Scale(domain=list(layers), range=[stand_in(name) for name in layers.values()])
    return alt.Color(by, scale=scale, legend=None)


def _readable(colour: str) -> str:
    """Return the colour of a layer's name; that of a pale filling would not be read."""
    return colour if colour.startswith(("agent", "others")) else "muted"


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
