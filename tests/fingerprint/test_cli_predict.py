"""`fingerprint predict`: formats, options, streams and exit codes, with a fake model."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fingerprint.cli import main, scoring, settings

if TYPE_CHECKING:
    from tests.fingerprint.conftest import FakeModel

HUMAN = "def human():\n    return 1\n"
OTHER = "def other():\n    return 1\n"
KEYS = [
    "path",
    "status",
    "language",
    "family",
    "raw",
    "confidence",
    "probabilities",
    "ai_probability",
    "prediction_set",
    "reason",
    "evidence",
    "model",
]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a current directory with two scripts, an empty one, and a folder."""
    monkeypatch.chdir(tmp_path)
    Path("src").mkdir()
    Path("a.py").write_text(HUMAN)
    Path("b.js").write_text(OTHER)
    Path("empty.py").touch()
    for name in ("c.py", "d.py", "notes.md", "x_pb2.py"):
        (Path("src") / name).write_text(HUMAN)
    return tmp_path


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was printed on standard output, by line."""
    return capsys.readouterr().out.splitlines()


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Put `data` on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_plain_lines_in_a_pipe(model: FakeModel, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal: one line a file, columns separated by tabs, in the order asked."""
    assert main(["predict", "a.py", "b.js", "empty.py"]) == 0
    assert lines(capsys) == [
        "a.py\tok\thuman\t0.90\t0.10\thuman\t-",
        "b.js\tok\tunknown\t0.40\t0.60\tclaude\tlow_confidence",
        "empty.py\tempty\t-\t-\t-\t-\t-",
    ]
    assert [call["paths"] for call in model.calls] == [["a.py", "b.js"]]


