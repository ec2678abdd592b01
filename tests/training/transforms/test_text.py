from __future__ import annotations

import re
from collections.abc import Callable

import pytest

Apply = Callable[[str, str], str | None]
Named = Callable[[str], Apply]


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("python", "x = 1  # one\n# two\ny = '# no'\n", "x = 1\ny = '# no'\n"),
        ("c", "int /* a */ b; /* c */\n", "int b;\n"),
        ("c", "int/* a */b;\n", "int b;\n"),
        ("c", "/* a */ int b;\n", "int b;\n"),
        ("javascript", "a;/* b\nc */d;\n", "a;\nd;\n"),
        ("java", "class A {\n    /** B. */\n    int b; // c\n}\n", "class A {\n    int b;\n}\n"),
        ("rust", "/// A.\nfn a() {}\n", "fn a() {}\n"),
        ("tsx", "a = <p>{/* b */}</p>;\n", "a = <p>{}</p>;\n"),
        ("go", "package p\n\n/*\nA.\n*/\nvar a int\n", "package p\n\nvar a int\n"),
    ],
)
def test_comments_go_with_their_lines(apply: Named, language: str, before: str, after: str) -> None:
    """A comment takes its line with it if it was alone there, and leaves words apart."""
    assert apply("comments-stripped")(before, language) == after


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nx = []  # type: list\n"),
        ("python", "import a  # noqa: F401\nb = 1  # pragma: no cover\n"),
        ("go", "//go:build linux\n// +build linux\n\npackage p\n"),
        ("go", 'package p\n\n// int f();\nimport "C"\n'),
        ("go", "package p\n\nfunc ExampleA() {\n\tf()\n\t// Output: 1\n}\n"),
        ("javascript", "/* eslint-disable */\nf(/*#__PURE__*/ g());\n"),
        ("typescript", '/// <reference path="a" />\n// @ts-ignore\nf();\n'),
        ("c", "// SPDX-License-Identifier: MIT\nint a; // NOLINT\n"),
        ("java", "class A {\n    int a; // NOSONAR\n}\n"),
    ],
)
def test_what_tools_read_stays(apply: Named, language: str, code: str) -> None:
    """Directives are neither dropped nor reworded."""
    assert apply("comments-stripped")(code, language) is None
    assert apply("comments-reworded")(code, language) is None


def test_comments_are_reworded_in_kind_and_length(apply: Named) -> None:
    """New words have the old ones' lengths and case; tags, links and signs stay."""
    code = "/**\n * Adds THE two numbers, see http://a.b/c.\n * @param {int} left one\n */\nf();\n"
    copy = apply("comments-reworded")(code, "javascript")
    assert copy is not None
    assert len(copy) == len(code)
    assert _form(copy) == _form(code)
    assert "http://a.b/c" in copy
    assert "@param {int} " in copy
    assert not {"Adds", "numbers", "left"} & set(re.findall(r"\w+", copy))


def _form(text: str) -> str:
    return re.sub(r"[A-Z]", "X", re.sub(r"[a-z]", "x", text))


def test_a_comment_that_ends_a_line_goes_as_one(apply: Named) -> None:
    """Where a comment's newline ends a statement, no statement is joined by taking it out."""
    code = "function f() {\n  return /* a\n  b */ 1;\n}\n"
    copy = apply("comments-stripped")(code, "javascript")
    assert copy is None or re.search(r"return\s*\n", copy)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('def f():\n    """A."""\n', "def f():\n    pass\n"),
        ('def f(): "A."\n', "def f(): pass\n"),
        ('def f():\n    """A."""\n    # b\n', "def f():\n    pass\n    # b\n"),
        ('"""A."""\nx = 1\n\n\nclass B:\n    """C.\n    D."""\n    y = 2\n', None),
        ('def f():\n    """A."""; return 1\n', "def f():\n    pass; return 1\n"),
    ],
)
def test_docstrings_go(apply: Named, before: str, after: str | None) -> None:
    """A docstring goes with its lines; a body without anything else becomes `pass`."""
    expected = after or "x = 1\n\n\nclass B:\n    y = 2\n"
    assert apply("docstrings-dropped")(before, "python") == expected


@pytest.mark.parametrize(
    "code",
    [
        'def f():\n    f"{print(1)}"\n    return 1\n',
        'x = """A."""\n',
        '"""A."""\nprint(__doc__)\n',
        '"""Alone."""\n',
    ],
)
def test_strings_that_do_something_stay(apply: Named, code: str) -> None:
    """Strings that run, are kept, are read or are all there is are no docstrings to drop."""
    assert apply("docstrings-dropped")(code, "python") is None


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("python", "a = 'b', 'c', \"it's\", r'd'\n", 'a = "b", "c", "it\'s", r"d"\n'),
        ("python", "a = f\"{b['c']}\"\n", None),
        ("python", "a = '''b'''\n", None),
        ("python", "a = 'b\\'c'\n", None),
        ("javascript", "a = \"b\" + `c${'d'}`;\n", "a = 'b' + `c${'d'}`;\n"),
        ("tsx", "a = <b c='d'>e's</b>;\n", 'a = <b c="d">e\'s</b>;\n'),
    ],
)
def test_quotes_change_where_nothing_is_escaped(
    apply: Named, language: str, before: str, after: str | None
) -> None:
    """The commoner quotes become the other; long, nested and escaped strings stay."""
    assert apply("quotes-normalised")(before, language) == after


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("python", "if a:\n    b\n\n\n    c  \n", "if a:\n  b\n\n  c\n"),
        ("python", "if a:\n  b", "if a:\n    b\n"),
        ("python", "if a:\n\tb\n", "if a:\n    b\n"),
        ("python", "\n\na = '''\n  b  \n\n\n\tc'''  \n\n\n", "a = '''\n  b  \n\n\n\tc'''\n"),
        (
            "go",
            "package p\nfunc f() {\n\tg(`\n\t `)\n}\n",
            "package p\nfunc f() {\n    g(`\n\t `)\n}\n",
        ),
        ("go", "package p\nfunc f() {\n    g()\n}\n", "package p\nfunc f() {\n\tg()\n}\n"),
        ("javascript", "f(`\n  ${a}  \n\n\n`) \n", "f(`\n  ${a}  \n\n\n`)\n"),
    ],
)
def test_white_space_changes_outside_strings(
    apply: Named, language: str, before: str, after: str
) -> None:
    """Indentation, blank lines and line ends change; what lies in a string does not."""
    assert apply("whitespace-normalised")(before, language) == after
