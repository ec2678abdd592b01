"""Drawings keep their labels inside, in whatever font a reader has, on screen and on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("altair")
pytest.importorskip("vl_convert")
pytest.importorskip("scipy")

from fingerprint.drift.convergence.figures import Estimate
from fingerprint.report import drift_charts as charts
from fingerprint.report.drift_charts import Bar, Move, Point
from fingerprint.report.page_parts import section, table, whole

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LONG = "icon.characters.8113 of typescript"
SOME = Estimate(0.8, 0.7, 0.9)

_STICKS_OUT = """<script>
const out = [];
for (const svg of document.querySelectorAll("svg")) {
  const frame = svg.getBoundingClientRect();
  for (const text of svg.querySelectorAll("text")) {
    const box = text.getBoundingClientRect();
    if (box.left < frame.left - 0.5 || box.right > frame.right + 0.5) out.push(text.textContent);
  }
}
document.title = "sticks out: " + out.join(", ");
</script>"""


@pytest.fixture
def drawings() -> list[str]:
    """Return a drawing of each kind, with names and figures as long as they come."""
    nan = float("nan")
    return [
        charts.chances([(LONG, 0.004, True)], 0.05, "a"),
        charts.bars([Bar(LONG, 0.3, 0.1, "0.300  (usual to 0.100)")], "b"),
        charts.moves(
            [Move(LONG, 0.1, 0.6, nan, nan, "10.0 % → 60.0 % (50–70 %)")], "c", shares=True
        ),
        charts.heat([(LONG, "2025-H1", 0.9), (LONG, "2025-H2", 0.6)], "d"),
        charts.panels([Point(LONG, f"202{at}-H1", SOME) for at in range(8)], "e", 0.5, 1.0),
    ]


def test_long_labels_widen_a_drawing() -> None:
    """The longer the names, the further a drawing begins left of its marks, and it stays whole."""
    frames = []
    for name in ("go", LONG):
        drawn = charts.bars([Bar(name, 0.3, 0.1, "0.3")], "bars")
        left, _, wide, _ = map(float, re.findall(r'viewBox="([^"]*)"', drawn)[0].split())
        frames.append((left, wide, re.findall(r"max-width:([\d.]+)px", drawn)[0]))
    (short_left, short_wide, _), (left, wide, most) = frames
    assert left < short_left < 0
    assert wide > short_wide
    assert float(most) == wide


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium to draw with")
@pytest.mark.parametrize("font", ["DejaVu Sans", "Liberation Sans"])
def test_no_label_sticks_out(drawings: list[str], font: str, tmp_path: Path) -> None:
    """In a wide font and in the one of the layout, every label lies inside its drawing."""
    file = tmp_path / "page.html"
    style = f"<style>svg text{{font-family:'{font}'}}</style>"
    page = f"<!doctype html><meta charset=utf-8>{style}{''.join(drawings)}{_STICKS_OUT}"
    file.write_text(page, encoding="utf-8")
    words = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    words += [f"--user-data-dir={tmp_path / 'profile'}", file.as_uri()]
    told = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "<title>sticks out: </title>" in told


def test_a_head_stays_with_what_it_heads() -> None:
    """On paper no page breaks behind a heading or the words below it, or within a drawing."""
    page = whole("Title", [section("Head", table(("a", "b"), [("1", "2")]))])
    printed = page[page.index("@media print{body") :]
    rules = dict(re.findall(r"([\w.,]+)\{(break-[^}]*)\}", printed))
    after = next(names for names, rule in rules.items() if rule == "break-after:avoid")
    inside = next(names for names, rule in rules.items() if rule == "break-inside:avoid")
    assert {"h2", ".about", "thead"} <= set(after.split(","))
    assert {"svg", "tr"} <= set(inside.split(","))
    assert "<thead><tr><th class=text>a</th><th>b</th></tr></thead>" in page
