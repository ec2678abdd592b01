"""The `git` program, started so that its answer depends on the repository alone.

No system or user configuration, no locale, no terminal, no network, no replaced objects and no
work tree reach it, and nothing is written into the repository.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO

from fingerprint_features.history.errors import HistoryError

CHUNK = 1 << 18  # bytes read at a time

# What a repository's own configuration could bend. `safe.directory` lets repositories be read
# that belong to somebody else; git heeds it in the environment, never in the repository.
_SETTINGS = {
    "safe.directory": "*",
    "core.attributesFile": os.devnull,
    "attr.tree": "",
    "core.bigFileThreshold": "16m",
    "core.quotePath": "false",
    "protocol.allow": "never",  # for a git too old to know GIT_NO_LAZY_FETCH
    "log.showSignature": "false",
    "log.showRoot": "true",
}

_PINNED = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
    **{f"GIT_CONFIG_KEY_{number}": key for number, key in enumerate(_SETTINGS)},
    **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(_SETTINGS.values())},
}


def git_dir_of(path: Path) -> Path:
    """Return the git directory of a work tree or a folder in it, of a bare repository or a `.git`.

    HistoryError is raised where git finds no repository.
    """
    folder = path.parent if path.is_file() else path
    if not folder.is_dir():
        raise HistoryError(f"{path} is no repository: there is no such folder")
    return Path(_finished(["-C", str(folder), "rev-parse", "--absolute-git-dir"], path))


def run(git_dir: Path, *arguments: str) -> str:
    """Return what a git command prints, without the newlines at its end; HistoryError if it fails.

    Bytes that are no UTF-8 are replaced.
    """
    return _finished(_within(git_dir, arguments), git_dir)


def asked(git_dir: Path, *arguments: str) -> str | None:
    """Return what `run` returns, or None where the command fails: for questions that may be no."""
    try:
        return run(git_dir, *arguments)
    except HistoryError:
        return None


def output(git_dir: Path, *arguments: str) -> Generator[bytes, None, None]:
    """Yield what a git command prints, in pieces of `CHUNK` bytes; closing it ends the command.

    Where the command fails, HistoryError with what git said follows the last piece.
    """
    command = _within(git_dir, arguments)
    with (
        tempfile.TemporaryFile() as complaints,
        _process(command, complaints) as process,
    ):
        try:
            while process.stdout and (chunk := process.stdout.read(CHUNK)):
                yield chunk
            if process.wait():
                complaints.seek(0)
                raise _failure(git_dir, complaints.read())
        finally:
            process.kill()


def environment() -> dict[str, str]:
    """Return the environment git runs in: the caller's, without its GIT_* and with the pins."""
    return {key: value for key, value in os.environ.items() if key[:4] != "GIT_"} | _PINNED


def _within(git_dir: Path, arguments: tuple[str, ...]) -> list[str]:
    # Run in the git directory: in a work tree .gitattributes would bend the diff.
    return ["-C", str(git_dir), f"--git-dir={git_dir.absolute()}", *arguments]


def _finished(arguments: list[str], about: Path) -> str:
    with _process(arguments, subprocess.PIPE) as process:
        said, complaints = process.communicate()
    if process.returncode:
        raise _failure(about, complaints)
    return said.decode(errors="replace").rstrip("\n")


def _process(arguments: list[str], complaints: IO[bytes] | int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            ["git", "--no-pager", *arguments],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
    except FileNotFoundError:
        raise HistoryError("the git program is not on PATH; install git 2.32 or newer") from None


def _failure(about: Path, complaints: bytes) -> HistoryError:
    said = complaints.decode(errors="replace").strip()
    return HistoryError(f"git cannot read {about}: {said or 'it gave no reason'}")
