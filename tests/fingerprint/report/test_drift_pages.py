"""The pages of drift and of convergence: words first, drawings, and deaf to hostile names."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("altair")
pytest.importorskip("vl_convert")
pytest.importorskip("scipy")

from fingerprint.drift.convergence import record as over_time
from fingerprint.drift.convergence.figures import NOTHING, Estimate
from fingerprint.drift.convergence.record import Convergence
from fingerprint.drift.monitor import record as monitor
from fingerprint.drift.monitor.record import Drift
from fingerprint.report import converge_page, drift_page

EVIL = '"><script>alert(1)</script>\x1b[31m'
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PERIODS = ("2025-H1", "2025-H2", "2026-H1")
SOME = Estimate(0.8, 0.7, 0.9)


class _Reader(HTMLParser):
    """Collects elements, attributes and headings with their drawings, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.sections: dict[str, int] = {}
        self._in_heading = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._in_heading = tag == "h2"
        if tag == "svg" and self.sections:
            self.sections[list(self.sections)[-1]] += 1

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_heading:
            self.sections[data] = 0
            self._in_heading = False


@pytest.fixture
def drift(bare_drift: Drift) -> Drift:
    """Return a comparison with every part, in which names mean harm and figures are missing."""
    nan = math.nan
    side = monitor.Side(EVIL, 500, 400, 3, 300, (("too short", 7),))
    sure = monitor.Reliability(300, 0.05, 0.02, 0.08, 0.7, nan)
    return replace(
        bare_drift,
        reference=side,
        current=side,
        verdict=(monitor.Finding("advice", "Look at the columns."),),
        members=(
            monitor.Member("shape", "features", 0.002, 0.004, 9.0, True),
            monitor.Member("languages", "languages", nan, nan, nan, False),
            monitor.Member("never", "features", 0.0, 0.0, 9.0, True),
        ),
        languages=(monitor.Language(EVIL, 0.4, 0.6, 200, 300, True),),
        divergences=(
            monitor.Divergence("shape", 9, 0.3, 0.1, 0.1, 0.1, nan, nan),
            monitor.Divergence("families", 1, 0.1, nan, nan, nan, nan, nan),
        ),
        columns=(monitor.Column(EVIL, "shape", EVIL, 0.01, 0.3, 0.2, nan, 1.0, nan, 1.0, 2.0),),
        confidence=(
            monitor.Shift("entropy", 1.0, 2.0, 0.9, 1.1),
            monitor.Shift("novelty", nan, 0.5, nan, nan),
            monitor.Shift("same", 0.5, 0.5, 0.5, 0.5),
        ),
        predicted=(monitor.Shift(EVIL, 0.4, 0.6, 0.3, 0.5),),
        mix=(monitor.Mix("claude", 0.4, 0.6, 0.5, 0.7), monitor.Mix("gpt", 0.6, 0.4, nan, nan)),
        calibration=monitor.Calibration(sure, sure, worse=True),
        classifier=nan,
        examples=(monitor.Example(4, "go", EVIL, "claude", nan, nan),),
        notes=(EVIL,),
    )


@pytest.fixture
def convergence() -> Convergence:
    """Return a comparison over time with every part, and figures that are not shown."""
    trend = over_time.Trend(
        "", "", "all", "converged", SOME, SOME, NOTHING, math.nan, math.nan, math.nan, 3, PERIODS
    )
    pair = replace(trend, first=EVIL, second="gpt", verdict="not shown", why="too few tasks")
    levels = tuple(
        over_time.Level(period, group, figure, 3)
        for group in ("all", "shape")
        for period, figure in zip(
            PERIODS, (SOME, Estimate(0.7, math.nan, math.nan), NOTHING), strict=True
        )
    )
    age = over_time.Age(6.0, 3, *(SOME,) * 3, *(NOTHING,) * 6)
    stale = over_time.Staleness(
        "not shown", "refit", SOME, *(NOTHING,) * 4, 0.2, *(NOTHING,) * 4, (age,)
    )
    bins = (5.0, 0.0), (0.9, math.nan), (0.7, math.nan)
    return Convergence(
        name=EVIL,
        by="release",
        model="made 1",
        samples=900,
        sources=("bench",),
        periods=PERIODS,
        families={EVIL: 400, "gpt": 500},
        settings={"draws": 9, "replicates": 9, "seed": 0},
        verdict="converged",
        convergence="converged",
        pooled=(trend,),
        pairs=(pair,),
        timeline=levels,
        heat=(
            over_time.PairLevel(EVIL, "gpt", PERIODS[0], "all", SOME, 1),
            over_time.PairLevel(EVIL, "gpt", PERIODS[1], "all", NOTHING, 1),
        ),
        cells=(),
        human=(trend,),
        human_timeline=levels,
        human_cells=(),
        across=over_time.Across(
            sources=(5, 6),
            samples=(90, 900),
            languages=(EVIL,),
            trends=(replace(trend, first="human", second="ai"),),
            levels=levels,
            frozen=(trend,),
            frozen_levels=levels[:3],
        ),
        staleness=stale,
        shifts=(
            over_time.GroupShift("", PERIODS[1], "shape", SOME, 2),
            over_time.GroupShift(EVIL, PERIODS[1], "shape", NOTHING, 2),
        ),
        reliability=tuple(
            over_time.Reliability(period, 5, 3, SOME, NOTHING, *bins) for period in PERIODS
        ),
        missing=(over_time.Missing(EVIL, "gpt", "bench", PERIODS[0], EVIL),),
        notes=(EVIL,),
    )


