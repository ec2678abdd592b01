"""What a change declares: real strings, and the traps that real histories hold."""

import time
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.change import Change, FileChange, Identity
from fingerprint_features.provenance import Finding, Kind, Strength, findings
from fingerprint_features.provenance.identities import parse_identity
from fingerprint_features.provenance.rules import Rule, RuleError, load_rules, parse_rules, tools

STRINGS = [
    line.split("\t")
    for line in (Path(__file__).parent / "strings.tsv").read_text("utf-8").splitlines()
    if line[0] != "#"
]
ANN = Identity("Ann Author", "ann@example.org")
ANTHROPIC = "noreply@anthropic.com"


def family_of(model: str) -> str | None:
    """Resolve four families, enough to see that the resolver is asked."""
    names = {"claude": "claude", "gpt": "gpt", "minimax": "minimax", "gemini": "gemini"}
    return next((family for name, family in names.items() if name in model.lower()), None)


def credited(text: str, key: str = "Co-authored-by") -> Change:
    return Change(f"Fix the parser\n\nIt was wrong.\n\n{key}: {text}", author=ANN)


def change_of(place: str, text: str) -> Change:
    if place == "author":
        return Change("Fix the parser", author=parse_identity(text))
    if place == "committer":
        return Change("Fix the parser", author=ANN, committer=parse_identity(text))
    return Change(text if place == "subject" else f"Fix the parser\n\nSo.\n\n{text}", author=ANN)


def only(change: Change) -> Finding:
    (found,) = findings(change, family_of)
    return found


@pytest.mark.parametrize(("place", "agent", "kind", "model", "text"), STRINGS)
def test_real_strings(place: str, agent: str, kind: str, model: str, text: str) -> None:
    """Every real marker is read as its agent, its part and its model."""
    found = findings(change_of(place, text))[0]
    assert (found.agent, found.kind, found.model or "") == (agent, kind, model)


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_rules_match_their_examples(rule: Rule) -> None:
    """Every rule matches its own example and finds it from a hint that stands in it."""
    assert rule.match(rule.example)
    if rule.form == "tool":
        assert all(tools()[hint] is rule for hint in rule.hints)
    change = {
        "id": Change("x", author=Identity("A", f"{rule.example}+b@users.noreply.github.com")),
        "mail": Change("x", author=Identity("A", rule.example)),
        "login": Change("x", author=Identity(rule.example)),
        "bare": credited(rule.example),
        "branch": Change("x", branch=rule.example),
        "subject": Change(rule.example),
        "tool": None,
    }.get(rule.form, Change(f"x\n\ny\n\n{rule.example}", author=parse_identity(rule.example)))
    if change is not None:
        assert rule.agent in {found.agent for found in findings(change)}


