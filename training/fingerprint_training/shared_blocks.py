"""Heads and tails that several authors of one task share word for word: the task gave them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from fingerprint_training.comment_lines import CODE, comment_lines, comment_text, is_open
from fingerprint_training.rows import Rows

# What is given is given to many: labels that merely agree are fewer, even in large tasks.
FEWEST_SHARING = 3  # samples
FEWEST_LABELS = 2
SMALLEST_SHARE = 0.05  # of the task's samples in the language
LONGEST = 80  # non-blank lines compared
# A shorter comment in common may be chance; the shortest prompts that corpora hold have 47.
SHORTEST_PROSE = 40  # characters
SHORTEST_TAIL = (3, 80)  # non-blank lines, characters; `main()` alone is a convention
# What runs a program rather than being it. `def main` is no driver: in many tasks it is the answer.
DRIVER = re.compile(
    r"if __name__\b|(?:#|//|/\*)\s*(?:tests?|examples?|driver|usage|sample|do not)\b"
    r"|(?:def|function|fn|func) (?:tests?|check)\w*\(|(?:check|assert|unittest|doctest)\b",
    re.IGNORECASE,
)


def survey_heads(rows: Rows) -> Sequence[int]:
    """Return for each row how many leading non-blank lines others of its task have alike."""
    return _survey(rows, backwards=False)


def survey_tails(rows: Rows) -> Sequence[int]:
    """Return for each row how many trailing non-blank lines other labels' samples have alike."""
    return _survey(rows, backwards=True)


def shared_head(code: str, language: str | None, context: int) -> str:
    """Take the first comment or docstring out of a shared head, if it lies in it as a whole.

    A signature that was given stays: without it the rest would no longer parse, and within a
    task it tells nothing.
    """
    if not context:
        return code
    lines = code.split("\n")
    inside = [place for place, line in enumerate(lines) if line.strip()][:context]
    kinds = comment_lines(lines, language)
    start = next((place for place in inside if kinds[place] != CODE), len(lines))
    end = start
    while end <= inside[-1] and kinds[end] != CODE:
        end += 1
    block = lines[start:end]
    if sum(map(len, map(comment_text, block))) < SHORTEST_PROSE or is_open(block, language):
        return code
    return "\n".join(lines[:start] + lines[end:])


def shared_tail(code: str, _language: str | None, context: int) -> str:
    """Cut a shared tail from the first line at the margin that begins a driver or a test."""
    if not context:
        return code
    lines = code.split("\n")
    inside = [place for place, line in enumerate(lines) if line.strip()]
    above, tail = inside[:-context], inside[-context:]
    while tail and not DRIVER.match(lines[tail[0]]):
        above.append(tail.pop(0))
    fewest, shortest = SHORTEST_TAIL
    text = sum(len(lines[place].strip()) for place in tail)
    if len(tail) < fewest or text < shortest or len(above) < fewest:
        return code
    return "\n".join(lines[: tail[0]])


def _survey(rows: Rows, *, backwards: bool) -> Sequence[int]:
    groups = defaultdict(list)
    for place, (task, language) in enumerate(zip(rows.tasks, rows.languages, strict=True)):
        groups[task, language].append(place)
    shared = [0] * len(rows.codes)
    for members in groups.values():
        if len(members) >= FEWEST_SHARING:
            for place, count in _shared(rows, members, backwards=backwards):
                shared[place] = count
    return shared


def _shared(rows: Rows, members: list[int], *, backwards: bool) -> Iterator[tuple[int, int]]:
    """Yield (row, number of lines) for the members of one task and language."""
    holders = defaultdict(list)
    keys = {}
    for place in members:
        lines = [line.strip() for line in rows.codes[place].split("\n") if line.strip()]
        keys[place] = list(_running_keys(lines[::-1] if backwards else lines))
        for key in keys[place]:
            holders[key].append(place)
    fewest = max(FEWEST_SHARING, SMALLEST_SHARE * len(members))
    for place in members:
        count = 0
        for key in keys[place]:
            others = holders[key]
            if len(others) < fewest or len({rows.labels[o] for o in others}) < FEWEST_LABELS:
                break
            count += 1
        yield place, count


def _running_keys(lines: list[str]) -> Iterator[int]:
    """Yield one key for the first line, the first two, and so on."""
    key = 0
    for line in lines[:LONGEST]:
        key = hash((key, line))
        yield key
