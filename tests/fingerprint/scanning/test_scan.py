"""Whole histories: real repositories in, one record out, nothing written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fingerprint.scanning import Count, Scan, Settings
from fingerprint.scanning import scan as scan_with
from fingerprint_features.history import HistoryError, git_dir_of

Git = Callable[..., str]
Commit = Callable[..., str]
CLAUDE = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
CODEX = "\n\nAssisted-by: Codex:gpt-5"
BOT = {"GIT_AUTHOR_NAME": "dependabot[bot]", "GIT_AUTHOR_EMAIL": "49699333+d@example.org"}


def _scan(folder: Path, model: Any, **settings: Any) -> Scan:
    return scan_with(git_dir_of(folder), model, Settings(**settings))


@pytest.fixture
def history(repo: Path, commit: Commit) -> Path:
    """Make a history with commits of every kind."""
    commit("Begin", "2019-05-01", lines=10)
    commit("Go on", "2022-01-05", "docs/a.md", lines=4)
    commit(f"Shine{CLAUDE}", "2024-01-10", lines=7)
    commit(f"Hum{CODEX}", "2024-01-11", "b.py", lines=2)
    commit("Bump", "2024-02-01", "b.py", lines=1, **BOT)
    commit("Wonder", "2024-02-02", "src/b.py", lines=3)
    return repo


def test_counts(history: Path, agents: Any) -> None:
    """Everything is counted where it belongs: by kind, agent, family, month and directory."""
    found = _scan(history, agents)
    assert found.whole.kinds == {
        "declared": Count(2, 9),
        "automation": Count(1, 1),
        "undeclared": Count(2, 7),
        "before": Count(1, 10),
    }
    assert found.whole.agents == {"claude-code": Count(1, 7), "codex": Count(1, 2)}
    assert found.whole.families == {"claude": Count(1, 7), "gpt": Count(1, 2)}
    assert found.whole.since == Count(5, 17)
    assert [(group.name, group.all.commits) for group in found.months] == [
        ("2019-05", 1), ("2022-01", 1), ("2024-01", 2), ("2024-02", 2),
    ]  # fmt: skip
    assert [group.name for group in found.years] == ["2019", "2022", "2024"]
    assert {group.name: group.all for group in found.directories} == {
        "src": Count(3, 20), ".": Count(2, 3), "docs": Count(1, 4),
    }  # fmt: skip
    assert found.missing is None
    assert not found.shallow
    json.dumps(found.to_dict(), allow_nan=False)


def test_commits_are_held_against_those_before_them(
    repo: Path, commit: Commit, agents: Any
) -> None:
    """A sampled commit is told with the style of older commits, none of it from newer ones."""
    for day in range(1, 8):
        commit(f"Part{'x' * day}", f"2024-01-0{day}", f"src/{day}.py", lines=6)
    _scan(repo, agents)
    seen = {
        change.message.strip(): style.count[0]
        for change, style in zip(agents.asked, agents.styles, strict=True)
    }
    assert seen == {f"Part{'x' * day}": day - 1 for day in range(1, 8)}


def test_undeclared_is_never_human(history: Path, agents: Any) -> None:
    """No count of any group is called human; few commits give no estimate."""
    found = _scan(history, agents)
    told = json.dumps([found.whole.to_dict(), *(group.to_dict() for group in found.months)])
    assert '"human"' not in told
    assert found.whole.estimate is None
    assert found.whole.sampled == 1, "what is older than any agent is no part of the estimate"
    assert '"too_few": true' in told


def _fast_history(folder: Path, git: Git, messages: list[tuple[str, str]]) -> None:
    """Make a history of many commits at once: (message, day)."""
    stream = "".join(
        f"commit refs/heads/main\ncommitter A <a@b.c> {day} +0000\n"
        f"data {len(message)}\n{message}\n"
        f"M 644 inline src/f{at}.py\ndata 2\nx\n\n"
        for at, (message, day) in enumerate(messages)
    )
    file = folder / "stream"
    file.write_text(stream, encoding="utf-8")
    git(folder, "-c", f"alias.load=!git fast-import --quiet < {file}", "load")
    file.unlink()


def test_the_estimate(repo: Path, git: Git, agents: Any) -> None:
    """Of 200 undeclared commits 50 look like an agent's: that is estimated, with an interval."""
    days = [str(1_704_067_200 + at * 86_400) for at in range(200)]
    texts = ["A shiny thing" if at % 4 == 0 else "A plain thing" for at in range(200)]
    _fast_history(repo, git, list(zip(texts, days, strict=True)))
    found = _scan(repo, agents, sample=120)
    assert found.whole.sampled == 120
    assert found.whole.estimate is not None
    assert found.whole.by_agents is not None
    share, low, high = found.whole.by_agents
    assert low <= 0.25 <= high
    assert share == pytest.approx(0.25, abs=0.1)
    assert found.directories[0].by_agents is not None
    sampled = [group.sampled for group in found.months]
    assert sum(sampled) == 120
    assert max(sampled) - min(sampled) <= 2
    assert found == _scan(repo, agents, sample=120)
    assert found.whole.estimate != _scan(repo, agents, sample=120, seed=1).whole.estimate


def test_the_control(repo: Path, git: Git, agents: Any) -> None:
    """Commits from before assistants are asked too: what the estimate makes of them is told."""
    days = [str(1_500_000_000 + at * 86_400) for at in range(60)]
    _fast_history(repo, git, [("A plain thing", day) for day in days])
    found = _scan(repo, agents, other_sample=40)
    assert found.control is not None
    assert found.control.n == 40
    assert found.control.share[0] > 0.95
    assert found.whole.estimate is None


