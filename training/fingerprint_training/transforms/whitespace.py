"""White space written another way: line ends, blank lines, the unit of indentation."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np

from fingerprint_features.source import TAB_WIDTH
from fingerprint_training.transforms.reading import Code

_TAB = b"\t"


def normalise_whitespace(code: Code, rng: np.random.Generator) -> bytes:
    """Return the code with another indentation, one blank line at a time and bare line ends.

    Tabs become four spaces, two spaces four, and any other width two spaces or, outside Python,
    a tab. Lines that begin or end inside a string keep what lies there.
    """
    lines = code.data.split(b"\n")
    opens, closes = _inside_strings(code, lines)
    free = [line for line, held in zip(lines, opens, strict=True) if not held and line.strip()]
    old, new = _units(free, code.language, rng)
    kept: list[bytes] = []
    blank_before = True  # no blank line opens a file
    for line, held, goes_on in zip(lines, opens, closes, strict=True):
        text = line if goes_on else line.rstrip(b" \t")
        text = text if held else _indented(text, old, new)
        blank = not text and not held and not goes_on
        if not (blank and blank_before):
            kept.append(text)
        blank_before = blank
    return b"\n".join(kept).rstrip(b"\n") + b"\n"


def _inside_strings(code: Code, lines: list[bytes]) -> tuple[list[bool], list[bool]]:
    """Return for each line whether it begins, and whether it ends, inside a string."""
    within = np.zeros(len(lines) + 1, dtype=np.bool_)
    newlines = np.flatnonzero(code.source.symbols == ord("\n"))
    for node in code.tree.with_role("string").tolist():
        start, end = code.span(node)
        first, last = np.searchsorted(newlines, (start, end)).tolist()
        within[first + 1 : last + 1] = True
    return within[:-1].tolist(), within[1:].tolist()


def _units(lines: list[bytes], language: str, rng: np.random.Generator) -> tuple[int, bytes]:
    """Return the width of the unit of indentation, and the unit to write instead."""
    wide = [line for line in lines if line[:1].isspace()]
    if sum(line.startswith(_TAB) for line in wide) * 2 > len(wide):
        return TAB_WIDTH, b" " * 4
    widths = [_width(line) for line in lines]
    steps = Counter(b - a for a, b in pairwise(widths) if b > a + 1)
    unit = steps.most_common(1)[0][0] if steps else 4
    if unit == 2:
        return unit, b" " * 4
    tab = language == "go" or (language != "python" and rng.integers(2) == 1)
    return unit, _TAB if tab else b"  "


def _width(line: bytes) -> int:
    blank = line[: len(line) - len(line.lstrip(b" \t"))]
    return len(blank.expandtabs(TAB_WIDTH))


def _indented(line: bytes, old: int, new: bytes) -> bytes:
    """Return a line with its full units written anew; what is over stays, as in alignments."""
    units, rest = divmod(_width(line), old)
    return new * units + b" " * rest + line.lstrip(b" \t") if line else line
