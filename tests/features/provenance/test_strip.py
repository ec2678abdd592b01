"""Text without markers: nothing tells the author, nothing of the style is lost."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.provenance import Tier, strip
from fingerprint_features.provenance.templates import (
    Template,
    TemplateError,
    load_templates,
    parse_templates,
)

COPILOT = """Fix the reader of lists

The reader took `a` for `b`.

## Changes Made

- **Reader**: keep a stack

Fixes #1129.

> [!WARNING]
>
> <details>
> <summary>Firewall rules blocked me from connecting to one or more addresses</summary>
>
> - `example.org`
>
> </details>

<!-- START COPILOT CODING AGENT TIPS -->
---

💡 You can make Copilot smarter by setting up custom instructions. Learn more \
[Copilot coding agent tips](https://gh.io/copilot-coding-agent-tips) in the docs."""

STYLE = "Fix the reader of lists\n\nThe reader took `a` for `b`.\n"

TOOLS = [
    f"{STYLE}\n🤖 Generated with [Claude Code](https://claude.ai/code)\n\n"
    "Co-Authored-By: Claude Opus 4.6 (1M context) <noreply@anthropic.com>",
    f"{STYLE}\n------\nhttps://chatgpt.com/codex/tasks/task_e_0a1b2c3d4e5f",
    f"{STYLE}\nLink to Devin run: https://app.devin.ai/sessions/d02a1d01826840839102f57e310731fe\n"
    "\nRequested by: ann@example.org",
    f"{STYLE}\n## Link to Devin run\nhttps://app.devin.ai/sessions/d0\n\n## Requested by\nAnn\n",
    f"{STYLE}\n<!-- CURSOR_SUMMARY -->\n---\n\n> [!NOTE]\n> Bugbot wrote it.\n"
    "<!-- /CURSOR_SUMMARY -->",
    f"{STYLE}\nFixes #12\n\nMade-with: Cursor",
    f"{STYLE}\n## Summary by CodeRabbit\n\n- **New**: a stack",
    f"{STYLE}\n💘 Generated with Crush\n\nAssisted-by: Kimi K2.5 via Crush <crush@charm.land>",
    f"{STYLE}\nSigned-off-by: Ann Author <ann@example.org>\nCc: Bob <bob@example.org>",
]  # fmt: skip


@pytest.mark.parametrize("text", TOOLS)
def test_all_tools_and_people_leave_the_same(text: str) -> None:
    """One text with the footers of different tools, or a person's trailers, is one text again."""
    assert strip(text, Tier.MARKERS) == STYLE.rstrip()


def test_copilots_templates_go_and_its_style_stays() -> None:
    """The description loses reference, warning and tip, and keeps the headings it chose."""
    kept = "## Changes Made\n\n- **Reader**: keep a stack"
    assert strip(COPILOT, Tier.MARKERS) == f"{STYLE}\n{kept}"
    assert strip("Initial plan for issue", Tier.MARKERS) == ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Merge branch 'main' into copilot/fix-12", ""),
        ("Checkpoint before follow-up message", ""),
        ("[WIP] Add it (#12)", "Add it"),
        ("Use Claude Code, then GPT-5.6 Sol here", "Use , then here"),
        ("Ask @devin-ai-integration[bot] or ann@example.org now", "Ask or now"),
        ("See [the run](https://app.devin.ai/sessions/1) first", "See the run first"),
        ("a\n<!-- claude\nleft this -->\nb", "a\n\nb"),
        ("Run codex/fix-1 of 6ef2299e-a67f-432b-aa80-3d2fb4d28999 today", "Run of today"),
        ("Keep `copilot` (devin) off", "Keep off"),
        ("> [!WARNING]\n> Hot surface", "> [!WARNING]\n> Hot surface"),
        ("## Summary\n\n---\n\nText", "## Summary\n\n---\n\nText"),
        ("Plain text, untouched: 1 < 2", "Plain text, untouched: 1 < 2"),
        ("    indented  twice", "    indented  twice"),
    ],
)
def test_what_goes_and_what_stays(text: str, left: str) -> None:
    """Markers are deleted where they stand; the words and the layout around them are kept."""
    assert strip(text, Tier.MARKERS) == left