@pytest.mark.parametrize(
    "identity",
    [
        Identity("Claude Paroz", "claude@2xlibre.net"),
        Identity("Devin Rosen", "devin.rosen@example.com"),
        Identity("Jules Carbon", "jules@example.org"),
        Identity("Travis Cline", "travis.cline@gmail.com"),
        Identity("Kevin Codex", "kevin@codex.example"),
        Identity("Aiden Cline", "12+aiden-cline@users.noreply.github.com"),
        Identity("Benjamin Goose", "goose@example.org"),
        Identity("Claude", "claude@example.org"),
        Identity("Devin"),
        Identity("Paul Gauthier", "paul@paulg.org"),
        Identity("Sarah", "sarah@letta.com"),
        Identity("Saoud", "saoud@cline.bot"),
        Identity("William", "william@sweep.dev"),
        Identity("Chris", "chris@ona.com"),
        Identity("Chris", "chris@roocode.com"),
        Identity("roomote", "chris@roocode.com"),
        Identity("Nate", "nate@continue.dev"),
        Identity("Brandon", "brandon@codebuff.com"),
        Identity("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
        Identity("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com"),
        Identity("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"),
        Identity("dotnet-maestro[bot]", "42748379+dotnet-maestro[bot]@users.noreply.github.com"),
        Identity("gemini-cli-robot", "gemini-cli-robot@google.com"),
        Identity("cursor", "12+cursor@users.noreply.github.com"),
    ],
)
def test_people_staff_and_other_bots_declare_nothing(identity: Identity) -> None:
    """Namesakes, vendors' staff and bots without a model are no agents, wherever they stand."""
    as_author = Change("Fix it", author=identity, committer=identity)
    assert findings(as_author) == ()
    assert findings(credited(f"{identity.name} <{identity.email}>")) == ()


@pytest.mark.parametrize(
    ("identity", "agent"),
    [
        ("coderabbitai[bot] <12+coderabbitai[bot]@users.noreply.github.com>", "coderabbit"),
        ("gemini-code-assist[bot] <1+gemini-code-assist[bot]@users.noreply.github.com>",
         "gemini-code-assist"),
        ("ellipsis-dev[bot] <12+ellipsis-dev[bot]@users.noreply.github.com>", "ellipsis"),
        ("greptile-apps[bot] <12+greptile-apps[bot]@users.noreply.github.com>", "greptile"),
        ("Copilot Autofix powered by AI <175728472+Copilot@users.noreply.github.com>", "copilot"),
        ("Copilot Autofix powered by AI <62310815+github-advanced-security[bot]"
         "@users.noreply.github.com>", "copilot-autofix"),
    ],
)  # fmt: skip
def test_credited_review_bots_are_reviewers(identity: str, agent: str) -> None:
    """A review bot in a credit commented on the commit; it did not write it."""
    found = only(credited(identity))
    assert (found.agent, found.kind, found.takes_part) == (agent, Kind.REVIEWER, False)


@pytest.mark.parametrize(
    ("number", "rule", "kind"),
    [
        ("198982749", "copilot-coding-agent", Kind.CO_AUTHOR),
        ("223556219", "copilot-cli-and-app", Kind.CO_AUTHOR),
        ("175728472", "copilot-review", Kind.REVIEWER),
    ],
)
def test_the_three_numbers_of_copilot(number: str, rule: str, kind: Kind) -> None:
    """One name, three tools: the number in the mailbox tells which one it was."""
    found = only(credited(f"Copilot <{number}+Copilot@users.noreply.github.com>"))
    assert (found.agent, found.rule, found.kind) == ("copilot", rule, kind)


@pytest.mark.parametrize("key", ["Signed-off-by", "Suggested-by", "Reported-by"])
def test_a_sign_off_is_no_authorship(key: str) -> None:
    """An agent that signs off, suggests or reports is mentioned only."""
    assert only(credited("Codex <codex@openai.com>", key)).kind is Kind.MENTION


@pytest.mark.parametrize(
    ("name", "model", "family"),
    [
        ("Claude", None, "claude"),
        ("Claude Opus 4.6 (1M context)", "Claude Opus 4.6", "claude"),
        ("Claude (claude-opus-4-5)", "claude-opus-4-5", "claude"),
        ("gpt-5.3-codex-high", "gpt-5.3-codex-high", "gpt"),
        ("Claude (MiniMax-M2.1)", "MiniMax-M2.1", "minimax"),
        ("Claude (GLM-9)", "GLM-9", None),
        ("Qwen Code", None, None),
        ("mayor", None, "claude"),
    ],
)
def test_the_anthropic_mailbox_carries_other_models(
    name: str, model: str | None, family: str | None
) -> None:
    """Harness is not model: the mailbox speaks for the family only where no other one is named."""
    found = only(credited(f"{name} <{ANTHROPIC}>"))
    assert (found.agent, found.model, found.family) == ("claude-code", model, family)


@pytest.mark.parametrize(
    ("trailer", "agent", "model", "family"),
    [
        ("Assisted-by: Claude Opus 4.5 via Crush <crush@charm.land>", "crush",
         "Claude Opus 4.5", "claude"),
        ("Assisted-by: Gemini 3 Flash (Preview) via Crush", "crush", "Gemini 3 Flash", "gemini"),
        ("Assisted-by: Crush:auto", "crush", None, None),
        ("Co-authored-by: aider (openai/gpt-4) <noreply@aider.dev>", "aider", "openai/gpt-4",
         "gpt"),
        ("Co-authored-by: OpenClaude (gpt-5.5) <openclaude@gitlawb.com>", "openclaude", "gpt-5.5",
         "gpt"),
        ("Assisted-by: ClaudeCode:claude-opus-4-8[1m]", "claude-code", "claude-opus-4-8",
         "claude"),
        ("Generated with mux • Model: openai:gpt-5.5 • Thinking: xhigh", "mux", "openai:gpt-5.5",
         "gpt"),
        ("Co-authored-by: Sketch <hello@sketch.dev>", "sketch", None, None),
    ],
)  # fmt: skip
def test_harnesses_that_run_many_models(
    trailer: str, agent: str, model: str | None, family: str | None
) -> None:
    """Crush, aider, mux and OpenClaude tell the model apart from themselves."""
    found = only(Change(f"Fix\n\nSo.\n\n{trailer}", author=ANN))
    assert (found.agent, found.model, found.family) == (agent, model, family)


def test_aider_signs_a_person() -> None:
    """The suffix "(aider)" behind a person's name is the one name that declares."""
    assert only(Change("x", author=Identity("Ann (aider)", "ann@b.c"))).agent == "aider"


def test_wrappers_are_told_as_such() -> None:
    """Happy starts another agent: it is a wrapper beside the one that wrote."""
    text = f"Fix\n\nSo.\n\nCo-Authored-By: Claude <{ANTHROPIC}>\nCo-Authored-By: Happy <yesreply@happy.engineering>"  # noqa: E501
    kinds = {found.agent: found.kind for found in findings(Change(text, author=ANN))}
    assert kinds == {"claude-code": Kind.CO_AUTHOR, "happy": Kind.WRAPPER}


def test_trailers_inside_a_squash_are_read() -> None:
    """A squash leaves the trailers of its parts in the middle of the message."""
    text = f"Add it (#3)\n\n* One\n\nCo-authored-by: Claude <{ANTHROPIC}>\n\n* Two\n\nMore text."
    assert only(Change(text, author=ANN)).evidence == f"Co-authored-by: Claude <{ANTHROPIC}>"


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_fenced_quoted_and_told_markers_declare_nothing(fence: str) -> None:
    """Text about a marker, shown in code, quoted or told in a sentence, is not the marker."""
    shown = f"Document it\n\n{fence}\nCo-authored-by: Claude <{ANTHROPIC}>\n{fence}\n\nEnd."
    quoted = "Revert\n\n> 🤖 Generated with [Claude Code](https://claude.com/claude-code)\n\nEnd."
    told = "Drop it\n\nThe line Generated with Claude Code is no longer written. See below.\n\nEnd."
    assert [findings(Change(text)) for text in (shown, quoted, told)] == [(), (), ()]


def test_a_continued_trailer_is_one() -> None:
    """A line that starts with a blank belongs to the trailer above it; keys have no case."""
    found = only(Change(f"Fix\n\nSo.\n\nCO-AUTHORED-BY: Claude\n  <{ANTHROPIC}>", author=ANN))
    assert found.evidence == f"CO-AUTHORED-BY: Claude\n  <{ANTHROPIC}>"


def test_a_branch_is_weak_and_a_mention_declares_nothing() -> None:
    """A branch only suggests; a handle in the text only calls."""
    request = Change("Fix it\n\n@claude please review", kind="pull_request", branch="codex/fix-it")
    strengths = {found.agent: found.strength for found in findings(request)}
    assert strengths == {"codex": Strength.WEAK, "claude-code": Strength.MENTION}


def test_the_commits_of_a_request_are_read() -> None:
    """What a commit of a pull request declares, the request declares."""
    commit = Change("x", author=Identity("Claude", ANTHROPIC))
    assert only(Change("y", kind="pull_request", commits=(commit,))).agent == "claude-code"


def test_c2pa_is_mentioned() -> None:
    """A manifest in the text is told, and names no agent."""
    wrapper = "".join(
        chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in b"C2PATXT\0\x01"
    )
    assert only(Change(f"Fix it\ufeff{wrapper}")).agent is None
    assert findings(Change("Fix it ❤️ ☺️")) == ()


@given(st.text(), st.text(), st.text(), st.lists(st.text(), max_size=2))
def test_nothing_is_ever_raised(message: str, name: str, email: str, notes: list[str]) -> None:
    """Any text at all is read without an error."""
    change = Change(
        message, id="a" * 40, author=Identity(name, email), notes=tuple(notes), branch=name,
        files=(FileChange("a"),),
    )  # fmt: skip
    assert isinstance(findings(change, family_of, traces=message), tuple)


@pytest.mark.parametrize(
    "unit",
    ["claude-.", "Co-authored-by: ", " ", "(", "🤖 Generated with ", "```\n", "a@", "gpt-5 ", "<"],
)
def test_long_texts_take_linear_time(unit: str) -> None:
    """A megabyte of one unit is read in seconds, not in hours."""
    text = f"claude {unit * (10**6 // len(unit))}"
    started = time.perf_counter()
    findings(Change(text, author=Identity(text, "a@b.c"), notes=(text,)))
    findings(Change(f"x\n\ny\n\nCo-authored-by: {text}"))
    assert time.perf_counter() - started < 10


def test_findings_are_frozen() -> None:
    """A finding cannot be changed behind its evidence."""
    with pytest.raises(FrozenInstanceError):
        only(credited(f"Claude <{ANTHROPIC}>")).agent = "x"  # type: ignore[misc]


HEADER = "name\tagent\tform\tkind\tstrength\tfamily\thint\tpattern\texample\tcommits\trepositories\tsource"  # noqa: E501
ROW = "a\tb\tmail\trole\tmarker\t\ta\ta@b\ta@b\t1\t1\tsurvey"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["name"],
        [HEADER, "a\tb"],
        [HEADER, ROW, ROW],
        [HEADER, ROW.replace("mail", "post")],
        [HEADER, ROW.replace("marker", "strong")],
        [HEADER, ROW.replace("a@b\ta", "(\ta")],
        [HEADER, ROW.replace("\t1", "\tone")],
    ],
)
def test_a_broken_table_names_its_line(lines: list[str]) -> None:
    """A rule that breaks the format is refused with its line."""
    with pytest.raises(RuleError, match=r"rules\.tsv, line \d"):
        parse_rules(lines)
