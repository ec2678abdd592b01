"""Spacing and punctuation: operators, commas, brackets, quotes, braces, semicolons."""

from __future__ import annotations

import numpy as np

from fingerprint_features.batch import Batch, Columns
from fingerprint_features.grammars import BoolArray
from fingerprint_features.groups import FloatArray, Groups, Index, preferences, shares
from fingerprint_features.sought import Sought
from fingerprint_features.source import CLOSING_BRACE, NEWLINE, SPACE, TAB, one_of

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
COMMA, SLASH, STAR, EQUALS, MORE = 44, 47, 42, 61, 62
_ARITHMETIC = one_of(b"+-*/%")
_SPACED = one_of(b"+-*/%=,:<>({")
_WORD = one_of(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_BLANK, _WHITE = one_of(b" \t"), one_of(b" \t\n\r\f\v")
_CLOSING = one_of(b"])}")
_LINE_ENDS = _WORD | one_of(b"\"'])}")
_SOUGHT = (
    (b"if(", b"for(", b"while(", b"switch(", b"catch("),
    (b"if (", b"for (", b"while (", b"switch (", b"catch ("),
    (b"else", b"catch", b"finally"),
    (b"'''",),
    (b'"""',),
)
_TEXTS = Sought.of(tuple(text for texts in _SOUGHT for text in texts))
_KIND = np.repeat(np.arange(len(_SOUGHT)), [len(texts) for texts in _SOUGHT])
_TIGHT, _SPACED_HEAD, _CLAUSE, _SINGLE, _DOUBLE = range(len(_SOUGHT))


def measure(batch: Batch) -> Columns:
    """Return the spacing columns of samples; all 0 for an empty one."""
    columns = {
        **_operators(batch),
        **_blocks(batch),
        **_line_edges(batch),
        **_characters(batch),
    }
    return {name: np.where(batch.size > 0, values, 0.0) for name, values in columns.items()}


def _operators(batch: Batch) -> Columns:
    at = np.flatnonzero(_SPACED.take(batch.symbols) & ~batch.quiet)
    data = batch.symbols[at]
    # No sample begins or ends with one of these signs' neighbours: it ends in a newline.
    before = np.where(at > 0, batch.symbols[at - 1], NEWLINE)
    after = batch.symbols[at + 1]
    sample = batch.sample_at(at)
    space_before, space_after = before == SPACE, after == SPACE
    inside = after != NEWLINE
    single = (before != EQUALS) & (after != EQUALS)
    arithmetic = _ARITHMETIC[data] & single & (before != data) & (after != data) & (after != MORE)

    def split(chosen: BoolArray, spaced: BoolArray) -> FloatArray:
        """Return the preference for `spaced` among the chosen signs."""
        yes, all_of = (
            np.bincount(sample[which], minlength=len(batch)) for which in (chosen & spaced, chosen)
        )
        return preferences(yes, all_of - yes)

    return {
        "assign_spaced": split((data == EQUALS) & single & (after != MORE), space_before),
        "comma_spaced": split((data == 44) & inside, space_after),
        "colon_spaced": split((data == 58) & inside & (after != 58), space_after),
        "arithmetic_spaced": split(arithmetic, space_before),
        "compare_spaced": split(((data == 60) | (data == MORE)) & single, space_before),
        "bracket_padded": split((data == 40) & (after != 41) & inside, space_after),
        "brace_padded": split((data == 123) & (after != 125) & inside, space_after),
    }


def _blocks(batch: Batch) -> Columns:
    data, owner = batch.symbols, batch.per_byte.owner
    text, at = _TEXTS.find(data)
    kind = _KIND[text]
    fresh = (at == 0) | ~_WORD[data[at - 1]]
    closed = ~_WORD[data[at + _TEXTS.length[text]]]

    def counted(offsets: Index) -> FloatArray:
        """Return how many of the offsets lie in each sample."""
        return np.bincount(owner[offsets], minlength=len(batch)).astype(np.float64)

    def quotes(sign: bytes, triple: int) -> tuple[FloatArray, FloatArray]:
        """Return the quotes that are not part of triple ones, and the triple ones."""
        triples = counted(at[kind == triple])
        return counted(np.flatnonzero(data == ord(sign))) - 3 * triples, triples

    clause = at[(kind == _CLAUSE) & closed]
    before, own = _last_before(batch, clause, _BLANK)
    single, triple_single = quotes(b"'", _SINGLE)
    double, triple_double = quotes(b'"', _DOUBLE)
    back = counted(np.flatnonzero(data == ord("`")))
    return {
        "keyword_paren": preferences(
            counted(at[(kind == _SPACED_HEAD) & fresh]),
            counted(at[(kind == _TIGHT) & fresh]),
        ),
        "else_own_line": preferences(
            counted(clause[own & (data[before] == NEWLINE)]),
            counted(clause[own & (data[before] == CLOSING_BRACE)]),
        ),
        "trailing_comma": preferences(*map(counted, _closing_lines(batch))),
        "quote_single": preferences(single / 2, double / 2),
        "quote_back": shares(back, single + double + back),
        "quote_triple_single": preferences(triple_single / 2, triple_double / 2),
    }


def _closing_lines(batch: Batch) -> tuple[Index, Index]:
    """Return closing brackets that open a line: those behind a comma, those behind a value.

    Curly ones count behind a comma only, since blocks end in them too.
    """
    data = batch.symbols
    at = np.flatnonzero(_CLOSING.take(data))
    before, own = _last_before(batch, at, _WHITE)
    ends = np.flatnonzero(data == NEWLINE)
    own &= before < at - 1
    at, before = at[own], before[own]
    end = ends[np.searchsorted(ends, before)]
    opens = end < at
    bare = opens & (end == before + 1) & _LINE_ENDS[data[before]] & (data[at] != CLOSING_BRACE)
    return at[opens & (data[before] == COMMA)], at[bare]


def _last_before(batch: Batch, at: Index, aside: BoolArray) -> tuple[Index, BoolArray]:
    """Return the last byte before each offset that is none of `aside`, and if its sample has it."""
    before = np.maximum(at - 1, 0)
    # Most have it right before them.
    left = np.flatnonzero(aside[batch.symbols[before]])
    places = np.concatenate(([0], np.flatnonzero(~aside.take(batch.symbols))))
    before[left] = places[np.searchsorted(places, at[left]) - 1]
    return before, (before < at) & (before >= batch.per_byte.start[batch.per_byte.owner[at]])


def _line_edges(batch: Batch) -> Columns:
    data, whole = batch.symbols, batch.whole
    ink = ~whole.blank
    code = batch.rows.kept(ink)
    first = data[whole.first_ink[ink]]
    # The last ink of a line is the last byte that is no blank before the line's end.
    last = data[whole.ink[np.searchsorted(whole.ink, whole.line_end[ink]) - 1]]
    alone = (last == 123) & (first == 123)
    semicolons = batch.loud_counts[:, 59].astype(np.float64)
    ending = code.sum(last == 59)
    return {
        "brace_own_line": preferences(code.sum(alone), code.sum((last == 123) & ~alone)),
        "semicolon_end": shares(ending, code.size),
        "line_end_brace": code.mean(last == 123),
        "line_end_comma": code.mean(last == 44),
        "line_end_operator": preferences(code.sum(_OPERATORS[last]), code.sum(_OPERATORS[first])),
        "statement_joined": shares(np.maximum(semicolons - ending, 0), semicolons),
        **_runs_of_spaces(batch, code),
    }


def _runs_of_spaces(batch: Batch, code: Groups) -> Columns:
    data, whole = batch.symbols, batch.whole
    run = (data[:-2] == SPACE) & (data[1:-1] == SPACE)
    behind = run & (data[2:] != SPACE) & (data[2:] != TAB) & (data[2:] != NEWLINE)
    indents = whole.first_ink[whole.first_ink >= len("  ")] - len("  ")
    behind[indents[indents < len(behind)]] = False
    at = np.flatnonzero(behind) + 2
    one, two = data[at], data[at + 1]
    aligned = _ALIGNED[one] | ((one == SLASH) & ((two == SLASH) | (two == STAR)))
    sample = batch.sample_at(at)
    return {
        "double_space": shares(np.bincount(sample, minlength=len(batch)), code.size),
        "aligned": shares(np.bincount(sample[aligned], minlength=len(batch)), code.size),
    }


def _characters(batch: Batch) -> Columns:
    counts = batch.loud_counts
    ink = counts.sum(axis=1) - counts[:, SPACE] - counts[:, TAB] - counts[:, NEWLINE]
    upper, lower = counts[:, 65:91].sum(axis=1), counts[:, 97:123].sum(axis=1)
    per_hundred = 100.0 * counts[:, _PUNCTUATION] / np.maximum(ink, 1)[:, None]
    return {
        "digits": shares(counts[:, 48:58].sum(axis=1), ink),
        "uppercase": shares(upper, upper + lower),
        "non_ascii": shares(counts[:, 128:].sum(axis=1), ink),
        **{f"char_{ord(c):02x}": v for c, v in zip(PUNCTUATION, per_hundred.T, strict=True)},
    }
