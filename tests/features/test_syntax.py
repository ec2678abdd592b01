from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.grammars import (
    NAME_ROLES,
    ROLE_INDEX,
    grammar,
    grammar_for,
    kind_labels,
    tables,
)
from fingerprint_features.languages import PARSED
from fingerprint_features.sample import Sample
from fingerprint_features.source import prepare
from fingerprint_features.syntax import Syntax, parse

SAMPLES = sorted((Path(__file__).parent.parent / "golden" / "samples").iterdir())
# The bare PHP grammar has no kind for the text around a template's code.
DIALECTS = {"php": ("php", "php-template")}


def tree_of(path: Path) -> Syntax | None:
    return prepare(Sample(path.read_text("utf-8"), None, path.name)).syntax


def parents(depth: list[int]) -> list[int]:
    """Each node's parent by a stack, as anybody would write it."""
    found, stack = [], []
    for node, level in enumerate(depth):
        del stack[level:]
        found.append(stack[-1] if stack else -1)
        stack.append(node)
    return found


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_parents_are_those_of_a_stack(path: Path) -> None:
    """The vectorised parent array equals a naive one; start offsets ascend in pre-order."""
    tree = tree_of(path)
    if tree is None:
        assert path.suffix == ".svelte"
        return
    assert tree.parent.tolist() == parents(tree.depth.tolist())
    assert (np.diff(tree.start) >= 0).all()


@given(st.text(alphabet="(){}[]<>+-=,.:;'\"ab1 \n", max_size=120), st.sampled_from(PARSED))
def test_parents_hold_in_broken_code(code: str, language: str) -> None:
    """Errors in the tree do not ruin its arrays: parents, leaves and first children agree."""
    tree = parse(code.encode(), language)
    assert tree.parent.tolist() == parents(tree.depth.tolist())
    inner = set(tree.parent.tolist()) - {-1}
    assert set(np.flatnonzero(~tree.leaf).tolist()) == inner
    first: dict[int, int] = {}
    for node in np.flatnonzero(tree.named).tolist():
        first.setdefault(int(tree.parent[node]), node)
    assert set(np.flatnonzero(tree.first_named).tolist()) == set(first.values()) - {0}


@given(st.data(), st.sampled_from([p for p in SAMPLES if p.suffix != ".svelte"]))
def test_innermost_is_the_closest_ancestor(data: st.DataObject, path: Path) -> None:
    """For any two sets of nodes, `innermost` finds what walking up finds."""
    tree = tree_of(path)
    assert tree is not None
    nodes = st.lists(st.integers(0, len(tree.kind) - 1), max_size=30, unique=True)
    outer, inner = (np.array(sorted(data.draw(nodes)), dtype=np.int32) for _ in range(2))
    place = {node: i for i, node in enumerate(outer.tolist())}
    for node, found in zip(inner.tolist(), tree.innermost(outer, inner).tolist(), strict=True):
        up = int(tree.parent[node])
        while up >= 0 and up not in place:
            up = int(tree.parent[up])
        assert found == place.get(up, -1)


@pytest.mark.parametrize("name", tables())
def test_every_kind_exists_in_its_grammar(name: str) -> None:
    """A kind that a new grammar renamed is noticed, and no kind plays two roles."""
    names = DIALECTS.get(name, (name,))
    labels = {label for one in names for label in kind_labels(grammar(one).language)}
    spec = tables()[name]
    kinds = [kind for members in spec["roles"].values() for kind in members]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) <= labels
    pairs = [pair.split(">") for members in spec["names"].values() for pair in members]
    assert {kind.removeprefix("^") for pair in pairs for kind in pair} <= labels
    assert set(spec["names"]) <= set(NAME_ROLES)


def test_every_parsed_language_has_a_table() -> None:
    """The languages that promise all columns are those that grammars.toml knows."""
    assert set(tables()) == set(PARSED)


