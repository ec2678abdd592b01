from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_training.transforms import TRANSFORMS

Apply = Callable[[str, str], str | None]
Leaves = Callable[[str, str], list[tuple[str, bytes]]]

LAYOUT = ("comments-stripped", "comments-reworded", "reformatted", "whitespace-normalised")
ORDER = ("functions-reordered", "imports-reordered")
BY_NAME = {each.name: each for each in TRANSFORMS}
OTHERS = ("javascript", "typescript", "tsx", "java", "go", "c", "cpp", "csharp", "rust")


def _covered(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, each) for name in names for each in OTHERS if each in BY_NAME[name].languages]


@pytest.mark.parametrize("name", [*LAYOUT, "quotes-normalised"])
def test_python_sees_the_same_program(
    name: str, samples: Mapping[str, str], apply: Callable[[str], Apply]
) -> None:
    """Comments, layout and quotes change nothing that Python's own parser sees."""
    code = samples["python"]
    copy = apply(name)(code, "python")
    assert copy is not None
    assert ast.dump(ast.parse(copy)) == ast.dump(ast.parse(code))


def _without_docstrings(code: str) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if ast.get_docstring(node, clean=False) is not None:
                del node.body[0]
            node.body = node.body or [ast.Pass()]
    return ast.dump(tree)


def test_nothing_but_docstrings_goes(
    samples: Mapping[str, str], apply: Callable[[str], Apply]
) -> None:
    """Without docstrings the program is what it was without them before."""
    code = samples["python"] + "\n\nclass A:\n    'Alone.'\n"
    copy = apply("docstrings-dropped")(code, "python")
    assert copy is not None
    assert _without_docstrings(copy) == _without_docstrings(code) == ast.dump(ast.parse(copy))


@pytest.mark.parametrize(("name", "language"), _covered(LAYOUT))
def test_layout_keeps_every_token(
    name: str,
    language: str,
    samples: Mapping[str, str],
    apply: Callable[[str], Apply],
    leaves: Leaves,
) -> None:
    """Comments and layout change no token of any language."""
    copy = apply(name)(samples[language], language)
    assert copy is not None
    assert leaves(copy, language) == leaves(samples[language], language)


@pytest.mark.parametrize(("name", "language"), _covered(ORDER))
def test_order_loses_nothing(
    name: str,
    language: str,
    samples: Mapping[str, str],
    apply: Callable[[str], Apply],
    leaves: Leaves,
) -> None:
    """Another order holds the same tokens and lines, none lost and none added."""
    code = samples[language]
    copy = apply(name)(code, language)
    assert copy is not None
    assert Counter(leaves(copy, language)) == Counter(leaves(code, language))
    assert Counter(copy.split("\n")) == Counter(code.split("\n"))


@pytest.mark.parametrize("language", ["python", "javascript", "typescript", "tsx", "java", "go"])
def test_new_names_change_names_alone(
    language: str,
    samples: Mapping[str, str],
    apply: Callable[[str], Apply],
    leaves: Leaves,
) -> None:
    """Of all tokens only plain names differ, each old one by one new one that was not there."""
    code = samples[language]
    copy = apply("identifiers-renamed")(code, language)
    assert copy is not None
    pairs = list(zip(leaves(code, language), leaves(copy, language), strict=True))
    assert [old[0] for old, _ in pairs] == [new[0] for _, new in pairs]
    assert {old[0] for old, new in pairs if old != new} == {"identifier"}
    mapping = {old[1]: new[1] for old, new in pairs}
    assert all(mapping[old[1]] == new[1] for old, new in pairs)
    assert len(set(mapping.values())) == len(mapping)
    assert all(new.decode() not in code for old, new in mapping.items() if old != new)


statements = st.sampled_from(
    [
        "x = 'one'  # first",
        'y = "it\'s"',
        "z = '''two\n   lines  \n\n\n\tof text'''",
        "if x:\n  y = 1\n\n\n  z = 'a'   # why",
        "for i in range(3):\n        x += i # add\n        # nothing more",
        "def f(a, b=2):\n    '''Say.'''\n\n    return a, b",
        "class A:\n    '''Hold.'''",
        'w = f"{x!r} and {y}"',
        "v = {'a': 1,\n      'b': [1,\n            2]}",
        "@staticmethod\ndef g(): return 'x'",
    ]
)


@given(st.lists(statements, min_size=1, max_size=6), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_programs_stay_the_same_whatever_they_are_made_of(parts: list[str], seed: int) -> None:
    """Layout and quotes keep the program for all mixes of statements, comments and strings."""
    code = "\n".join(parts) + "\n"
    for name in (*LAYOUT, "quotes-normalised"):
        copy = BY_NAME[name].apply(code, "python", seed)
        if copy is not None:
            assert copy != code
            assert ast.dump(ast.parse(copy)) == ast.dump(ast.parse(code))
