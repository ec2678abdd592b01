"""The page of marks: complete, self-contained, and read by those who do not know the columns."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from fingerprint.report.marks_page import page
from fingerprint.report.marks_text import NOTHING, lines
from fingerprint.report.scan_colours import PALETTE
from fingerprint_models.attribution import ModelId
from fingerprint_models.marks import FamilyMarks, GridRow, Mark, Marks
from fingerprint_models.wording import phrase_of


class _Reader(HTMLParser):
    """Collects the elements and attributes of a page, its text, and whether elements close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def mark(column: str, effect: float, *, flipped: bool = False) -> Mark:
    """Make a mark whose numbers are all different."""
    phrase = phrase_of(column)
    return Mark(column, phrase, flipped, 31.0, 12.0, 22.5, effect, effect, effect, 0.013, True)


@pytest.fixture
def marks() -> Marks:
    """Return marks of three classes, one of which has none."""
    families = (
        FamilyMarks("human", (mark("comments.share", -0.4),), 0.5),
        FamilyMarks("claude", (mark("comments.full_stop", 0.7, flipped=True),), 0.6),
        FamilyMarks("gpt", (), 0.4),
    )
    rows = (
        GridRow("the word `public`", "idiom.public", (0.5, -0.31, 0.02)),
        GridRow("text inside comments", "comments.share", (-2.0, 0.0, 2.0)),
    )
    return Marks(ModelId("tiny", "1.0"), "human", families, rows)


def test_the_page_is_whole(marks: Marks) -> None:
    """Every element is closed, every class and mark stands on it, in words."""
    read = _Reader(page(marks))
    assert read.open == []
    for said in ("human", "claude", "gpt", NOTHING, "text inside comments", "of the text"):
        assert said in read.text
    assert "comments that end without a full stop" in read.text
    assert "31 %" in read.text
    assert "−0.40" in read.text
    assert "trees 1.3 %, linear" in read.text
    assert "comments.share" not in read.text
    assert "comments.full_stop" not in read.text


def test_honest_words_come_first(marks: Marks) -> None:
    """That averages prove nothing stands above the first number."""
    text = _Reader(page(marks)).text
    assert text.index("prove nothing about any one file") < text.index("31 %")
    assert "largest effect here, 0.70" in text
    assert "40 % to 60 %" in text
    assert "\n".join(lines(marks)).index("prove nothing") < "\n".join(lines(marks)).index("31 %")


def test_self_contained(marks: Marks) -> None:
    """Nothing is fetched and nothing runs: no address, no script, links within the page only."""
    html = page(marks)
    read = _Reader(html)
    assert "://" not in html
    assert "@import" not in html
    assert "url(" not in html
    assert not {"script", "img", "iframe", "object", "link", "form"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name.startswith("on") or name == "src"]
    targets = [value for name, value in read.attributes if name == "href"]
    ids = [value for name, value in read.attributes if name == "id"]
    assert targets == [f"#{name}" for name in ids]
    assert len(ids) == len(set(ids)) == 3


def test_schemes_and_print(marks: Marks) -> None:
    """Every colour is a variable that light and dark set; print keeps the heat map's."""
    html = page(marks)
    style = re.sub(r"--[\w-]+:[^;}]+;", "", html.partition("</style>")[0])
    assert not re.findall(r"#[0-9a-f]{6}", style)
    assert set(re.findall(r"var\(--([\w-]+)\)", html)) <= {*PALETTE, "s"}
    assert "prefers-color-scheme:dark" in html
    assert "@media print" in html


def test_heat_map(marks: Marks) -> None:
    """Every cell holds its number; colour goes with its sign and is bounded."""
    grid = page(marks).partition("class=grid")[2]
    assert re.findall(r"<td class=(up|down)", grid) == ["up", "down", "up", "down", "down", "up"]
    assert re.findall(r'--s:(\d+)%">([^<]+)<', grid) == [
        ("34", "+0.5"),
        ("21", "−0.3"),
        ("1", "0"),
        ("55", "−2.0"),
        ("0", "0"),
        ("55", "+2.0"),
    ]
    assert "<code>public</code>" in grid


def test_hostile_names_stay_text(marks: Marks) -> None:
    """A class of somebody's own model may be called anything."""
    evil = replace(marks.families[1], family='<script>alert(1)</script>"')
    read = _Reader(page(replace(marks, families=(evil,), grid=())))
    assert "script" not in read.tags
    assert "<script>alert(1)</script>" in read.text


def test_markdown(marks: Marks) -> None:
    """Each class has a table, of human code without a column for human code."""
    told = list(lines(marks))
    assert told[0] == "# What marks each family"
    assert "| what | here | all families | effect | used by |" in told
    assert "| what | here | human | other families | effect | used by |" in told
    row = "| text inside comments, of the text | 31 % | 22 % | −0.40 | trees 1.3 %, linear |"
    assert row in told
    for table in (line for line in told if line.startswith("|")):
        assert table.count("|") in (6, 7)
    assert told[-1] == NOTHING


def test_no_class_is_human(marks: Marks) -> None:
    """Of a team's own classes there is nothing human to set them against."""
    told = "\n".join(lines(replace(marks, human=None)))
    assert "| what | here | other families | effect | used by |" in told
