"""A sample made ready to be measured: bytes, lines, tree, comments, computed once for all."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fingerprint_features import languages
from fingerprint_features.errors import NotTextError
from fingerprint_features.grammars import BoolArray, IntArray, grammar_for
from fingerprint_features.plain_comments import comment_ranges
from fingerprint_features.sample import Sample
from fingerprint_features.syntax import Nodes, Syntax, parse

ByteArray = npt.NDArray[np.uint8]


def one_of(symbols: bytes) -> BoolArray:
    """Return a table, shape (256,), that is true for the bytes in `symbols`."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(symbols)] = True
    return table


MAX_BYTES = 16_384
"""At most so many bytes of a sample are measured, cut at a line end where there is one.

An author's habits show in the first few hundred lines or nowhere; the bound keeps time and
memory the same for a 50 MB line and for a module.
"""

TAB_WIDTH = 4
"""Columns that a tab counts for, as in the style guides that allow tabs and spaces."""

NEWLINE, SPACE, TAB = 10, 32, 9
OPENING_BRACE, CLOSING_BRACE = 123, 125

IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
"""What is taken for a name, or a keyword, in any language."""
_MAX_NESTED_COMMENTS = 1_000
"""Kotlin's grammar takes time in the square of the openings of comments that nest."""


@dataclass(frozen=True)
class Source:
    """What every extractor gets. `data` is UTF-8 with LF line ends, bounded by `MAX_BYTES`."""

    language: str | None
    data: bytes
    syntax: Syntax | None
    truncated: bool

    @cached_property
    def symbols(self) -> ByteArray:
        """The bytes, shape (n,)."""
        return np.frombuffer(self.data, dtype=np.uint8)

    @cached_property
    def text(self) -> str:
        """The bytes as text."""
        return self.data.decode("utf-8", "replace")

    @cached_property
    def line_start(self) -> IntArray:
        """Offset of each line's first byte; a final newline opens no further line."""
        ends = np.flatnonzero(self.symbols == NEWLINE)
        starts = np.concatenate(([0], ends + 1))
        return starts[starts < max(len(self.data), 1)].astype(np.int32)

    @cached_property
    def line_end(self) -> IntArray:
        """Offset behind each line's last byte, its newline not counted."""
        ends = np.flatnonzero(self.symbols == NEWLINE)
        if len(ends) < len(self.line_start):
            ends = np.append(ends, len(self.data))
        return ends.astype(np.int32)

    @cached_property
    def ink(self) -> npt.NDArray[np.intp]:
        """Offsets of the bytes that are no blanks and end no line."""
        data = self.symbols
        return np.flatnonzero((data != SPACE) & (data != TAB) & (data != NEWLINE))

    @cached_property
    def first_ink(self) -> IntArray:
        """Offset of each line's first byte that is no blank; the line's end if it has none."""
        ink = np.append(self.ink, len(self.data))
        found: IntArray = ink[np.searchsorted(self.ink, self.line_start)].astype(np.int32)
        return np.minimum(found, self.line_end)

    @cached_property
    def blank(self) -> BoolArray:
        """Whether each line holds nothing but blanks."""
        return self.first_ink >= self.line_end

    @cached_property
    def indent(self) -> IntArray:
        """Columns of white space before each line's first ink, tabs as `TAB_WIDTH`."""
        tabs = np.concatenate(([0], np.cumsum(self.symbols == TAB)))
        tab_count = tabs[self.first_ink] - tabs[self.line_start]
        width: IntArray = self.first_ink - self.line_start + (TAB_WIDTH - 1) * tab_count
        return width.astype(np.int32)

    @cached_property
    def comments(self) -> list[tuple[int, int]]:
        """Byte ranges of the comments; by their signs where no grammar is at hand."""
        if self.syntax is not None:
            nodes = self.syntax.with_role("comment")
            return list(
                zip(self.syntax.start[nodes].tolist(), self.syntax.end[nodes].tolist(), strict=True)
            )
        return comment_ranges(self.data, self.language)

    @cached_property
    def quiet(self) -> BoolArray:
        """Bytes inside comments and strings, where punctuation is not code; shape (n,).

        Code inside a string (`${…}`) is code.
        """
        if self.syntax is None:
            return covered(*self._comment_arrays(), len(self.data))
        nodes = self.syntax.with_role("comment", "string", "prose")
        opens, closes = interpolations(self.syntax, self.symbols)
        starts = np.concatenate((self.syntax.start[nodes], closes))
        ends = np.concatenate((self.syntax.end[nodes], opens))
        return covered(starts, ends, len(self.data))

    @cached_property
    def uncommented(self) -> bytes:
        """The bytes with comments blanked out; docstrings stay, they are code to the parser."""
        said = covered(*self._comment_arrays(), len(self.data))
        return np.where(said, SPACE, self.symbols).astype(np.uint8).tobytes()

    @cached_property
    def identifiers(self) -> list[str]:
        """Every identifier and keyword in code, in order; comments and strings are left out."""
        loud = np.where(self.quiet, SPACE, self.symbols).astype(np.uint8).tobytes()
        return IDENTIFIER.findall(loud.decode("ascii", "replace"))

    @cached_property
    def uses(self) -> Counter[str]:
        """How often each identifier occurs, in order of first use."""
        return Counter(self.identifiers)

    def _comment_arrays(self) -> tuple[IntArray, IntArray]:
        spans = np.array(self.comments, dtype=np.int32).reshape(-1, 2)
        return spans[:, 0], spans[:, 1]


