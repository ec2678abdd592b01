"""What the columns that matter most hold, on code small enough to count by hand."""

import numpy as np
import pytest

from fingerprint_features import registry
from fingerprint_features.ratios import entropy, mean, preference, quantiles, share, spread
from fingerprint_features.sample import Sample
from fingerprint_features.shape.imports import imported_names
from fingerprint_features.source import prepare
from fingerprint_features.stylometry.naming import style_of, words_of

PY_DOCS = '''# Licence: none.
"""What this is for."""


def first(a):
    """Return a.

    Args:
        a: a thing
    """
    return a


def second(b):
    # Second of two.
    return b
'''

PY_GUARDS = '''def f(a):
    """Return a."""
    if not a:
        return None
    b = a + 1
    return b


def g(a):
    a.run()
'''

JAVA = """class Box {
    /** Holds. */
    int hold(int a) {
        if (a > 1) {
            return a;
        } else {
            a++;
        }
        return a;
    }
}
"""

LAYOUT = """a = [1, 2]

if a:
  b = 'x'
  c = "y"


def f(x):
\treturn x+1
"""

BRACES = """int f(int a)
{
    if (a) {
        return g(a);
    } else {
        return h( a );
    }
}
"""


@pytest.mark.parametrize(
    ("language", "code", "column", "value"),
    [
        # Layout: 6 lines of 9 hold code, the others form a run of one and a run of two.
        ("python", LAYOUT, "layout.blank_share", 3 / 9),
        ("python", LAYOUT, "layout.blank_runs", 2 / 6),
        ("python", LAYOUT, "layout.blank_run_2", 1 / 2),
        ("python", LAYOUT, "layout.blank_run_mean", 1.5),
        ("python", LAYOUT, "layout.indent_unit_2", 1 / 2),
        ("python", LAYOUT, "layout.indent_unit_4", 1 / 2),
        ("python", LAYOUT, "layout.indent_entropy", 1.0),
        ("python", LAYOUT, "layout.indent_tabs", (1 + 1) / (1 + 2 + 2)),
        ("python", LAYOUT, "layout.line_max", 11),
        ("python", "a = 1  \nb = 2\n", "layout.trailing_space", 1 / 2),
        ("python", "if a:\n\n    b\n", "layout.blank_after_open", 1.0),
        ("python", "if a:\n\n    b\n", "layout.blank_inside", 1.0),
        # Spacing.
        ("python", LAYOUT, "spacing.comma_spaced", (1 + 1) / (1 + 2)),
        ("python", LAYOUT, "spacing.arithmetic_spaced", 1 / 3),
        ("python", LAYOUT, "spacing.quote_single", 0.5),
        ("c", BRACES, "spacing.brace_own_line", (1 + 1) / (1 + 2 + 2)),
        ("c", BRACES, "spacing.else_own_line", 1 / 3),
        ("c", BRACES, "spacing.keyword_paren", (1 + 1) / (1 + 2)),
        ("c", BRACES, "spacing.bracket_padded", (1 + 1) / (4 + 2)),
        ("c", BRACES, "spacing.semicolon_end", 2 / 8),
        ("python", "a = 'x; y'\n", "spacing.char_3b", 0.0),
        ("python", "a = [\n    1,\n]\nb = [\n    1\n]\n", "spacing.trailing_comma", 0.5),
        ("python", "a   = 1\nbc  = 2\nd = 3\n", "spacing.aligned", 2 / 3),
        ("python", "a   = 1\n    b  + 2\n", "spacing.double_space", 1.0),
        ("javascript", "const a = `${b+c}+`;\n", "spacing.arithmetic_spaced", 1 / 3),
        # Naming.
        ("python", "def read_all(x): pass\n", "naming.function_snake", 1.0),
        ("python", "def read_all(x): pass\n", "naming.function_length", 8.0),
        ("python", "def read_all(x): pass\n", "naming.parameter_single", 1.0),
        ("java", "class MyBox { int readAll() { int aB = 1; } }", "naming.class_pascal", 1.0),
        ("java", "class MyBox { int readAll() { int aB = 1; } }", "naming.function_words", 2.0),
        ("java", "class MyBox { int readAll() { int aB = 1; } }", "naming.variable_camel", 1.0),
        ("python", "MAX_SIZE = 1\nother = 2\n", "naming.constant_count", 1 / 2),
        ("python", "MAX_SIZE = 1\nother = 2\n", "naming.variable_count", 1 / 2),
        ("python", "self._size = 1\n", "naming.leading_underscore", 1.0),
        ("php", "class A { private $count = 1; }", "naming.member_lower", 1.0),
        (None, "alpha beta alpha", "naming.identifier_once", 1 / 2),
        (None, "alpha beta alpha", "naming.name_repeat", 1.5),
        # Idiom: counted in code, not in comments.
        ("python", "for i, x in enumerate(a):\n    pass\n", "idiom.enumerate", 50.0),
        ("python", "a = f'{b}'\n", "idiom.fstring_over_format", 2 / 3),
        ("javascript", "// one of many\nfor (const a of b) {}\n", "idiom.for_of", 50.0),
        ("java", "int a = 4; // 4 // 2\n", "idiom.floor_division", 0.0),
        ("python", "a = 4 // 2\n", "idiom.floor_division", 100.0),
        ("javascript", "const a = () => 1;\n", "idiom.arrow_over_function", 2 / 3),
        ("go", "if err != nil {\n\treturn err\n}\n", "idiom.err_nil", 100 / 3),
        # Roles.
        ("python", "if a == 1:\n    f()\n", "roles.pair_if_compare", 1 / 2),
        ("java", JAVA, "roles.pair_if_compare", 1 / 4),
        ("python", "x = [a for a in b]\n", "roles.pair_assign_comprehension", 1.0),
        # Tree.
        ("python", PY_GUARDS, "tree.functions", 2 / 8 * 100),
        ("python", PY_GUARDS, "tree.guards", 1 / 2),
        ("python", PY_GUARDS, "tree.early_returns", 1 / 2),
        ("python", PY_GUARDS, "tree.function_lines", 4.0),
        ("python", PY_GUARDS, "tree.function_variance", 4.0 / 16.0),
        ("python", PY_GUARDS, "tree.parameters", 1.0),
        ("java", JAVA, "tree.guards", 1.0),
        ("java", JAVA, "tree.early_returns", 1 / 2),
        ("java", JAVA, "tree.methods", 1.0),
        ("java", JAVA, "tree.else_share", 1.0),
        ("java", "class A { int f() { return a.b().c(); } }", "tree.chain", 1 / 2),
        ("go", "package a\nfunc (r *T) F(b int) (int, error) {}", "tree.parameters", 1.0),
        ("kotlin", "fun f(a: Int) {\n    if (a > 1) return\n    g()\n}", "tree.guards", 1.0),
        ("rust", "fn f(a: u8) {\n    if a > 1 { return; }\n    g()\n}", "tree.guards", 1.0),
        ("ruby", "def f(a)\n  return 1 if a\n  g\nend\n", "tree.guards", 1.0),
        ("php", "function f($a) { if ($a) { return 1; } return 2; }", "tree.early_returns", 0.5),
        ("python", "def f(a: int, b): pass\n", "tree.annotated", 1 / 2),
        ("python", "import os\nimport re\nre.sub\n", "tree.imports_unused", 1 / 2),
        ("python", "from a import b, c\nc()\n", "tree.imports_unused", 1 / 2),
        ("javascript", "import { a, b as c } from 'd';\nc();\n", "tree.imports_unused", 1 / 2),
        ("go", 'package a\nimport (\n"b/c"\n"d"\n)\nvar e = c.F()', "tree.imports_unused", 1 / 2),
        ("java", "import a.B;\nimport a.C;\nclass D { B b; }", "tree.imports_unused", 1 / 2),
        ("python", "import b\nimport a\n", "tree.imports_sorted", 0.0),
        ("python", "from a import *\nimport b\n", "tree.import_star", 1 / 2),
        ("python", "def f(): pass\nimport a\n", "tree.imports_head", 0.0),
        ("svelte", "if __name__ == '__main__': pass", "tree.main_guard", 1.0),
        ("python", "def f(:\n    return 1\n", "tree.functions", 50.0),
        # Comments.
        ("python", PY_DOCS, "comments.docstring_coverage", 1 / 2),
        ("python", PY_DOCS, "comments.docstring_full_stop", (2 + 1) / (2 + 2)),
        ("python", PY_DOCS, "comments.docstring_sections", 1 / 2),
        ("python", PY_DOCS, "comments.docstring_lines", 3.0),
        ("python", PY_DOCS, "comments.count", 4 / 11),
        ("python", PY_DOCS, "comments.head", 1.0),
        ("python", "if a:\n    'no docstring'\n", "comments.count", 0.0),
        ("python", "a = 1  # one\n", "comments.trailing_count", 1.0),
        ("python", "#one\n# Two.\n", "comments.no_space", 1 / 2),
        ("python", "#one\n# Two.\n", "comments.capital", 1 / 2),
        ("python", "# Return it.\n# Returns it.\n", "comments.imperative", 1 / 2),
        ("python", "# Return it.\n# Returns it.\n", "comments.third_person", 1 / 2),
        ("python", "# 1. we go\n# ====\n", "comments.numbered", 1 / 2),
        ("python", "# 1. we go\n# ====\n", "comments.banner", 1 / 2),
        ("python", "# 1. we go\n# ====\n", "comments.we", 1 / 2),
        ("python", "# open the door\ndoor = 1\n", "comments.overlap", 1 / 3),
        ("java", JAVA, "comments.docstring_coverage", 1 / 2),
        ("java", JAVA, "comments.function_documented", 1.0),
        ("java", JAVA, "comments.doc_count", 1 / 11),
        ("rust", "/// One.\n#[test]\nfn f() {}\n", "comments.function_documented", 1.0),
        ("c", "int a; // one\nint f(void) { }\n", "comments.function_documented", 0.0),
        ("css", "#a { color: #fff; }\n/* Grey */\n", "comments.count", 1 / 2),
    ],
)
def test_column(language: str | None, code: str, column: str, value: float) -> None:
    """A column holds what its description says."""
    row = registry.measure(prepare(Sample(code, language)))
    assert row[registry.COLUMNS.index(column)] == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "style", "words"),
    [
        ("x", "single", ("x",)),
        ("_x", "single", ("x",)),
        ("total", "lower", ("total",)),
        ("read_all", "snake", ("read", "all")),
        ("readAll", "camel", ("read", "all")),
        ("ReadAll", "pascal", ("read", "all")),
        ("MAX_SIZE", "upper", ("max", "size")),
        ("parseHTTPUrl2", "camel", ("parse", "http", "url", "2")),
        ("", "single", ()),
    ],
)
def test_names(name: str, style: str, words: tuple[str, ...]) -> None:
    """Case styles and words are told as people tell them."""
    assert style_of(name) == style
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("python", "import os.path as p, re", ["p", "re"]),
        ("python", "from a import (b, c as d)", ["b", "d"]),
        ("python", "from __future__ import annotations", ["annotations"]),
        ("javascript", "import a, { b as c } from 'd';", ["a", "c"]),
        ("javascript", "import 'polyfill';", []),
        ("typescript", "import type { A } from './a'", ["A"]),
        ("java", "import static a.B.*;", []),
        ("kotlin", "import a.b.c as d", ["d"]),
        ("rust", "use std::{fmt::Display, io};", ["Display", "io"]),
        ("go", '"net/http"', ["http"]),
        ("c", "#include <stdio.h>", []),
    ],
)
def test_imported_names(language: str, text: str, names: list[str]) -> None:
    """The names that an import brings in, where it spells them out."""
    assert imported_names(language, text) == names


def test_statistics_are_defined_for_nothing() -> None:
    """No statistic divides by nought: empty input has a value that says nothing."""
    none = np.zeros(0)
    assert (share(1, 0), preference(0, 0), entropy(none), mean(none), spread(none)) == (
        0.0,
        0.5,
        0.0,
        0.0,
        0.0,
    )
    assert quantiles(none, (0.5, 0.9)) == [0.0, 0.0]
    assert quantiles(np.array([3, 1, 2]), (0.0, 0.5, 1.0)) == [1.0, 2.0, 3.0]
    assert entropy(np.array([1, 1, 1, 1])) == 2.0
