from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest

from fingerprint_training.transforms import TRANSFORMS, FormatterMissingError
from fingerprint_training.transforms import formatting as formatters

FORMAT = next(each for each in TRANSFORMS if each.name == "reformatted").apply


@pytest.mark.parametrize("language", ["python", "java", "typescript"])
def test_the_seed_picks_the_style(language: str, samples: Mapping[str, str]) -> None:
    """Several seeds give several styles."""
    assert len({FORMAT(samples[language], language, seed) for seed in range(6)}) > 1


def test_docstrings_and_strings_keep_their_text() -> None:
    """A formatter may not touch what a program could print."""
    code = 'def f( a ):\n    """ Say.\n      More.   """\n    return u"b"  , """\n  c  """\n'
    copy = FORMAT(code, "python", 0)
    assert copy is not None
    for text in ('""" Say.\n      More.   """', '"""\n  c  """'):
        assert text in copy


def test_markup_is_formatted_too() -> None:
    """Scripts with markup are laid out without a change of their markup."""
    code = "function F() { const a = 1;\n return <p className={b}>One {a} two</p>; }\n"
    copy = FORMAT(code, "tsx", 1)
    assert copy is not None
    assert "<p className={b}>One {a} two</p>" in copy


@pytest.mark.parametrize(
    ("package", "language"),
    [("black", "python"), ("clang_format", "java"), ("jsbeautifier", "tsx")],
)
def test_a_missing_formatter_is_named(
    package: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its formatter the transformation says what to install."""
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(formatters, "find_spec", lambda _: None)
    code = {"python": "x  = 1\n", "java": "class A { }\n", "tsx": "a  = <b/>;\n"}[language]
    with pytest.raises(FormatterMissingError, match=package.replace("_", "-")):
        FORMAT(code, language, 0)


def test_a_formatter_that_hangs_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A formatter is stopped after its time, and the code counts as one it cannot format."""

    def hangs(*_: object, **settings: object) -> None:
        assert settings["timeout"] == formatters.SECONDS
        raise subprocess.TimeoutExpired("clang-format", formatters.SECONDS)

    monkeypatch.setattr(subprocess, "run", hangs)
    assert FORMAT("class A { }\n", "java", 0) is None


def test_code_of_another_version_gives_none() -> None:
    """What tree-sitter reads and the formatter does not is left alone."""
    assert FORMAT("print  'a'\n", "python", 0) is None


def test_code_inside_a_string_is_code() -> None:
    """What stands in a template string's braces may be laid out, its text may not."""
    code = (
        "f(`${first_of_all} ${JSON.stringify(outer([3, 1, 2], { scale: 3, extra: 1 }))}  end`);\n"
    )
    copy = FORMAT(code, "javascript", 0)
    assert copy is not None
    assert "}  end`" in copy
