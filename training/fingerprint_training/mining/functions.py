"""Functions that lie wholly inside added lines, found with the grammar of their language."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fingerprint_features.grammars import IntArray, grammar_for
from fingerprint_features.syntax import Syntax, parse
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
    source = text.encode(errors="replace")
    syntax = parse(source, grammar_for(language, text))
    broken = _broken(syntax)
    spans, last = [], -1
    for node in syntax.with_role("function").tolist():
        start, end = int(syntax.start[node]), int(syntax.end[node])
        if start < last:  # inside the one before
            continue
        last = end
        if not np.any((broken >= start) & (broken <= end)):
            spans.append(_line_span(source, start, end))
    return spans


def _broken(syntax: Syntax) -> IntArray:
    """Return the offsets where the parser met or supplied what is not there."""
    error = syntax.kind == syntax.grammar.kinds
    missing = ~syntax.named & (syntax.start == syntax.end)  # a token without a text
    found: IntArray = syntax.start[error | missing]
    return found


def _line_span(source: bytes, start: int, end: int) -> Span:
    body = source[start:end].rstrip()
    first = source.count(b"\n", 0, start)
    return first, first + body.count(b"\n") + 1


def _with_comments(lines: Sequence[str], start: int) -> int:
    while start and ABOVE.match(lines[start - 1]):
        start -= 1
    return start
