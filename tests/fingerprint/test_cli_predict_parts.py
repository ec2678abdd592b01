"""`fingerprint predict --by function` and `--by window`: formats, statuses and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import fingerprint
from fingerprint.cli import main

FUNCTIONS = "".join(f"def f{n}(a, b):\n    c = a + b\n    return c * {n}\n\n\n" for n in range(30))
PART_KEYS = ["lines", "name", "family", "confidence", "ai_probability", "reason"]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a current directory with files of every kind."""
    monkeypatch.chdir(tmp_path)
    Path("src").mkdir()
    Path("src/a.py").write_text(FUNCTIONS)
    Path("src/b.py").write_bytes(FUNCTIONS.replace("\n", "\r\n").encode())
    Path("src/empty.py").touch()
    Path("src/binary.py").write_bytes(b"\0\1\2")
    Path("src/notes.md").write_text("prose")


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was printed on standard output, by line."""
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("by", ["function", "window"])
def test_jsonl_adds_the_parts(by: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The object of a file is as without `--by`, and has its parts beside it."""
    assert main(["predict", "--jsonl", "src/a.py"]) == 0
    assert main(["predict", "--jsonl", "--by", by, "src/a.py"]) == 0
    plain, told = map(json.loads, lines(capsys))
    assert {key: told[key] for key in plain} == plain
    assert (told["by"], told["left_out"]) == (by, [])
    assert told["verdict"] in ("pure", "mixed", "unknown")
    for part in told["parts"]:
        assert list(part) == PART_KEYS
    assert told["parts"][0]["lines"][0] == 1
    assert told["parts"][-1]["lines"][1] == 148


def test_folders_keep_their_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be scored keeps its status, in its place, without parts."""
    assert main(["predict", "-r", "--by", "function", "--json", "src"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert [(each["path"], each["status"], bool(each["parts"])) for each in told] == [
        ("src/a.py", "ok", True),
        ("src/b.py", "ok", True),
        ("src/binary.py", "binary", False),
        ("src/empty.py", "empty", False),
    ]
    assert told[0]["parts"] == told[1]["parts"]
    assert "2 scored" in err
    assert "1 passed over" in err


def test_plain_lines_have_the_parts_below(capsys: pytest.CaptureFixture[str]) -> None:
    """First the file, then its verdict, then its parts, on lines that begin with a tab."""
    assert main(["predict", "--by", "function", "src/a.py", "src/empty.py"]) == 0
    file, verdict, *parts, empty = lines(capsys)
    assert file.startswith("src/a.py\tok\t")
    assert verdict.split("\t")[1] in ("pure", "mixed", "unknown")
    assert verdict.endswith("\tby function")
    assert empty.startswith("src/empty.py\tempty\t")
    for part in parts:
        assert len(part.split("\t")) == 8
    assert parts[0].startswith("\t1-")
    assert "f0, f1" in parts[0]


def test_a_table_indents_the_parts(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines, names and verdict stand below the file."""
    assert main(["predict", "--by", "window", "--format", "table", "src/a.py"]) == 0
    shown = capsys.readouterr().out
    assert "  1-148" in shown
    assert "mixed" in shown


def test_by_fits_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """The author is for changes, functions and windows are for files; each says so."""
    assert main(["predict", "--by", "author", "src/a.py"]) == 2
    assert main(["predict", "--by", "window", "--commit", "HEAD"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "--by author goes with --commit" in first
    assert "--by function or window" in first
    assert "--by window is for files" in second


def test_python_reads_a_file_too() -> None:
    """`predict_parts` takes a path; one that cannot be read has a status."""
    told = fingerprint.predict_parts(Path("src/a.py"), by="window")
    assert isinstance(told, fingerprint.FileParts)
    assert told.parts[0].start == 1
    model = fingerprint.load()
    assert fingerprint.predict_parts("none.py", model=model).whole.status == "missing"
    assert fingerprint.predict_parts("src", model=model).whole.status == "invalid"