def test_only_the_sample_is_asked(history: Path, agents: Any) -> None:
    """The model sees all but automation while the samples have room; none without a sample."""
    _scan(history, agents)
    asked = ["Begin", "Go on", "Hum", "Shine", "Wonder"]
    assert sorted(change.title for change in agents.asked) == asked
    agents.asked.clear()
    found = _scan(history, agents, sample=0)
    assert agents.asked == []
    assert found.model is None
    assert found.whole.agents == _scan(history, None).whole.agents


def test_conflicts(repo: Path, commit: Commit, agents: Any) -> None:
    """A declared commit that looks like another's is told with its id and title."""
    sha = commit(f"A robust thing{CLAUDE}", "2024-01-10")
    commit(f"A shiny thing{CLAUDE}", "2024-01-11")
    found = _scan(repo, agents)
    (conflict,) = found.conflicts
    assert (conflict.sha, conflict.title) == (sha, "A robust thing")
    assert (conflict.declared, conflict.inferred) == ("claude-code", "codex")
    assert (found.checked, found.conflicts_found) == (2, 1)


def test_no_undeclared_commits(repo: Path, commit: Commit, agents: Any) -> None:
    """Where every commit declares there is nothing to estimate."""
    commit(f"A shiny thing{CLAUDE}", "2024-01-10")
    found = _scan(repo, agents)
    assert found.whole.kinds["undeclared"] == Count()
    assert found.whole.estimate is None


def test_merges(repo: Path, commit: Commit, git: Git, agents: Any) -> None:
    """A merge is counted by itself and is in no share, declared or not."""
    commit("One", "2024-01-01")
    git(repo, "checkout", "--quiet", "-b", "side")
    commit("Two", "2024-01-02", "b.py")
    git(repo, "checkout", "--quiet", "main")
    commit("Three", "2024-01-03", "c.py")
    git(repo, "merge", "--quiet", "--no-ff", "-m", f"Join{CLAUDE}", "side", day="2024-01-04")
    found = _scan(repo, agents)
    assert (found.merges, found.merges_declared) == (1, 1)
    assert found.whole.all.commits == 3
    assert found.whole.agents == {}


def test_empty(repo: Path, agents: Any) -> None:
    """A repository without commits is no error."""
    found = _scan(repo, agents)
    assert found.whole.all == Count()
    assert (found.months, found.directories, found.missing) == ((), (), None)


def test_shallow(history: Path, git: Git, tmp_path: Path, agents: Any) -> None:
    """A shallow clone is told as one; its edge has no diff, which would be the whole tree."""
    git(tmp_path, "clone", "--quiet", "--depth=2", history.as_uri(), "clone")
    found = _scan(tmp_path / "clone", agents)
    assert found.shallow
    assert found.to_dict()["complete"] is False
    assert found.whole.all == Count(2, 3)
    assert found.no_diff == 1


def test_a_history_that_breaks_off(history: Path, git: Git, agents: Any) -> None:
    """What stands before the break is told, and what is missing."""
    blob = git(history, "rev-parse", "HEAD~3:src/a.py")
    (history / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = _scan(history, agents)
    assert 0 < found.whole.all.commits < 6
    assert found.missing is not None
    assert blob in found.missing
    assert found.to_dict()["complete"] is False


def test_nothing_to_read(repo: Path, commit: Commit, agents: Any) -> None:
    """A revision that is not there is an error, with its name."""
    commit("One", "2024-01-01")
    with pytest.raises(HistoryError, match="nowhere"):
        _scan(repo, agents, revision="nowhere")


def test_nothing_is_written(history: Path, agents: Any) -> None:
    """Not a byte of the repository changes, nor the time of any of its files."""

    def state() -> dict[str, tuple[str, int]]:
        files = [path for path in sorted(history.rglob("*")) if path.is_file()]
        return {
            str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in files
        }

    before = state()
    _scan(history, agents)
    assert state() == before


def test_commits_older_than_any_agent_are_the_control(repo: Path, git: Git, agents: Any) -> None:
    """Undeclared commits of 2022 are held against the estimate, and are no part of it."""
    days = [str(1_640_995_200 + at * 86_400) for at in range(60)]
    later = [str(1_735_689_600 + at * 86_400) for at in range(60)]
    texts = [("A plain thing", day) for day in days] + [("A shiny thing", day) for day in later]
    _fast_history(repo, git, texts)
    found = _scan(repo, agents)
    assert found.whole.kinds["undeclared"].commits == 120
    assert found.whole.sampled == 60
    assert found.control is not None
    assert found.control.n == 30, "the other half says how its people are answered"
    assert found.stands_out


def test_people_who_write_like_an_agent_are_no_finding(repo: Path, git: Git, agents: Any) -> None:
    """Where commits from before any agent look like one's, later ones that do say nothing."""
    begin, later = 1_640_995_200, 1_735_689_600
    days = [str(begin + at * 86_400) for at in range(60)] + [
        str(later + at * 86_400) for at in range(60)
    ]
    _fast_history(repo, git, [("A shiny thing", day) for day in days])
    found = _scan(repo, agents)
    assert found.whole.estimate is not None
    assert found.whole.estimate.low[0] < 0.5 < found.whole.estimate.high[0]
    assert not found.stands_out