def test_tiers() -> None:
    """Raw keeps all, trailers only lose trailers, none keeps nothing."""
    text = "Use Claude\n\nhttps://example.org\n\nCo-authored-by: Ann\n <a@b.c>\nChange-Id: I1"
    assert strip(text, Tier.RAW) == text
    assert strip(text, Tier.TRAILERS) == "Use Claude\n\nhttps://example.org"
    assert strip(text, Tier.MARKERS) == "Use"
    assert strip(text, Tier.NONE) == ""


@pytest.mark.parametrize("template", load_templates(), ids=lambda template: template.name)
def test_templates_take_out_their_examples(template: Template) -> None:
    """Every template takes its own example out of a text."""
    closing = {"devin-requested-head": "Ann"}.get(template.name)
    if isinstance(template.end, re.Pattern):
        closing = closing or template.end.pattern.replace("\\", "").replace(".*", "")
    quote = "> Firewall rules blocked, Bugbot, description was created by"
    text = (
        f"{template.example}\n{closing or quote}" if template.form == "block" else template.example
    )
    assert template.example not in strip(text, Tier.MARKERS)


PIECES = [
    *("Claude ", "@a", "(", ")", "[", "](", "https://", "\n", "Amazon ", "Q ", "-", "---\n"),
    *("Fixes #1", "> ", "<!--", "-->"),
]
MARKERS = st.sampled_from([*TOOLS, COPILOT, *PIECES])


@given(st.lists(MARKERS | st.text(max_size=8), max_size=12).map("".join), st.sampled_from(Tier))
def test_stripping_twice_changes_nothing(text: str, tier: Tier) -> None:
    """Stripping is idempotent, and what is left was there before."""
    once = strip(text, tier)
    assert strip(once, tier) == once
    assert len(once) <= len(text)


@given(st.lists(st.sampled_from(["one", "two https://x.y/z", "Claude", "", "Cc: a@b.c", "@me"])))
def test_lines_are_never_joined(lines: list[str]) -> None:
    """Words of two lines never stand on one line afterwards."""
    left = strip("\n".join(lines), Tier.MARKERS).split("\n")
    assert set(left) <= {"one", "two", ""}


@pytest.mark.parametrize(
    "unit",
    ["a", " ", "claude-.", "[a](", "<!-- ", "@", "> [!WARNING]\n", "((", "* ", "a@b.", "Fixes #1, ",
     "https://", "`", "Original issue description:\n\n"],
)  # fmt: skip
def test_long_texts_take_linear_time(unit: str) -> None:
    """What is stripped of a long line or of many lines takes seconds, not hours."""
    text = f"{unit * (10**5 // len(unit))} claude"
    started = time.perf_counter()
    strip(text, Tier.MARKERS)
    assert time.perf_counter() - started < 10


def test_a_megabyte() -> None:
    """A pull request of a megabyte, a log pasted in, is stripped in seconds."""
    text = (COPILOT + "\n\n" + "\n\n".join(TOOLS) + "\n> [!WARNING]\n> Hot\n") * 300
    started = time.perf_counter()
    strip(text[: 10**6], Tier.MARKERS)
    assert time.perf_counter() - started < 20


HEADER = "name\twriter\tform\tstart\tend\texample\trequests\twhat"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["name"],
        [HEADER, "a\tb"],
        [HEADER, "a\tb\tpage\tx\t\tx\t0\ty"],
        [HEADER, "a\tb\tblock\tx\t\tx\t0\ty"],
        [HEADER, "a\tb\tline\t(\t\tx\t0\ty"],
        [HEADER, "a\tb\tline\tx\t\tx\tno\ty"],
    ],
)
def test_a_broken_table_names_its_line(lines: list[str]) -> None:
    """A template that breaks the format is refused with its line."""
    with pytest.raises(TemplateError, match=r"templates\.tsv, line \d"):
        parse_templates(lines)
