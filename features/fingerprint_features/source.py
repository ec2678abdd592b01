"""A sample made ready to be measured: bytes, lines, tree, comments, computed once for all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fingerprint_features import languages
from fingerprint_features.errors import NotTextError
from fingerprint_features.sample import Sample
from fingerprint_features.syntax import ROLE_INDEX, BoolArray, IntArray, Syntax, grammar_for, parse

MAX_BYTES = 16_384
"""At most so many bytes of a sample are measured, cut at a line end where there is one.

An author's habits show in the first few hundred lines or nowhere; the bound keeps time and
memory the same for a 50 MB line and for a module.
"""

TAB_WIDTH = 4
"""Columns that a tab counts for, as in the style guides that allow tabs and spaces."""

NEWLINE, SPACE, TAB = 10, 32, 9

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_COMMENT_HEADS = ("//", "#", "/*", "*", "<!--", "--", ";;", "%")


@dataclass(frozen=True)
class Source:
    """What every extractor gets. `data` is UTF-8 with LF line ends, bounded by `MAX_BYTES`."""

    language: str | None
    data: bytes
    syntax: Syntax | None
    truncated: bool

    @cached_property
    def bytes(self) -> npt.NDArray[np.uint8]:
        """The bytes, shape (n,)."""
        return np.frombuffer(self.data, dtype=np.uint8)

    @cached_property
    def text(self) -> str:
        """The bytes as text."""
        return self.data.decode("utf-8", "replace")

    @cached_property
    def line_start(self) -> IntArray:
        """Offset of each line's first byte; a final newline opens no further line."""
        ends = np.flatnonzero(self.bytes == NEWLINE)
        starts = np.concatenate(([0], ends + 1))
        return starts[starts < max(len(self.data), 1)].astype(np.int32)

    @cached_property
    def line_end(self) -> IntArray:
        """Offset behind each line's last byte, its newline not counted."""
        ends = np.flatnonzero(self.bytes == NEWLINE)
        if len(ends) < len(self.line_start):
            ends = np.append(ends, len(self.data))
        return ends.astype(np.int32)

    @cached_property
    def first_ink(self) -> IntArray:
        """Offset of each line's first byte that is no blank; the line's end if it has none."""
        ink = np.flatnonzero((self.bytes != SPACE) & (self.bytes != TAB) & (self.bytes != NEWLINE))
        ink = np.append(ink, len(self.data))
        found = ink[np.searchsorted(ink, self.line_start)]
        return np.minimum(found, self.line_end).astype(np.int32)

    @cached_property
    def blank(self) -> BoolArray:
        """Whether each line holds nothing but blanks."""
        return self.first_ink >= self.line_end

    @cached_property
    def indent(self) -> IntArray:
        """Columns of white space before each line's first ink, tabs as `TAB_WIDTH`."""
        tabs = np.concatenate(([0], np.cumsum(self.bytes == TAB)))
        tab_count = tabs[self.first_ink] - tabs[self.line_start]
        return (self.first_ink - self.line_start + (TAB_WIDTH - 1) * tab_count).astype(np.int32)

    @cached_property
    def comments(self) -> list[tuple[int, int]]:
        """Byte ranges of the comments; by the look of a line where no grammar is at hand."""
        if self.syntax is not None:
            nodes = self.syntax.with_role("comment")
            return list(
                zip(self.syntax.start[nodes].tolist(), self.syntax.end[nodes].tolist(), strict=True)
            )
        spans = zip(self.first_ink.tolist(), self.line_end.tolist(), strict=True)
        heads = tuple(head.encode() for head in _COMMENT_HEADS)
        return [(a, b) for a, b in spans if self.data[a : a + 4].startswith(heads)]

    @cached_property
    def quiet(self) -> BoolArray:
        """Bytes inside comments and strings, where punctuation is not code; shape (n,)."""
        edges = np.zeros(len(self.data) + 1, dtype=np.int32)
        starts, ends = self._quiet_ranges()
        np.add.at(edges, starts, 1)
        np.add.at(edges, ends, -1)
        return np.cumsum(edges)[:-1] > 0

    @cached_property
    def identifiers(self) -> list[str]:
        """Every identifier and keyword in code, in order; comments and strings are left out."""
        loud = np.where(self.quiet, SPACE, self.bytes).astype(np.uint8).tobytes()
        return _IDENTIFIER.findall(loud.decode("ascii", "replace"))

    def _quiet_ranges(self) -> tuple[IntArray, IntArray]:
        if self.syntax is None:
            spans = np.array(self.comments, dtype=np.int32).reshape(-1, 2)
            return spans[:, 0], spans[:, 1]
        role = self.syntax.role
        inside = (role == ROLE_INDEX["comment"]) | (role == ROLE_INDEX["string"])
        return self.syntax.start[inside], self.syntax.end[inside]


def prepare(sample: Sample) -> Source:
    """Return the sample ready to be measured; raises NotTextError where code is no string."""
    if not isinstance(sample.code, str):
        raise NotTextError(f"code must be a string, not {type(sample.code).__name__}")
    data, truncated = _bounded(sample.code)
    stated = languages.normalise(sample.language) if sample.language else None
    language = stated or languages.language_of(sample.path, sample.code)
    syntax = None
    if language in languages.PARSED:
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
