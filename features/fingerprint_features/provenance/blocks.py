"""Blocks that tools put into a message: comments in HTML, warnings, another model's summary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from fingerprint_features.provenance.templates import Template, load_templates

REACH = 400
"""Lines after which a block without an end is none; the longest one seen has 260."""


def without_comments(text: str) -> str:
    """Return a text without ``<!-- -->``: tools leave them, and so do a project's templates."""
    if "<!--" not in text:
        return text
    kept: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        # The line ends of a comment stay, lest the lines around it be joined.
        kept.append(text[position:start] + "\n" * ("\n" in text[start:end]))
        position = end + 3
    return "".join(kept) + text[position:]


def without_blocks(text: str) -> str:
    """Return a text without the blocks of templates.tsv."""
    lines = text.split("\n")
    kept: list[str] = []
    index = 0
    while index < len(lines):
        end, dropped = _block(lines, index)
        if not dropped:
            kept.extend(lines[index:end])
        index = end
    return "\n".join(kept) if len(kept) < len(lines) else text


def _block(lines: Sequence[str], index: int) -> tuple[int, bool]:
    """Return where what starts at a line ends, and whether it is a block of some template.

    A run that is none is passed over as a whole: looked at line by line it would take quadratic
    time.
    """
    line = lines[index].strip()
    starts, templates = _starts()
    if not starts.fullmatch(line):
        return index + 1, False
    kept = index + 1
    for template in templates:
        if template.start.fullmatch(line):
            end, dropped = _end(template, lines, index)
            if dropped:
                return end, True
            kept = max(kept, end)
    return kept, False


def _end(template: Template, lines: Sequence[str], index: int) -> tuple[int, bool]:
    if template.end == "eof":
        return len(lines), True
    if isinstance(template.end, re.Pattern):
        for last in range(index + 1, min(len(lines), index + REACH)):
            if template.end.fullmatch(lines[last].strip()):
                return last + 1, True
        return index + 1, False
    end = index + 1
    while template.end == "quote-after" and end < len(lines) and not lines[end].strip():
        end += 1
    start = end
    while end < len(lines) and lines[end].lstrip().startswith(">"):
        end += 1
    holds = template.holds
    return end, holds is None or any(holds.search(line) for line in lines[start:end])


@cache
def _starts() -> tuple[re.Pattern[str], tuple[Template, ...]]:
    blocks = tuple(template for template in load_templates() if template.form == "block")
    either = "|".join(f"(?:{template.start.pattern})" for template in blocks)
    return re.compile(either, re.IGNORECASE), blocks
