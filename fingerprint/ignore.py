"""What a project itself says about its files: .fingerprintignore and .gitattributes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fingerprint.reading import MAX_BYTES, is_file

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".fingerprintignore"
ATTRIBUTES_FILE = ".gitattributes"

_ATTRIBUTES = {"linguist-generated": "generated", "linguist-vendored": "vendored"}
_FALSE = frozenset({"false", "0", "no", "off"})

Question = Literal["ignored", "generated", "vendored"]


class IgnoreFileError(ValueError):
    """Rules that cannot be read; the message names the file and the pattern or the cause."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The rules that hold below `base` (absolute, ends in a slash); None where there are none."""

    base: str
    ignored: GitIgnoreSpec | None = None
    generated: GitIgnoreSpec | None = None
    vendored: GitIgnoreSpec | None = None
    unsets_vendored: bool = False


def layer_of(folder: Path, names: Iterable[str]) -> tuple[Layer, ...]:
    """Return the rules that the absolute `folder` holds, given its `names`: none or one layer.

    Raises `IgnoreFileError` for a pattern in .fingerprintignore that is no gitignore pattern.
    """
    candidates = {IGNORE_FILE, ATTRIBUTES_FILE}.intersection(names)
    present = {name for name in candidates if is_file(folder / name)}
    if not present:
        return ()
    ignore, attributes = folder / IGNORE_FILE, folder / ATTRIBUTES_FILE
    patterns = _attributes(attributes) if ATTRIBUTES_FILE in present else {}
    vendored = patterns.get("vendored", [])
    layer = Layer(
        base=_with_slash(folder),
        ignored=_spec(_lines(ignore) if IGNORE_FILE in present else [], ignore),
        generated=_spec(patterns.get("generated", []), attributes),
        vendored=_spec(vendored, attributes),
        unsets_vendored=any(pattern.startswith("!") for pattern in vendored),
    )
    return (layer,)


def layer_of_patterns(folder: Path, patterns: Iterable[str], origin: Path) -> tuple[Layer, ...]:
    """Return a layer that ignores `patterns` below the absolute `folder`.

    Raises `IgnoreFileError`, which names `origin`, for what is no gitignore pattern.
    """
    lines = list(patterns)
    return (Layer(base=_with_slash(folder), ignored=_spec(lines, origin)),) if lines else ()


def layers_above(folder: Path) -> tuple[Layer, ...]:
    """Return the rules of the folders above the absolute `folder`, outermost first.

    The search ends at the repository (the folder with .git), or, outside of one, at the
    current directory; where neither is above `folder`, nothing above it counts.
    """
    chain = [folder, *folder.parents]
    tops = [place for place in chain if os.path.lexists(place / ".git")] or [
        place for place in chain if place == Path.cwd()
    ]
    above = chain[1 : chain.index(tops[0]) + 1] if tops else []
    names = (IGNORE_FILE, ATTRIBUTES_FILE)
    return tuple(layer for place in reversed(above) for layer in layer_of(place, names))


def verdict(layers: tuple[Layer, ...], question: Question, path: str) -> bool | None:
    """Return what the innermost rule on the absolute `path` says; None if none speaks.

    The path of a folder ends in a slash.
    """
    for layer in reversed(layers):
        spec: GitIgnoreSpec | None = getattr(layer, question)
        if spec is None or not path.startswith(layer.base):
            continue
        answer = spec.check_file(path[len(layer.base) :]).include
        if answer is not None:
            return answer
    return None


def _with_slash(folder: Path) -> str:
    return folder.as_posix().rstrip("/") + "/"


def _lines(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(MAX_BYTES).splitlines()
    except OSError as error:
        raise IgnoreFileError(f"{path}: {error.strerror}: make it readable or remove it") from error


def _spec(lines: list[str], origin: Path) -> GitIgnoreSpec | None:
    if not lines:
        return None
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - 30 ms that most runs do not need

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise IgnoreFileError(f"{origin}: {error}") from error


def _attributes(path: Path) -> dict[str, list[str]]:
    """Return the patterns by question; one that is unset there (`-name`) begins with `!`."""
    found: dict[str, list[str]] = {}
    for line in _lines(path):
        pattern, words = _split(line)
        for word in words:
            name, _, value = word.lstrip("-!").partition("=")
            question = _ATTRIBUTES.get(name)
            if question:
                unset = word[0] in "-!" or value.lower() in _FALSE
                found.setdefault(question, []).append("!" * unset + pattern)
    return found


def _split(line: str) -> tuple[str, list[str]]:
    """Split a line of .gitattributes; comments and what git forbids there give no words."""
    line = line.strip()
    if line.startswith('"') and '"' in line[1:]:
        pattern, _, rest = line[1:].partition('"')
        return pattern, rest.split()
    pattern, *words = line.split() or [""]
    usable = pattern and not pattern.startswith(("#", "!", "[attr]"))
    return pattern, words if usable else []
