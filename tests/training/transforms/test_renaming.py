from __future__ import annotations

import ast
import builtins
import contextlib
import io
import keyword
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_training.transforms import TRANSFORMS
from fingerprint_training.transforms.words import NAME_WORDS

Apply = Callable[[str, str], str | None]
RENAME = next(each for each in TRANSFORMS if each.name == "identifiers-renamed").apply

PROGRAMS = (
    """
def outer(numbers, factor=2):
    total = 0
    def inner(number):
        nonlocal total
        scaled = number * factor
        total += scaled
        return scaled
    scaled = [inner(number) for number in numbers if number]
    return total, scaled, {key: value for key, value in zip("ab", scaled)}
print(outer([1, 2, 3]), outer([], factor=3))
""",
    """
import functools
count = 0
class Box:
    size = 3
    def __init__(self, size, label):
        self.size, self.label = size, label
    def grow(self, amount):
        global count
        count += amount
        larger = Box(size=self.size + amount, label=self.label)
        return larger
    def __repr__(self):
        text = f"{self.label}:{self.size}"
        return text
def wrap(function):
    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        result = function(*args, **kwargs)
        return result
    return wrapped
@wrap
def grown(box, amount):
    return box.grow(amount)
print(grown(Box(1, "a"), amount=2), count, Box.size)
""",
    """
def read(rows):
    found, missing = [], 0
    for position, (name, *rest) in enumerate(rows):
        try:
            value = int(rest[0])
        except (IndexError, ValueError) as problem:
            missing += 1
            found.append(type(problem).__name__)
        else:
            found.append(f"{name:>4}{value!r}{position}")
    with_length = lambda item, least=1: len(item) >= least
    if (first := found[:1]) and with_length(first):
        print(first)
    print(f"{missing=}")
    return sorted(found, key=lambda entry: (len(entry), entry))
print(read([("a", "1"), ("b",), ("c", "x", "y")]))
""",
    """
def shadow(list, id=None):
    value = [id for id in list]
    def max(first, second):
        return first if first > second else second
    match value:
        case [head, *tail]:
            return max(head, len(tail))
        case _:
            return sum(value)
print(shadow([4, 5]), max(1, 2), sum([1]), id is not None)
""",
)


def _run(code: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "program", "exec"), {"__name__": "program"})  # noqa: S102 - our own
    return said.getvalue()


@pytest.mark.parametrize("program", PROGRAMS)
def test_renamed_programs_say_the_same(program: str) -> None:
    """A program with other names prints what it printed before."""
    copies = {RENAME(program, "python", seed) for seed in range(3)}
    assert None not in copies
    assert len(copies) == 3
    for copy in copies:
        assert copy is not None
        assert _run(copy) == _run(program)


NAMES = ["value", "total", "item_count", "rowIndex", "x", "list", "len", "size", "_hidden", "os"]
names = st.sampled_from(NAMES)


@st.composite
def modules(draw: st.DrawFn) -> str:
    a, b, c, d, e = (draw(names) for _ in range(5))
    lines = draw(
        st.permutations(
            [
                f"    {a} = {b}",
                f"    {c} = len({a})",
                f"    box.{d} = {a}.{b}",
                f"    call({e}={a}, key={b})",
                f"    for {d} in range(3): print({d})",
            ]
        )
    )
    head = draw(st.sampled_from(["import os", f"{a} = 1", f"class A:\n    {b} = 1", ""]))
    return "\n".join([head, f"def work({c}, other=1):", *lines, f"    return {e}", ""])


