"""Models that behave like the real ones at their seams, and repositories to try them on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fingerprint_models
from fingerprint_features.activity import registry, words
from fingerprint_features.sample import Sample
from fingerprint_models.agent_model import AgentModel, Blend, column_names
from fingerprint_models.artefact import write_folder
from fingerprint_models.attribution import Attribution, Evidence, ModelId
from fingerprint_models.booster import Booster
from fingerprint_models.change_parts import AT_HAND, KINDS
from fingerprint_models.decision import NEVER, Decision, Thresholds
from fingerprint_models.reference import Reference
from fingerprint_models.shipped_models import shipped_agents
from fingerprint_models.word_head import WordHead

FAKE_ID = ModelId("fake", "0.1")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Give Ray with a cluster of two workers, whose folder is not ours; stopped behind a module."""
    ray = pytest.importorskip("ray")
    paths = [str(Path(path).resolve()) for path in sys.path if path]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(paths))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_AUTH_MODE", "disabled")
        with pytest.MonkeyPatch.context() as elsewhere:
            elsewhere.chdir("/")
            ray.init(
                address="local",
                num_cpus=2,
                include_dashboard=False,
                object_store_memory=100 * 2**20,
                log_to_driver=False,
            )
        yield ray
        ray.shutdown()


@dataclass(frozen=True)
class FakeModel:
    """Tells human where the code says `human`, else unknown; remembers how it was called."""

    calls: list[dict[str, object]] = field(default_factory=list)
    id: ModelId = FAKE_ID
    classes: tuple[str, ...] = ("human", "claude")
    card: str = "---\nlicense: apache-2.0\n---\n# A fake model\n"
    figures: dict[str, object] = field(default_factory=lambda: {"macro_f1": 0.5})

    def predict_many(
        self,
        samples: Sequence[Sample],
        *,
        source: str | None = None,
        workers: int = 1,
        mode: str = "balanced",
        explain: bool = False,
    ) -> list[Attribution]:
        """Answer for each sample, in order, and note the call."""
        self.calls.append(
            {
                "paths": [sample.path for sample in samples],
                "source": source,
                "workers": workers,
                "mode": mode,
                "explain": explain,
            }
        )
        return [self._one(sample, explain) for sample in samples]

    def _one(self, sample: Sample, explain: bool) -> Attribution:
        p = 0.9 if "human" in sample.code else 0.4
        reason = Evidence("docstrings on 9 of 9\nfunctions", "claude", -0.5, ("comments.doc",))
        return Attribution(
            status="ok",
            model=self.id,
            path=sample.path,
            language=sample.language,
            family="human" if p > 0.5 else "unknown",
            confidence=p,
            raw_family="human" if p > 0.5 else "claude",
            raw_confidence=max(p, 1 - p),
            probabilities={"human": p, "claude": 1 - p},
            ai_probability=1 - p,
            prediction_set=("human", "claude"),
            reason=None if p > 0.5 else "low_confidence",
            evidence=(reason,) if explain else (),
        )


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    """Put the fake in place of the shipped model."""
    fake = FakeModel()
    monkeypatch.setattr("fingerprint.api.load", lambda folder=None: fake)  # noqa: ARG005
    return fake


AGENT_CLASSES = ("human", "claude-code", "copilot")


@pytest.fixture(scope="session")
def agents_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an agent model that reads words and columns at random, but leans to human.

    In best-guess and balanced it tells who is likeliest, in high-precision never anybody.
    """
    random = np.random.default_rng(7)
    names, n = column_names(AGENT_CLASSES), len(AGENT_CLASSES)
    never = Thresholds({}, human=NEVER, ai=NEVER)
    always = Thresholds(dict.fromkeys(AGENT_CLASSES, 0.0), human=0.0, ai=0.0)
    thresholds = {"balanced": always, "high-precision": never}
    buckets = words.BUCKETS * len(words.VIEWS)
    model = AgentModel(
        id=ModelId("agent", "99.0.0"),
        classes=AGENT_CLASSES,
        words=WordHead(
            np.ones(buckets, dtype=np.float16),
            random.normal(size=(buckets, n)).astype(np.float16),
            np.zeros(n, dtype=np.float32),
        ),
        boosters=dict.fromkeys(KINDS, Booster(_booster(random, names))),
        blends=dict.fromkeys(AT_HAND, Blend(1.0, 0.5, (4.0, 0.0, 0.0))),
        dependence=0.5,
        decisions=dict.fromkeys(AT_HAND, Decision(AGENT_CLASSES, "human", thresholds)),
        set_levels=dict.fromkeys(AT_HAND, 0.9),
        mean_answers=np.eye(n),
        reference=Reference(names, AGENT_CLASSES, np.zeros((n, len(names))), np.ones(len(names))),
        card="---\nlicense: apache-2.0\n---\n# An agent model\n",
        figures={"macro_f1": 0.25},
    )
    folder = tmp_path_factory.mktemp("home") / "shipped" / "agent-99.0.0"
    header = {"name": "agent", "version": "99.0.0", "created_by": "test"}
    header["schema_hash"] = registry.schema_hash()
    write_folder(folder, model.to_files(), header=header)
    return folder


def _booster(random: np.random.Generator, names: Sequence[str]) -> str:
    import lightgbm

    rows = random.normal(size=(120, len(names)))
    labels = np.arange(len(rows)) % len(AGENT_CLASSES)
    settings = {"objective": "multiclass", "num_class": 3, "verbose": -1, "min_data_in_leaf": 5}
    settings |= {"num_threads": 1, "num_leaves": 4}
    trained = lightgbm.train(settings, lightgbm.Dataset(rows, labels), num_boost_round=3)
    return str(trained.model_to_string())


@pytest.fixture
def agents(agents_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put that model among the shipped ones, as their newest version."""
    homes = [str(agents_folder.parents[1]), *fingerprint_models.__path__]
    monkeypatch.setattr("fingerprint_models.__path__", homes)
    shipped_agents.cache_clear()
    yield agents_folder
    shipped_agents.cache_clear()


@dataclass(frozen=True)
class Repository:
    """A real repository; every commit is a minute later than the one before."""

    folder: Path
    minutes: list[int] = field(default_factory=list)

    def git(self, *arguments: str, text: str = "", who: str = "Ada <ada@example.org>") -> str:
        """Return what a git command prints, run by `who` at the next minute."""
        self.minutes.append(0)
        name, _, mail = who.rstrip(">").partition(" <")
        when = f"2024-03-01T12:{len(self.minutes) % 60:02}:00+02:00"
        mine = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", name), ("EMAIL", mail), ("DATE", when))
        }
        kept = {key: value for key, value in os.environ.items() if key[:4] != "GIT_"}
        pinned = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=kept | pinned | mine,
            input=text,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str, code: str | None = None, **how: str) -> str:
        """Commit a message with `code` in a file, or nothing; return the commit's id."""
        if code is not None:
            (self.folder / "main.py").write_text(code, encoding="utf-8")
            self.git("add", "--all")
        empty = ("--allow-empty", "--allow-empty-message", "--cleanup=verbatim")
        self.git("commit", "--quiet", *empty, "--file=-", text=message, **how)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Callable[[str], Repository]:
    """Return a call that makes a repository without commits, in a folder of that name."""

    def make(name: str) -> Repository:
        folder = tmp_path / name
        folder.mkdir()
        made = Repository(folder)
        made.git("init", "--quiet", "--initial-branch=main", ".")
        return made

    return make
