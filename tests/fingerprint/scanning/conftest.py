"""Real repositories, and a model that says what a test wants it to say."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from fingerprint_features.activity.relative import RepositoryStyle
from fingerprint_features.change import Change
from fingerprint_models.attribution import ModelId
from fingerprint_models.change_attribution import ChangeAttribution, Inferred
from fingerprint_models.declaration import declared

Git = Callable[..., str]
Commit = Callable[..., str]
FAKE_ID = ModelId("fake-agents", "0.1")
CLASSES = ("human", "claude-code", "codex")
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
    """Return a call of git in a folder, on a day."""

    def call(folder: Path, *arguments: str, day: str = "2024-03-01", **env: str) -> str:
        dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{day}T12:00:00Z")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=kept | _WHO | dates | env,
            capture_output=True,
            check=False,
        )
        assert not done.returncode, done.stderr.decode()
        return done.stdout.decode().strip()

    return call


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    """Return the work tree of a repository without commits."""
    folder = tmp_path / "project"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    return folder


@pytest.fixture
def commit(repo: Path, git: Git) -> Commit:
    """Return a call that commits lines to a file on a day and returns the commit's id."""

    def call(message: str, day: str, path: str = "src/a.py", lines: int = 1, **env: str) -> str:
        file = repo / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as stream:
            stream.writelines(f"{message.split(maxsplit=1)[0]} {day} {n}\n" for n in range(lines))
        git(repo, "add", "--all")
        git(repo, "commit", "--quiet", "--message", message, day=day, **env)
        return git(repo, "rev-parse", "HEAD")

    return call


@dataclass(frozen=True)
class FakeAgents:
    """Takes what says "shiny" for claude-code, what says "robust" for codex, the rest for human."""

    id: ModelId = FAKE_ID
    classes: tuple[str, ...] = CLASSES
    human: str = "human"
    asked: list[Change] = field(default_factory=list)
    styles: list[RepositoryStyle] = field(default_factory=list)

    @property
    def mean_answers(self) -> npt.NDArray[np.float64]:
        """Return how it answers on average: right nine times in ten."""
        return 0.85 * np.eye(3) + 0.05

    def predict_changes(
        self,
        changes: Iterable[Change],
        *,
        styles: Sequence[RepositoryStyle],
        mode: str = "balanced",
        explain: bool = False,
    ) -> list[ChangeAttribution]:
        """Answer for each change, in order, and remember it."""
        assert (mode, explain) == ("high-precision", False)
        given = list(changes)
        self.asked.extend(given)
        self.styles.extend(styles)
        return [self._one(change) for change in given]

    def _one(self, change: Change) -> ChangeAttribution:
        best = 1 if "shiny" in change.message else 2 if "robust" in change.message else 0
        p = np.full(3, 0.05)
        p[best] = 0.9
        agent, stated = self.classes[best], declared(change)
        inferred = Inferred(
            agent, 0.9, agent, 0.9, dict(zip(CLASSES, p.tolist(), strict=True)), 1 - p[0], (agent,)
        )
        differs = stated is not None and agent not in stated.agents
        return ChangeAttribution(
            "ok", self.id, id=change.id, declared=stated, inferred=inferred, conflict=differs
        )


@pytest.fixture
def agents() -> FakeAgents:
    """Return the fake."""
    return FakeAgents()
