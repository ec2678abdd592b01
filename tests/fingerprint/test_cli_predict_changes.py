"""`fingerprint predict` of commits and pull requests, on real repositories."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fingerprint.cli import main, predict_changes
from fingerprint_models.agent_model import AgentModel

if TYPE_CHECKING:
    from tests.fingerprint.conftest import Repository

CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
KEYS = {
    *("status", "reason", "kind", "declared", "inferred", "conflict", "changes", "model"),
}
INFERRED = {"agent", "confidence", "raw", "probabilities", "ai_probability", "prediction_set"}
ROOT = Path(__file__).parents[2]

REST = {
    "number": 7,
    "title": "Add a cache for slow answers",
    "body": "## Summary\n\n- adds a cache\n- adds tests for the cache of slow answers",
    "user": {"login": "octocat"},
    "head": {"ref": "codex/add-cache"},
    "base": {"repo": {"full_name": "octo/project"}},
    "created_at": "2026-01-05T10:00:00Z",
    "commits": 2,
}
GH = {
    "number": 8,
    "title": "Fix the clock",
    "body": "It was late by an hour, in winter, on every machine that stands in another zone.",
    "author": {"login": "app/copilot-swe-agent", "is_bot": True},
    "headRefName": "copilot/fix-clock",
    "createdAt": "2026-01-06T10:00:00Z",
    "files": [{"path": "clock.py", "additions": 2, "deletions": 1, "changeType": "MODIFIED"}],
    "commits": [{"oid": "1" * 40, "messageHeadline": "Fix it", "authors": [{"name": "Copilot"}]}],
}


@pytest.fixture(autouse=True)
def project(
    repository: Callable[[str], Repository], agents: Path, monkeypatch: pytest.MonkeyPatch
) -> Repository:
    """Stand in a repository of three commits: of Ada, of Claude Code for Ada, of Copilot."""
    del agents  # is there for all tests here
    made = repository("project")
    monkeypatch.chdir(made.folder)
    made.commit("Start\n", "x = 1\n")
    helper = "def add(first, second):\n    return first + second\n"
    made.commit(f"Add a helper that adds two numbers\n\n{CLAUDE}\n", helper)
    who = "copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>"
    made.commit("Say what the helper does\n", f"# the helper\n{helper}", who=who)
    return made


@pytest.fixture
def pulls(tmp_path: Path) -> Path:
    """Return the folder of three files: REST, gh, and an array with a broken one in between."""
    for name, record in {"rest": REST, "gh": GH, "many": [REST, {"number": 9}, GH]}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the objects that were printed, one a line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def agents_of(records: list[dict[str, Any]]) -> list[str | None]:
    """Return the declared agents."""
    return [record["declared"] and record["declared"]["agent"] for record in records]


def test_jsonl_holds_the_contract(
    project: Repository, pulls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One object a change, in the order asked: commit or path, and both channels side by side."""
    file = str(pulls / "gh.json")
    asked = ["--commit", "HEAD~2", "--pull-request", file, "--commit", "HEAD~1"]
    assert main(["predict", "--jsonl", *asked]) == 0
    start, pull, helper = told(capsys)
    assert set(start) == {"commit", *KEYS}
    assert set(pull) == {"path", "id", *KEYS}
    assert start["commit"] == project.git("rev-parse", "HEAD~2")
    assert (pull["path"], pull["kind"]) == (file, "pull_request")
    assert start["declared"] is None
    assert {"agent", "model", "family", "evidence"} <= set(helper["declared"])
    assert helper["declared"]["agent"] == "claude-code"
    assert CLAUDE in helper["declared"]["evidence"][0]["text"]
    assert INFERRED | {"reason", "evidence"} == set(helper["inferred"])
    assert sum(helper["inferred"]["probabilities"].values()) == pytest.approx(1)
    assert helper["inferred"]["evidence"] == []
    assert helper["model"] == {"name": "agent", "version": "99.0.0"}


