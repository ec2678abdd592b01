import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fingerprint.cli import main
from fingerprint.drift.rows import Rows

NAMES = [f"name_{at}" for at in range(50)]


@pytest.fixture
def path(tmp_path: Path, corpus: Callable[..., Rows]) -> str:
    rows = corpus([("human", 35, NAMES, 0.0), ("gpt", 35, NAMES, 0.0)])
    columns = zip(rows.code, rows.label, rows.source, rows.task, strict=True)
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
