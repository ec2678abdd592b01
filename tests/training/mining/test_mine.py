"""A mined corpus: which code becomes a sample, under which label, and what is written once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fingerprint_training.corpora import read_corpus
from fingerprint_training.mining import MiningError, Settings, changes_path, mine

Read = Callable[[Path], list[dict[str, Any]]]
NOW, THEN = "2025-08-01T12:00:00Z", "2020-03-01T12:00:00Z"
CLAUDE = "\n\nCo-Authored-By: Claude Opus 4.5 <noreply@anthropic.com>"


@pytest.fixture(scope="module")
def mined(
    example_source: tuple[Any, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    """Mine the example once for all tests that only look."""
    repo, ids = example_source
    out = tmp_path_factory.mktemp("mined") / "corpus.parquet"
    assert mine([repo.folder], out).missing == ()
    return out, ids


def by_sha(rows: list[dict[str, Any]], sha: str) -> dict[str, dict[str, Any]]:
    return {row["variant"]: row for row in rows if row["sha"] == sha}


def test_a_new_file_gives_a_file_and_a_function(mined: Any, samples_of: Read) -> None:
    """Code from before June 2021 is human; its licence head is cut; the columns tell where from."""
    out, ids = mined
    found = by_sha(samples_of(out), ids["human"])
    assert set(found) == {"file", "function"}
    file = found["file"]
    assert file["code"].startswith("def ada(rows):\n")
    assert file["code"].endswith("    return bea_1\n")
    assert (file["label"], file["agent_label"], file["family"]) == ("human", "human", None)
    assert (file["source"], file["task"], file["language"]) == ("example", "src/old.py", "python")
    assert file["date"] == date(2020, 3, 1)
    assert found["function"]["code"].startswith("def ")


def test_added_lines_give_a_function_and_a_hunk(mined: Any, samples_of: Read) -> None:
    """A declared change gives its added function whole, and its hunk, under the family it names."""
    out, ids = mined
    found = by_sha(samples_of(out), ids["claude"])
    assert set(found) == {"function", "hunk"}
    assert found["function"]["code"].startswith("def claude_wrote(rows):\n")
    assert found["function"]["code"].endswith("    return claude_wrote_1\n")
    for row in found.values():
        assert (row["label"], row["agent_label"]) == ("claude", "claude-code")
        assert (row["family"], row["agent"], row["kind"]) == ("claude", "claude-code", "co-author")
        assert row["model"] == "Claude Opus 4.5"


@pytest.mark.parametrize(
    ("change", "label", "agent"),
    [
        ("bot", "undeclared", "undeclared"),
        ("rebased", "undeclared", "undeclared"),
        ("undeclared", "undeclared", "undeclared"),
        ("copilot", "unresolved", "copilot"),
    ],
)
def test_labels(mined: Any, samples_of: Read, change: str, label: str, agent: str) -> None:
    """A bot, a late clock and a late commit are never human; a harness is not a model."""
    out, ids = mined
    found = by_sha(samples_of(out), ids[change])
    assert {(row["label"], row["agent_label"]) for row in found.values()} == {(label, agent)}
    assert all(row["family"] is None for row in found.values())


@pytest.mark.parametrize("change", ["merge", "mixed", "moved", "revert", "foreign"])
def test_what_gives_no_sample_is_a_change_still(
    mined: Any, samples_of: Read, changes_of: Read, change: str
) -> None:
    """Merges, several authors, moved, brought-back and foreign code are changes alone."""
    out, ids = mined
    assert by_sha(samples_of(out), ids[change]) == {}
    (row,) = [row for row in changes_of(out) if row["sha"] == ids[change]]
    assert row["is_merge"] == (change == "merge")
    assert row["mixed"] == {"mixed": True, "moved": False, "revert": False}.get(change)


def test_changes_hold_no_identity_but_a_stable_stand_in(mined: Any, changes_of: Read) -> None:
    """The same mailbox in other case is the same developer; no mailbox of an author is stored."""
    out, _ = mined
    rows = changes_of(out)
    assert b"ada@example.org" not in changes_path(out).read_bytes().lower()
    people = {row["author"] for row in rows}
    assert len(people) == 2  # Ada and the bot
    assert len({row["committer"] for row in rows}) == 1


def test_markers_are_split_off(mined: Any, changes_of: Read) -> None:
    """The text has no marker, the markers stand beside it, the message is as written."""
    out, ids = mined
    (row,) = [row for row in changes_of(out) if row["sha"] == ids["claude"]]
    assert row["text"] == "Grow"
    assert row["markers"] == [CLAUDE.strip()]
    assert row["message"] == "Grow" + CLAUDE
    assert [each["kind"] for each in row["evidence"]] == ["co-author"]


def test_the_corpus_trains(mined: Any) -> None:
    """Both label columns can be read as a corpus; rows are numbered in order."""
    out, _ = mined
    assert set(read_corpus(out, min_per_class=1).labels) == {
        "claude",
        "human",
        "undeclared",
        "unresolved",
    }
    agents = read_corpus(out, label="agent_label", min_per_class=1).labels
    assert set(agents) == {"claude-code", "copilot", "human", "undeclared"}


def test_the_card_says_what_is_there_and_what_is_not(mined: Any) -> None:
    """Licence, head, counts, reasons, and that mined text must not be redistributed."""
    out, ids = mined
    card = out.with_suffix(".md").read_text("utf-8")
    assert card.startswith("---\npretty_name: ")
    assert "**Do not redistribute.**" in card
    assert f"| example | none found | `{ids['merge'][:12]}` | 2020-03-01 – 2025-08-01 |" in card
    assert "| changes without samples: several authors | 1 |" in card
    assert "| changes without samples: merge | 1 |" in card
    assert "| samples: moved code | " in card
    assert "| files: vendored, generated or fixtures by their path | 2 |" in card


def test_two_runs_give_the_same_bytes_whatever_the_workers(
    example: Any, new_repo: Any, make_module: Callable[..., str], tmp_path: Path
) -> None:
    """Samples, changes and card are the same byte for byte with one worker and with two."""
    other = new_repo("other")
    other.commit("Start", {f"m{n}.py": make_module(f"f{n}", f"g{n}") for n in range(9)}, THEN)
    written = []
    for name, workers in (("first", 1), ("second", 2)):
        (tmp_path / name).mkdir()
        out = tmp_path / name / "corpus.parquet"
        paths = [other.folder, example[0].folder]
        mine(paths[::-1] if workers == 2 else paths, out, workers=workers)
        files = (out, changes_path(out), out.with_suffix(".md"))
        written.append([file.read_bytes() for file in files])
    assert written[0] == written[1]


def test_caps_hold_and_draw_from_the_whole_history(
    new_repo: Any, make_module: Callable[..., str], tmp_path: Path, samples_of: Read
) -> None:
    """At most N of a group and M of a change, from old changes as from new ones."""
    repo = new_repo("capped")
    for n in range(12):
        files = {f"d{n}/m{k}.py": make_module(f"a{n}{k}", f"b{n}{k}") for k in range(3)}
        repo.commit(f"Add {n}", files, f"20{n + 8:02}-01-01T00:00:00Z")
    out = tmp_path / "corpus.parquet"
    mine([repo.folder], out, Settings(samples_per_change=2, per_repository=8))
    rows = samples_of(out)
    labels = [row["label"] for row in rows]
    assert (labels.count("human"), labels.count("undeclared")) == (8, 0)
    shas = [row["sha"] for row in rows]
    assert max(map(shas.count, shas)) <= 2
    assert max(row["date"] for row in rows).year - min(row["date"] for row in rows).year > 3


def test_forks_and_rebased_twins_are_written_once(
    example: Any, tmp_path: Path, samples_of: Read, changes_of: Read
) -> None:
    """A fork adds its own commits alone; a commit rebased in it counts as had already."""
    repo, ids = example
    fork = type(repo)(tmp_path / "fork")
    shutil.copytree(repo.folder, fork.folder)
    own = fork.commit("Fork's own", {"own.py": "x = 1\n"}, NOW)
    fork.git("checkout", "-q", "-b", "twin", ids["human"])
    identity = {"GIT_COMMITTER_NAME": "Eve", "GIT_COMMITTER_EMAIL": "eve@example.org"}
    fork.git("cherry-pick", ids["copilot"], **identity)
    twin = fork.git("rev-parse", "HEAD")
    out = tmp_path / "corpus.parquet"
    mine([fork.folder, repo.folder], out)
    rows = changes_of(out)
    assert len({row["sha"] for row in rows}) == len(rows)
    assert [row["sha"] for row in rows if row["repository"] == "fork"] == [own]
    assert twin not in {row["sha"] for row in rows}
    assert {row["source"] for row in samples_of(out)} == {"example"}


def test_selection_by_declaration_date_and_branch(
    example: Any, tmp_path: Path, changes_of: Read
) -> None:
    """`only`, `since`, `until` and `revision` bound what is read."""
    repo, ids = example
    out = tmp_path / "corpus.parquet"

    def shas(**settings: Any) -> set[str]:
        mine([repo.folder], out, Settings(**settings))
        return {row["sha"] for row in changes_of(out)}

    declared = {ids[name] for name in ("claude", "copilot", "mixed", "moved", "revert")}
    assert shas(only="declared") == declared
    assert shas(only="undeclared").isdisjoint(declared)
    assert shas(since=date(2021, 1, 1)) == declared | {
        ids[name] for name in ("undeclared", "rebased", "merge")
    }
    assert shas(until=date(2021, 1, 1), revision=ids["human"]) == {ids["human"]}


def test_mirrors_are_found_by_their_names(example: Any, tmp_path: Path, changes_of: Read) -> None:
    """OWNER+NAME/repo and bare OWNER+NAME are called OWNER/NAME; a path without any is an error."""
    repo, _ = example
    mirrors = tmp_path / "mirrors"
    shutil.copytree(repo.folder / ".git", mirrors / "a+one" / "repo")
    shutil.copytree(repo.folder / ".git", mirrors / "b+two")
    (mirrors / "notes").mkdir()
    out = tmp_path / "corpus.parquet"
    mine([mirrors], out)
    assert {row["repository"] for row in changes_of(out)} == {"a/one"}
    assert "| b/two | " in out.with_suffix(".md").read_text("utf-8")
    mine([mirrors / "b+two"], out)
    assert {row["repository"] for row in changes_of(out)} == {"b/two"}
    with pytest.raises(MiningError, match=r"no repository at .*nowhere"):
        mine([tmp_path / "nowhere"], out)


def test_two_repositories_of_one_name_are_an_error(example: Any, tmp_path: Path) -> None:
    """Their records could not be told apart, so both are named."""
    repo, _ = example
    shutil.copytree(repo.folder, tmp_path / "elsewhere" / "example")
    with pytest.raises(MiningError, match="are both called 'example'"):
        mine([repo.folder, tmp_path / "elsewhere" / "example"], tmp_path / "corpus.parquet")


def test_nothing_is_written_into_the_repository(example: Any, tmp_path: Path) -> None:
    """Every file under .git and in the work tree is the same after mining, times included."""
    repo, _ = example

    def state() -> dict[str, tuple[int, bytes]]:
        paths = sorted(path for path in repo.folder.rglob("*") if path.is_file())
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}

    before = state()
    mine([repo.folder], tmp_path / "corpus.parquet")
    assert state() == before