def interpolations(nodes: Nodes, symbols: ByteArray) -> tuple[IntArray, IntArray]:
    """Return where code inside strings starts and ends, its `${` and `}` not counted."""
    templates = nodes.with_role("template")
    start, end = nodes.start[templates], nodes.end[templates]
    sign = symbols[start] == OPENING_BRACE
    braced = symbols[np.minimum(start + 1, len(symbols) - 1)] == OPENING_BRACE
    opens = start + np.where(~sign & braced, 2, 1)
    closes = end - (symbols[np.maximum(end - 1, 0)] == CLOSING_BRACE)
    return np.minimum(opens, closes).astype(np.int32), closes.astype(np.int32)


def covered(starts: IntArray, ends: IntArray, size: int) -> BoolArray:
    """Return which of `size` bytes lie in more ranges that start than ranges that end."""
    edges = np.bincount(starts, minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    return np.cumsum(edges)[:-1] > 0


def prepare(sample: Sample) -> Source:
    """Return the sample ready to be measured; raises NotTextError where code is no string."""
    if not isinstance(sample.code, str):
        raise NotTextError(f"code must be a string, not {type(sample.code).__name__}")
    data, truncated = _bounded(sample.code)
    stated = languages.normalise(sample.language) if sample.language else None
    language = stated or languages.language_of(sample.path, sample.code)
    syntax = None
    if language in languages.PARSED and data.count(b"/*") <= _MAX_NESTED_COMMENTS:
        syntax = parse(data, grammar_for(language, sample.code))
    return Source(language, data, syntax, truncated)


def _bounded(code: str) -> tuple[bytes, bool]:
    """Return code as UTF-8 with LF line ends, without blank lines around it, and bounded.

    Line ends and the blank lines around a sample come from how it was stored or cut out, so
    they say nothing of its author.
    """
    # Twice the bound leaves room for carriage returns and the blank lines that are dropped.
    data = code[: 2 * MAX_BYTES].encode("utf-8", "replace")
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removeprefix(b"\xef\xbb\xbf")
    lead = len(data) - len(data.lstrip())
    data = data[data.rfind(b"\n", 0, lead) + 1 :].rstrip() + b"\n"
    if len(data) <= MAX_BYTES and len(code) <= 2 * MAX_BYTES:
        return (data if data.strip() else b""), False
    cut = data.rfind(b"\n", 0, MAX_BYTES)
    return (data[: cut + 1] if cut > 0 else data[:MAX_BYTES]), True
