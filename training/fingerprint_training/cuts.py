"""Cuts through a file, without a parser: the whole file, a function or block, a hunk."""

from __future__ import annotations

import random
import re
import textwrap

FILE_LINES = (10, 400)  # non-blank lines
BLOCK_LINES = (8, 80)
HUNK_LINES = (10, 40)
KINDS = ("file", "function", "hunk")

# What may stand at a block's own indentation without ending it: closers, and what goes on.
CLOSER = re.compile(r"^\s*(?:[)}\]]|end\b|\{\s*$)")
# Branches and loops are blocks, but no functions.
BRANCH = re.compile(
    r"^\s*(?:\}\s*)?(?:if|else|elif|elsif|unless|for|foreach|while"
    r"|until|loop|switch|match|case|when|select|try|catch|except|finally|with|do|using)\b"
)
ABOVE = re.compile(r"^\s*(?:#|//|/\*|\*|@\w|\[\w+[^=]*\]\s*$)")  # comments, decorators, attributes


def cut(lines: list[str], kind: str, randomness: random.Random) -> str | None:
    """Return one cut of the kind, or None when the file has none.

    A function or block is set to the margin; a hunk keeps its indentation, as in a diff.
    """
    if kind == "file":
        shortest, longest = FILE_LINES
        return "\n".join(lines) + "\n" if shortest <= _filled(lines) <= longest else None
    found = blocks(lines) if kind == "function" else _hunks(lines, randomness)
    if not found:
        return None
    start, end = randomness.choice(found)
    text = "\n".join(lines[start:end]) + "\n"
    return textwrap.dedent(text) if kind == "function" else text


def blocks(lines: list[str]) -> list[tuple[int, int]]:
    """Return (start, end) of the blocks of BLOCK_LINES non-blank lines, end exclusive.

    A block is a line, what is indented deeper below it, and its closing line; comments and
    decorators right above belong to it. Branches and loops are left out.
    """
    found = []
    for place, line in enumerate(lines):
        if not line.strip() or CLOSER.match(line) or BRANCH.match(line) or ABOVE.match(line):
            continue
        end = _block_end(lines, place)
        start = place
        while start and _belongs_above(lines[start - 1], line):
            start -= 1
        if end - place > 1 and BLOCK_LINES[0] <= _filled(lines[start:end]) <= BLOCK_LINES[1]:
            found.append((start, end))
    return found


def _block_end(lines: list[str], place: int) -> int:
    depth = _indent(lines[place])
    end = place + 1
    for at in range(place + 1, len(lines)):
        line = lines[at]
        if not line.strip():
            continue
        if _indent(line) > depth:
            end = at + 1
        elif _indent(line) == depth and CLOSER.match(line):
            end = at + 1
            if not line.strip().startswith(("{", ")")):
                break
        else:
            break
    return end


def _belongs_above(above: str, line: str) -> bool:
    return bool(ABOVE.match(above)) and 0 <= _indent(above) - _indent(line) <= 1


def _hunks(lines: list[str], randomness: random.Random) -> list[tuple[int, int]]:
    length = randomness.randint(*HUNK_LINES)
    spare = len(lines) - length
    starts = [start for start in range(spare + 1) if lines[start].strip()] if spare > 0 else []
    found = [(start, start + length) for start in starts]
    return [hunk for hunk in found if _filled(lines[slice(*hunk)]) >= HUNK_LINES[0]]


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def _filled(lines: list[str]) -> int:
    return sum(1 for line in lines if line.strip())
