import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fingerprint.cli import main
from fingerprint.drift import rows
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
    """The record as JSON, or a line a figure."""
    assert main(["diversity", path, "--by", "none", "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["schema_version"] == 1
    assert {each["family"] for each in record["cells"]} == {"gpt", "human"}
    assert main(["diversity", path, "--by", "none"]) == 0
    assert "cell\tpython\tgpt\tall\tvendi\t" in capsys.readouterr().out


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
