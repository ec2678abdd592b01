"""What a chat writes around its code: markdown fences, introductions, explanations."""

from __future__ import annotations

import re
from collections.abc import Iterable

FENCE = re.compile(r"^ {0,3}(?:```|~~~)")
OPENING = re.compile(r"^ {0,3}(?:```|~~~)\s*\w[\w+#.-]*\s*$")
WORD = re.compile(r"[\"'`(*]*[A-Za-z][A-Za-z'’/-]*[.,:;!?)\"'`*]*")
LISTED = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+\S|^#{2,6}\s|^\s*\*\*\w")
FEWEST_WORDS = 5  # a shorter sentence may be an identifier list, an error message or a command
# Languages whose text may stand bare between tags.
MARKUP = frozenset({"html", "svelte", "php", "css", "vue"})


def is_sentence(line: str) -> bool:
    """Tell whether a line at the margin is a sentence of English rather than code."""
    if line[:1].isspace() or line.rstrip()[-1:] not in ".:!?*`" or " = " in line:
        return False
    words = line.split()
    if len(words) < FEWEST_WORDS or not words[0][:1].isupper():
        return False
    return sum(1 for word in words if WORD.fullmatch(word)) >= 0.75 * len(words)


def fences(code: str, language: str | None, _context: int) -> str | None:
    """Keep what stands in a markdown fence; the longest block when there are several.

    A bare fence under code closes it; one under prose, or with a language's name, opens it.
    A fence inside a docstring or a comment belongs to the author and stays.
    """
    lines = code.split("\n")
    marks = [place for place, line in enumerate(lines) if FENCE.match(line)]
    if not marks or _quoted(lines[: marks[0]], language):
        return code
    above = lines[: marks[0]]
    if _code_lines(above) and not OPENING.match(lines[marks[0]]):
        return "\n".join(above)
    ends = [*marks[1:], len(lines)]
    blocks = [lines[start + 1 : end] for start, end in zip(marks, ends, strict=True)]
    blocks.insert(0, above)
    return "\n".join(max(blocks, key=_code_lines))


def _code_lines(lines: Iterable[str]) -> int:
    return sum(1 for line in _unlisted(lines) if line.strip() and not is_sentence(line))


def chatter(code: str, language: str | None, _context: int) -> str | None:
    """Cut prose off both ends; drop a sample that is prose throughout."""
    lines = code.split("\n")
    start, end = _head(lines), _tail(lines)
    if language in MARKUP:
        start = 0 if not any(line.lstrip().startswith("<") for line in lines[start:]) else start
    if _quoted(lines[:end], language):
        end = len(lines)
    if start and _closes(lines[start:], language):
        start = 0
    if start >= end:
        return None
    return code if (start, end) == (0, len(lines)) else "\n".join(lines[start:end])


def _closes(lines: list[str], language: str | None) -> bool:
    """Tell whether the text closes what it did not open: its beginning was cut off."""
    text = "\n".join(lines)
    if language == "python":
        return _quoted(lines, language)
    return text.count("*/") > text.count("/*") or text.count("`") % 2 == 1


def _head(lines: list[str]) -> int:
    """Return where the code begins: after an opening run of prose that holds a sentence."""
    start, seen = 0, False
    for place, line in enumerate(lines):
        if is_sentence(line):
            start, seen = place + 1, True
        elif line.strip() and not (seen and LISTED.match(line)):
            break
    return start


def _tail(lines: list[str]) -> int:
    """Return where the code ends: before a closing run of prose that holds a sentence."""
    end = len(lines)
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if is_sentence(line):
            end = place
        elif line.strip() and not LISTED.match(line):
            break
    return _with_headings(lines, end)


def _with_headings(lines: list[str], end: int) -> int:
    """Move a cut up over the headings and list items right above it."""
    while 0 < end < len(lines) and (
        not lines[end - 1].strip()
        or (LISTED.match(lines[end - 1]) and "**" in lines[end - 1])
        or re.match(r"^#{2,6}\s+\w", lines[end - 1])
    ):
        end -= 1
    return end


def _unlisted(lines: Iterable[str]) -> list[str]:
    """Leave out markdown list items and headings."""
    return [line for line in lines if not LISTED.match(line)]


def _quoted(lines: list[str], language: str | None) -> bool:
    """Tell whether the text so far leaves a docstring, template text or comment open."""
    text = "\n".join(lines)
    if language == "python":
        return any(text.count(quote) % 2 for quote in ('"""', "'''"))
    if language in {"javascript", "typescript", "tsx", "go", "svelte", "html"}:
        without_fences = "\n".join(line for line in lines if not FENCE.match(line))
        if without_fences.count("`") % 2:
            return True
    return text.count("/*") > text.count("*/") or text.count("<!--") > text.count("-->")
