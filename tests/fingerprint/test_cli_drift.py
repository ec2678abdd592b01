from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fingerprint.cli import main

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "examples" / "corpus.jsonl"


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """Return the rows of the example corpus."""
    return [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]


Write = Callable[[str, list[dict[str, Any]]], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes rows as JSON Lines and returns the path."""

    def written(name: str, rows: list[dict[str, Any]]) -> str:
        file = tmp_path / name
        file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        return str(file)

    return written


@pytest.fixture
def drift(trained: Any, tmp_path: Path) -> Callable[..., int]:
    """Return a call of the command with the tiny model, and a cache of measured features."""

    def run(*words: str) -> int:
        shared = tmp_path.parent / "drift-features"
        return main(["drift", "--cache", str(shared), "--model", str(trained.folder), *words])

    return run


def test_the_same_rows_pass_the_gate(
    drift: Callable[..., int], rows: list[dict[str, Any]], write: Write, capsys: Any
) -> None:
    """Without drift --fail-on lets pass, and the first line keeps the model."""
    files = write("a.jsonl", rows), write("b.jsonl", rows[::-1])
    code = drift("--reference", files[0], "--current", files[1], "--fail-on", "drift")
    assert code == 0
    assert capsys.readouterr().out.startswith("Keep the model: no drift is shown.")


def test_drift_fails_only_where_it_is_asked_for(
    drift: Callable[..., int], rows: list[dict[str, Any]], write: Write, capsys: Any
) -> None:
    """Drifted features end with 1 where --fail-on names them, and with 0 where it does not."""
    odd = [{**row, "code": row["code"].replace("    ", "\t").upper()} for row in rows[1::2]]
    sides = ("--reference", write("a.jsonl", rows[::2]), "--current", write("b.jsonl", odd))
    assert drift(*sides) == 0
    assert drift(*sides, "--fail-on", "features") == 1
    assert drift(*sides, "--fail-on", "languages") == 0
    capsys.readouterr()
    assert drift(*sides, "--json", "--fail-on", "drift") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["drifted"] is True
    assert "features" in found["kinds"]
    assert found["columns"][0]["words"]


def test_code_alone_is_a_corpus(
    drift: Callable[..., int], rows: list[dict[str, Any]], write: Write, tmp_path: Path
) -> None:
    """A corpus with nothing but code, in a column of any name, is compared; -o names the format."""
    bare = write("bare.jsonl", [{"text": row["code"]} for row in rows])
    page, data = tmp_path / "page.md", tmp_path / "data.json"
    for file in (page, data):
        assert (
            drift(
                "--reference",
                bare,
                "--current",
                bare.replace("bare", "b*re"),
                "--code",
                "text",
                "-o",
                str(file),
            )
            == 0
        )
    assert page.read_text("utf-8").startswith("# Drift\n")
    assert json.loads(data.read_text("utf-8"))["calibration"] is None


def test_sides_may_name_their_columns_otherwise(
    drift: Callable[..., int], rows: list[dict[str, Any]], write: Write
) -> None:
    """With a comma between, the first name is the reference's and the second the current one's."""
    named = write("named.jsonl", [{"text": row["code"], "who": row["team"]} for row in rows])
    sides = ("--reference", str(CORPUS), "--current", named)
    assert drift(*sides, "--code", "code,text", "--label", "team,who") == 0
    assert drift(*sides, "--code", "text,code") == 2


def test_the_model_itself_is_a_reference(
    trained: Any, rows: list[dict[str, Any]], write: Write, capsys: Any
) -> None:
    """A model's folder stands for the sample that it keeps of its training."""
    current = write("new.jsonl", [{**row, "source": "elsewhere"} for row in rows])
    assert main(["drift", "--reference", str(trained.folder), "--current", current, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["reference"]["name"] == "{name} {version}".format_map(found["model"])
    assert found["notes"] == [] or "trained on" not in found["notes"][0]


def test_a_corpus_that_was_trained_on_is_warned_of(
    drift: Callable[..., int], write: Write, rows: list[dict[str, Any]], capsys: Any
) -> None:
    """Samples that the model has seen are no honest reference: stderr and a note say so."""
    file = write("seen.jsonl", rows)
    assert drift("--reference", file, "--current", write("copy.jsonl", rows), "--json") == 0
    told = capsys.readouterr()
    assert "use the model itself as the reference" in told.err
    assert any("use the model itself" in note for note in json.loads(told.out)["notes"])


def test_the_name_of_the_output_tells_the_format(drift: Callable[..., int], tmp_path: Path) -> None:
    """A file called .html gets the page, one called .md the tables, one called .json the record."""
    sides = ("--reference", str(CORPUS), "--current", str(CORPUS))
    begins = {"html": "<!doctype html>", "md": "# Drift", "json": "{"}
    for ending, first in begins.items():
        file = tmp_path / f"out.{ending}"
        assert drift(*sides, "-o", str(file)) == 0
        assert file.read_text("utf-8").startswith(first), ending


def test_a_stream_is_begun_and_goes_on(
    drift: Callable[..., int], write: Write, rows: list[dict[str, Any]], tmp_path: Path, capsys: Any
) -> None:
    """--state appends a window, tells the latest one again, and refuses an earlier one."""
    many = [{**row, "code": f"{row['code']}\n# {at}\n"} for at in range(3) for row in rows]
    state = tmp_path / "stream.state"
    words = ("--reference", write("a.jsonl", many), "--state", str(state), "--json")
    window = write("w1.jsonl", many[: len(many) // 2])
    assert drift(*words, "--current", window) == 0
    told = capsys.readouterr().out
    assert json.loads(told)["windows"] == 1
    held = state.read_bytes()
    assert drift(*words, "--current", window) == 0
    assert capsys.readouterr().out == told
    assert state.read_bytes() == held
    page = tmp_path / "second.md"
    second = write("w2.jsonl", many[len(many) // 2 :])
    assert drift(*words[:-1], "--current", second, "-o", str(page)) == 0
    assert page.read_text("utf-8").startswith("# Stream")
    assert drift(*words, "--current", window) == 2
    assert "holds this window already" in capsys.readouterr().err


def test_a_window_is_not_taken_in_where_it_cannot_be_told(
    drift: Callable[..., int], tmp_path: Path, capsys: Any
) -> None:
    """With an output that cannot be written, the stream's file stays as it was."""
    state = tmp_path / "stream.state"
    sides = ("--reference", str(CORPUS), "--current", str(CORPUS))
    assert drift(*sides, "--state", str(state), "-o", str(tmp_path / "nowhere" / "x.json")) == 2
    assert "cannot write" in capsys.readouterr().err
    assert not state.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--current", "nowhere.parquet"), "nowhere.parquet"),
        (("--current", "CORPUS", "--code", "text"), "no column 'text'"),
        (("--current", "CORPUS", "--code", "code,text"), "no column 'text'"),
        (("--current", "CORPUS", "--code", "a,b,c"), "give one name for both sides"),
        (("--current", "CORPUS", "-o", "x.pdf"), "asks for a .pdf file"),
        (("--current", "CORPUS", "--label", "task", "--fail-on", "calibration"), "needs labels"),
        (("--current", "CORPUS", "--most", "0"), "--most is 0"),
        (("--current", "CORPUS", "--seed", "-1"), "--seed is -1"),
        (("--current", "CORPUS", "--most", "5"), "needs 20 on each side"),
        (("--current", "CORPUS", "--by", "sources"), "by sources needs 20"),
        (("--current", "CORPUS", "--by", "rows", "--state", "s"), "--by does not go with --state"),
        (("--current", "CORPUS", "--state", "s", "-o", "s.html"), "a stream has no page"),
        (
            ("--current", "CORPUS", "--fail-on", "families", "--state", "s"),
            "does not go with --state",
        ),
    ],
)
def test_misuse_ends_with_two_and_says_why(
    drift: Callable[..., int], capsys: Any, words: tuple[str, ...], told: str
) -> None:
    """Wrong usage is told in one line that names the culprit, and is no finding."""
    named = [str(CORPUS) if word == "CORPUS" else word for word in words]
    assert drift("--reference", str(CORPUS), *named) == 2
    assert told in capsys.readouterr().err


def test_a_model_as_reference_scores_by_itself(trained: Any, capsys: Any) -> None:
    """--model beside a model as reference would be two models: it is refused."""
    words = ["--reference", str(trained.folder), "--model", str(trained.folder)]
    assert main(["drift", *words, "--current", str(CORPUS)]) == 2
    assert "a model scores by itself" in capsys.readouterr().err


def test_other_commands_do_not_load_it() -> None:
    """Predicting, and building the parser, open neither the monitor nor what it stands on."""
    code = (
        "import sys; from fingerprint.cli import build_parser; build_parser();"
        "print([n for n in sys.modules if n in ('scipy', 'pyarrow') or 'fingerprint.drift' in n])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={
            "PYTHONPATH": ":".join(
                str(ROOT / each) for each in ("", "features", "models", "training")
            )
        },
    )
    assert done.stdout.strip() == "[]"
