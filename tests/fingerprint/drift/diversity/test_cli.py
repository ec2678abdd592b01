import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fingerprint.cli import main
from fingerprint.drift import rows
from fingerprint.drift.diversity import diversity as measuring
from fingerprint.drift.rows import Rows

NAMES = [f"name_{at}" for at in range(50)]


@pytest.fixture
def path(tmp_path: Path, corpus: Callable[..., Rows]) -> str:
    made = corpus([("human", 35, NAMES, 0.0), ("gpt", 35, NAMES, 0.0)])
    columns = zip(made.code, made.label, made.source, made.task, strict=True)
    lines = [
        json.dumps(
            {"code": c, "language": "python", "label": str(y), "repo": str(s), "task": str(t)}
        )
        for c, y, s, t in columns
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines) + "\n")
    return str(tmp_path / "corpus.jsonl")


def test_command_writes_json_and_text(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The record as JSON, by either option; or the verdict, then tables."""
    assert main(["diversity", path, "--by", "none", "--format", "json"]) == 0
    told = capsys.readouterr().out
    record = json.loads(told)
    assert record["schema_version"] == 1
    assert {each["family"] for each in record["cells"]} == {"gpt", "human"}
    assert main(["diversity", path, "--by", "none", "--json"]) == 0
    assert capsys.readouterr().out == told
    assert main(["diversity", path, "--by", "none"]) == 0
    found = capsys.readouterr()
    assert found.out.startswith("Did diversity fall between a family's periods? Not shown: ")
    assert "\t" not in found.out
    assert not found.err


def test_progress_is_for_terminals_and_can_be_left_out(
    path: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bars are drawn on stderr where it is a terminal, none with -q."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["diversity", path, "--by", "none"]) == 0
    told = capsys.readouterr().err
    assert "70/70" in told
    assert "comparison" in told
    assert main(["diversity", path, "--by", "none", "-q"]) == 0
    assert not capsys.readouterr().err


def test_dates_are_asked_for_where_periods_go_by_them(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a date there are no quarters; a date that cannot be read is counted."""
    assert main(["diversity", path, "--by", "quarter"]) == 2
    assert "no row has a date (such as 2025-05-01): name the column with --date" in (
        capsys.readouterr().err
    )
    lines = [json.loads(line) for line in Path(path).read_text().splitlines()]
    for at, line in enumerate(lines):
        line["date"] = "2025-05-01" if at % 2 else "May 2025"
    Path(path).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert main(["diversity", path, "--by", "quarter"]) == 0
    assert "; 35 have no date and are of no period" in capsys.readouterr().out


def test_column_of_the_stated_model_has_a_name_of_its_own(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--model-column` names it, as in `drift`, where `--model` is a folder."""
    text = Path(path).read_text().replace('"label": "gpt"', '"label": "gpt", "by": "gpt-4o"')
    Path(path).write_text(text.replace('"human"', '"human", "by": ""'))
    assert main(["diversity", path, "--model-column", "by", "--json"]) == 0
    cells = json.loads(capsys.readouterr().out)["cells"]
    assert {(each["family"], each["period"]) for each in cells} == {
        ("gpt", "2024-H1"),
        ("gpt", "all"),
        ("human", "all"),
    }


def test_a_fault_of_our_own_is_not_called_wrong_usage(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only errors that name culprit and mend end with exit code 2; others keep their traceback."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError("shapes do not match")

    monkeypatch.setattr(measuring, "material", broken)
    with pytest.raises(ValueError, match="shapes"):
        main(["diversity", path])


def test_a_reader_that_leaves_early_is_no_error(
    path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`fingerprint diversity … | head -3` ends quietly with 0."""

    class Left:
        def writelines(self, _: object) -> None:
            raise BrokenPipeError

        def fileno(self) -> int:
            return stream.fileno()

    with (tmp_path / "stdout").open("w") as stream:
        monkeypatch.setattr(sys, "stdout", Left())
        assert main(["diversity", path, "--by", "none"]) == 0
    assert not capsys.readouterr().err


def test_column_that_is_not_there_is_named(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong column ends with exit code 2 and says which."""
    assert main(["diversity", path, "--label", "writer"]) == 2
    assert "writer" in capsys.readouterr().err


def test_recursion_prints_the_same_tables_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo runs on a corpus, reads as many samples as asked for, and is deterministic."""
    chance = np.random.default_rng(0)
    words = [" ".join(f"w{at}" for at in chance.zipf(1.4, 20).tolist()) for _ in range(60)]
    (tmp_path / "c.csv").write_text("code\n" + "\n".join(words) + "\n")
    argv = ["diversity", str(tmp_path / "c.csv"), "--recursion", "40"]
    assert main(argv) == 0
    first = capsys.readouterr().out
    assert main(argv) == 0
    assert capsys.readouterr().out == first
    assert "| replace | 10 |" in first
    assert "| accumulate: the mean | 10 |" in first


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--most", "0"], "--most and --recursion are 1 or more"),
        (["--recursion", "0"], "--most and --recursion are 1 or more"),
        (["--seed", "-1"], "--seed is 0 or more"),
        (["--each", "1"], "each is 1"),
        (["--recursion", "9", "--format", "json"], "choose --format markdown"),
        (["-o", "page.html"], "diversity writes no page"),
    ],
)
def test_wrong_options_are_refused_with_the_mend(
    path: str, wrong: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be done ends with exit code 2 and says why."""
    assert main(["diversity", path, *wrong]) == 2
    assert told in capsys.readouterr().err


def test_output_is_checked_before_the_work(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read where the answer could not be written."""
    monkeypatch.setattr(rows, "read_rows", lambda *_, **__: pytest.fail("was read"))
    for out in (tmp_path, tmp_path / "nowhere" / "found.md"):
        assert main(["diversity", path, "-o", str(out)]) == 2
        assert "name a file in a folder that exists" in capsys.readouterr().err
