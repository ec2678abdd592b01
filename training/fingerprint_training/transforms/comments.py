"""Comments dropped, or said in other words; what a tool reads in them stays."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_training.cleaning_rules import DIRECTIVE
from fingerprint_training.transforms.edits import (
    Edit,
    edited,
    line_of,
    stands_alone,
    without_lines,
)
from fingerprint_training.transforms.reading import Code
from fingerprint_training.transforms.words import like

_TOOLS = re.compile(
    # checkers and formatters
    r"^(?:#|//|/\*+)[ \t]*(?:type:|mypy|pyright|ruff|flake8|isort|fmt:|yapf|pragma|nosec|doctest"
    r"|jshint|jslint|globals?[ \t]|exported[ \t]|tslint|biome|deno-|istanbul|c8[ \t]|v8[ \t]"
    r"|nolint|NOLINT|NOSONAR|noinspection|checkstyle|CHECKSTYLE|@formatter|clang-format|cppcheck"
    r"|fall-?through|FALL-?THROUGH|rustfmt|(?:end)?region\b|spell-?check|cspell"
    # compilers and bundlers
    r"|[#@]__\w+__|[#@][ \t]*source|webpack|@jsx|@license|@preserve|\+build|/[ \t]*<reference"
    r"|Code generated)"
    # what is said without a blank speaks to Go's tools
    r"|^//(?:[a-z]+:|line[ \t]|export[ \t]|extern[ \t])"
    # licences
    r"|SPDX-",
)
_GO_EXAMPLE = re.compile(r"^//[ \t]*(?:Unordered )?[Oo]utput:")  # compared when its tests run
_CGO = re.compile(rb'import[ \t]+"C"|^[ \t]*"C"', re.MULTILINE)
_OPENING, _CLOSING = frozenset({b"(", b"[", b"{"}), frozenset({b")", b"]", b"}", b",", b";"})
_SCRIPTS = ("javascript", "typescript")
# Tags, links, types in braces and markup keep their form; all other words go.
_WORD = re.compile(r"@\w+|\w+://\S+|\{[^{}\n]*\}|</?\w[^<>\n]*>|(?P<word>[^\W\d_]+)")


def strip_comments(code: Code, _rng: np.random.Generator) -> bytes:
    """Return the code without its comments; lines that held nothing else go with them."""
    return edited(code.data, (_dropped(code, *span) for span in _free(code)))


def reword_comments(code: Code, rng: np.random.Generator) -> bytes:
    """Return the code with neutral words of about the same length in its comments."""
    edits = []
    for start, end in _free(code):
        text = code.data[start:end].decode()
        edits.append((start, end, _reworded(text, rng).encode()))
    return edited(code.data, edits)


def is_directive(text: str) -> bool:
    """Tell whether a comment speaks to a tool: its text is no prose."""
    return bool(DIRECTIVE.search(text) or _TOOLS.search(text))


def _free(code: Code) -> list[tuple[int, int]]:
    if code.family == "go" and _CGO.search(code.data):
        return []  # the comment above is C code
    said = [(span, code.data[slice(*span)].decode()) for span in code.comments]
    if code.family == "go":
        said = [(span, text) for span, text in said if not _GO_EXAMPLE.match(text)]
    return [span for span, text in said if not is_directive(text)]


def _dropped(code: Code, start: int, end: int) -> Edit:
    data = code.data
    if stands_alone(data, start, end):
        return without_lines(data, start, end)
    first, last = line_of(data, start, end)
    if not data[end:last].strip():
        return first + len(data[first:start].rstrip(b" \t")), end, b""
    if code.family in _SCRIPTS and b"\n" in data[start:end]:
        return start, end, b"\n"  # where a statement may end without a semicolon, this ends it
    behind = end + len(data[end:last]) - len(data[end:last].lstrip(b" \t"))
    if not data[first:start].strip() or data[start - 1 : start].isspace():
        return start, behind, b""
    open_here = data[start - 1 : start] in _OPENING or data[end : end + 1] in _CLOSING
    return start, end, b"" if behind > end or open_here else b" "


def _reworded(text: str, rng: np.random.Generator) -> str:
    def swap(match: re.Match[str]) -> str:
        word = match["word"]
        return match[0] if word is None else like(word, rng)

    return _WORD.sub(swap, text)
