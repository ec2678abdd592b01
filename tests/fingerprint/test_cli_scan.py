"""`fingerprint scan`: a repository and a model folder in; lines, JSON or a page out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from fingerprint.cli import main
from fingerprint_features.activity import registry, words
from fingerprint_models.agent_model import AgentModel, Blend, column_names
from fingerprint_models.artefact import write_folder
from fingerprint_models.attribution import ModelId
from fingerprint_models.booster import Booster
from fingerprint_models.change_parts import AT_HAND, KINDS
from fingerprint_models.decision import MODES, Decision, Thresholds
from fingerprint_models.reference import Reference
from fingerprint_models.word_head import WordHead

Command = Callable[..., tuple[int, str, str]]
CLASSES = ("human", "claude-code", "codex")
_TRAILER = "Co-Authored-By: Claude <noreply@anthropic.com>"


def _booster(columns: int) -> Booster:
    random = np.random.default_rng(0)
    data = lightgbm.Dataset(
        random.normal(size=(60, columns)), random.integers(0, 3, 60), free_raw_data=False
    )
    settings = {"objective": "multiclass", "num_class": 3, "num_leaves": 3, "verbose": -1}
    return Booster(lightgbm.train(settings | {"num_threads": 1}, data, 2).model_to_string())


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a model of random numbers, as a training would."""
    columns = column_names(CLASSES)
    random = np.random.default_rng(0)
    buckets = len(words.VIEWS) * words.BUCKETS
    made = AgentModel(
        id=ModelId("tiny", "0.1"),
        classes=CLASSES,
        words=WordHead(
            np.ones(buckets, np.float16),
            random.normal(size=(buckets, 3)).astype(np.float16),
            np.zeros(3, np.float32),
        ),
        boosters=dict.fromkeys(KINDS, _booster(len(columns))),
        blends={hand: Blend(0.5, 1.0, (0.0, 0.0, 0.0)) for hand in AT_HAND},
        dependence=0.5,
        decisions=dict.fromkeys(
            AT_HAND,
            Decision(
                CLASSES,
                "human",
                {m: Thresholds(dict.fromkeys(CLASSES, 0.5), 0.5, 0.6) for m in MODES},
            ),
        ),
        set_levels=dict.fromkeys(AT_HAND, 0.9),
        mean_answers=0.7 * np.eye(3) + 0.1,
        reference=Reference(columns, CLASSES, np.zeros((3, len(columns))), np.ones(len(columns))),
        card="",
        figures={},
    )
    folder = tmp_path_factory.mktemp("models") / "tiny-0.1"
    header = {"name": "tiny", "version": "0.1", "created_by": "test"}
    header["schema_hash"] = registry.schema_hash()
    write_folder(folder, made.to_files(), header=header)
    return folder


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a repository: a commit of 2020, 40 undeclared ones, and one that declares an agent."""
    folder = tmp_path_factory.mktemp("histories") / "project"
    folder.mkdir()
    commits = [("Begin", 1_577_880_000)]
    commits += [(f"Change the number to {at}", 1_704_110_400 + at * 86_400) for at in range(40)]
    commits.append((f"Add <script>alert(1)</script>\n\n{_TRAILER}", 1_710_000_000))
    stream = "".join(
        f"commit refs/heads/main\ncommitter Ada <a@b.c> {when} +0000\ndata {len(said)}\n{said}\n"
        f"M 644 inline src/n.py\ndata 10\nn = {at:05}\n\n"
        for at, (said, when) in enumerate(commits)
    )
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for arguments, given in (
        (("init", "-q", "--initial-branch=main"), ""),
        (("fast-import", "--quiet"), stream),
    ):
        subprocess.run(["git", *arguments], cwd=folder, env=env, input=given, text=True, check=True)
    return folder


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Return what runs `fingerprint scan`: code, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["scan", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_plain(command: Command, history: Path, model: Path) -> None:
    """In a pipe come plain lines, with the counts, the estimate and its limits."""
    code, out, err = command(history, "--model", model)
    assert (code, err) == (0, "")
    kinds = [line.split("\t")[0] for line in out.splitlines()]
    assert kinds[:2] == ["repository", "verdict"]
    assert {"all", "month", "directory", "agent", "family", "estimate", "limit"} <= set(kinds)
    assert "all\tall\t42\t42\t1\t0\t40\t1\t40\t0." in out


def test_json(command: Command, history: Path, model: Path) -> None:
    """--json is one object; the same seed gives the same bytes."""
    code, out, _ = command(history, "--model", model, "--json", "--sample", 35)
    told = json.loads(out)
    assert code == 0
    assert told["all"]["undeclared_estimate"]["sampled"] == 35
    assert told["all"]["kinds"]["declared"]["commits"] == 1
    assert told["model"] == {"name": "tiny", "version": "0.1"}
    assert out == command(history, "--model", model, "--json", "--sample", 35)[1]


def test_dates_and_depth(command: Command, history: Path) -> None:
    """--since is the first day and --until the day after the last; --directory-depth the names."""
    days = ("--since", "2024-01-05", "--until", "2024-01-10")
    _, out, _ = command(history, "--sample", 0, "--json", *days, "--directory-depth", 2)
    told = json.loads(out)
    assert told["all"]["commits"] == 5
    assert (told["since"], told["until"]) == ("2024-01-05", "2024-01-10")
    assert told["directories"][0]["name"] == "src"


def test_page(command: Command, history: Path, model: Path, tmp_path: Path) -> None:
    """-o FILE.html writes a page, whole, with nothing on standard output."""
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    page = tmp_path / "scan.html"
    code, out, _ = command(history, "--model", model, "-o", page)
    assert (code, out) == (0, "")
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert html.endswith("</html>\n")
    assert "<script" not in html
    assert [entry.name for entry in tmp_path.iterdir()] == ["scan.html"]


def test_table(command: Command, history: Path) -> None:
    """--format table is for people."""
    code, out, _ = command(history, "--sample", 0, "--format", "table")
    assert code == 0
    assert "declared agent" in out
    assert "claude-code" in out


def test_a_page_needs_the_extra(
    command: Command, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without altair the message says what to install, before anything is read."""
    monkeypatch.setitem(sys.modules, "altair", None)
    code, out, err = command(history, "--format", "html")
    assert (code, out) == (2, "")
    assert "(altair): pip install 'code-fingerprint[report]'" in err


