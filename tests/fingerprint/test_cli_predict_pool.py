"""`fingerprint predict --pool` of files: a trained model's answers for many together."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import fingerprint
from fingerprint.cli import main, render
from fingerprint.cli.file_pools import FilePools
from fingerprint_models.attribution import Evidence, ModelId
from fingerprint_models.model import Model
from fingerprint_models.pooling import PooledAttribution
from fingerprint_models.prevalence import Shares

CORPUS = Path(__file__).parents[2] / "examples" / "corpus.jsonl"
ID = ModelId("teams", "0.1.0")
Run = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a current directory: folders of one team each, files that cannot be scored beside."""
    monkeypatch.chdir(tmp_path)
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    for team in ("north", "south"):
        folder = Path("code") / team
        folder.mkdir(parents=True)
        for at, row in enumerate([row for row in rows if row["team"] == team][:16]):
            (folder / f"{at:02}.py").write_text(row["code"], encoding="utf-8")
    (Path("code/south") / "empty.py").touch()
    (Path("code/south") / "notes.md").write_text("prose")


@pytest.fixture
def run(trained: Any, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs `predict` with the tiny model: the lines on standard output."""

    def call(*arguments: str) -> list[str]:
        assert main(["predict", "--model", str(trained.folder), *arguments]) == 0
        return capsys.readouterr().out.splitlines()

    return call


@pytest.fixture(scope="module")
def small(trained: Any) -> Model:
    """Return the tiny model, its booster open: only then every number of samples scores alike."""
    model = Model.load(trained.folder)
    model.predict("x = 1\n")
    return model


def pools_in(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return the records of pools, having checked that they follow those of files."""
    records = [json.loads(line) for line in lines]
    kinds = ["pool" in record for record in records]
    assert kinds == sorted(kinds)
    assert all(("path" in record) != ("pool" in record) for record in records)
    return [record for record in records if "pool" in record]


def test_pool_follows_the_files(run: Run) -> None:
    """The files' objects are as they are without it, then comes one for all."""
    plain = run("-r", "--jsonl", "code")
    pooled = run("-r", "--pool", "--jsonl", "code")
    assert pooled[:-1] == plain
    (whole,) = pools_in(pooled)
    assert (whole["pool"], whole["samples"], whole["left_out"]) == ("all", 32, 1)
    assert whole["model"] == {"name": "teams", "version": "0.1.0"}
    assert set(whole["shares"]) == {"north", "south"}
    assert 0.4 < whole["shares"]["north"]["share"] < 0.6


def test_by_directory(run: Run) -> None:
    """One answer for each directory, in order, and one for all; what is no file of code counts."""
    north, south, whole = pools_in(run("-r", "--by", "directory", "--jsonl", "code"))
    assert [north["pool"], south["pool"], whole["pool"]] == ["code/north", "code/south", "all"]
    assert [(each["samples"], each["left_out"]) for each in (north, south, whole)] == [
        (16, 0),
        (16, 1),
        (32, 1),
    ]
    assert (north["raw"]["family"], south["raw"]["family"]) == ("north", "south")
    assert north["shares"] is None
    assert pools_in(run("-r", "--by", "directory", "--pool", "--jsonl", "code"))[0] == north


def test_by_language(run: Run) -> None:
    """One answer for each language, and one for all; files of no language are only in that."""
    Path("code/page.js").write_text("function f(a) {\n  return a;\n}\n\n\n" * 4)
    Path("code/broken").write_bytes(b"\0\1\2")
    found = pools_in(run("-r", "--by", "language", "--jsonl", "code", "code/broken"))
    assert [(each["pool"], each["samples"]) for each in found] == [
        ("javascript", 1),
        ("python", 32),
        ("all", 33),
    ]
    assert found[-1]["left_out"] == 2


def test_standard_input_is_in_no_directory(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is piped in is pooled with all, and with no folder."""
    code = Path("code/north/00.py").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(code)))
    folder, whole = pools_in(run("--by", "directory", "--jsonl", "-", "code/north/01.py"))
    assert (folder["pool"], folder["samples"]) == ("code/north", 1)
    assert (whole["pool"], whole["samples"]) == ("all", 2)


def test_json_is_one_array(run: Run) -> None:
    """Pools are its last objects."""
    found = json.loads("\n".join(run("-r", "--json", "--by", "language", "code")))
    assert [each["pool"] for each in found if "pool" in each] == ["python", "all"]
    assert "pool" in found[-2]
    assert len(found) == 35


def test_nothing_to_pool(run: Run) -> None:
    """Where there are no files there is no pool; where none is scored, one without an answer."""
    Path("void").mkdir()
    assert run("-r", "--pool", "--jsonl", "void") == []
    (none,) = pools_in(run("--pool", "--jsonl", "code/south/empty.py"))
    assert (none["status"], none["samples"], none["left_out"]) == ("empty", 0, 1)
    assert run("--pool", "code/south/empty.py")[-1] == "pool all: empty, 0 files, 1 left out"


@pytest.mark.parametrize("name", ["plain", "table"])
def test_lines_stand_apart(run: Run, name: str) -> None:
    """After an empty line: one line a pool, however long, with the mix where there are enough."""
    out = run("-r", "--by", "directory", "--mode", "best-guess", "--format", name, "code")
    blank, north, south, whole = out[-4:]
    assert blank.strip() == ""
    assert out[-5].strip()
    assert north.startswith("pool code/north: north ")
    assert north.endswith(", 16 files")
    assert south.endswith(", 16 files, 1 left out")
    assert whole.startswith("pool all: ")
    files, mix = whole.split("; mix: ")
    assert files.endswith(", 32 files, 1 left out")
    assert mix.count(" % [") == 2


def test_mode_holds_for_pools(run: Run) -> None:
    """Two files of a line are too little to tell anything of, but for a guess."""
    for name in ("one.py", "two.py"):
        Path(name).write_text(f"{name[:3]} = 1\n")
    (careful,) = pools_in(run("--pool", "--jsonl", "one.py", "two.py"))
    (guess,) = pools_in(run("--pool", "--jsonl", "--mode", "best-guess", "one.py", "two.py"))
    assert (careful["family"], careful["reason"]) == ("unknown", "too_short")
    assert guess["family"] == guess["raw"]["family"] == careful["raw"]["family"]


def test_reasons_are_not_kept(small: Model) -> None:
    """The files' answers pass as they are; what is held back of them has no evidence."""
    one = small.predict(Path("code/north/00.py").read_text(encoding="utf-8"), path="a/x.py")
    one = replace(one, evidence=(Evidence("a reason", "north", 0.5, ("column",)),))
    pools = FilePools("directory")
    passed = pools.filled(iter([one, one]))
    told = list(chain(passed, pools.answers(small, "balanced")))
    assert told[:2] == [one, one]
    assert [each.key for each in told[2:] if isinstance(each, PooledAttribution)] == ["a", "all"]
    assert [(each.evidence, each.prediction_set) for each in pools.kept] == [((), ())] * 2
    assert [each.probabilities for each in pools.kept] == [one.probabilities] * 2


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Parts are not pooled and changes are in no directory; each says so, and what to do."""
    for by in ("function", "window"):
        assert main(["predict", "--pool", "--by", by, "code/north/00.py"]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert f"--by {by} takes them apart" in err
        assert "pool --by directory or language" in err
    for by in ("directory", "language"):
        assert main(["predict", "--by", by, "--commit", "HEAD"]) == 2
        assert f"--by {by} is for files: with --commit" in capsys.readouterr().err


def test_help_states_the_premise(capsys: pytest.CaptureFixture[str]) -> None:
    """One author is the premise of a pool, not of the mix."""
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "on the premise that one author wrote them" in shown
    assert "needs no such premise" in shown
    assert "directory" in shown


def pooled(**how: Any) -> PooledAttribution:
    """Return a pool of four samples that were told unknown, with changes."""
    plain = PooledAttribution("src", 4, 0, ID, family="unknown", confidence=0.41)
    return replace(replace(plain, raw_family="claude", raw_confidence=0.41), **how)


def test_a_line_tells_what_the_model_said() -> None:
    """Beside another answer, with the reason; a name cannot break the line."""
    told = pooled(reason="low_confidence", key="a\nb", samples=1)
    assert (
        render.pool_line(told) == "pool a\\nb: unknown 0.41 (claude 0.41, low confidence), 1 file"
    )
    sure = pooled(family="claude", confidence=0.9)
    assert render.pool_line(sure) == "pool src: claude 0.90, 4 files"
    aside = replace(sure, reason="neutral_columns")
    assert render.pool_line(aside) == "pool src: claude 0.90 (neutral columns), 4 files"


def test_a_mix_names_what_matters() -> None:
    """Shares of 1 % on, and smaller ones that are not nought; the largest first."""
    shares = Shares(
        classes=("claude", "gpt", "human", "llama", "qwen"),
        share=(0.301, 0.009, 0.676, 0.008, 0.006),
        low=(0.2, 0.0, 0.55, 0.002, 0.0),
        high=(0.38, 0.2, 0.7, 0.03, 0.01),
        n=40,
    )
    line = render.pool_line(pooled(family="human", raw_family="human", samples=40, shares=shares))
    mix = "human 68 % [55, 70], claude 30 % [20, 38], llama 1 % [0, 3]"
    assert line == f"pool src: human 0.41, 40 files; mix: {mix}"


def test_python(small: Model, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fingerprint.pool` gives what the command prints; without a model it takes the shipped."""
    paths = sorted(Path("code").rglob("[0-9]*.py"))
    samples = [fingerprint.Sample(path.read_text("utf-8"), path=str(path)) for path in paths]
    answers = small.predict_many(samples, source="code")
    told = fingerprint.pool(answers, by="directory", model=small)
    printed = pools_in(run("-r", "--by", "directory", "--jsonl", "code"))
    for mine, theirs in zip(told, printed[:2], strict=True):
        assert isinstance(mine, fingerprint.PooledAttribution)
        assert (mine.key, mine.family) == (theirs["pool"], theirs["family"])
        assert mine.confidence == pytest.approx(theirs["confidence"])
    assert isinstance(fingerprint.pool(answers, model=small)[0].shares, fingerprint.Shares)
    with pytest.raises(ValueError, match="pool with the model that made them"):
        fingerprint.pool(answers, model=replace(small, id=ModelId("other", "1")))
    with pytest.raises(ValueError, match=r"attributions are by teams 0\.1\.0.*code-family"):
        fingerprint.pool(answers)
    monkeypatch.setattr("fingerprint.api.load", lambda: small)
    assert fingerprint.pool(answers, by="directory") == told
