"""Commits and pull requests as sides of a comparison: what is read, measured, told and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from fingerprint.cli import main
from fingerprint.drift.changes import (
    ChangeRows,
    measured_changes,
    read_change_rows,
    reference_of_agents,
)
from fingerprint.drift.errors import DriftError
from fingerprint_features.activity import registry
from fingerprint_features.activity.relative import RepositoryStyle, style_of
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.reference_sample import ReferenceSample, rounded
from fingerprint_training.mining import change_schema

if TYPE_CHECKING:
    from tests.fingerprint.conftest import Repository

CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
HELPER = "def add(first, second):\n    return first + second\n"


@pytest.fixture(scope="module")
def model(agents_folder: Path) -> AgentModel:
    return AgentModel.load(agents_folder)


@pytest.fixture
def project(repository: Callable[[str], Repository]) -> Repository:
    """Four commits: two of Ada, one that Claude Code declares, one of pages alone."""
    made = repository("project")
    made.commit("Start\n", "x = 1\n")
    made.commit(f"Add a helper\n\n{CLAUDE}\n", HELPER)
    made.git("tag", "v1")
    made.commit("Rename the helper\n", HELPER.replace("add", "plus"))
    made.git("checkout", "-q", "-b", "aside", "HEAD~1")
    (made.folder / "NOTES").write_text("what is known\n", encoding="utf-8")
    made.git("add", ".")
    made.git("commit", "-q", "-m", "Write down what is known")
    made.git("checkout", "-q", "-")
    made.git("merge", "-q", "--no-ff", "-m", "Merge aside", "aside")
    return made


def test_a_repository_is_a_corpus(project: Repository, model: AgentModel) -> None:
    """Commits come with what they declare and with their language; merges are counted out."""
    rows = read_change_rows([str(project.folder)], most=99)
    found = measured_changes(rows, model)
    assert dict(found.skipped) == {"merge": 1}
    by_title = {change.title: at for at, change in enumerate(rows.changes)}
    assert found.label[by_title["Add a helper"]] == "claude-code"
    assert found.label[by_title["Start"]] == ""
    assert found.language[by_title["Add a helper"]] == "python"
    assert found.language[by_title["Write down what is known"]] == "other files"
    assert found.known_as is not None
    assert found.known_as.tolist() == [change.id for change in rows.changes]
    assert set(found.date.astype(str)) == {"2024-03-01"}
    assert found.columns == registry.COLUMNS
    assert set(found.groups) == {f"activity {group}" for group in registry.GROUPS.values()}
    assert np.isfinite(found.values).all()
    assert np.array_equal(found.take(np.array([1])).known_as, found.known_as[1:2])


def test_answers_are_those_of_predict(
    project: Repository, model: AgentModel, tmp_path: Path
) -> None:
    """Answers are those that `predict_changes` gives in any batch, of a pull request's texts."""
    requests = tmp_path / "requests.json"
    requests.write_text(json.dumps([request(1, "Add a cache"), request(2, "Mend the clock")]))
    rows = read_change_rows([str(project.folder), str(requests)], most=99)
    found = measured_changes(rows, model)
    for at, (change, style) in enumerate(zip(rows.changes, rows.styles, strict=True)):
        asked = change if change.kind == "commit" else replace(change, files=None)
        told = model.predict_change(asked, style=style, explain=False).inferred
        assert told is not None
        assert np.allclose(found.probabilities[at], list(told.probabilities.values()), atol=1e-9)
        assert found.told[at] == told.agent
    assert found.language[-2:].tolist() == ["pull request"] * 2
    assert found.source[-1] == "octo/project"


def request(number: int, title: str) -> dict[str, Any]:
    """Return a pull request as GitHub tells it, with a commit that has a diff."""
    return {
        "number": number,
        "title": title,
        "body": "## Summary\n\n- does what the title says\n- and tests it from end to end",
        "base": {"repo": {"full_name": "octo/project"}},
        "user": {"login": "octocat"},
        "files": [
            {"filename": "a.py", "status": "modified", "patch": "@@ -1 +1,2 @@\n-x\n+x = 1\n+y = 2"}
        ],
    }


def test_a_range_knows_what_was_before_it(project: Repository) -> None:
    """A commit's style of its repository is the same in a range and in the whole history."""
    whole = styles(read_change_rows([str(project.folder)], most=99))
    part = styles(read_change_rows([f"{project.folder}@v1..HEAD"], most=99))
    assert set(part) < set(whole)
    for name, style in part.items():
        assert np.array_equal(style.count, whole[name].count)
        assert np.array_equal(style.mean, whole[name].mean)


