from __future__ import annotations

from collections.abc import Callable

import pytest

Apply = Callable[[str, str], str | None]
Named = Callable[[str], Apply]


def test_functions_take_their_comments_along(apply: Named) -> None:
    """Comments right above, behind and, in Python, deeper below move; headings stay."""
    first = "# about a\ndef a():\n    return 1  # one\n    # end of a\n"
    second = "def b():\n    return 2\n"
    head = "x = 1\n\n# heading\n\n"
    copy = apply("functions-reordered")(f"{head}{first}\n\n{second}\n\nx = 2\n", "python")
    assert copy == f"{head}{second}\n\n{first}\n\nx = 2\n"


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "def a(): pass\nx = a()\ndef b(): pass\n"),
        ("python", "def a(): pass\n@a\ndef b(): pass\n"),
        ("python", "def a(): pass\ndef b(x=a): pass\n"),
        ("python", "def a(x=f()): pass\ndef b(x=f()): pass\n"),
        ("python", "def a(): return 1\ndef a(): return 2\n"),
        ("python", "if x:\n    def a(): pass\n    def b(): pass\n"),
        ("python", "def a(): pass; x = 1\n"),
        ("javascript", "function a() { return 1; }\nfunction a() { return 2; }\n"),
        ("javascript", "function a() {} function b() {}\n"),
        ("javascript", "class A {\n  get x() {}\n  set x(v) {}\n}\n"),
        ("typescript", "class A {\n  @B()\n  a() {}\n  b() {}\n}\n"),
        ("typescript", "function a(x: B): C;\nfunction a(x: D) {}\nfunction b() {}\n"),
        ("go", "package p\nfunc init() { f() }\nfunc init() { g() }\n"),
        ("rust", "fn a() {}\nmacro_rules! m { () => {} }\nfn b() { m!() }\n"),
    ],
)
def test_where_order_means_something_it_stays(apply: Named, language: str, code: str) -> None:
    """What runs, decorates, repeats or is defined in between keeps functions where they are."""
    assert apply("functions-reordered")(code, language) is None


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        (
            "javascript",
            "function a() {}\nrun();\nfunction b() {}\n",
            "function b() {}\nrun();\nfunction a() {}\n",
        ),
        (
            "typescript",
            "export default function a() {}\n\n// B.\nexport function b() {}\n",
            "// B.\nexport function b() {}\n\nexport default function a() {}\n",
        ),
        (
            "java",
            "class A {\n  @O\n  int a() {}\n  int x;\n  /** B. */\n  int b() {}\n}\n",
            "class A {\n  /** B. */\n  int b() {}\n  int x;\n  @O\n  int a() {}\n}\n",
        ),
        (
            "rust",
            "#[inline]\nfn a() {}\n\n/// B.\nfn b() {}\n",
            "/// B.\nfn b() {}\n\n#[inline]\nfn a() {}\n",
        ),
        (
            "python",
            "class A:\n    x = 1\n    def a(self): pass\n\n    def b(self): pass\n",
            "class A:\n    x = 1\n    def b(self): pass\n\n    def a(self): pass\n",
        ),
    ],
)
def test_two_functions_change_places(apply: Named, language: str, before: str, after: str) -> None:
    """Of two functions or methods each comes to stand where the other stood."""
    assert apply("functions-reordered")(before, language) == after


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        (
            "python",
            "import a  # b\n\nfrom c import (\n    d,\n)\n",
            "from c import (\n    d,\n)\n\nimport a  # b\n",
        ),
        ("javascript", "import a from 'a';\nimport 'c';\nimport b from 'b';\n", None),
        (
            "typescript",
            "import a from 'a'\nimport type { B } from 'b'\n",
            "import type { B } from 'b'\nimport a from 'a'\n",
        ),
        ("java", "import a.B;\nimport static c.D.*;\n", "import static c.D.*;\nimport a.B;\n"),
        (
            "go",
            'package p\n\nimport "a"\nimport b "c"\n',
            'package p\n\nimport b "c"\nimport "a"\n',
        ),
        ("csharp", "using A;\nusing B = C.D;\n", "using B = C.D;\nusing A;\n"),
        ("python", "from __future__ import annotations\nimport a\n", None),
        ("python", "import a\nx = 1\nimport b\n", None),
        ("python", "import a\n# b\nimport c\n", None),
        ("python", "import a\nfrom b import *\n", None),
        ("python", "import a\nimport b as a\n", None),
        ("python", "import a; import b\n", None),
    ],
)
def test_imports_change_places_within_a_run(
    apply: Named, language: str, before: str, after: str | None
) -> None:
    """Imports in a row are dealt anew; effects, stars, statements and double names stop it."""
    assert apply("imports-reordered")(before, language) == after
