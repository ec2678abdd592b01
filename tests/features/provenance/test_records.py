"""git-ai notes and Agent Trace records: what they declare, and what broken ones do not."""

import json

import pytest

from fingerprint_features.change import Change, FileChange
from fingerprint_features.provenance import Kind, Strength, findings

SESSION = "s_c9883b05a2487d"
AGENT = {"tool": "cursor", "id": "6ef2", "model": "claude-sonnet-4-5-20250514"}
SHA = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0"


def note(lines: str, **metadata: object) -> str:
    log = {"schema_version": "authorship/3.0.0", "base_commit_sha": SHA, "prompts": {}, **metadata}
    return f"src/main.rs\n{lines}---\n{json.dumps(log, indent=2)}"


def told(*notes: str) -> list[tuple[str | None, str | None, Kind, Strength]]:
    change = Change("Fix it", notes=notes)
    return [(f.agent, f.model, f.kind, f.strength) for f in findings(change)]


def trace(**changed: object) -> str:
    who = {"type": "ai", "model_id": "anthropic/claude-opus-4-5"}
    lines = {"contributor": who, "ranges": [{"start_line": 1, "end_line": 9}]}
    record = {
        "version": "0.1.0", "id": "x", "timestamp": "2026-01-23T14:30:00Z",
        "vcs": {"type": "git", "revision": SHA}, "tool": {"name": "cursor"},
        "files": [{"path": "a.py", "conversations": [lines]}],
    }  # fmt: skip
    return json.dumps(record | changed)


def traced(text: str, path: str = "a.py", revision: str | None = SHA) -> list[str | None]:
    change = Change("Fix it", id=revision, files=(FileChange(path),))
    return [found.agent for found in findings(change, traces=text)]


def test_sessions_and_humans() -> None:
    """A session that covers lines took part, and so did a person seen typing."""
    text = note(
        f"  {SESSION}::t_9f8e7d6c5b4a32 1-10,15-20\n  h_31dce776f88375 42\n",
        sessions={SESSION: {"agent_id": AGENT}, "s_unused": {"agent_id": AGENT | {"tool": "amp"}}},
        humans={"h_31dce776f88375": {"author": "Ann <a@b.c>"}},
    )
    assert told(text) == [
        ("cursor", "claude-sonnet-4-5-20250514", Kind.CO_AUTHOR, Strength.NOTE),
        ("human", None, Kind.HUMAN, Strength.NOTE),
    ]


@pytest.mark.parametrize("key", ["abcd1234abcd1234", "abcd123"])
def test_legacy_prompts(key: str) -> None:
    """The older form is read as well, with the cut keys of its first versions."""
    text = note(f"  {key} 1-50\n", prompts={"abcd1234abcd1234": {"agent_id": AGENT}})
    assert told(text) == [("cursor", AGENT["model"], Kind.CO_AUTHOR, Strength.NOTE)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\n",
        "a note of another tool",
        note(f"  {SESSION}::t_1 1\n", sessions={SESSION: {"agent_id": AGENT}})[:-9],
        note(f"  {SESSION}::t_1 1\n"),
        note(f"  {SESSION}::t_1 1\n", sessions=[]),
        note(f"  {SESSION}::t_1 1\n", sessions={SESSION: "cursor"}),
        note(f"  {SESSION}::t_1 1\n", sessions={SESSION: {}}),
        note(f"  {SESSION}::t_1 1\n", sessions={SESSION: {"agent_id": {"tool": 3}}}),
        note(f"  {SESSION}::t_1 1\n", sessions={SESSION: {"agent_id": {"tool": "nobody"}}}),
        note("  h_31dce776f88375 1\n", humans={"h_31dce776f88375": {"author": 1}}),
        note("", sessions={SESSION: {"agent_id": AGENT}}),
        note(
            f"  {SESSION}::t_1 1\n",
            sessions={SESSION: {"agent_id": AGENT}},
            schema_version="authorship/4.0.0",
        ),
        f"a\n  {SESSION}::t_1 1\n---\n{'[' * 100_000}",
        f"a\n  {SESSION}::t_1 1\n---\n[]",
    ],
)
def test_broken_notes_declare_nothing(text: str) -> None:
    """Half a note, another version, or a session without lines is no finding and no error."""
    assert told(text) == []


def test_a_matching_trace() -> None:
    """A record of this revision and of a file of the change tells tool and model."""
    (found,) = findings(Change("x", id=SHA, files=(FileChange("a.py"),)), traces=trace())
    assert (found.agent, found.model, found.strength) == (
        "cursor", "anthropic/claude-opus-4-5", Strength.TRACE,
    )  # fmt: skip
    assert traced("", revision=SHA) == []


def test_a_range_overrides_its_conversation() -> None:
    """A person's range in an agent's conversation is the person's; an unknown one is nobody's."""
    ranges = [{"contributor": {"type": "human"}}, {"contributor": {"type": "unknown"}}]
    files = [{"path": "a.py", "conversations": [{"ranges": ranges}]}]
    assert traced(trace(files=files)) == ["human"]


@pytest.mark.parametrize(
    "text",
    [
        trace()[:-1],
        trace(version="2.0"),
        trace(version=1),
        trace(vcs={"type": "git", "revision": "b" * 40}),
        trace(vcs=SHA),
        trace(files=None),
        trace(files=[{"path": "a.py", "conversations": SHA}]),
        trace(tool=None, files=[{"path": "a.py", "conversations": [{"ranges": [{}]}]}]),
        f"[{SHA!r}]",
        f'"{SHA}"',
    ],
)
def test_other_and_broken_traces_declare_nothing(text: str) -> None:
    """A record of another revision or version, or half a record, is passed over."""
    assert traced(text) == []
    assert traced(f"{text}\n{trace()}") == ["cursor"]


def test_a_trace_of_other_files_or_without_a_revision_is_none() -> None:
    """Revision and files must both match."""
    assert traced(trace(), path="b.py") == []
    assert traced(trace(), revision=None) == []
    assert findings(Change("x", id=SHA), traces=trace()) == ()
