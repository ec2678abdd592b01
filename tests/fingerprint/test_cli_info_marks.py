"""`fingerprint info --marks`: one record, three forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fingerprint.cli import main
from fingerprint_models.attribution import ModelId
from fingerprint_models.marks import FamilyMarks, Mark, Marks
from fingerprint_models.wording import phrase_of


@pytest.fixture
def _marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the fake model, which has no statistics, have one mark."""
    mark = Mark(
        "comments.share", phrase_of("comments.share"), False, 31, 12, 22, 0.4, 0.5, 0.4, 0.1, True
    )
    made = Marks(ModelId("fake", "0.1"), "human", (FamilyMarks("claude", (mark,), 0.5),), ())
    monkeypatch.setattr("fingerprint_models.marks.marks_of", lambda _: made)


@pytest.mark.usefixtures("model", "_marks")
def test_markdown_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output gets Markdown."""
    assert main(["info", "--marks"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("# What marks each family\n\nModel fake 0.1.\n")
    assert "| text inside comments, of the text | 31 % | 12 % | 22 % | +0.40 |" in shown


@pytest.mark.usefixtures("model", "_marks")
@pytest.mark.parametrize("option", [["--format", "json"], ["--json"]])
def test_json(capsys: pytest.CaptureFixture[str], option: list[str]) -> None:
    """The record is one object."""
    assert main(["info", "--marks", *option]) == 0
    record = json.loads(capsys.readouterr().out)
    (mark,) = record["families"][0]["marks"]
    assert (mark["what"], mark["unit"], mark["typical"]) == (
        "text inside comments",
        "% of the text",
        31,
    )


@pytest.mark.usefixtures("model", "_marks")
def test_files_by_suffix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The name of the file chooses the form; nothing goes to standard output."""
    for name, start in (("m.html", "<!doctype html>"), ("m.json", "{"), ("m.md", "# What")):
        assert main(["info", "--marks", "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    assert capsys.readouterr().out == ""
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.usefixtures("model", "_marks")
def test_card_in_a_file(tmp_path: Path) -> None:
    """The card goes into a file as well."""
    assert main(["info", "-o", str(tmp_path / "card.json")]) == 0
    assert json.loads((tmp_path / "card.json").read_text("utf-8"))["classes"]


@pytest.mark.usefixtures("model", "_marks")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--marks", "--agents"], "not for --agents"),
        (["--format", "html"], "only --marks has a page"),
        (["-o", "card.html"], "only --marks has a page"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], options: list[str], said: str) -> None:
    """What has no marks, or no page, is refused before a model is opened."""
    assert main(["info", *options]) == 2
    assert said in capsys.readouterr().err
