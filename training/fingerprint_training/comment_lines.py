"""Which lines of a text are comments: a line scanner that also bears broken code.

A parser would be exact, but what has to be cleaned is often no valid code yet (prose in front,
a cut through the middle), and the question is asked of every line of every corpus.
"""

from __future__ import annotations

import re

CODE, COMMENT = 0, 1
HASH = frozenset({"python", "ruby", "php"})
QUOTES = ('"""', "'''")
# What opens a comment that may run over several lines, and what closes it.
BLOCKS = {"/*": "*/", "<!--": "-->", "=begin": "=end"}
DELIMITERS = re.compile(r'/\*+|\*+/|<!--+|--+>|[rRuUbB]?(?:"""|\'\'\')')
EDGE = re.compile(r"^\s*(?:#+!?|//+!?|\*+(?!/)|--(?!>))?\s*|\s+$")


def comment_lines(lines: list[str], language: str | None) -> list[int]:
    """Return CODE or COMMENT for every line; a blank line inside a comment is a comment.

    A docstring counts as a comment: a triple-quoted text that begins its line. Python's rules
    hold when the language is python, both `#` and `//` begin a comment when it is unknown.
    """
    kinds: list[int] = []
    closer, inside = "", CODE
    for line in lines:
        text = line.strip()
        if closer:
            kinds.append(inside)
            closer = "" if closer in text else closer
            continue
        kinds.append(CODE)
        if _line_comment(text, language):
            kinds[-1] = COMMENT
            continue
        closer, inside = _opened(text, language)
        if inside == COMMENT:
            kinds[-1] = COMMENT
    return kinds


def comment_text(line: str) -> str:
    """Return what a comment line says, without its signs."""
    return EDGE.sub("", DELIMITERS.sub(" ", line))


def without_text(line: str) -> str | None:
    """Return a comment line emptied of its text; None when nothing of it has to stay.

    A delimiter that opens or closes a longer comment stays, for what it delimits stays too.
    """
    found = DELIMITERS.findall(line)
    if len(found) != 1:
        return None
    indent = line[: len(line) - len(line.lstrip())]
    return indent + str(found[0])


def is_open(lines: list[str], language: str | None) -> bool:
    """Tell whether a comment or docstring that begins in these lines goes on after them."""
    closer = ""
    for line in lines:
        text = line.strip()
        if closer:
            closer = "" if closer in text else closer
        elif not _line_comment(text, language):
            closer, _ = _opened(text, language)
    return bool(closer)


def _line_comment(text: str, language: str | None) -> bool:
    if language in HASH or language is None:
        if text.startswith("#") and not text.startswith("#["):
            return True
        if language in {"python", "ruby"}:
            return False
    return text.startswith("//")


def _opened(text: str, language: str | None) -> tuple[str, int]:
    """Tell what closes the comment or text that this line leaves open, and what lies inside."""
    if language == "python":
        return _opened_quotes(text)
    for opener, closer in BLOCKS.items():
        if opener == "=begin" and language != "ruby":
            continue
        if text.startswith(opener):
            return ("" if closer in text[len(opener) :] else closer), COMMENT
    return "", CODE


def _opened_quotes(text: str) -> tuple[str, int]:
    bare = text.lstrip("rRuUbB")
    for quote in QUOTES:
        if bare.startswith(quote):
            return ("" if quote in bare[3:] else quote), COMMENT
        if text.count(quote) % 2 and "#" not in text.split(quote, maxsplit=1)[0]:
            return quote, CODE
    return "", CODE