@pytest.fixture
def pages(drift: Drift, convergence: Convergence) -> tuple[str, str]:
    """Return both pages."""
    return drift_page.page(drift), converge_page.page(convergence)


def test_drift_tells_first_and_draws_each_part(drift: Drift) -> None:
    """The verdict stands above the parts, and each part that has figures has its drawing."""
    read = _Reader(drift_page.page(drift))
    assert read.text.index("Look at the columns.") < read.text.index("What changed")
    drawn = {name: count for name, count in read.sections.items() if count}
    assert drawn == {
        "What changed": 1,
        "How far apart": 1,
        "Languages": 1,
        "Columns that moved": 1,
        "What the model says, then and now": 2,
        "Who wrote it": 1,
        "Calibration": 1,
    }
    assert set(read.sections) - set(drawn) == {
        "Samples most unlike the reference",
        "How it was compared",
    }
    assert "nan" not in read.text.lower()


def test_convergence_tells_first_and_draws_each_part(convergence: Convergence) -> None:
    """Verdict and advice stand above the parts, and each that has figures has its drawing."""
    read = _Reader(converge_page.page(convergence))
    assert "The families converge" in read.text
    assert read.text.index("raise the bar") < read.text.index("Can the families be told apart?")
    drawn = {name for name, count in read.sections.items() if count == 1}
    assert drawn == {
        "Can the families be told apart?",
        "Human against AI",
        "Human against AI across sources",
        "Pairs of families",
        "Does a model age?",
        "What moved in how they write",
        "Reliability",
    }
    assert set(read.sections) - drawn == {"Trends", "What is not shown", "What to mind"}


def test_reliability_is_of_the_ends(convergence: Convergence) -> None:
    """Of three periods the first and the last are drawn, and all are listed."""
    page = converge_page.page(convergence)
    titles = [f"{period}, 5 samples" for period in PERIODS]
    assert [title in page for title in titles] == [True, False, True]
    assert f"<td class=text>{PERIODS[1]}</td>" in page


def test_names_stay_names(pages: tuple[str, str]) -> None:
    """No name becomes an element or an attribute, and no sign that steers is left."""
    for page in pages:
        read = _Reader(page)
        assert not {"script", "img", "iframe", "object", "link"} & set(read.tags)
        assert not [name for name, _ in read.attributes if name.startswith("on") or name == "src"]
        assert "<script>alert(1)</script>" in read.text
        assert "\x1b" not in page


def test_nothing_is_fetched(pages: tuple[str, str]) -> None:
    """No address but those that name the vocabulary of SVG, and a policy that forbids the rest."""
    for page in pages:
        found = set(re.findall(r"https?://[^\s\"'<)]+", page))
        assert found <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
        assert "default-src 'none'" in page
        assert "@import" not in page


def test_drawings_serve_both_schemes(pages: tuple[str, str]) -> None:
    """No stand-in of a colour is left, and ids are not shared between drawings."""
    for page in pages:
        assert "#fe01" not in page
        assert "prefers-color-scheme:dark" in page
        ids = [value for name, value in _Reader(page).attributes if name == "id"]
        assert len(ids) == len(set(ids))


def test_empty_drift_has_a_page(drift: Drift) -> None:
    """Without figures the verdict and the notes are left, and no drawing."""
    bare = replace(
        drift, drifted=False, kinds=(), members=(), languages=(), divergences=(), columns=(),
        confidence=(), predicted=(), mix=(), calibration=None, examples=(), notes=(),
    )  # fmt: skip
    read = _Reader(drift_page.page(bare))
    assert "No drift is shown" in read.text
    assert set(read.sections) == {"How it was compared"}
    assert "svg" not in read.tags


def test_empty_convergence_has_a_page(convergence: Convergence) -> None:
    """Where nothing is compared the page says so, with the notes, and draws nothing."""
    bare = replace(
        convergence, verdict="neither shown", convergence="not shown", pooled=(), pairs=(),
        timeline=(), heat=(), human=(), human_timeline=(), shifts=(), reliability=(), missing=(),
        staleness=replace(convergence.staleness, gap=NOTHING, ages=()), notes=(),
        across=over_time.Across(why="no human samples"),
    )  # fmt: skip
    read = _Reader(converge_page.page(bare))
    assert "Nothing can be compared: no source holds two families" in read.text
    assert "Keep the model" not in read.text
    assert set(read.sections) == {"What to mind"}
    assert "svg" not in read.tags


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium to open a page with")
def test_a_browser_has_nothing_to_say(pages: tuple[str, str], tmp_path: Path) -> None:
    """A browser opens the pages without an error or a refusal in its console."""
    for at, page in enumerate(pages):
        file = tmp_path / f"{at}.html"
        file.write_text(page, encoding="utf-8")
        words = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu"]
        words += [f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr"]
        words += ["--dump-dom", file.as_uri()]
        told = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert "</html>" in told.stdout
        assert "CONSOLE" not in told.stderr
