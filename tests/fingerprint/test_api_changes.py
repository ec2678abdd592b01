"""Changes from Python: read from git and JSON, attributed by the model that is shipped beside."""

from __future__ import annotations

import io
import json
import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import fingerprint
from fingerprint.changes import discover
from fingerprint_features.change import FileChange, Hunk
from fingerprint_models.model import Model
from fingerprint_models.shipped_models import shipped_agents, shipped_folder

if TYPE_CHECKING:
    from tests.fingerprint.conftest import Repository

CODE = "def add(first, second):\n    return first + second\n"
TRAILER = "Co-Authored-By: Claude <noreply@anthropic.com>"


@pytest.fixture
def project(repository: Callable[[str], Repository]) -> Repository:
    """Return a repository of two commits, the second of which declares its agent."""
    made = repository("project")
    made.commit("Start\n", "x = 1\n")
    made.commit(f"Add a helper that adds two numbers\n\n{TRAILER}\n", CODE)
    return made


def test_the_code_model_answers_changes(trained: Any, agents: Path, project: Repository) -> None:
    """What `fingerprint.load` returns attributes a change by the agent model, opened once."""
    model = Model.load(trained.folder)
    change = next(iter(fingerprint.read_changes(project.folder)))
    answer = model.predict_change(change)
    assert isinstance(answer, fingerprint.ChangeAttribution)
    assert answer == fingerprint.load_agents(agents).predict_change(change)
    assert answer.declared is not None
    assert answer.inferred is not None
    assert (answer.declared.agent, answer.model.version) == ("claude-code", "99.0.0")
    assert answer.inferred.evidence
    bare = model.predict_change(change, mode="high-precision", explain=False).inferred
    assert bare is not None
    assert (bare.agent, bare.evidence) == ("unknown", ())
    assert shipped_agents() is shipped_agents()
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - our own bytes
    assert again.predict_change(change) == model.predict_change(change)


def test_an_answer_does_not_hang_on_what_else_is_asked() -> None:
    """The shipped model answers a change alone as among many, with and without a diff."""
    model = fingerprint.load_agents()
    lines = tuple(f"    value_{at} = compute({at})" for at in range(9))
    file = FileChange("src/a.py", hunks=(Hunk(1, lines, ("    pass",)),))
    changes = [
        fingerprint.Change(f"Add step {at}\n\nIt was missing.", files=(file,) if at % 2 else None)
        for at in range(70)
    ]
    many = model.predict_changes(changes)
    for at in (0, 1, 68, 69):
        assert model.predict_change(changes[at], explain=False) == many[at]


@pytest.mark.usefixtures("agents")
def test_a_marker_does_not_score(project: Repository) -> None:
    """Without its trailer, the same change is undeclared, and inferred in the same way."""
    change = next(iter(fingerprint.read_changes(project.folder)))
    model = fingerprint.load_agents()
    bare = replace(change, message=change.message.replace(TRAILER, "").rstrip())
    other = replace(change, message="Add a helper\n")
    declaring, silent, otherwise = model.predict_changes([change, bare, other])
    assert declaring.declared is not None
    assert silent.declared is None
    assert silent.inferred == declaring.inferred
    assert otherwise.inferred != declaring.inferred  # it does read the message


def test_a_model_of_code_is_no_agent_model(trained: Any) -> None:
    """The folder is named for what it is, not for versions that differ."""
    with pytest.raises(ValueError, match="is a model of code, and changes need"):
        fingerprint.load_agents(trained.folder)


def test_a_name_chooses_its_model(agents: Path) -> None:
    """The agent model is never taken for the code model, however new it is."""
    assert shipped_folder("agent") == agents
    assert shipped_folder("code-family").name.startswith("code-family-")
    assert fingerprint.load_agents().id.name == "agent"


def test_without_a_shipped_agent_model(
    trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code model works alone, and says of changes what is missing."""
    model = Model.load(trained.folder)
    monkeypatch.setattr("fingerprint_models.__path__", [str(tmp_path)])
    shipped_agents.cache_clear()
    with pytest.raises(FileNotFoundError, match=r"agent-VERSION.*reinstall code-fingerprint"):
        model.predict_change(fingerprint.Change("Fix"))


def test_read_changes(project: Repository) -> None:
    """Commits come newest first, from the folder as text or path, and of a range."""
    titles = [change.title for change in fingerprint.read_changes(str(project.folder))]
    assert titles == ["Add a helper that adds two numbers", "Start"]
    ranged = [change.title for change in fingerprint.read_changes(project.folder, ["HEAD~1..HEAD"])]
    assert ranged == titles[:1]
    with pytest.raises(ValueError, match=r"bad revision|unknown revision"):
        list(fingerprint.read_changes(project.folder, ["nowhere"]))
    with pytest.raises(ValueError, match="no such folder"):
        fingerprint.read_changes(project.folder / "nowhere")


def test_read_pull_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file as text or path, or standard input, which stays open; a broken one is an item."""
    file = tmp_path / "pulls.json"
    file.write_text(json.dumps([{"title": "One", "number": 1}, {"number": 2}]))
    for name in (file, str(file)):
        good, bad = fingerprint.read_pull_requests(name)
        assert isinstance(good, fingerprint.Change)
        assert (good.title, good.id) == ("One", "1")
        assert "title should be a string" in str(bad)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'\xef\xbb\xbf{"title": "Two"}')))
    (piped,) = fingerprint.read_pull_requests("-")
    assert isinstance(piped, fingerprint.Change)
    assert piped.title == "Two"
    assert sys.stdin.read() == ""
    with pytest.raises(FileNotFoundError):
        list(fingerprint.read_pull_requests(tmp_path / "nowhere.json"))


def test_discovery_streams(project: Repository) -> None:
    """The first change is there before anything of the next thing asked for is looked at."""
    asked = iter([("range", "HEAD"), ("never", "looked at")])
    first = next(discover(asked, project.folder))
    assert first.change is not None
    assert first.change.title == "Add a helper that adds two numbers"
    assert next(asked) == ("never", "looked at")


def test_what_the_repository_was_used_to(repository: Callable[[str], Repository]) -> None:
    """A commit is held against those before it, a range against those before it began."""
    made = repository("styled")
    for at in range(4):
        made.commit(f"Part {at}\n", "".join(f"value_{at}_{n} = {n}\n" for n in range(8)))
    asked = [("commit", "HEAD"), ("range", "HEAD~2..HEAD"), ("commit", "HEAD~3"), ("range", "HEAD")]
    counts = [item.style.count[0] if item.style else None for item in discover(asked, made.folder)]
    assert counts == [3, 2, 2, 0, 0, 0, 0, 0]


def test_a_history_that_breaks_off(project: Repository) -> None:
    """What can be read of a range comes first; then its failure, which is not the name's."""
    blob = project.git("rev-parse", "HEAD~1:main.py")
    (project.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    project.commit("Say more\n", CODE + "\n# more\n")
    found = list(discover([("range", "HEAD"), ("commit", "HEAD")], project.folder))
    assert [item.status for item in found] == ["ok", "unreadable", "ok"]
    assert found[1].problem
