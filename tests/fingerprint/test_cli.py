"""The command line as a whole: version, info, a fast start, the public names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import fingerprint
from fingerprint import api
from fingerprint.cli import COMMANDS, build_parser, main
from fingerprint_models.shipped_models import shipped_folder

ROOT = Path(__file__).parents[2]


def python(code: str) -> str:
    """Return what a fresh interpreter prints for `code`."""
    paths = os.pathsep.join([str(ROOT), *(str(ROOT / name) for name in ("features", "models"))])
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints the version that pyproject.toml states."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert capsys.readouterr().out.strip() == fingerprint.__version__ == project["version"]


def test_module_runs() -> None:
    """`python -m fingerprint` is the command."""
    code = "import runpy,sys; sys.argv[1:]=['--version']; runpy.run_module('fingerprint')"
    assert python(code) == fingerprint.__version__


def test_every_command_is_in_the_help() -> None:
    """A command gets its line in `--help` by being registered."""
    shown = build_parser().format_help()
    assert all(command.HELP.split()[0] in shown for command in COMMANDS)


@pytest.mark.usefixtures("model")
def test_info_page(capsys: pytest.CaptureFixture[str]) -> None:
    """The page holds name, classes, card without front matter, and where the figures are."""
    assert main(["info"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("fake 0.1\n\nClasses: human, claude\n")
    assert "# A fake model" in shown
    assert "license" not in shown
    assert "fingerprint info --json" in shown


@pytest.mark.usefixtures("model")
def test_info_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the same facts are one object."""
    assert main(["info", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["model"] == {"name": "fake", "version": "0.1"}
    assert facts["classes"] == ["human", "claude"]
    assert facts["figures"] == {"macro_f1": 0.5}


def test_the_command_line_starts_light() -> None:
    """Parsing arguments imports no numeric, terminal or table library, and no parser."""
    heavy = {"numpy", "lightgbm", "scipy", "sklearn", "pandas", "datasets", "tree_sitter"}
    heavy |= {"rich", "typer", "pathspec", "asyncio", "importlib.metadata"}
    loaded = python("import sys, fingerprint.cli as c; c.build_parser(); print(*sys.modules)")
    assert heavy.isdisjoint(loaded.split())
    assert "fingerprint.cli.predict" in loaded.split()


def test_public_names() -> None:
    """The package gives exactly its public names, each when asked for."""
    assert set(dir(fingerprint)) == set(fingerprint.__all__)
    assert fingerprint.load is api.load
    assert fingerprint.Sample(code="x = 1").language is None
    with pytest.raises(AttributeError, match="has no attribute 'loda'"):
        fingerprint.loda  # noqa: B018 - asking is the test


def test_the_newest_shipped_model_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions of the name asked for count as numbers; without any the error says what to do."""
    monkeypatch.setattr("fingerprint_models.__path__", [str(tmp_path)])
    with pytest.raises(FileNotFoundError, match=r"code-family-VERSION.*reinstall code-fingerprint"):
        api.load()
    others = ("code-family-notes", "notes", ".code-family-3.0.0.old", "agent-2.0.0")
    for name in ("code-family-0.9.0", "code-family-0.10.0", *others):
        (tmp_path / "shipped" / name).mkdir(parents=True)
    (tmp_path / "shipped" / "code-family-9.0.0").touch()  # a file is no model
    assert shipped_folder("code-family").name == "code-family-0.10.0"
    assert shipped_folder("agent").name == "agent-2.0.0"


@pytest.mark.usefixtures("agents")
def test_info_of_agents(capsys: pytest.CaptureFixture[str]) -> None:
    """With --agents the page and the facts are those of the agent model."""
    assert main(["info", "--agents"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("agent 99.0.0\n\nClasses: human, claude-code, copilot\n")
    assert "# An agent model" in shown
    assert "fingerprint info --agents --json" in shown
    assert main(["info", "--agents", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"] == {"macro_f1": 0.25}


def test_info_of_no_agents(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without an agent model is an error that names it."""
    assert main(["info", "--agents", "--model", "nowhere"]) == 2
    assert "no model at nowhere" in capsys.readouterr().err
