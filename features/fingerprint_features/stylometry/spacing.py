"""Spacing and punctuation: operators, commas, brackets, quotes, braces, semicolons."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.grammars import BoolArray
from fingerprint_features.ratios import preference, share
from fingerprint_features.source import NEWLINE, SPACE, TAB, ByteArray, Source, one_of

PUNCTUATION = "()[]{}<>,.;:=+-*/%&|!?@#$^~\\_\"'`"

COLUMNS = {
    "assign_spaced": "`=` with a space before it preferred to one without",
    "comma_spaced": "comma followed by a space preferred to a bare comma",
    "colon_spaced": "colon followed by a space preferred to a bare colon",
    "arithmetic_spaced": "`+ - * / %` with a space before preferred to none",
    "compare_spaced": "`< >` with a space before preferred to none",
    "bracket_padded": "space inside round brackets preferred to none",
    "brace_padded": "space inside curly braces preferred to none",
    "keyword_paren": "`if (` preferred to `if(`",
    "brace_own_line": "opening brace on its own line preferred to one at a line's end",
    "else_own_line": "`else` on a line of its own preferred to `} else`",
    "quote_single": "single quotes preferred to double quotes",
    "quote_back": "share of back-ticks among quotes",
    "quote_triple_single": "triple single quotes preferred to triple double quotes",
    "trailing_comma": "comma before a closing bracket on the next line preferred to none",
    "semicolon_end": "share of lines that end in a semicolon",
    "line_end_brace": "share of lines that end in `{`",
    "line_end_comma": "share of lines that end in a comma",
    "line_end_operator": "operator at a line's end preferred to one at a line's start",
    "statement_joined": "share of semicolons with code behind them",
    "double_space": "runs of two spaces inside a line, per line",
    "aligned": "share of lines with a run of spaces before `=`, `:` or a comment",
    "digits": "share of bytes that are digits",
    "uppercase": "upper case preferred among letters",
    "non_ascii": "share of bytes outside ASCII, in code",
    **{
        f"char_{ord(c):02x}": f"`{c}` per 100 bytes of code that is not white space"
        for c in PUNCTUATION
    },
}

_PUNCTUATION = np.frombuffer(PUNCTUATION.encode(), dtype=np.uint8)
_ALIGNED = one_of(b"=:#")
_OPERATORS = one_of(b"+-*/|&=<>.")
SLASH, STAR = 47, 42
_KEYWORD_PAREN = re.compile(rb"\b(?:if|for|while|switch|catch)( ?)\(")
_ELSE_OWN = re.compile(rb"\n[ \t]*(?:else|catch|finally)\b")
_ELSE_HUGGED = re.compile(rb"\}[ \t]*(?:else|catch|finally)\b")
_TRAILING_COMMA = re.compile(rb",\s*\n\s*[\])}]")
_CLOSING_LINE = re.compile(rb"\n\s*[\])]")
_LINE_ENDS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\"'])}")


def measure(source: Source) -> dict[str, float]:
    """Return the spacing columns of a sample."""
    data = source.symbols
    if not len(data):
        return dict.fromkeys(COLUMNS, 0.0)
    padded = np.concatenate((data[:1] * 0 + NEWLINE, data, data[:1] * 0 + NEWLINE))
    before, after = padded[:-2], padded[2:]
    loud = ~source.quiet
    return {
        **_operators(data, before, after, loud),
        **_blocks(source.data),
        **_quotes(source.data),
        **_line_edges(source, loud),
        **_characters(data, loud),
    }


def _split(at: BoolArray, spaced: BoolArray) -> float:
    """Return the preference for `spaced` among the positions `at`."""
    yes = int((at & spaced).sum())
    return preference(yes, int(at.sum()) - yes)


def _operators(
    data: ByteArray, before: ByteArray, after: ByteArray, loud: BoolArray
) -> dict[str, float]:
    space_before, space_after = before == SPACE, after == SPACE
    line_end = after == NEWLINE
    single = (before != 61) & (after != 61) & loud
    arithmetic = ((data == 43) | (data == 45) | (data == 42) | (data == 47) | (data == 37)) & single
    arithmetic &= (before != data) & (after != data) & (after != 62)
    opens = ((data == 40) & (after != 41)) & loud & ~line_end
    braces = ((data == 123) & (after != 125)) & loud & ~line_end
    return {
        "assign_spaced": _split((data == 61) & single & (after != 62), space_before),
        "comma_spaced": _split((data == 44) & loud & ~line_end, space_after),
        "colon_spaced": _split((data == 58) & loud & ~line_end & (after != 58), space_after),
        "arithmetic_spaced": _split(arithmetic, space_before),
        "compare_spaced": _split(((data == 60) | (data == 62)) & single, space_before),
        "bracket_padded": _split(opens, space_after),
        "brace_padded": _split(braces, space_after),
    }


def _blocks(data: bytes) -> dict[str, float]:
    heads = _KEYWORD_PAREN.findall(data)
    return {
        "keyword_paren": preference(heads.count(b" "), heads.count(b"")),
        "else_own_line": preference(len(_ELSE_OWN.findall(data)), len(_ELSE_HUGGED.findall(data))),
        "trailing_comma": preference(
            len(_TRAILING_COMMA.findall(data)),
            sum(data[hit.start() - 1] in _LINE_ENDS for hit in _CLOSING_LINE.finditer(data)),
        ),
    }


def _quotes(data: bytes) -> dict[str, float]:
    triple_single, triple_double = data.count(b"'''"), data.count(b'"""')
    single = data.count(b"'") - 3 * triple_single
    double = data.count(b'"') - 3 * triple_double
    back = data.count(b"`")
    return {
        "quote_single": preference(single / 2, double / 2),
        "quote_back": share(back, single + double + back),
        "quote_triple_single": preference(triple_single / 2, triple_double / 2),
    }


