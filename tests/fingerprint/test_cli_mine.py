"""`fingerprint mine`: from histories to files, or to a message and exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fingerprint.cli import main

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Make a repository with one commit of 2020: a module of one function."""
    folder = tmp_path / "project"
    folder.mkdir()
    code = "def add(rows):\n" + "".join(f"    total_{n} = rows[{n}]\n" for n in range(12))
    (folder / "add.py").write_text(code, encoding="utf-8")
    who = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@b"), ("DATE", "2020-01-01T12:00:00Z"))
    }
    env = os.environ | who | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "Add")):
        subprocess.run(["git", *arguments], cwd=folder, env=env, check=True, capture_output=True)
    return folder


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Return what runs `fingerprint mine`: code, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["mine", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_mine(command: Command, history: Path, tmp_path: Path) -> None:
    """Three files appear; counts stand on standard output, a line a repository beside it."""
    out = tmp_path / "corpus.parquet"
    code, said, err = command(history, "-o", out)
    assert code == 0
    changes = tmp_path / "corpus.changes.parquet"
    assert said == f"{out}\t1 samples\n{changes}\t1 changes\n"
    assert "project: 1 changes, 1 samples (human 1), " in err
    assert all(path.is_file() for path in (out, changes, tmp_path / "corpus.md"))


def test_quiet(command: Command, history: Path, tmp_path: Path) -> None:
    """-q says nothing on standard error while all is well."""
    assert command(history, "-o", tmp_path / "c.parquet", "-q")[2] == ""


def test_what_is_missing_is_told(command: Command, history: Path, tmp_path: Path) -> None:
    """A repository without its objects is named, with git's words, even quietly; the code is 2."""
    broken = tmp_path / "broken"
    for folder in ("objects", "refs/heads"):
        (broken / ".git" / folder).mkdir(parents=True)
    (broken / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (broken / ".git" / "refs" / "heads" / "main").write_text("0123456789" * 4 + "\n")
    out = tmp_path / "c.parquet"
    code, said, err = command(history, broken, "-o", out, "-q")
    assert code == 2
    assert said.startswith(f"{out}\t1 samples\n")
    assert err.startswith("fingerprint: missing: broken: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "-o", "c.parquet"), "no repository at nowhere: "),
        (("project", "-o", "c.csv"), "cannot write c.csv: name a .parquet file"),
        (("project", "-o", "none/c.parquet"), "cannot write none/c.parquet: "),
        (("project", "-o", "c.parquet", "--workers", "0"), "--workers is 0, and must be at least"),
        (("project", "-o", "c.parquet", "--branch", "nope"), "nothing could be read: project: "),
    ],
)
def test_misuse(
    command: Command,
    history: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    """What cannot work ends with code 2 and one line that names the culprit; nothing is written."""
    monkeypatch.chdir(history.parent)
    code, said, err = command(*arguments, "-q")
    assert (code, said) == (2, "")
    assert err.startswith(f"fingerprint: {message}")
    assert not list(history.parent.glob("c.*parquet"))


def test_a_day_that_is_none(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """--since wants a day; argparse says so."""
    with pytest.raises(SystemExit) as caught:
        command("project", "-o", "c.parquet", "--since", "yesterday")
    assert caught.value.code == 2
    assert "--since: invalid" in capsys.readouterr().err


def test_missing_packages_are_named(
    command: Command, history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pyarrow the message says what to install."""
    for name in [name for name in sys.modules if name.startswith("fingerprint_training")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = command(history, "-o", tmp_path / "c.parquet")
    assert code == 2
    assert "mining needs more packages (pyarrow): pip install 'code-fingerprint[train]'" in err
