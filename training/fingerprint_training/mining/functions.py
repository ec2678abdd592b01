"""Functions that lie wholly inside added lines, found with the grammar of their language."""

from __future__ import annotations

from collections.abc import Sequence

from fingerprint_features.functions import functions
from fingerprint_training.cuts import ABOVE, BLOCK_LINES

CLASS_BODY = frozenset({"javascript", "typescript", "tsx", "php"})
"""Languages in which a method, alone, is not recognised outside a class."""

Span = tuple[int, int]


def added_functions(lines: Sequence[str], language: str) -> list[Span]:
    """Return (start, end) of the whole functions among added lines, end exclusive, in order.

    Only outermost ones of `BLOCK_LINES` non-blank lines; comments and decorators right above
    belong to them. A function whose end or beginning was not added does not parse and is left out.
    """
    text = "\n".join(lines) + "\n"
    found = _spans(text, language)
    if not found and language in CLASS_BODY:
        found = [(a - 1, b - 1) for a, b in _spans(f"class A {{\n{text}}}\n", language)]
    spans = [(_with_comments(lines, start), end) for start, end in found]
    least, most = BLOCK_LINES
    return [
        (start, end)
        for start, end in spans
        if least <= sum(1 for line in lines[start:end] if line.strip()) <= most
    ]


def _spans(text: str, language: str) -> list[Span]:
    return [(each.start, each.end) for each in functions(text, language) if each.whole]


def _with_comments(lines: Sequence[str], start: int) -> int:
    while start and ABOVE.match(lines[start - 1]):
        start -= 1
    return start