def _line_edges(source: Source, loud: BoolArray) -> dict[str, float]:
    data = source.symbols
    ink = ~source.blank
    first = data[source.first_ink[ink]]
    # The last ink of a line is the last byte that is no blank before the line's end.
    inked = np.flatnonzero((data != SPACE) & (data != TAB) & (data != NEWLINE))
    at = (
        inked[np.maximum(np.searchsorted(inked, source.line_end[ink]) - 1, 0)]
        if ink.any()
        else inked
    )
    last = data[at]
    alone = (last == 123) & (first == 123)
    lines = len(first)
    semicolons = int(((data == 59) & loud).sum())
    ending = int((last == 59).sum())
    return {
        "brace_own_line": preference(float(alone.sum()), float(((last == 123) & ~alone).sum())),
        "semicolon_end": share(ending, lines),
        "line_end_brace": share(float((last == 123).sum()), lines),
        "line_end_comma": share(float((last == 44).sum()), lines),
        "line_end_operator": preference(
            float(_OPERATORS[last].sum()), float(_OPERATORS[first].sum())
        ),
        "statement_joined": share(max(semicolons - ending, 0), semicolons),
        **_runs_of_spaces(source, lines),
    }


def _runs_of_spaces(source: Source, lines: int) -> dict[str, float]:
    data = source.symbols
    run = (data[:-2] == SPACE) & (data[1:-1] == SPACE)
    behind = run & (data[2:] != SPACE) & (data[2:] != TAB) & (data[2:] != NEWLINE)
    indents = source.first_ink[source.first_ink >= len("  ")] - len("  ")
    behind[indents[indents < len(behind)]] = False
    at = np.flatnonzero(behind) + 2
    one, two = data[at], data[np.minimum(at + 1, len(data) - 1)]
    aligned = _ALIGNED[one] | ((one == SLASH) & ((two == SLASH) | (two == STAR)))
    return {
        "double_space": share(len(at), lines),
        "aligned": share(float(aligned.sum()), lines),
    }


def _characters(data: ByteArray, loud: BoolArray) -> dict[str, float]:
    counts = np.bincount(data[loud], minlength=256)
    ink = int(counts.sum() - counts[SPACE] - counts[TAB] - counts[NEWLINE])
    upper, lower = int(counts[65:91].sum()), int(counts[97:123].sum())
    per_hundred = 100.0 * counts[_PUNCTUATION] / max(ink, 1)
    return {
        "digits": share(float(counts[48:58].sum()), ink),
        "uppercase": share(upper, upper + lower),
        "non_ascii": share(float(counts[128:].sum()), ink),
        **{f"char_{ord(c):02x}": float(v) for c, v in zip(PUNCTUATION, per_hundred, strict=True)},
    }
