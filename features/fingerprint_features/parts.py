"""A long file cut into parts: its functions and the code between them, or windows of lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fingerprint_features import languages
from fingerprint_features.errors import FeatureError, NotTextError
from fingerprint_features.functions import functions
from fingerprint_features.sample import Sample

WAYS = ("function", "window")
"""How a file can be cut."""

WINDOW_LINES = 40
"""Lines of a window; they advance by half of it, so that each line lies in two windows."""

LEAST_BETWEEN = 5
"""Code between functions is a part of its own from so many lines that are not blank; below, a
sample says too little (`SHORT_LINES` of the decision floor), and it is left out."""

LONGEST_BETWEEN = 2 * WINDOW_LINES
"""Longer code between functions is cut into pieces of about `WINDOW_LINES`: it holds whatever is
no function, and only the first 16 KiB of a sample are measured."""

_MAX_NESTED_COMMENTS = 1_000
"""Kotlin's grammar takes time in the square of the openings of comments that nest."""

_ABOVE = re.compile(r"\s*(?:#(?!\s*(?:include|define|if|el|end|undef|pragma))|//|/\*|\*|@\w|\[\w)")
"""Comments, decorators and attributes; a C preprocessor's lines are none of them."""

_CLOSER = re.compile(r"\s*(?:[)}\]]|end\b)")

Span = tuple[int, int]
"""Lines from 0, the second exclusive."""


@dataclass(frozen=True, slots=True)
class Part:
    """Lines `start` to `end` of a file, counted from 1, both included; `name` of the function.

    `code` is set to the margin, as the functions are that models learn from.
    """

    start: int
    end: int
    name: str | None
    code: str


@dataclass(frozen=True, slots=True)
class Parts:
    """A file in parts, ascending; `by` says how it was cut in the end, `language` what it is in.

    Functions are disjoint. Windows overlap: each line lies in two, but for the first and last
    half. `steps` are the stretches between their cuts, each from 1, both ends included; of
    functions they are the parts' own lines. `filled` has the numbers of the lines not blank.
    """

    by: str
    language: str | None
    parts: tuple[Part, ...]
    steps: tuple[Span, ...]
    filled: tuple[int, ...]


def cut(sample: Sample, by: str = "function", *, window: int = WINDOW_LINES) -> Parts:
    """Return the parts of a file; a blank one has none.

    By function, each outermost function or method is a part, with the comments and decorators
    right above it, and so is the code between them from `LEAST_BETWEEN` lines on. Where there is
    no function, no grammar, or where the tree cannot be trusted to end, windows are used.
    By window, there are windows of about `window` lines, cut where a blank line stands near, or
    the code returns to the margin. Raises FeatureError for another `by` or a `window` under 2,
    and NotTextError where code is no string.
    """
    if by not in WAYS:
        raise FeatureError(f"by must be one of {', '.join(WAYS)}, not {by!r}")
    if window < 2:
        raise FeatureError(f"window must be at least 2 lines, not {window}")
    if not isinstance(sample.code, str):
        raise NotTextError(f"code must be a string, not {type(sample.code).__name__}")
    text = sample.code.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    lines = text.split("\n")
    stated = languages.normalise(sample.language) if sample.language else None
    language = stated or languages.language_of(sample.path, sample.code)
    filled = tuple(number for number, line in enumerate(lines, start=1) if line.strip())
    named = _by_function(text, lines, language, window) if by == "function" else []
    if named:
        spans = [span for span, _ in named]
        steps = spans
    else:
        by, steps = "window", _steps(lines, window)
        spans = [(a[0], b[1]) for a, b in pairwise(steps)] or steps
    names = [name for _, name in named] or [None] * len(spans)
    return Parts(
        by,
        language,
        tuple(_part(lines, span, name) for span, name in zip(spans, names, strict=True)),
        tuple((start + 1, end) for start, end in steps),
        filled,
    )


def _part(lines: Sequence[str], span: Span, name: str | None) -> Part:
    start, end = span
    return Part(start + 1, end, name, textwrap.dedent("\n".join(lines[start:end]) + "\n"))


def _by_function(
    text: str, lines: Sequence[str], language: str | None, window: int
) -> list[tuple[Span, str | None]]:
    if language not in languages.PARSED:
        return []
    if language == "kotlin" and text.count("/*") > _MAX_NESTED_COMMENTS:
        return []
    found: list[tuple[Span, str | None]] = []
    done = 0
    for each in functions(text, language):
        if each.start < done:  # a second function on the last one's last line
            continue
        start = _with_above(lines, each.head, done)
        found += [(span, None) for span in _between(lines, done, start, window)]
        found.append(((start, each.end), each.name))
        done = each.end
    if done:
        found += [(span, None) for span in _between(lines, done, len(lines), window)]
    return found


def _between(lines: Sequence[str], start: int, end: int, window: int) -> Iterator[Span]:
    """Yield the spans of the code between two functions, none where it is too short."""
    span = _tight(lines, start, end)
    if _filled(lines, span) < LEAST_BETWEEN:
        return
    if span[1] - span[0] <= LONGEST_BETWEEN:
        yield span
        return
    for a, b in _steps(lines[slice(*span)], 2 * window):
        yield a + span[0], b + span[0]


def _with_above(lines: Sequence[str], start: int, least: int) -> int:
    start = max(start, least)
    while start > least and _ABOVE.match(lines[start - 1]):
        start -= 1
    return start


def _steps(lines: Sequence[str], window: int) -> list[Span]:
    """Return stretches of about half a window that cover all lines that are not blank."""
    first, last = _tight(lines, 0, len(lines))
    if first == last:
        return []
    count = max(round((last - first) * 2 / window), 1)
    near = window // 8
    cuts = [first]
    for k in range(1, count):
        nominal = first + (last - first) * k // count
        cuts.append(_cut_near(lines, nominal, max(nominal - near, cuts[-1] + 1), nominal + near))
    spans = (_tight(lines, a, b) for a, b in zip(cuts, [*cuts[1:], last], strict=True))
    return [span for span in spans if span[0] < span[1]]


def _cut_near(lines: Sequence[str], nominal: int, low: int, high: int) -> int:
    """Return the best line to begin at: after a blank one, least indented, nearest."""

    def cost(at: int) -> tuple[bool, int, int]:
        line = lines[at]
        opens = bool(line.strip()) and not lines[at - 1].strip() and not _CLOSER.match(line)
        return not opens, len(line) - len(line.lstrip()) if opens else 0, abs(at - nominal)

    return min(range(low, max(min(high, len(lines) - 1), low) + 1), key=cost)


def _tight(lines: Sequence[str], start: int, end: int) -> Span:
    """Return the span without blank lines around it, empty where there is nothing else."""
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return start, end


def _filled(lines: Sequence[str], span: Span) -> int:
    return sum(1 for line in lines[slice(*span)] if line.strip())
