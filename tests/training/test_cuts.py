from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_training.cuts import KINDS, blocks, cut

BRACES = """package x;

/** Adds. */
@Pure
int add(int a)
{
    int b = 1;
    int c = 2;
    int d = 3;
    int e = 4;
    return a + b;
}

if (a) {
    one();
    two();
    three();
    four();
    five();
    six();
    seven();
}
"""
INDENTED = "class A:\n" + "".join(f"    x{n} = {n}\n\n" for n in range(9)) + "y = 1\n"


def test_function_comes_with_its_comment_and_closing_brace() -> None:
    """A block runs from its comment to its closing brace; a branch is no block."""
    lines = BRACES.split("\n")
    assert [("\n".join(lines[s:e])) for s, e in blocks(lines)] == [
        BRACES[BRACES.index("/**") : BRACES.index("\n\nif")]
    ]


def test_block_ends_with_its_indentation() -> None:
    """Blank lines inside belong to a block, blank lines and code after it do not."""
    lines = INDENTED.split("\n")
    [(start, end)] = blocks(lines)
    assert (start, lines[end - 1]) == (0, "    x8 = 8")


def test_function_cut_stands_at_the_margin() -> None:
    """A method cut out of a class loses the class's indentation."""
    method = ["    def f(self):", *["        a = 1"] * 8]
    code = cut(["class A:", "", "    z = 1", "", *method], "function", random.Random(0))
    assert code is not None
    assert code.startswith(("def f(self):\n    a = 1", "class A:"))


@pytest.mark.parametrize("kind", KINDS)
def test_short_files_give_no_cut(kind: str) -> None:
    """What is too short for a kind gives None, not a stump."""
    assert cut(["a = 1", "b = 2"], kind, random.Random(0)) is None


@given(
    lines=st.lists(st.sampled_from(["a", "  b", "    c", "", "}", "# d", "if x:"]), max_size=90),
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 5),
)
def test_a_cut_is_contiguous_text_of_the_file(lines: list[str], kind: str, seed: int) -> None:
    """Whatever the file, a cut is a run of its lines, and the same seed cuts the same."""
    code = cut(lines, kind, random.Random(seed))
    assert code == cut(lines, kind, random.Random(seed))
    if code is not None:
        stripped = [line.strip() for line in code.removesuffix("\n").split("\n")]
        whole = [line.strip() for line in lines]
        assert any(whole[at : at + len(stripped)] == stripped for at in range(len(whole)))
