"""What all drawings share: how they look, and how altair's description becomes SVG, offline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import altair as alt
import vl_convert

from fingerprint.cli.render import printable
from fingerprint.report.scan_colours import stand_in, with_variables
from fingerprint.report.scan_series import Row

FONT = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"
SIZE = 13
WIDTH = 760
"""Of the marks, in pixels; names stand beside them."""

ROW = 26
"""Of a line with a name, in pixels."""

_CUT = 34
_SPREAD = 0.14
"""By how much of its size a sign may be wider in a reader's font than in the one that drawings are
laid out with: DejaVu Sans against Liberation Sans, whose mean widths are 0.60 and 0.49."""

_LABEL = re.compile(r'<text[^>]*? text-anchor="(start|end)"[^>]*>([^<]*)</text>')
_VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def chart_of(values: Sequence[Row]) -> alt.Chart:
    """Return a chart of values that it holds itself."""
    return alt.Chart(alt.InlineData(values=list(values)))


def lines_of(values: Sequence[Row]) -> alt.Y:
    """Return the y axis of a line for each `name`, in the order given."""
    names = [str(row["name"]) for row in values]
    axis = alt.Axis(domain=False, ticks=False, labelLimit=260, labelPadding=8)
    return alt.Y("name:N", sort=None, scale=alt.Scale(domain=names), axis=axis, title=None)


def percents() -> alt.Axis:
    """Return an axis of shares."""
    return alt.Axis(format="%", tickCount=5, domain=False, ticks=False)


def cut(name: str) -> str:
    """Return a name that fits beside a chart; of a long path the end tells more."""
    name = printable(name)
    return name if len(name) <= _CUT else f"…{name[1 - _CUT :]}"


def svg(chart: Any, name: str) -> str:
    """Return the drawing; `name` keeps what it refers to inside it apart from other drawings."""
    styled = (
        chart.properties(background="transparent")
        .configure(font=FONT, padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=stand_in("muted"),
            titleColor=stand_in("muted"),
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
    """Let the page say how wide a drawing is, which shrinks with it and never grows; with room."""
    size = re.search(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', svg)
    if size is None:
        return svg
    left, right = _room(svg, "end"), _room(svg, "start")
    wide = float(size[1]) + left + right
    frame = f'style="max-width:{wide:.0f}px" viewBox="{-left:.0f} 0 {wide:.0f} {size[2]}"'
    bare = re.sub(r'(<svg[^>]*?) viewBox="[^"]*"', r"\1", svg, count=1)
    return re.sub(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"', rf"\1 {frame}", bare, count=1)


def _room(svg: str, anchor: str) -> float:
    """Return the pixels by which the longest label at a side may stick out in a wider font."""
    labels = (unescape(label) for side, label in _LABEL.findall(svg) if side == anchor)
    return float(round(_SPREAD * SIZE * max(map(len, labels), default=0)))
