from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.languages import (
    language_of,
    language_of_content,
    language_of_path,
    normalise,
)
from fingerprint_features.plain_comments import comment_ranges

SAMPLES = sorted((Path(__file__).parent.parent / "golden" / "samples").iterdir())


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.py", "python"),
        ("a.pyi", "python"),
        ("src/A.PY", "python"),
        ("a.js", "javascript"),
        ("a.mjs", "javascript"),
        ("a.jsx", "javascript"),
        ("a.ts", "typescript"),
        ("a.d.ts", "typescript"),
        ("a.tsx", "tsx"),
        ("A.java", "java"),
        ("a.go", "go"),
        ("a.rs", "rust"),
        ("a.c", "c"),
        ("a.h", "c"),
        ("a.hpp", "cpp"),
        ("a.cc", "cpp"),
        ("a.cs", "csharp"),
        ("a.rb", "ruby"),
        ("Rakefile", "ruby"),
        ("lib/Gemfile", "ruby"),
        ("a.php", "php"),
        ("a.kt", "kotlin"),
        ("build.gradle.kts", "kotlin"),
        ("a.svelte", "svelte"),
        ("a.scss", "css"),
        ("C:\\code\\a.sql", "sql"),
        ("Makefile", "make"),
        ("README", None),
        ("a.unheard-of", None),
        (".gitignore", None),
    ],
)
def test_language_of_path(path: str, language: str | None) -> None:
    """The extension or the name of a file tells its language, whatever its case and folder."""
    assert language_of_path(path) == language


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("#!/usr/bin/env python3\n", "python"),
        ("#!/usr/bin/pypy\n", "python"),
        ("#!/usr/bin/env node\n", "javascript"),
        ("#!/usr/bin/ruby -w\n", "ruby"),
        ("#!/usr/bin/env php\n", "php"),
        ("#!/bin/sh\n", "shell"),
        ("#!/usr/bin/env bash\n", "shell"),
        ("#!/usr/bin/perl\n", "perl"),
        ("", None),
        ("one two three", None),
        ("def f(a):\n    return self.a\n", "python"),
        ("package main\n\nfunc main() {\n\tx := 1\n}\n", "go"),
        ("<!DOCTYPE html>\n<p>fun main() val x</p>", "html"),
        ("<script>\nlet a = 1;\nconst b = () => 2;\n</script>", "html"),
        ("<?php\n$a = 1;\necho $a;\n", "php"),
        ("#include <vector>\nstd::vector<int> a;\n", "cpp"),
        ('#include <stdio.h>\nint main(void) {\nprintf("a");\n', "c"),
    ],
)
def test_language_of_content(code: str, language: str | None) -> None:
    """A shebang tells the language, else the forms of declaration do; two hits are the least."""
    assert language_of_content(code) == language


def test_content_tells_the_samples_languages() -> None:
    """At least 12 of the stored samples are told by content alone; TSX passes for JavaScript."""
    right = [
        language_of_content(path.read_text("utf-8")) == language_of_path(path.name)
        for path in SAMPLES
    ]
    assert sum(right) >= 12


@pytest.mark.parametrize(
    ("path", "code", "language"),
    [
        ("a.h", "namespace b {}\nstd::string c;\nusing namespace std;", "cpp"),
        ("a.h", "int f(void);", "c"),
        ("a.py", "package main\nfunc f() {}\n", "python"),
        (None, "package main\nfunc f() {}\n", "go"),
        ("a.unheard-of", "package main\nfunc f() {}\n", "go"),
    ],
)
def test_the_path_goes_before_the_content(path: str | None, code: str, language: str) -> None:
    """Content decides only where the path does not, and between the two kinds of header."""
    assert language_of(path, code) == language


@pytest.mark.parametrize(
    ("name", "language"),
    [("C++", "cpp"), (" Py ", "python"), ("C#", "csharp"), ("golang", "go"), ("Cobol", "cobol")],
)
def test_normalise(name: str, language: str) -> None:
    """What people call a language becomes our name of it; unknown names stay, in lower case."""
    assert normalise(name) == language


@pytest.mark.parametrize(
    ("language", "code", "found"),
    [
        ("css", "#id { color: #333; } /* grey */", ["/* grey */"]),
        ("svelte", "<a href='https://a.b'> <!-- one -->", ["<!-- one -->"]),
        ("shell", "a=1 # one\necho $#", ["# one"]),
        ("sql", "SELECT 1 -- one", ["-- one"]),
        ("swift", "let a = 1 // one\n/* two\n*/", ["// one", "/* two\n*/"]),
        ("ocaml", "(* one *)", ["(* one *)"]),
        (None, "#include <a>\n# one\nb // two", ["# one", "// two"]),
        ("swift", "/* never closed", ["/* never closed"]),
    ],
)
def test_comments_without_a_grammar(language: str | None, code: str, found: list[str]) -> None:
    """The signs of each family of languages are known; colours and addresses are no comments."""
    assert [code[a:b] for a, b in comment_ranges(code.encode(), language)] == found


@given(st.text(alphabet="/*<!-#;% \nab", max_size=200), st.sampled_from(["css", "sql", None]))
def test_comment_ranges_are_apart(code: str, language: str | None) -> None:
    """Ranges ascend, never overlap and stay inside the text."""
    edges = [edge for span in comment_ranges(code.encode(), language) for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(code.encode()) for edge in edges)
