"""The page: complete, self-contained, and deaf to what hostile repositories say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from fingerprint.scanning import Count, Group, Scan

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

from fingerprint.report import scan_page
from fingerprint.report.scan_colours import PALETTE
from fingerprint.report.scan_series import drawn_months, labels, month_names, series_of, stacks

NAMED = {"section", "svg", "table", "style", "h1"}


class _Reader(HTMLParser):
    """Collects the elements and attributes of a page, and the text outside its style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_hostile_texts_stay_texts(scan: Scan) -> None:
    """No path, message, name or marker becomes an element or an attribute; all can be read."""
    read = _Reader(scan_page.page(scan))
    assert set(read.tags) >= NAMED
    assert not {"script", "img", "iframe", "object", "link"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name.startswith("on") or name == "src"]
    for number in (1, 2, 3):
        assert f"<script>alert({number})</script>" in read.text
    assert "<img src=x onerror=alert(4)>" in read.text


def test_self_contained(scan: Scan) -> None:
    """Nothing is fetched: no address but those that name the vocabulary of SVG."""
    page = scan_page.page(scan)
    assert set(re.findall(r"https?://[^\s\"'<)]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "@import" not in page
    assert len(page) < 200_000


def test_schemes(scan: Scan) -> None:
    """Every colour is a variable that light and dark set; no stand-in is left over."""
    page = scan_page.page(scan)
    assert "prefers-color-scheme:dark" in page
    assert "#fe01" not in page
    for name, (light, dark) in PALETTE.items():
        assert f"--{name}:{light}" in page
        assert f"--{name}:{dark}" in page
    assert "url(#hatch)" in page


def test_drawings_keep_apart(scan: Scan) -> None:
    """No two elements of the page share an id, and what is referred to is there."""
    page = scan_page.page(scan)
    ids = [value for name, value in _Reader(page).attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([\w-]+)\)", page)) <= set(ids)


def test_words_come_first(scan: Scan) -> None:
    """The verdict stands above all charts, and says that undeclared is not human."""
    text = _Reader(scan_page.page(scan)).text
    assert "25 % of the commits since June 2021 declare an agent" in text
    assert text.index("which does not make them human") < text.index("Month by month")
    assert "an estimated 30 % (20–40 %)" in text
    assert "For comparison: of 40 commits from before" in text
    assert "Agents that the model does not know cannot be seen" in text


def test_incomplete_is_said(scan: Scan) -> None:
    """A history that breaks off and a shallow clone are told in the verdict."""
    text = _Reader(scan_page.page(replace(scan, missing="gone <b>", shallow=True))).text
    assert "Incomplete: gone <b>" in text
    assert "shallow clone" in text


def test_nothing_to_draw(scan: Scan) -> None:
    """An empty repository has a page, without charts."""
    blank = Group("all", dict.fromkeys(scan.whole.kinds, Count()), {}, {})
    empty = replace(
        scan, whole=blank, years=(), months=(), directories=(), markers=(), conflicts=(), checked=0
    )
    read = _Reader(scan_page.page(replace(empty, control=None)))
    assert "There are no commits" in read.text
    assert read.tags.count("svg") == 1


def test_only_the_past(scan: Scan) -> None:
    """A history that ended before assistants is drawn, and nothing is said of the rest."""
    past = scan.years[0]
    old = replace(
        scan, whole=past, years=(past,), months=scan.months[:1], directories=(past,), markers=()
    )
    text = _Reader(scan_page.page(old)).text
    assert "All of this history is from before there were assistants" in text
    assert "Month by month" in text
    assert "look like those" not in text


def test_timeline_begins_before_assistants(scan: Scan) -> None:
    """Months long before assistants are counted, not drawn; empty months in between are drawn."""
    months, earlier = drawn_months(scan)
    assert (month_names(months), earlier) == (["2024-01", "2024-02", "2024-03"], 40)


def test_stacks_fill_each_month(scan: Scan) -> None:
    """The parts of a month follow one another from 0 to 1."""
    months, _ = drawn_months(scan)
    rows = [row for row in stacks(months, list(series_of(scan))) if row["name"] == "2024-03"]
    assert [row["layer"] for row in rows] == ["claude-code", "undeclared"]
    assert (rows[0]["from"], rows[0]["to"], rows[1]["to"]) == (0.0, rows[1]["from"], 1.0)


def test_labels_do_not_overlap(make_scan: Callable[[int], Scan]) -> None:
    """Names beside the timeline keep their distance, in the order of the layers."""
    crowded = make_scan(6)
    layers = list(series_of(crowded))
    at = [float(str(row["at"])) for row in labels(crowded.months, layers, 0.06)]
    assert len(at) == 7
    assert all(after - before > 0.059 for before, after in pairwise(at))


def test_many_agents_share_a_layer(make_scan: Callable[[int], Scan]) -> None:
    """Beyond six agents the rest is one layer, which loses no commit."""
    many = make_scan(9)
    layers = list(series_of(many))
    assert layers[6] == "other agents"
    rows = {row["layer"]: row for row in stacks(many.months, layers)}
    part = float(str(rows["other agents"]["to"])) - float(str(rows["other agents"]["from"]))
    assert part == pytest.approx(3 / 100)
    scan_page.page(many)


@pytest.fixture
def make_scan(scan: Scan) -> Callable[[int], Scan]:
    """Return a call that makes a scan with so many agents of one commit each, out of a hundred."""

    def make(agents: int) -> Scan:
        kinds = {
            "declared": Count(agents, agents),
            "automation": Count(),
            "undeclared": Count(100 - agents, 10),
            "before": Count(),
        }
        names = {f"agent-{at}": Count(1, 1) for at in range(agents)}
        whole = Group("2024-05", kinds, names, {"claude": Count(agents, agents)})
        return replace(scan, whole=whole, months=(whole,), years=(whole,), directories=(whole,))

    return make
