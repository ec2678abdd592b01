"""Files cut into functions, the code between them, and windows."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_features.errors import FeatureError, NotTextError
from fingerprint_features.functions import functions
from fingerprint_features.parts import LEAST_BETWEEN, LONGEST_BETWEEN, WAYS, cut
from fingerprint_features.sample import Sample

FILES = {
    "python": ("class A:\n    @memo(\n        1\n    )\n    def one(self):\n        pass\n", "one"),
    "javascript": ("const one = (a) => {\n  return a;\n};\n", "one"),
    "typescript": ("class A {\n  one(a: number): void {\n    a;\n  }\n}\n", "one"),
    "tsx": ("export function One() {\n  return <b>1</b>;\n}\n", "One"),
    "java": ("class A {\n  @Override\n  int one(int a) {\n    return a;\n  }\n}\n", "one"),
    "go": ("func (a *A) one(b int) int {\n\treturn b\n}\n", "one"),
    "rust": ("impl A {\n    fn one(&self) -> u8 {\n        1\n    }\n}\n", "one"),
    "c": ("#include <a.h>\nstatic char **one(int a) {\n  return 0;\n}\n", "one"),
    "cpp": ("A::A(int a) {\n  b = a;\n}\n", "A::A"),
    "csharp": ("class A {\n  int one(int a) {\n    return a;\n  }\n}\n", "one"),
    "ruby": ("class A\n  def one\n    1\n  end\nend\n", "one"),
    "php": ("<?php\nfunction one($a) {\n  return $a;\n}\n", "one"),
    "kotlin": ("class A {\n  fun one(a: Int): Int {\n    return a\n  }\n}\n", "one"),
}

PYTHON = (
    "import a\nimport b\nimport c\nimport d\nimport e\n\n"
    "# says one\n@memo\ndef one():\n    def inner():\n        pass\n    return inner\n\n"
    "x = 1\n\n\nclass B:\n    def two(self):\n        return 2\n"
)


@pytest.mark.parametrize("language", FILES)
def test_every_grammar_names_its_functions(language: str) -> None:
    """In each language with a grammar a function is found, whole, with its name."""
    code, name = FILES[language]
    found = functions(code, language)
    assert [each.name for each in found] == [name]
    assert all(each.whole for each in found)
    assert [part.name for part in cut(Sample(code, language)).parts] == [name]


def test_functions_and_what_stands_between() -> None:
    """Outermost functions and methods with what is above them, and code between from 5 lines on."""
    made = cut(Sample(PYTHON, "python"))
    assert made.by == "function"
    assert [(p.start, p.end, p.name) for p in made.parts] == [
        (1, 5, None),
        (7, 12, "one"),
        (18, 19, "two"),
    ]
    assert made.parts[2].code == "def two(self):\n    return 2\n"


def test_decorators_over_several_lines_belong_to_a_function() -> None:
    """Python's tree tells where they begin; a C preprocessor's line is no comment."""
    code, _ = FILES["python"]
    assert cut(Sample(code, "python")).parts[0].start == 2
    code, _ = FILES["c"]
    assert cut(Sample(code, "c")).parts[0].start == 2


def test_long_code_between_functions_is_cut() -> None:
    """A module of statements behind one function does not become one part."""
    code = "def one():\n    return 1\n" + "x = 1\n" * 300
    made = cut(Sample(code, "python"))
    assert made.by == "function"
    assert len(made.parts) > 4
    assert max(part.end - part.start + 1 for part in made.parts) <= LONGEST_BETWEEN


@pytest.mark.parametrize("language", [None, "lua", "python"])
def test_without_functions_there_are_windows(language: str | None) -> None:
    """Also for a language without a grammar, and an unknown one; `by` says so."""
    made = cut(Sample("x = 1\n" * 100, language))
    assert made.by == "window"
    assert made.parts[0].start == 1
    assert made.parts[-1].end == 100
    assert 3 <= len(made.parts) <= 5


def test_windows_overlap_by_half_and_begin_after_blank_lines() -> None:
    """Each step lies in two windows, and cuts move to blank lines that are near."""
    block = "def f():\n" + "    a = 1\n" * 17 + "\n\n"
    made = cut(Sample(block * 6, "python"), "window")
    assert len(made.parts) == len(made.steps) - 1
    for part, first, second in zip(made.parts, made.steps, made.steps[1:], strict=False):
        assert (part.start, part.end) == (first[0], second[1])
    lines = (block * 6).split("\n")
    assert all(lines[start - 1].startswith("def") for start, _ in made.steps)


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("code", ["", "\n", "  \n\t\n", "\ufeff"])
def test_nothing_has_no_parts(code: str, by: str) -> None:
    """An empty file, or a blank one, is none of anything."""
    assert cut(Sample(code, "python"), by).parts == ()


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
@pytest.mark.parametrize("by", WAYS)
def test_line_ends_do_not_matter(by: str, ends: str) -> None:
    """Lines are counted alike under all line ends."""
    assert cut(Sample(PYTHON.replace("\n", ends), "python"), by) == cut(
        Sample(PYTHON, "python"), by
    )


def test_misuse_names_the_culprit() -> None:
    """Another way of cutting, a window of one line, and bytes are refused."""
    with pytest.raises(FeatureError, match="'class'"):
        cut(Sample("x"), "class")
    with pytest.raises(FeatureError, match="not 1"):
        cut(Sample("x"), "window", window=1)
    with pytest.raises(NotTextError, match="bytes"):
        cut(Sample(b"x"))  # type: ignore[arg-type]


_LINES = st.lists(
    st.sampled_from(
        ["def f():", "    x = 1", "\ty", "", "}", "class A {", "  void g() {", '"""', "# a", "@b"]
    ),
    max_size=120,
)


@settings(deadline=None, max_examples=60)
@given(_LINES, st.sampled_from(WAYS), st.sampled_from(["python", "java", "ruby", None]))
def test_parts_are_ordered_and_lose_nothing(
    lines: list[str], by: str, language: str | None
) -> None:
    """Steps ascend and are disjoint, parts hold the file's own lines, what is left out is short.

    Of broken code too.
    """
    made = cut(Sample("\n".join(lines), language), by)
    edges = [edge for step in made.steps for edge in step]
    assert edges == sorted(edges)
    assert all(a[1] < b[0] for a, b in zip(made.steps, made.steps[1:], strict=False))
    for part in made.parts:
        held = [line.strip() for line in part.code.split("\n")]
        assert held[:-1] == [line.strip() for line in lines[part.start - 1 : part.end]]
    covered = {n for start, end in made.steps for n in range(start, end + 1)}
    bare = [n for n in made.filled if n not in covered]
    if made.by == "window":
        assert not bare
    run = 0
    for n in made.filled:
        run = run + 1 if n in bare else 0
        assert run < LEAST_BETWEEN


def test_a_long_file_takes_linear_time() -> None:
    """20,000 lines take a few seconds at most, however they are cut."""
    code = "def f(a):\n    b = a + 1\n    return b\n\n" * 5_000
    begun = time.process_time()
    assert len(cut(Sample(code, "python")).parts) == 5_000
    assert len(cut(Sample(code, "python"), "window").parts) > 900
    assert time.process_time() - begun < 6
