"""A change made ready to be measured: its text in lines and words, its added lines, found once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fingerprint_features.activity import paths
from fingerprint_features.change import Change, FileChange

if TYPE_CHECKING:
    from fingerprint_features.activity.relative import RepositoryStyle

MAX_CHARACTERS = 16_384
"""At most so many characters of a text are measured, as many as bytes of a code sample."""

MAX_LINES = 1_000
"""At most so many added lines of a change are looked at one by one."""

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
FENCE = re.compile(r"\s*(?:```|~~~)")
BULLET = re.compile(r"(\s*)([-*+•]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.*)")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_COMPOUND = re.compile(r"\b(?:[A-Za-z]\w*_\w+|[a-z]\w*[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)")


def is_item(line: str) -> bool:
    """Return whether a line opens an item of a list."""
    return BULLET.match(line) is not None


@dataclass(frozen=True)
class Bullet:
    """An item of a list: columns of white space before it, its mark, and what it says."""

    indent: int
    mark: str
    said: str


@dataclass(frozen=True)
class Activity:
    """What every extractor gets: a change, and its title and body after markers were stripped.

    `text` has LF line ends and is bounded by `MAX_CHARACTERS`; its first line is the title. The
    change's own message is never read. `style` is what its repository is used to, where known.
    """

    change: Change
    text: str
    style: RepositoryStyle | None = None

    @cached_property
    def title(self) -> str:
        """The first line of the text."""
        return self.text.split("\n", 1)[0].strip()

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the body, white space at their ends and blank lines around them gone."""
        lines = [line.rstrip() for line in self.text.split("\n")[1:]]
        body = "\n".join(lines).strip("\n")
        return body.split("\n") if body else []

    @cached_property
    def inked(self) -> list[str]:
        """The lines of the body that are not blank."""
        return [line for line in self.lines if line]

    @cached_property
    def prose(self) -> list[str]:
        """The lines of the body outside fenced code; the fences are gone too."""
        if not any(map(FENCE.match, self.lines)):
            return self.lines
        kept: list[str] = []
        inside = False
        for line in self.lines:
            if FENCE.match(line):
                inside = not inside
            elif not inside:
                kept.append(line)
        return kept

    @cached_property
    def bullets(self) -> list[Bullet]:
        """The items of the body's lists, in order."""
        found = (BULLET.match(line) for line in self.prose)
        return [Bullet(len(match[1].expandtabs(4)), match[2], match[3]) for match in found if match]

    @cached_property
    def words(self) -> list[str]:
        """The words of the title and of the body outside fenced code, in lower case."""
        return WORD.findall("\n".join((self.title, *self.prose)).lower())

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """The names in the text that no English word looks like: `snake_case`, `camelCase`."""
        return frozenset(_COMPOUND.findall(self.text))

    @cached_property
    def files(self) -> list[FileChange] | None:
        """The files in the order of their paths, so that the order of a diff says nothing."""
        if self.change.files is None:
            return None
        return sorted(self.change.files, key=lambda file: file.path)

    @cached_property
    def added_lines(self) -> list[tuple[str, FileChange]]:
        """The first `MAX_LINES` added lines of written files, each with its file."""
        found: list[tuple[str, FileChange]] = []
        for file in self.files or ():
            if len(found) >= MAX_LINES:
                break
            if paths.is_written(file.path):
                found.extend((line, file) for hunk in file.hunks for line in hunk.added)
        return found[:MAX_LINES]


def prepare(change: Change, text: str, style: RepositoryStyle | None = None) -> Activity:
    """Return the change ready to be measured; raises TypeError where the text is no string."""
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, not {type(text).__name__}")
    even = text[: 2 * MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    return Activity(change, even[:MAX_CHARACTERS], style)
