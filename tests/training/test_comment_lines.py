from __future__ import annotations

import pytest

from fingerprint_training.comment_lines import comment_lines, comment_text, is_open, without_text


@pytest.mark.parametrize(
    ("language", "text", "kinds"),
    [
        ("python", '"""Doc.\n\nMore."""\na = 1  # x\n# y', "11101"),
        ("python", 'a = """\n# text\n"""\n# comment', "0001"),
        ("python", "a // b\n#: c", "01"),
        ("c", "/* a\n   b */\n#include <x>\nint c; // d\n// e", "11001"),
        ("rust", "#[derive(A)]\n/// Adds.\nfn a() {}", "010"),
        ("php", "# a\n// b\n$c;", "110"),
        ("ruby", "=begin\na\n=end\nb", "1110"),
        ("html", "<!-- a\nb -->\n<p>", "110"),
    ],
)
def test_comment_lines_are_told_from_code(language: str, text: str, kinds: str) -> None:
    """Line comments, block comments and docstrings are comments; texts with a name are code."""
    assert "".join(map(str, comment_lines(text.split("\n"), language))) == kinds


@pytest.mark.parametrize(
    ("line", "said"), [("  // a b ", "a b"), (" * a", "a"), ('"""Doc.', "Doc."), ("/** a */", "a")]
)
def test_comment_signs_are_taken_off(line: str, said: str) -> None:
    """What a comment says stands without its signs."""
    assert comment_text(line) == said


@pytest.mark.parametrize(
    ("line", "left"),
    [("# a", None), ("/* a */", None), ("  /** a", "  /**"), (' a"""', ' """'), (" * a", None)],
)
def test_single_delimiters_stay(line: str, left: str | None) -> None:
    """A line that opens or closes a longer comment keeps its delimiter, others go as a whole."""
    assert without_text(line) == left


def test_open_comments_are_known() -> None:
    """A docstring without its end goes on after the lines, a whole one does not."""
    assert is_open(['"""Doc.', "more"], "python")
    assert not is_open(['"""Doc.', 'more"""'], "python")