@pytest.mark.parametrize(
    ("language", "code", "chosen"),
    [
        ("typescript", "const a = <b/>", "tsx"),
        ("typescript", "const a = 1 < 2", "typescript"),
        ("php", "<?php echo 1;", "php-template"),
        ("php", "echo 1;", "php"),
        ("go", "package a", "go"),
    ],
)
def test_grammar_fits_the_dialect(language: str, code: str, chosen: str) -> None:
    """Markup in TypeScript and bare PHP get the grammars that can read them."""
    assert grammar_for(language, code) == chosen


@pytest.mark.parametrize(
    ("language", "code", "role", "count"),
    [
        ("java", "class A { int f() { if (a == b && c) {} else {} } }", "compare", 1),
        ("java", "class A { int f() { if (a == b && c) {} else {} } }", "logic", 1),
        ("java", "class A { int f() { if (a == b && c) {} else {} } }", "else", 1),
        ("javascript", "const f = () => { return 1; }; g(() => 2);", "function", 1),
        ("javascript", "const f = () => { return 1; }; g(() => 2);", "lambda", 1),
        ("c", "struct a { int b; }; struct a *f(struct a c) { return 0; }", "class", 1),
        ("go", "package a\nfunc (r *T) F(b int) (int, error) { return b, nil }", "parameters", 1),
        ("ruby", "require 'json'\nraise 'no' if a.size > b.at(1)\n", "import", 1),
        ("ruby", "require 'json'\nraise 'no' if a.size > b.at(1)\n", "throw", 1),
        ("ruby", "require 'json'\nraise 'no' if a.size > b.at(1)\n", "member", 1),
        ("ruby", "require 'json'\nraise 'no' if a.size > b.at(1)\n", "call", 1),
        ("php", "if ($a === 1 && $b) { echo 2; }", "logic", 1),
        ("python", "if not a and b == 1: pass", "logic", 1),
        ("tsx", "const a = <p>some words</p>;", "prose", 1),
    ],
)
def test_roles_that_kinds_do_not_tell(language: str, code: str, role: str, count: int) -> None:
    """Operators, tokens, parents and words refine what a node's kind says."""
    tree = parse(code.encode(), language)
    assert int((tree.role == ROLE_INDEX[role]).sum()) == count


@pytest.mark.parametrize(
    ("language", "code", "part", "names"),
    [
        ("python", "LIMIT = 1\nx = y\nself.size = z", "variable", {"LIMIT", "x"}),
        ("python", "def f(a, b=c, *d, e: int = g): pass", "parameter", {"a", "b", "d", "e"}),
        ("python", "self._size = other.size", "member", {"self._size"}),
        ("javascript", "const a = b; for (const c of d) {}", "variable", {"a", "c"}),
        ("java", "class A { int f(int b) { int c = d; } }", "variable", {"c"}),
        ("go", "package a\nfunc F(b int) { c := 1 }", "function", {"F"}),
        ("rust", "fn f(a: u8) { let b = c; }", "variable", {"b"}),
        ("c", "#define N 1\nint f(int a) { int b = c; }", "constant", {"N"}),
        ("csharp", "class A { public int Size { get; } }", "member", {"Size"}),
        ("ruby", "def f(a, b = c)\n  @d = e\n  g = h\nend", "parameter", {"a", "b"}),
        ("php", "function f($a) { $b = $c; }", "parameter", {"$a"}),
        ("php", "function f($a) { $b = $c; }", "variable", {"$b"}),
        ("kotlin", "fun f(a: Int = b) { val c = d }", "variable", {"c"}),
        ("typescript", "interface A { size: number }", "member", {"size"}),
    ],
)
def test_name_roles(language: str, code: str, part: str, names: set[str]) -> None:
    """Declared names are told from those that are merely used."""
    tree = parse(code.encode(), language)
    nodes = np.flatnonzero(tree.name_role == NAME_ROLES.index(part))
    assert {tree.text(int(node)) for node in nodes} == names
