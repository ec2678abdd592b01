"""One record of what a change declares: precedence, mixes, and what declares nothing."""

import json

import pytest

from fingerprint_features.change import Change, FileChange, Identity
from fingerprint_models.declaration import Declaration, declared

ANN = Identity("Ann Author", "ann@example.org")
CLAUDE = "Co-authored-by: Claude Opus 4.6 (1M context) <noreply@anthropic.com>"
CODEX = "Co-authored-by: Codex <codex@openai.com>"
NOTE = (
    "a.py\n  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-9\n---\n"
    '{"schema_version": "authorship/3.0.0", "sessions": {"s_c9883b05a2487d": {"agent_id": '
    '{"tool": "cursor", "id": "x", "model": "gpt-5"}}}}'
)
SHA = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0"
GEMINI = {"type": "ai", "model_id": "google/gemini-3-pro"}
TRACE = json.dumps(
    {
        "version": "0.1.0",
        "vcs": {"type": "git", "revision": SHA},
        "tool": {"name": "opencode"},
        "files": [{"path": "a.py", "conversations": [{"contributor": GEMINI, "ranges": [{}]}]}],
    }
)


def of(*trailers: str, author: Identity = ANN, **more: object) -> Declaration | None:
    text = "\n".join(("Fix it", "", "So.", "", *trailers))
    return declared(Change(text, author=author, **more))  # type: ignore[arg-type]


def must(*trailers: str, **more: object) -> Declaration:
    found = of(*trailers, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_trailer_declares_agent_model_and_family() -> None:
    """The registry resolves the model that the trailer states."""
    found = must(CLAUDE)
    assert (found.agent, found.model, found.family) == ("claude-code", "Claude Opus 4.6", "claude")
    assert (found.agents, found.mixed) == (("claude-code",), False)


def test_to_dict_is_json() -> None:
    """The record goes into JSON with the texts that make it."""
    record = json.loads(json.dumps(must(CLAUDE).to_dict()))
    assert (record["agent"], record["evidence"][0]["text"]) == ("claude-code", CLAUDE)


def test_precedence() -> None:
    """A note outweighs a trace, a trace a trailer, a trailer a branch."""
    files = (FileChange("a.py"),)
    change = Change(f"x\n\n{CLAUDE}", id=SHA, author=ANN, files=files, branch="devin/1-fix")
    noted = Change(f"x\n\n{CLAUDE}", id=SHA, author=ANN, files=files, notes=(NOTE,))
    told = [declared(noted, traces=TRACE), declared(change, traces=TRACE), declared(change)]
    assert [d and (d.agent, d.family) for d in told] == [
        ("cursor", "gpt"),
        ("opencode", "gemini"),
        ("claude-code", "claude"),
    ]
    assert told[0] is not None
    assert told[0].agents == ("cursor", "opencode", "claude-code")
    assert told[0].mixed


def test_a_branch_alone_declares() -> None:
    """Where nothing stronger speaks, the branch of a pull request does."""
    found = declared(Change("Fix it", kind="pull_request", branch="codex/fix-it", author=ANN))
    assert found is not None
    assert (found.agent, found.family) == ("codex", "gpt")


def test_two_agents_are_mixed_and_tie() -> None:
    """Of two agents of equal strength none is told, both took part."""
    found = must(CLAUDE, CODEX)
    assert (found.agent, found.model, found.family) == (None, "Claude Opus 4.6", None)
    assert (found.agents, found.mixed) == (("claude-code", "codex"), True)


def test_two_models_of_one_agent() -> None:
    """One agent with models of two families is mixed; two of one family tie."""
    mailbox = "<noreply@anthropic.com>"
    one = must(CLAUDE, f"Co-authored-by: Claude Sonnet 4.5 {mailbox}")
    two = must(CLAUDE, f"Co-authored-by: gpt-5.3-codex {mailbox}")
    assert (one.model, one.family, one.mixed) == (None, "claude", False)
    assert (two.agent, two.family, two.mixed) == ("claude-code", None, True)


def test_a_squash_of_several_people_is_mixed() -> None:
    """Who asked the agent is one person; two people's work with an agent's is a mix."""
    bob = "Co-authored-by: Bob <bob@example.org>"
    assert must(CLAUDE).mixed is False
    assert must(CLAUDE, bob).mixed is True
    copilot = Identity("Copilot", "198982749+Copilot@users.noreply.github.com")
    assert must(bob, author=copilot).mixed is False


def test_a_person_beside_the_agent_in_a_note_is_mixed() -> None:
    """Lines that a person was seen typing make the label partial; alone they declare no agent."""
    typed = NOTE.replace("\n---", "\n  h_31dce776f88375 12\n---").replace(
        '"sessions"', '"humans": {"h_31dce776f88375": {"author": "Ann"}}, "sessions"'
    )
    found = must(notes=(typed,))
    assert (found.agent, found.mixed) == ("cursor", True)
    assert of(notes=(typed.replace("  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-9\n", ""),)) is None


def test_a_wrapper_yields_to_the_agent_it_starts() -> None:
    """Happy declares itself only where it hides the agent."""
    happy = "Co-Authored-By: Happy <yesreply@happy.engineering>"
    both = must(CLAUDE, happy)
    assert (both.agent, both.agents, both.mixed) == ("claude-code", ("claude-code",), False)
    alone = must(happy)
    assert (alone.agent, alone.family) == ("happy", None)


@pytest.mark.parametrize(
    "trailer",
    [
        "Co-authored-by: coderabbitai[bot] <12+coderabbitai[bot]@users.noreply.github.com>",
        "Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>",
        "Reviewed-by: Claude <noreply@anthropic.com>",
        "Signed-off-by: Codex <codex@openai.com>",
        "Thanks to @claude",
        "Co-authored-by: Bob <bob@example.org>",
    ],
)
def test_reviewers_and_mentions_declare_nothing(trailer: str) -> None:
    """Who reviewed, signed off or was called did not write: the change stays undeclared."""
    assert of(trailer) is None
