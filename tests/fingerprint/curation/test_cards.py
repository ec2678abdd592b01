"""Cards: ours is one block and a few keys; what others wrote stays byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.curation.cards import updated_card
from fingerprint.curation.errors import CurationError
from fingerprint.curation.front_matter import Front, split, updated, value_of

FRONT = Front(
    own={"size_categories": ["n<1K"]},
    united={"tags": ["code", "c#"], "language": ["code"]},
    missing={"license": "mit", "pretty_name": "A: name"},
)
HAND = """---
# my head
license: cc-by-4.0   # asked the authors
tags:
- mine
- "code"
language: [en, code]
size_categories:
- 1M<n<10M
configs:
- config_name: default
  data_files: "*.parquet"
---

# Mine

Words of mine.
"""


def card(text: str | None, block: str = "figures") -> str:
    """Return a card with a block."""
    return updated_card(text, path=Path("README.md"), title="T", front=FRONT, name="x", block=block)


def test_hand_written_card_is_kept() -> None:
    """Comments, order, other keys and the body stay; lists get what they lack, once."""
    made = card(HAND)
    for kept in ("# my head", "license: cc-by-4.0   # asked the authors", "Words of mine."):
        assert kept in made
    assert 'configs:\n- config_name: default\n  data_files: "*.parquet"\n' in made
    assert "tags:\n- mine\n- code\n- c#\n" in made
    assert "language: [en, code]\n" in made
    assert "size_categories:\n- n<1K\nconfigs" in made
    assert made.index("Words of mine.") < made.index("figures")


def test_second_run_replaces_the_block_alone() -> None:
    """Words around the block stay where they are; the same figures give the same bytes."""
    one = card(HAND).replace("figures", "figures", 1) + "\nAfter.\n"
    two = card(one, "other numbers")
    assert two == one.replace("figures", "other numbers")
    assert card(two, "other numbers") == two


def test_new_card() -> None:
    """Without a card there is one, which any reader of YAML understands."""
    made = card(None)
    assert made.startswith('---\nlicense: mit\npretty_name: "A: name"\n')
    assert "\n# T\n" in made
    yaml = pytest.importorskip("yaml")
    head = yaml.safe_load("\n".join(split(made)[0]))
    assert head["tags"] == ["code", "c#"]
    assert head["pretty_name"] == "A: name"


def test_windows_line_ends_stay() -> None:
    """A card with CR LF keeps it throughout."""
    made = card(HAND.replace("\n", "\r\n"))
    assert made.count("\n") == made.count("\r\n")
    assert made.replace("\r\n", "\n") == card(HAND)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("---\nlicense: mit\n\n# No end\n", "never ends it"),
        (card(None).replace("<!-- fingerprint x: end -->", ""), "broken"),
        (card(None) + card(None).split("---\n")[-1], "broken"),
    ],
)
def test_broken_marks_are_named(text: str, what: str) -> None:
    """A head without end and marks that do not pair are errors that name the card."""
    with pytest.raises(CurationError, match=rf"README\.md: .*{what}"):
        card(text)


def test_lists_not_understood_are_left() -> None:
    """A list of mappings, or one over several lines in brackets, is not touched."""
    for lines in (["tags:", "- a: 1"], ["tags: [a,", "  b]"], ["tags: &x [a]"]):
        assert updated(lines, Front(united={"tags": ["code"]})) == lines


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)))
def test_values_come_back(values: list[str]) -> None:
    """Whatever is written as a list is read by YAML, and by us, as the same texts."""
    yaml = pytest.importorskip("yaml")
    lines = updated([], Front(own={"tags": values}))
    assert yaml.safe_load("\n".join(lines))["tags"] == values
    plain = [value for value in values if '"' not in value and "\\" not in value]
    lines = updated([], Front(own={"tags": plain}))
    assert value_of(lines, "tags") == plain