def test_ranges_of_one_repository_are_one_history(project: Repository) -> None:
    """Cut in two ranges, the same commits have the same styles; given twice, they count once."""
    folder = project.folder
    whole = styles(read_change_rows([f"{folder}@v1~1..HEAD"], most=99))
    cut = read_change_rows([f"{folder}@v1~1..v1", f"{folder}@v1..HEAD"], most=99)
    assert {name: tuple(style.count) for name, style in styles(cut).items()} == {
        name: tuple(style.count) for name, style in whole.items()
    }
    twice = read_change_rows([f"{folder}@HEAD", f"{folder}@HEAD@{{0}}"], most=99)
    assert dict(twice.flawed) == {"merge": 2, "duplicate": 4}
    assert len(twice) == 4


def styles(rows: ChangeRows) -> dict[str, RepositoryStyle]:
    """Return styles by id; of the corpora here all commits have one."""
    return {str(c.id): s for c, s in zip(rows.changes, rows.styles, strict=True) if s is not None}


def mined_row(at: int, **extra: object) -> dict[str, object]:
    """Return a commit as mining writes it."""
    when = datetime(2025, 3, 1 + at % 20, tzinfo=UTC)
    hunk = {"start": 1, "added": [f"value_{at} = {at}"] * 6, "removed": ["pass"]}
    file = {
        "path": "src/a.go", "status": "modified", "old_path": None, "added": 1, "removed": 1,
        "binary": False, "submodule": False, "hunks": [hunk],
    }  # fmt: skip
    return {
        "repository": f"owner/r{at % 2}", "sha": f"{at:040x}", "message": f"Set value {at}",
        "text": f"Set value {at}", "markers": [], "notes": [], "author": "p", "committer": "p",
        "authored": when, "authored_zone": 0, "committed": when, "committed_zone": 0,
        "parents": ["0" * 40], "is_merge": False, "files": [file], "lines_left_out": False,
        "patch": None, "label": "human", "agent_label": "codex", "mixed": False, "evidence": [],
    } | extra  # fmt: skip


@pytest.fixture
def mined(tmp_path: Path) -> Path:
    rows = [mined_row(at) for at in range(40)]
    rows += [mined_row(40, mixed=True), mined_row(41, agent_label="undeclared")]
    path = tmp_path / "corpus.changes.parquet"
    parquet.write_table(pa.Table.from_pylist(rows, schema=change_schema.SCHEMA), path)
    return path


def test_mined_commits(mined: Path) -> None:
    """Mined labels stand, what is unknown has none; styles are of the commits before in time."""
    rows = read_change_rows([str(mined)], most=99)
    assert len(rows) == 41
    assert dict(rows.flawed) == {"merge or mixed": 1}
    assert rows.label.tolist() == ["codex"] * 40 + [""]
    own = [at for at in range(41) if rows.source[at] == "owner/r0"]
    last = max(own, key=lambda at: (rows.changes[at].authored, at))
    before = [style_of(rows.changes[at]) for at in own if at != last]
    style = rows.styles[last]
    assert style is not None
    assert style.count[0] == len(before)
    assert np.isclose(style.mean[0], np.mean(before, axis=0)[0])
    first = min(own, key=lambda at: (rows.changes[at].authored, at))
    assert rows.styles[first].count[0] == 0


def test_the_samples_of_a_mined_corpus_lead_to_its_changes(mined: Path) -> None:
    """Whoever names the file of code samples gets the changes beside it."""
    samples = mined.with_name("corpus.parquet")
    parquet.write_table(pa.table({"code": ["x = 1"]}), samples)
    beside = read_change_rows([str(samples)], most=99)
    assert beside.changes == read_change_rows([str(mined)], most=99).changes


def test_as_many_are_drawn_as_are_asked_for(mined: Path) -> None:
    """The same seed draws the same changes in their order, another seed others."""
    few = read_change_rows([str(mined)], most=7)
    assert few.at.tolist() == sorted(set(few.at.tolist()))
    assert len(few) == 7
    assert few.seen == 42
    assert few.at.tolist() == read_change_rows([str(mined)], most=7).at.tolist()
    assert few.at.tolist() != read_change_rows([str(mined)], most=7, seed=1).at.tolist()


def test_a_table_of_pull_requests(tmp_path: Path, model: AgentModel) -> None:
    """A table with AIDev's columns is read with its labels and days; empty ones are counted."""
    path = tmp_path / "requests.parquet"
    rows = [
        {
            "pr_id": at,
            "agent": "devin",
            "repository": "o/r",
            "title": title,
            "body": "",
            "created_at": "2025-01-02T03:04:05Z",
            "commit_messages": [],
        }
        for at, title in enumerate(("Add a parser", ""))
    ]
    parquet.write_table(pa.Table.from_pylist(rows), path)
    found = measured_changes(read_change_rows([str(path)], most=9), model)
    assert found.label.tolist() == ["devin"]
    assert found.date.astype(str).tolist() == ["2025-01-02"]
    assert dict(found.skipped) == {"empty": 1}