def test_a_history_that_breaks_off(
    command: Command, history: Path, model: Path, tmp_path: Path
) -> None:
    """What was read is told all the same; standard error says what is missing; the code is 2."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--bare", str(history), str(clone)], check=True)
    for arguments, given in (
        (("unpack-objects", "-q"), b"".join(p.read_bytes() for p in _taken_packs(clone))),
    ):
        subprocess.run(["git", "-C", str(clone), *arguments], input=given, check=True)
    name = ("rev-parse", "HEAD~9:src/n.py")
    said = subprocess.run(["git", "-C", str(clone), *name], capture_output=True, check=True)
    blob = said.stdout.decode().strip()
    (clone / "objects" / blob[:2] / blob[2:]).unlink()
    code, out, err = command(clone, "--model", model)
    assert code == 2
    assert f"unable to read {blob}" in err
    assert "verdict\tIncomplete: the history breaks off after " in out


def _taken_packs(clone: Path) -> list[Path]:
    """Move the packs of a repository out of it, so that they can be unpacked."""
    moved = []
    for pack in sorted((clone / "objects" / "pack").glob("*.pack")):
        moved.append(pack.replace(clone / pack.name))
    return moved


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "nowhere is no repository"),
        (("project", "--branch", "nope", "--sample", "0"), "git cannot read"),
        (("project", "--sample", "-1"), "--sample is -1, and must be at least 0"),
        (("project", "--directory-depth", "0"), "--directory-depth is 0, and must be at least 1"),
        (("project", "--model", "nowhere"), "no model at nowhere"),
    ],
)
def test_misuse(
    command: Command,
    history: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    """What cannot work ends with code 2 and one line that names the culprit."""
    monkeypatch.chdir(history.parent)
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("fingerprint: ")
    assert message in err
    assert err.count("\n") == 1