@given(modules(), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_keywords_builtins_and_members_never_change(code: str, seed: int) -> None:
    """Members, keyword arguments, builtins, imports and definitions of a module keep their names.

    All other names change one to one.
    """
    copy = RENAME(code, "python", seed)
    if copy is None:
        return
    mapping: dict[str, str] = {}
    pairs = list(zip(ast.walk(ast.parse(code)), ast.walk(ast.parse(copy)), strict=True))
    for old, new in pairs:
        assert type(old) is type(new)
        for field in ("attr", "module", "name"):
            assert getattr(old, field, None) == getattr(new, field, None)
        if isinstance(old, ast.keyword) and isinstance(new, ast.keyword):
            assert old.arg == new.arg
        name, renamed = _plain(old), _plain(new)
        if name is not None and renamed is not None:
            assert mapping.setdefault(name, renamed) == renamed
            if hasattr(builtins, name) or (name == "os" and "import os" in code):
                assert renamed == name
    assert len(set(mapping.values())) == len(mapping)
    assert not {new for old, new in mapping.items() if new != old} & set(re.findall(r"\w+", code))


def _plain(node: ast.AST) -> str | None:
    return getattr(node, "id", None) or (node.arg if isinstance(node, ast.arg) else None)


@pytest.mark.parametrize(
    ("language", "code", "stays"),
    [
        ("python", "from a import *\ndef f():\n    return free\n", "free"),
        ("python", "def f(x):\n    return eval('x')\n", "x"),
        ("python", "def f(x):\n    return locals()\n", "x"),
        ("python", "def f(width, **rest):\n    return g(**rest)\n", "width"),
        ("python", "def f(a, *, width):\n    return width\n", "width"),
        ("python", "def f(box, width):\n    return box.width\n", "width"),
        ("python", "@route('/<name>')\ndef f(name):\n    return name\n", "name"),
        ("python", "def test_f(tmp_path):\n    tmp_path.mkdir()\n", "tmp_path"),
        ("python", "def f(frame, low):\n    return frame.query('a > @low')\n", "low"),
        ("python", "def f(n):\n    return f'{n=}'\n", "n"),
        ("python", "class A:\n    size = 1\n    def f(self, size): return size\n", "size"),
        ("python", "def f():\n    global n\n    n = 1\n", "n"),
        ("python", "def f(xs):\n    return [n for n in xs], n\n", "n"),
        ("javascript", "function f(o) { const { a } = o; return a; }\n", "a"),
        ("javascript", "function f(a) { return { a }; }\n", "a"),
        ("javascript", "function f(a, o) { return o.a; }\n", "a"),
        ("javascript", "function f() { { let n = 1; } return n; }\n", "n"),
        ("javascript", "export const n = 1;\nfunction f() { let n = 2; return n; }\n", "n"),
        ("javascript", "for (var n = 0; n < 3; n++) {}\n", "n"),
        ("javascript", "function f(x) { return eval('x'); }\n", "x"),
        ("javascript", "function f(x) { with (x) { y; } }\n", "x"),
        ("typescript", "class A { constructor(private n: number) { n; } }\n", "n"),
        ("java", "class A { int n; void f(int n) { g(n); } }\n", "n"),
        ("java", "class A { void f(@Param int n) { g(n); } }\n", "n"),
        ("java", "class A { int f(int max) { return Math.max(max, 1); } }\n", "max"),
        ("java", "class A { void f(int n) { new B() { int g() { return n; } }; } }\n", "n"),
        ("java", "record A(int n) { int f() { return n; } }\n", "n"),
        ("go", 'package p\nimport "net/url"\nfunc f() { url := url.Parse(); g(url) }\n', "url"),
        ("go", "package p\nfunc f(n int) T { return T{n: n} }\n", "n"),
        ("go", "package p\nvar n = 1\nfunc f() { n := 2; g(n) }\n", "n"),
        ("go", "package p\nfunc f() { for n = range x { g(n) } }\n", "n"),
        ("go", "package p\nfunc f(len int) { g(len) }\n", "len"),
    ],
)
def test_in_doubt_a_name_stays(language: str, code: str, stays: str) -> None:
    """A name that something else may know by its letters is left as it is, for every seed."""
    for seed in range(3):
        copy = RENAME(code, language, seed)
        assert copy is None or _count(copy, stays) == _count(code, stays)


def _count(code: str, name: str) -> int:
    signs = "".join(sign if sign.isalnum() or sign == "_" else " " for sign in code)
    return signs.split().count(name)


@pytest.mark.parametrize(
    ("language", "code", "gone"),
    [
        ("python", "def f(xs):\n    return [y for y in xs if y]\n", {"xs", "y"}),
        ("python", "def f():\n    def g(): return 1\n    return g()\n", {"g"}),
        ("javascript", "const f = (x) => { try { g(x); } catch (e) { h(e); } };\n", {"x", "e"}),
        ("javascript", "function f([p, q = 1], ...r) { return p + q + r; }\n", {"p", "q", "r"}),
        ("typescript", "const f = (x: number): number => x;\n", {"x"}),
        ("tsx", "const F = (p: P) => { const s = p; return <A b={s} />; };\n", {"p", "s"}),
        ("java", "class A { void f(List<B> bs) { bs.forEach(b -> g(b)); } }\n", {"bs", "b"}),
        (
            "go",
            "package p\nfunc (s *T) F(a, b int) (n int) { n = a + b; return }\n",
            {"a", "b", "n"},
        ),
    ],
)
def test_local_names_are_found(language: str, code: str, gone: set[str]) -> None:
    """Parameters, patterns, comprehensions, results and inner functions get new names."""
    copy = RENAME(code, language, 1)
    assert copy is not None
    assert not any(_count(copy, name) for name in gone)


def test_the_style_of_a_name_stays() -> None:
    """Casing, number of words and leading underscores of a name are kept."""
    code = "def f(one_two, oneTwo, word, _hidden, A_B, n):\n    pass\n"
    copy = RENAME(code, "python", 1)
    assert copy is not None
    parameters = copy[copy.index("(") + 1 : copy.index(")")].split(", ")
    snake, camel, lower, hidden, upper, letter = parameters
    assert snake.islower()
    assert snake.count("_") == 1
    assert camel.isalpha()
    assert sum(sign.isupper() for sign in camel) == 1
    assert lower.isalpha()
    assert lower.islower()
    assert hidden[0] == "_"
    assert upper.isupper()
    assert len(letter) == 1


def test_new_words_mean_nothing_to_a_language() -> None:
    """No word for names is a keyword or builtin."""
    known = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
    scripts = {"window", "document", "name", "status", "event", "func", "type", "range", "open"}
    assert not set(NAME_WORDS) & (known | scripts)
    assert all(word.isascii() and word.isalpha() and word.islower() for word in NAME_WORDS)