def test_the_model_itself_is_a_reference(project: Repository, model: AgentModel) -> None:
    """What a model keeps comes back as it was put in; a model that keeps nothing says so."""
    with pytest.raises(DriftError, match="keeps no sample"):
        reference_of_agents(model)
    found = measured_changes(read_change_rows([str(project.folder)], most=99), model)
    kept = ReferenceSample(
        values=rounded(found.values, len(found.columns)),
        probabilities=found.probabilities,
        truth=np.arange(len(found)) % 3,
        language=found.language,
        source=found.source,
        lines=found.lines.astype(np.int32),
        parsed=np.ones(len(found), dtype=np.bool_),
        dense=len(found.columns),
    )
    back = reference_of_agents(replace(model, sample=kept.to_bytes()))
    assert np.array_equal(back.values, found.values)
    assert np.allclose(back.probabilities, found.probabilities, atol=1e-6)
    assert back.told.tolist() == found.told.tolist()
    assert back.columns == found.columns
    assert back.label.tolist() == [model.classes[at % 3] for at in range(len(found))]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.parquet", None, "is not there"),
        ("code.parquet", pa.table({"code": ["x"]}), "holds no changes"),
        ("words.parquet", b"no table", "cannot be read as Parquet"),
        ("none.json", b"[]", "no change to compare"),
        ("bad.json", b'[{"body": "no title"}]', "invalid: 1; .*title should be a string"),
        ("x.json@v1", None, "is not there"),
    ],
)
def test_what_is_no_corpus_is_refused(tmp_path: Path, name: str, content: Any, said: str) -> None:
    """Other files, and corpora without a change, are named with what is wanted."""
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        parquet.write_table(content, path)
    with pytest.raises(DriftError, match=said):
        read_change_rows([str(path)], most=9)


def test_a_folder_without_a_repository_is_refused(tmp_path: Path, project: Repository) -> None:
    """A folder that git does not know, and a revision that is not there, are named."""
    (tmp_path / "bare").mkdir()
    with pytest.raises(DriftError, match="a corpus of changes is"):
        read_change_rows([str(tmp_path / "bare")], most=9)
    with pytest.raises(DriftError, match="nosuch"):
        read_change_rows([f"{project.folder}@nosuch"], most=9)


def test_times_without_a_zone_are_utc(tmp_path: Path) -> None:
    """A pull request's time may lack its zone, and a table's may be none at all."""
    path = tmp_path / "requests.json"
    path.write_text(json.dumps({**request(1, "Add a cache"), "created_at": "2025-01-02T23:30:00"}))
    assert read_change_rows([str(path)], most=9).date.astype(str).tolist() == ["2025-01-02"]
    table = tmp_path / "requests.parquet"
    row = {
        "pr_id": 1,
        "agent": None,
        "repository": None,
        "title": "Add a parser",
        "body": "",
        "created_at": "yesterday",
        "commit_messages": "one message",
    }
    parquet.write_table(pa.Table.from_pylist([row]), table)
    found = read_change_rows([str(table)], most=9)
    assert np.isnat(found.date).all()
    assert [commit.message for commit in found.changes[0].commits] == ["one message"]
    assert (found.label.tolist(), found.source.tolist()) == ([""], [""])


def test_the_command(mined: Path, agents: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--changes compares changes by the agent model; examples are told by their ids."""
    del agents
    code = main(
        ["drift", "--changes", "--reference", str(mined), "--current", str(mined), "--json"]
    )
    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert not found["drifted"]
    assert [each["name"] for each in found["languages"]] == ["go"]
    assert all(len(each["known_as"]) == 40 for each in found["examples"])
    assert {each["name"] for each in found["members"]} >= {"activity text", "activity code"}


def test_a_model_of_the_other_kind_is_told(
    mined: Path, agents_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder of an agent model without --changes is named as what it is."""
    code = main(["drift", "--reference", str(agents_folder), "--current", str(mined)])
    assert code == 2
    assert "is a model of agents" in capsys.readouterr().err


def test_a_repository_with_a_manifest_of_its_own_is_no_model(
    project: Repository, agents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A manifest.json that no model wrote leaves a repository a corpus."""
    del agents
    (project.folder / "manifest.json").write_text('{"name": "an extension"}', encoding="utf-8")
    folder = str(project.folder)
    assert main(["drift", "--changes", "--reference", folder, "--current", folder]) == 2
    assert "has 4 samples" in capsys.readouterr().err


def test_options_of_code_are_refused(
    mined: Path, agents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An option that names a column of code says that it does not go with --changes."""
    del agents
    sides = ["--reference", str(mined), "--current", str(mined)]
    assert main(["drift", "--changes", *sides, "--label", "family"]) == 2
    assert "--label does not go with --changes" in capsys.readouterr().err
