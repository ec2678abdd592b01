"""Real repositories, made with the git program, the same on every machine and day."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Git = Callable[..., str]
Commit = Callable[..., str]

_WHO = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Grace",
    "GIT_COMMITTER_EMAIL": "grace@example.org",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ALLOW_PROTOCOL": "file",
    "LC_ALL": "C",
}


@pytest.fixture
def git() -> Git:
    """Return a call of git in a folder; each call is a minute later than the one before."""
    minutes = 0

    def call(folder: Path, *arguments: str, stdin: bytes = b"", **env: str) -> str:
        nonlocal minutes
        minutes += 1
        when = f"2024-03-01T{minutes // 60:02}:{minutes % 60:02}:00+02:00"
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=kept | _WHO | dates | env,
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert not done.returncode, done.stderr.decode()
        return done.stdout.decode(errors="replace").strip()

    return call


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    """Return the work tree of a repository without commits."""
    folder = tmp_path / "project"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    return folder


@pytest.fixture
def commit(git: Git) -> Commit:
    """Return a call that writes (bytes or text) or deletes (None) files and commits them."""

    def call(
        folder: Path,
        files: Mapping[str, bytes | str | None],
        message: str | bytes = "change",
        **env: str,
    ) -> str:
        for name, content in files.items():
            file = folder / name
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        git(folder, "add", "--all")
        text = message.encode() if isinstance(message, str) else message
        arguments = ("--quiet", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim")
        git(folder, "commit", *arguments, "--file=-", stdin=text, **env)
        return git(folder, "rev-parse", "HEAD")

    return call
