"""`fingerprint converge`: a corpus with models or dates in, a verdict out, and errors that mend."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fingerprint.cli import main
from fingerprint.drift import convergence
from fingerprint.report import converge_text

FAMILIES = {"claude": "claude-sonnet-4", "gpt": "gpt-4.1"}
DAYS = ("2025-02-01", "2025-05-01")

Run = Callable[..., tuple[int, str, str]]


def code_of(family: str, task: int, turn: int) -> str:
    """Return a small file in a family's manner."""
    body = [f"    total = total + value * {task + k + turn}" for k in range(3 + task % 3)]
    if family == "claude":
        body = [f"    # step {k}\n{line}" for k, line in enumerate(body)]
    name = f"work_{task}" if family == "claude" else f"w{task}"
    return "\n".join((f"def {name}(value):", f"    total = {turn}", *body, "    return total", ""))


def rows() -> list[dict[str, Any]]:
    """Return answers of two families to four tasks in two quarters, from two sources."""
    return [
        {
            "code": code_of(family, task, turn + 8 * quarter),
            "language": "python",
            "family": family,
            "model": FAMILIES[family],
            "date": day,
            "source": source,
            "task": f"t{task}",
        }
        for source, turns in (("one", 8), ("two", 1))
        for quarter, day in enumerate(DAYS)
        for family in FAMILIES
        for task in range(4)
        for turn in range(turns)
    ]


@pytest.fixture
def converge(trained: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what writes rows and runs the command with the tiny model: code, stdout, stderr."""

    def run(rows: list[dict[str, Any]], *words: str) -> tuple[int, str, str]:
        corpus = tmp_path / "corpus.jsonl"
        corpus.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        shared = tmp_path.parent / "converge-features"
        usual = ("--cache", str(shared), "--model", str(trained.folder), "-q")
        code = main(["converge", str(corpus), *usual, *words])
        return code, *capsys.readouterr()

    return run


def test_text_begins_with_the_verdict(converge: Run) -> None:
    """The first line is the verdict, and tables follow with the names of their columns."""
    code, out, _ = converge(rows(), "--by", "quarter")
    assert code == 0
    assert out.startswith("Neither convergence nor staleness is shown.\n")
    assert "\t" not in out
    told = out.splitlines()
    at = told.index("Frozen against refit, by age (balanced accuracy)")
    assert told[at + 1].split()[:4] == ["months", "refit", "others", "frozen"]
    assert told[at + 2].split()[0] == "0"


def test_nothing_to_compare_is_one_sentence(converge: Run) -> None:
    """Families at different tasks: what is missing and how to mend it, and no advice to keep."""
    apart = [{**row, "task": f"{row['family']} {row['task']}"} for row in rows()]
    code, out, _ = converge(apart, "--by", "quarter")
    assert code == 0
    first, second = out.splitlines()[:2]
    assert first.startswith("Nothing can be compared: no pair of families ")
    assert "(144 samples of 2 families, 2 sources and 2 periods; " in first
    assert "of pairs in a source and period 4 with 0 shared tasks, 3 needed)." in first
    assert all(name in second for name in ("--task", "--label", "--by"))
    assert "Keep the model" not in out
    assert "Did the families converge?" not in out


def test_json_and_markdown_go_to_files(converge: Run, tmp_path: Path) -> None:
    """-o writes the record, tables or a page with charts, as the name of the file says."""
    record, page = tmp_path / "out.json", tmp_path / "out.md"
    chosen = ("--by", "quarter", "--only-source", "one")
    assert converge(rows(), *chosen, "-o", str(record)) == (0, "", "")
    found = json.loads(record.read_text("utf-8"))
    assert (found["by"], found["periods"]) == ("quarter", ["2025-Q1", "2025-Q2"])
    assert found["sources"] == ["one"]
    assert found["samples"] == 128
    assert {each["group"] for each in found["cells"]} > {"all", "stylometry", "shape"}
    assert converge(rows(), *chosen, "-o", str(page)) == (0, "", "")
    text = page.read_text("utf-8")
    assert text.startswith("**Neither convergence nor staleness is shown.**\n")
    assert "## Pairs of families" in text
    assert "\n| claude – gpt | all | not shown |" in text
    drawn = tmp_path / "out.html"
    assert converge(rows(), *chosen, "-o", str(drawn)) == (0, "", "")
    assert "<svg" in drawn.read_text("utf-8")


def without(*names: str) -> list[dict[str, Any]]:
    """Return the rows without some columns."""
    return [{key: row[key] for key in row if key not in names} for row in rows()]


@pytest.mark.parametrize(
    ("lacking", "words", "message"),
    [
        (("model",), (), "name the column with --model"),
        (("date",), ("--by", "quarter"), "name the column with --date"),
        (("task",), (), "name the column with --task"),
        ((), ("--only-source", "three"), "no row is of source 'three': there are one, two"),
        ((), ("--label", "nothing"), "no column 'nothing'"),
        ((), ("--most", "0"), "--most"),
        ((), ("--model", "nowhere"), "no model folder at nowhere"),
    ],
)
def test_errors_name_the_mend(
    converge: Run, lacking: tuple[str, ...], words: tuple[str, ...], message: str
) -> None:
    """What is missing or unknown ends with 2 and says what to do."""
    code, out, err = converge(without(*lacking), *words)
    assert (code, out) == (2, "")
    assert message in err


def test_one_family_is_refused(converge: Run) -> None:
    """One family alone, and nobody human, cannot be compared."""
    code, _, err = converge([row for row in rows() if row["family"] == "gpt"], "--by", "quarter")
    assert code == 2
    assert "too few families (gpt)" in err


def test_output_is_opened_before_the_work(converge: Run, tmp_path: Path) -> None:
    """A folder that is not there is told before a corpus is read, which would fail as well."""
    code, _, err = converge(rows(), "--label", "nothing", "-o", str(tmp_path / "no" / "out.md"))
    assert code == 2
    assert "cannot write" in err


def test_a_failure_leaves_no_file(converge: Run, tmp_path: Path) -> None:
    """A comparison that is refused leaves what was at -o as it was."""
    out = tmp_path / "out.md"
    out.write_text("before", encoding="utf-8")
    assert converge(rows(), "--label", "nothing", "-o", str(out))[0] == 2
    assert out.read_text("utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir() if "part" in each.name] == []


@pytest.mark.parametrize("at", ["work", "report"])
def test_a_reader_that_leaves_early_is_no_error(
    converge: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: str
) -> None:
    """`fingerprint converge … | head -3` ends quietly with 0, whatever was being written."""

    def broken(*_: object, **__: object) -> Any:
        raise BrokenPipeError

    place = {"work": (convergence, "converge"), "report": (converge_text, "lines")}[at]
    monkeypatch.setattr(*place, broken)
    with (tmp_path / "stdout").open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert converge(rows(), "--by", "quarter") == (0, "", "")
