"""Pull requests out of JSON, in the shapes of GitHub's REST interface and of gh."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fingerprint_features.change import Change, FileChange, Hunk, Identity
from fingerprint_features.history import PullRequestError, from_json, read_pull_requests

REST = {
    "number": 7,
    "title": "Fix the parser",
    "body": "It was wrong.\r\n\r\nFixes #6",
    "user": {"login": "devin-ai-integration[bot]", "type": "Bot"},
    "head": {"ref": "devin/1-fix", "repo": None},
    "base": {"ref": "main", "repo": {"full_name": "octo/hello"}},
    "created_at": "2025-05-01T10:00:00Z",
    "merged_at": "2025-05-02T10:00:00Z",
    "merged_by": {"login": "ada", "type": "User"},
    "commits": 1,
    "additions": 2,
    "deletions": 1,
    "changed_files": 1,
}
REST_COMMIT = {
    "sha": "a" * 40,
    "commit": {
        "author": {"name": "Ada", "email": "ada@x.org", "date": "2025-05-01T09:00:00Z"},
        "committer": {"name": "GitHub", "email": "noreply@github.com", "date": None},
        "message": "Fix\n\nCo-authored-by: B <b@c>",
    },
    "author": None,
    "committer": None,
    "parents": [{"sha": "b" * 40}],
}
REST_FILE = {
    "filename": "src/new.py",
    "previous_filename": "src/old.py",
    "status": "renamed",
    "additions": 2,
    "deletions": 1,
    "patch": "@@ -4,4 +4,5 @@ def f():\n same\n-old\n+new\n+newer\n same\n"
    "\\ No newline at end of file",
}
GH = {
    "number": 8,
    "title": "Add caching",
    "body": "",
    "url": "https://github.com/octo/hello/pull/8",
    "author": {"is_bot": True, "login": "app/copilot-swe-agent"},
    "headRefName": "copilot/fix-1",
    "createdAt": "2025-06-01T10:00:00Z",
    "mergedAt": None,
    "commits": [
        {
            "oid": "c" * 40,
            "messageHeadline": "Add a cache that holds what the parser has read so that noth…",
            "messageBody": "…ing is read twice\n\nSigned-off-by: A <a@b>",
            "authoredDate": "2025-06-01T08:00:00Z",
            "committedDate": "2025-06-01T09:00:00Z",
            "authors": [
                {"name": "Copilot", "email": "198982749+Copilot@users.noreply.github.com"},
                {"name": "Ada", "email": "ada@x.org", "login": "ada"},
            ],
        }
    ],
    "files": [{"path": "cache.py", "additions": 9, "deletions": 0, "changeType": "ADDED"}],
}


def test_rest_pull_requests_are_read() -> None:
    """Title and body, people, branch, repository and times; commits that are a number are none."""
    change = from_json(json.dumps(REST))
    assert change == Change(
        message="Fix the parser\n\nIt was wrong.\r\n\r\nFixes #6",
        kind="pull_request",
        id="7",
        repository="octo/hello",
        author=Identity("devin-ai-integration[bot]"),
        committer=Identity("ada"),
        authored=datetime(2025, 5, 1, 10, tzinfo=UTC),
        committed=datetime(2025, 5, 2, 10, tzinfo=UTC),
        branch="devin/1-fix",
    )


def test_rest_commits_and_files_are_read() -> None:
    """Embedded lists of /pulls/N/commits and /pulls/N/files become changes, files and hunks."""
    change = from_json(REST | {"commits": [REST_COMMIT], "files": [REST_FILE]})
    (commit,) = change.commits
    assert commit.message == "Fix\n\nCo-authored-by: B <b@c>"
    assert (commit.id, commit.parents, commit.files) == ("a" * 40, ("b" * 40,), None)
    assert commit.author == Identity("Ada", "ada@x.org")
    assert commit.authored == datetime(2025, 5, 1, 9, tzinfo=UTC)
    assert commit.committed is None
    assert commit.repository == "octo/hello"
    hunks = (Hunk(5, ("new", "newer"), ("old",)),)
    assert change.files == (FileChange("src/new.py", "renamed", "src/old.py", hunks, 2, 1),)


def test_a_file_without_its_patch_has_counts_alone() -> None:
    """GitHub leaves the patch of binary and of large files out; counts of a patch fill gaps."""
    bare = {"filename": "a.bin", "status": "removed", "additions": 0, "deletions": 5000}
    uncounted = {"filename": "b", "patch": "@@ -0,0 +1,2 @@\n+1\n+2"}
    change = from_json(REST | {"files": [bare, uncounted]})
    assert change.files == (
        FileChange("a.bin", "deleted", added=0, removed=5000),
        FileChange("b", hunks=(Hunk(1, ("1", "2")),), added=2, removed=0),
    )


def test_gh_pull_requests_are_read() -> None:
    """The camelCase of gh gives the same record; its cut headlines are joined again."""
    change = from_json(GH)
    assert (change.id, change.repository, change.branch) == ("8", "octo/hello", "copilot/fix-1")
    assert change.message == "Add caching"
    assert change.author == Identity("copilot-swe-agent[bot]")
    assert change.committed is None
    assert change.files == (FileChange("cache.py", "added", added=9, removed=0),)
    (commit,) = change.commits
    assert commit.title.endswith("so that nothing is read twice")
    assert commit.message.endswith("\n\nSigned-off-by: A <a@b>")
    assert commit.author == Identity("Copilot", "198982749+Copilot@users.noreply.github.com")
    assert commit.authored == datetime(2025, 6, 1, 8, tzinfo=UTC)


def test_what_is_missing_is_unknown() -> None:
    """A title is enough: a ghost, a null body, no files and no commits are normal."""
    change = from_json({"title": "Fix", "body": None, "user": None, "commits": None, "head": None})
    assert change == Change(message="Fix", kind="pull_request")


@pytest.mark.parametrize(
    ("record", "culprit"),
    [
        ({}, "title should be a string, it is missing"),
        ({"title": 3}, "title should be a string, it is a whole number"),
        ({"title": "a", "user": "ada"}, "user should be an object, it is a string"),
        ({"title": "a", "commits": "many"}, "commits should be an array, it is a string"),
        ({"title": "a", "commits": [1]}, r"commits\[0\]: it should be an object"),
        ({"title": "a", "files": [{}]}, r"files\[0\]: filename or path should be a string"),
        ({"title": "a", "files": [{"path": "a", "patch": "@@ x"}]}, r"files\[0\]: patch should"),
        ({"title": "a", "created_at": "today"}, "created_at or createdAt should be a time"),
        ([], "it should be an object, it is an array"),
        ("{", "no valid JSON at line 1, column 2"),
        ("[" * 100_000, "no valid JSON"),
        ("{} {}", "one JSON object"),
        (b"\xff", "no valid JSON"),
    ],
)
def test_what_is_wrong_is_named(record: object, culprit: str) -> None:
    """The error names the place, the key and what was expected."""
    with pytest.raises(PullRequestError, match=f"^pr: .*{culprit}|^pr, .*{culprit}"):
        from_json(record, at="pr")


def test_half_characters_do_no_harm() -> None:
    """JSON can escape half of a character; what comes out can be encoded again."""
    assert from_json('{"title": "a\\ud83d", "body": "\\u0000"}').message == "a?\n\n\0"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([REST, GH]),
        json.dumps([REST, GH], indent=2),
        json.dumps(REST) + "\n\n" + json.dumps(GH) + "\n",
        json.dumps([REST]) + json.dumps([GH], indent=1),
        json.dumps(REST, indent=2) + "\n" + json.dumps(GH, indent=2),
        "\ufeff \n" + json.dumps([REST, GH]),
    ],
)
def test_files_of_all_shapes_are_read(tmp_path: Path, text: str) -> None:
    """An array, lines, pages of arrays and objects in a row hold the same pull requests."""
    (tmp_path / "prs.json").write_text(text, encoding="utf-8")
    assert list(read_pull_requests(tmp_path / "prs.json")) == [from_json(REST), from_json(GH)]


def test_an_empty_file_holds_no_pull_request(tmp_path: Path) -> None:
    """Nothing in, nothing out, in lines and in an array."""
    for text in ("", "\n \n", "[]"):
        (tmp_path / "prs").write_text(text)
        assert list(read_pull_requests(tmp_path / "prs")) == []


def test_one_bad_pull_request_does_not_hide_the_others(tmp_path: Path) -> None:
    """It comes as an error that names its line or its place, and the next follow."""
    (tmp_path / "lines").write_text('{"title": "a"}\n{"title": \n{"title": "b"}\n')
    (tmp_path / "array").write_text('[{"title": "a"}, {"title": 1}, {"title": "b"}]')
    for name, place in (("lines", "lines, line 2: "), ("array", "array, pull request 2: ")):
        first, bad, last = read_pull_requests(tmp_path / name)
        assert isinstance(first, Change)
        assert isinstance(last, Change)
        assert isinstance(bad, PullRequestError)
        assert str(bad).startswith(place)


def test_text_that_breaks_off_is_told(tmp_path: Path) -> None:
    """What came before the break is yielded, then the error with its line and column."""
    (tmp_path / "cut").write_text('[{"title": "a"}]\n[{"title": "b"},\n')
    first, bad = read_pull_requests(tmp_path / "cut")
    assert isinstance(first, Change)
    assert "line 3" in str(bad)