@pytest.mark.usefixtures("model")
def test_jsonl_holds_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a file with every key of the contract, scored or not."""
    assert main(["predict", "--jsonl", "a.py", "empty.py"]) == 0
    good, empty = map(json.loads, lines(capsys))
    assert set(KEYS) <= set(good)
    assert set(good) == set(empty)
    assert good["raw"] == {"family": "human", "confidence": 0.9}
    assert good["model"] == {"name": "fake", "version": "0.1"}
    assert (empty["status"], empty["family"], empty["evidence"]) == ("empty", None, [])


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize("arguments", [["a.py", "b.js"], ["-r", "void"]])
def test_json_is_one_array(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It parses as a whole, also where nothing was found."""
    Path("void").mkdir()
    assert main(["predict", "--json", *arguments]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [item["path"] for item in found] == ([] if "void" in arguments else arguments)


@pytest.mark.usefixtures("model")
def test_a_table_shows_what_was_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The table names file, answer and reason; markup in a name is only text."""
    Path("[red]e.py").write_text(OTHER)
    assert main(["predict", "--format", "table", "--explain", "a.py", "[red]e.py"]) == 0
    shown = capsys.readouterr().out
    assert "human" in shown
    assert "[red]e.py" in shown
    assert "low" in shown
    assert "docstrings" in shown


def test_explain_adds_reasons(model: FakeModel, capsys: pytest.CaptureFixture[str]) -> None:
    """Reasons are asked for only then; below the file, signed, on one line each."""
    main(["predict", "a.py"])
    main(["predict", "--explain", "a.py"])
    assert lines(capsys)[2] == "\t-0.50\tclaude\tdocstrings on 9 of 9\\nfunctions"
    assert [call["explain"] for call in model.calls] == [False, True]


def test_a_folder_is_one_source(model: FakeModel, capsys: pytest.CaptureFixture[str]) -> None:
    """Its files are scored together, named files apart; what is no code is only counted."""
    assert main(["predict", "-r", "a.py", "src", "b.js"]) == 0
    out, err = capsys.readouterr()
    assert [line.split("\t")[0] for line in out.splitlines()] == [
        "a.py",
        "src/c.py",
        "src/d.py",
        "src/x_pb2.py",
        "b.js",
    ]
    assert [(call["source"], call["paths"]) for call in model.calls] == [
        (None, ["a.py"]),
        ("src", ["src/c.py", "src/d.py"]),
        (None, ["b.js"]),
    ]
    assert "4 scored (3 human, 1 unknown); 1 not scored (1 generated); 1 passed over" in err


def test_no_batch_scores_each_file_alone(model: FakeModel) -> None:
    """With --no-batch no source is told, and options reach the model."""
    main(["predict", "-r", "--no-batch", "--workers", "2", "--mode", "best-guess", "src"])
    (call,) = model.calls
    assert (call["source"], call["workers"], call["mode"]) == (None, 2, "best-guess")


def test_memory_is_bounded(model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are held in chunks, by number and by size, and come out in order."""
    monkeypatch.setattr(scoring, "CHUNK_FILES", 2)
    assert main(["predict", *(f"{'./' * n}a.py" for n in range(5))]) == 0
    monkeypatch.setattr(scoring, "MAX_CHARACTERS", len(HUMAN))
    assert main(["predict", "-r", "src"]) == 0
    sizes = [len(call["paths"]) for call in model.calls if isinstance(call["paths"], list)]
    assert sizes == [2, 2, 1, 2]


def test_standard_input(
    model: FakeModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dash reads it; the language comes from --language, by any of its names."""
    pipe(monkeypatch, HUMAN.encode())
    assert main(["predict", "-", "--language", "py", "--jsonl"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["path"], answer["language"], answer["family"]) == ("-", "python", "human")
    assert len(model.calls) == 1


@pytest.mark.usefixtures("model")
def test_empty_input_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty pipe has the status empty."""
    pipe(monkeypatch, b"")
    assert main(["predict", "-"]) == 0
    assert lines(capsys)[0].startswith("-\tempty\t")


@pytest.mark.usefixtures("model")
def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """0 as soon as one file could be read, whatever was found; 2 where none could."""
    assert main(["predict", "gone.py"]) == 2
    assert main(["predict", "src"]) == 2
    assert main(["predict", "gone.py", "empty.py"]) == 0
    err = capsys.readouterr().err
    assert "gone.py: no such file" in err
    assert "src: is a directory: add -r" in err


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workers", "0", "a.py"], "at least one"),
        (["--language", "pyhton", "a.py"], "unknown language 'pyhton'"),
        (["--model", "nowhere", "a.py"], "no model folder at nowhere"),
        (["-o", "src", "a.py"], "src is a directory"),
        (["-o", "nowhere/out.json", "a.py"], "cannot write nowhere/out.json"),
    ],
)
def test_bad_usage(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, nothing on standard output, and a message that names the culprit."""
    assert main(["predict", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


@pytest.mark.parametrize("arguments", [[], ["predict", "--mode", "x", "a.py"]])
def test_misspelt_commands_exit_with_2(arguments: list[str]) -> None:
    """What argparse refuses ends with the same code."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_a_bad_model_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the loader says of it is the message; exit code 2."""

    def refuse(folder: str | None) -> None:
        raise ValueError(f"{folder}/manifest.json: sha256 differs")

    monkeypatch.setattr("fingerprint.api.load", refuse)
    assert main(["predict", "--model", "src", "a.py"]) == 2
    assert "src/manifest.json: sha256 differs" in capsys.readouterr().err


@pytest.mark.usefixtures("model")
def test_output_file_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """It replaces what was there at the end; its suffix tells the format; nothing else is left."""
    Path("out.json").write_text("old")
    before = set(Path().iterdir())
    assert main(["predict", "a.py", "-o", "out.json"]) == 0
    assert json.loads(Path("out.json").read_text("utf-8"))[0]["family"] == "human"
    assert set(Path().iterdir()) == before
    assert capsys.readouterr().out == ""


def test_output_file_or_nothing(model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure halfway the old file is untouched and no part is left."""
    Path("out.jsonl").write_text("old")
    before = set(Path().iterdir())

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(model), "predict_many", stop)
    assert main(["predict", "a.py", "-o", "out.jsonl"]) == 130
    assert Path("out.jsonl").read_text("utf-8") == "old"
    assert set(Path().iterdir()) == before


@pytest.mark.usefixtures("model")
def test_a_full_disk_leaves_nothing() -> None:
    """An error while writing is exit code 2, and the device that said so is still there."""
    assert main(["predict", "a.py", "-o", "/dev/full"]) == 2
    assert Path("/dev/full").is_char_device()


@pytest.mark.usefixtures("model")
def test_full_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A disk that fills up behind `>` is exit code 2 and a message."""
    with Path("/dev/full").open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["predict", "a.py"]) == 2
    assert "No space left" in capsys.readouterr().err


@pytest.mark.usefixtures("model")
def test_a_device_is_written_to_not_replaced() -> None:
    """-o /dev/null throws the answer away, and /dev/null stays a device."""
    assert main(["predict", "a.py", "-o", "/dev/null"]) == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.usefixtures("model")
def test_names_that_steer_terminals_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters and bytes that are no text come out as escapes, on one line."""
    name = "e\x1b[31m\n\t" + os.fsdecode(b"\xff") + ".py"
    Path(name).write_text(HUMAN)
    assert main(["predict", name]) == 0
    assert lines(capsys)[0].startswith("e\\x1b[31m\\n\\t\\udcff.py\tok\thuman")
    assert main(["predict", "--jsonl", name, "-o", "out"]) == 0
    assert json.loads(Path("out").read_text("utf-8"))["path"] == name


def test_a_reader_that_leaves_early_is_no_error(
    model: FakeModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`fingerprint predict … | head -1` ends quietly with 0."""

    def broken(*_: object, **__: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(type(model), "predict_many", broken)
    with (tmp_path / "stdout").open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["predict", "a.py"]) == 0


def test_project_settings_are_defaults(model: FakeModel) -> None:
    """[tool.fingerprint] sets mode, language and patterns; options win."""
    Path("pyproject.toml").write_text(
        '[tool.fingerprint]\nmode = "high-precision"\nlanguage = "py"\nignore = ["/src/d.py"]\n'
    )
    main(["predict", "-r", "src"])
    main(["predict", "--mode", "balanced", "a.py"])
    assert [(call["mode"], call["paths"]) for call in model.calls] == [
        ("high-precision", ["src/c.py"]),
        ("balanced", ["a.py"]),
    ]
    assert settings.read_settings(Path.cwd()).language == "python"


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("mood = 1", "no setting 'mood'"),
        ('mode = "sure"', "mode is 'sure'"),
        ('language = "klingon"', "unknown language 'klingon'"),
        ("model = 1", "model is 1, not a string"),
        ('ignore = "x"', "ignore is 'x', not a list"),
        ('ignore = ["!"]', "pyproject.toml"),
        ("mode =", "pyproject.toml"),
    ],
)
def test_bad_settings(line: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A setting we cannot read is an error that names file and setting."""
    Path("pyproject.toml").write_text(f"[tool.fingerprint]\n{line}\n")
    assert main(["predict", "-r", "src"]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "pyproject.toml" in err


def test_a_page_is_refused(model: FakeModel, capsys: pytest.CaptureFixture[str]) -> None:
    """A file name that asks for a page gets no plain lines, and says what there is."""
    assert main(["predict", "a.py", "-o", "told.html"]) == 2
    assert "told.html asks for a .html file" in capsys.readouterr().err
    assert not Path("told.html").exists()
    assert model.calls == []


@pytest.mark.usefixtures("model")
def test_a_file_named_twice_is_scored_once(capsys: pytest.CaptureFixture[str]) -> None:
    """The same argument twice is one piece of evidence."""
    assert main(["predict", "a.py", "b.js", "a.py"]) == 0
    assert [line.split("\t")[0] for line in lines(capsys)] == ["a.py", "b.js"]