def test_conflict(capsys: pytest.CaptureFixture[str]) -> None:
    """Style that names another than the declaration is told beside it; silence is no conflict."""
    assert main(["predict", "--jsonl", "--range", "HEAD"]) == 0
    records = told(capsys)
    assert agents_of(records) == ["copilot", "claude-code", None]
    assert [record["inferred"]["agent"] for record in records] == ["human"] * 3
    assert [record["conflict"] for record in records] == [True, True, False]
    assert main(["predict", "--jsonl", "--mode", "high-precision", "--range", "HEAD"]) == 0
    careful = told(capsys)
    assert [record["inferred"]["agent"] for record in careful] == ["unknown"] * 3
    assert not any(record["conflict"] for record in careful)
    assert agents_of(careful) == agents_of(records)


def test_a_marker_does_not_score(project: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """The same commit with and without its trailer has the very same inferred record."""
    project.git("checkout", "--quiet", "--detach", "HEAD~2")
    code = "def add(first, second):\n    return first + second\n"
    at = len(project.minutes)
    records = []
    for message in (f"Add a helper\n\n{CLAUDE}\n", "Add a helper\n"):
        del project.minutes[at:]  # the same minute
        project.git("reset", "--quiet", "--hard", "main~2")
        project.commit(message, code)
        assert main(["predict", "--jsonl", "--explain", "--commit", "HEAD"]) == 0
        records += told(capsys)
    assert agents_of(records) == ["claude-code", None]
    assert records[0]["inferred"]["evidence"]
    assert records[0]["inferred"] == records[1]["inferred"]


def test_plain_lines(project: Repository, pulls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Id, declared, inferred, confidence and conflict by tabs; reasons below on lines of theirs."""
    file = str(pulls / "rest.json")
    assert main(["predict", "--range", "HEAD~2..HEAD~1", "--pull-request", file]) == 0
    out, err = capsys.readouterr()
    rows = [line.split("\t") for line in out.splitlines()]
    assert [row[:3] for row in rows] == [
        [project.git("rev-parse", "HEAD~1"), "claude-code", "human"],
        [f"{file}#7", "codex", "human"],
    ]
    assert all(0 < float(row[3]) <= 1 for row in rows)
    assert [row[4] for row in rows] == ["conflict"] * 2
    assert "2 read; 2 declared" in err
    assert main(["predict", "--explain", "--commit", "HEAD~2"]) == 0
    head, *reasons = capsys.readouterr().out.splitlines()
    assert head.split("\t")[1] == "undeclared"
    assert reasons
    assert all(line.startswith(("\t+", "\t-")) for line in reasons)


def test_json_and_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON is one array, to a file by its suffix as well; a table shows both channels."""
    assert main(["predict", "--json", "--range", "HEAD"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found) == 3
    assert main(["predict", "-o", str(tmp_path / "out.json"), "--range", "HEAD"]) == 0
    assert json.loads((tmp_path / "out.json").read_text()) == found
    assert main(["predict", "--format", "table", "--explain", "--pool", "--range", "HEAD"]) == 0
    shown = capsys.readouterr().out
    assert "undeclared" in shown
    assert "claude-code" in shown
    assert "conflict" in shown
    assert "all 3 changes" in shown
    assert found[0]["commit"][:12] in shown


def test_pull_requests(pulls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """REST and gh are read alike; of an array the good ones are answered, the broken one told."""
    arguments = [f"--pull-request={pulls / name}.json" for name in ("rest", "gh", "many")]
    assert main(["predict", "--jsonl", *arguments]) == 0
    out, err = capsys.readouterr()
    records = [json.loads(line) for line in out.splitlines()]
    assert [record["status"] for record in records] == ["ok", "ok", "ok", "invalid", "ok"]
    assert agents_of(records) == ["codex", "copilot", "codex", None, "copilot"]
    assert records[2] == records[0] | {"path": records[2]["path"]}
    assert (records[3]["inferred"], records[3]["conflict"]) == (None, False)
    assert f"{pulls / 'many.json'}: pull request 2: title should be a string" in err


def test_a_pull_request_on_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dash reads one object a line as well."""
    lines = "\n".join(map(json.dumps, (REST, GH)))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert main(["predict", "--jsonl", "--pull-request", "-", "--commit", "HEAD"]) == 0
    assert [record.get("path") for record in told(capsys)] == ["-", "-", None]


def test_what_cannot_be_read(pulls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each failure is a record and a message; the rest is done, and the exit code is 0."""
    (pulls / "bad.json").write_text("{ no JSON")
    asked = ["--commit", "nowhere", "--commit", "HEAD", "--range", "HEAD..nowhere"]
    asked += ["--pull-request", str(pulls / "bad.json"), "--pull-request", "nowhere.json"]
    asked += ["--pull-request", str(pulls), "--commit", "HEAD~1..HEAD"]
    assert main(["predict", "--jsonl", *asked]) == 0
    out, err = capsys.readouterr()
    records = [json.loads(line) for line in out.splitlines()]
    statuses = ["missing", "ok", "missing", "invalid", "missing", "unreadable", "missing"]
    assert [record["status"] for record in records] == statuses
    assert [record.get("commit", record.get("path")) for record in records][::3] == [
        "nowhere",
        str(pulls / "bad.json"),
        "HEAD~1..HEAD",
    ]
    assert "fingerprint: nowhere: git cannot read" in err
    assert "no valid JSON at line 1" in err
    assert "fingerprint: nowhere.json: No such file" in err
    assert "is not one commit; ask for a range by --range" in err
    assert "1 read; 1 declared" in err
    assert "6 failed (4 missing, 1 invalid, 1 unreadable)" in err


def test_nothing_could_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong revision alone, or no repository at all, ends with exit code 2; no change is said."""
    assert main(["predict", "--commit", "nowhere"]) == 2
    out, _ = capsys.readouterr()
    assert out == "nowhere\t-\tmissing\t-\t-\n"
    assert main(["predict", "--repo", str(tmp_path), "--commit", "HEAD", "--range", "a..b"]) == 2
    out, err = capsys.readouterr()
    assert [line.split("\t")[2] for line in out.splitlines()] == ["unreadable"] * 2
    assert "not a git repository" in err
    assert main(["predict", "--repo", "nowhere", "--commit", "HEAD"]) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_repo_says_where(
    repository: Callable[[str], Repository], capsys: pytest.CaptureFixture[str]
) -> None:
    """Revisions are those of --repo, not of the current directory."""
    other = repository("other")
    made = other.commit("Elsewhere\n", "y = 2\n")
    assert main(["predict", "--repo", str(other.folder), "--commit", "HEAD"]) == 0
    assert capsys.readouterr().out.startswith(made)


def test_nothing_there(
    repository: Callable[[str], Repository], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty range, list or repository is said, has no record, and is no failure."""
    void = tmp_path / "void.json"
    void.write_text("[]")
    arguments = ["--range", "HEAD..HEAD", "--pull-request", str(void), "--pool"]
    assert main(["predict", "--json", *arguments]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == []
    assert "fingerprint: HEAD..HEAD: holds no changes" in err
    assert "no changes found" in err
    unborn = str(repository("unborn").folder)
    assert main(["predict", "--repo", unborn, "--range", "HEAD"]) == 0
    assert capsys.readouterr().out == ""


def test_an_empty_commit(project: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A message alone is scored; without one there is nothing to measure, but what is declared."""
    project.commit("Release the second version\n")
    project.commit("")
    project.commit("", who="Claude <noreply@anthropic.com>")
    assert main(["predict", "--jsonl", "--range", "HEAD~3..HEAD"]) == 0
    declared, void, message = told(capsys)
    assert [each["status"] for each in (declared, void, message)] == ["empty", "empty", "ok"]
    assert declared["declared"]["agent"] == "claude-code"
    assert (void["declared"], void["inferred"]) == (None, None)
    assert main(["predict", "--pool", "--commit", "HEAD~1"]) == 0
    rows = [line.split("\t")[1:] for line in capsys.readouterr().out.splitlines()]
    assert rows == [["undeclared", "empty", "-", "-"]] * 2


def test_pools(project: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """After the changes: an answer for each author's, told apart by mailbox, and one for all."""
    project.commit("Go on\n", "z = 3\n", who="Ada Again <ADA@example.org>")
    asked = ["--range", "HEAD", "--commit", "nowhere"]
    assert main(["predict", "--jsonl", *asked, "--by", "author", "--pool"]) == 0
    records = told(capsys)
    assert [record["kind"] for record in records] == ["commit"] * 5 + ["pool"] * 3
    ada, copilot, everyone = records[5:]
    assert ada["author"] == "Ada Again <ADA@example.org>"
    assert copilot["author"].startswith("copilot-swe-agent[bot] <")
    assert everyone["author"] is None
    assert [record["changes"] for record in (ada, copilot, everyone)] == [3, 1, 4]
    assert agents_of([ada, copilot, everyone]) == ["claude-code", "copilot", None]
    alone = [record["inferred"]["probabilities"] for record in records[:4]]
    assert copilot["inferred"]["probabilities"] == pytest.approx(alone[1])
    assert set(ada) == {"author", "commit", *KEYS}
    assert ada["commit"] is None
    assert main(["predict", *asked, "--by", "author"]) == 0
    last = capsys.readouterr().out.splitlines()[-2:]
    assert last[0].startswith("Ada Again <ADA@example.org>: 3 changes\tclaude-code\thuman\t")


def test_ranges_stream(
    project: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changes are held in chunks, by number and by size, and come out in order, all the same."""
    assert main(["predict", "--jsonl", "--range", "HEAD"]) == 0
    whole = capsys.readouterr().out
    sizes: list[int] = []
    predict = AgentModel.predict_changes

    def watched(self: AgentModel, changes: list[Any], **how: Any) -> list[Any]:
        sizes.append(len(changes))
        return predict(self, changes, **how)

    monkeypatch.setattr(AgentModel, "predict_changes", watched)
    for name, value, expected in (("CHUNK_CHANGES", 2, [2, 1]), ("MAX_CHARACTERS", 9, [1, 1, 1])):
        monkeypatch.setattr(predict_changes, name, value)
        assert main(["predict", "--jsonl", "--range", "HEAD"]) == 0
        assert capsys.readouterr().out == whole
        assert sizes == expected
        sizes.clear()
    assert whole.count("\n") == len(project.git("rev-list", "HEAD").splitlines())


def test_by_is_given_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A second --by would drop the first in silence."""
    with pytest.raises(SystemExit, match="2"):
        main(["predict", "--by", "window", "--by", "directory", "main.py"])
    assert "--by is given twice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to read: name a PATH, or use --commit"),
        (["--commit", "HEAD", "main.py"], "PATH is for files"),
        (["--commit", "HEAD", "-r"], "-r is for files"),
        (["--range", "HEAD", "--language", "go"], "--language is for files"),
        (["--range", "HEAD", "--workers", "2"], "--workers is for files"),
        (["--by", "language", "--commit", "HEAD"], "--by language is for files"),
        (["--repo", ".", "main.py"], "--repo goes with"),
        (["--by", "author", "main.py"], "--by author goes with"),
        (["--commit", "HEAD", "--model", "nowhere"], "no model at nowhere"),
    ],
)
def test_bad_usage(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What does not go together is refused before anything is read."""
    assert main(["predict", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


def test_settings_give_the_mode(capsys: pytest.CaptureFixture[str]) -> None:
    """The project's mode holds for changes as well; its model, of code, does not."""
    text = '[tool.fingerprint]\nmode = "high-precision"\nmodel = "nowhere"\n'
    Path("pyproject.toml").write_text(text)
    assert main(["predict", "--commit", "HEAD"]) == 0
    assert capsys.readouterr().out.split("\t")[2] == "unknown"


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The help names every option and says what may be repeated."""
    with pytest.raises(SystemExit) as caught:
        main(["predict", "--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    for option in ("--commit REV", "--range A..B", "--pull-request FILE", "--repo DIR", "--pool"):
        assert option in shown
    assert "may be given several times, and mixed" in shown
    assert "[PATH ...]" in shown


def test_files_need_none_of_it() -> None:
    """Predicting files imports neither git, nor pull requests, nor the agent model."""
    names = ("fingerprint.changes", "fingerprint.cli.predict_changes", "fingerprint.cli.pools")
    names += ("fingerprint_features.history", "fingerprint_features.change")
    names += ("fingerprint_features.provenance", "fingerprint_features.activity")
    names += ("fingerprint_models.agent_model", "fingerprint_models.change_attribution")
    code = (
        "import sys, fingerprint.cli as c; c.main(['predict', 'main.py', '-o', 'out.json']); "
        f"print(*[name for name in {names!r} if name in sys.modules])"
    )
    paths = [ROOT, *(ROOT / name for name in ("features", "models", "training"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
    assert "main.py" in Path("out.json").read_text()
