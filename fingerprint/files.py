"""From PATH arguments to a stream of items, each with its text or with what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fingerprint import ignore
from fingerprint.items import Item, failed, item_of
from fingerprint.reading import read_bounded
from fingerprint.walk import walk

_PROSE = "md markdown mdx rst txt adoc org tex bib log po pot diff patch ipynb pdf"
_DATA = "csv tsv json jsonl ndjson json5 yaml yml toml ini cfg conf properties xml svg lock"
_OTHER = "png jpg jpeg gif webp ico zip gz tar bz2 xz whl jar exe dll so dylib parquet npz"
NOT_CODE = frozenset(f"{_PROSE} {_DATA} {_OTHER}".split())
"""Extensions of prose and data: no author is told from these, whatever they contain."""


def discover(
    paths: Iterable[str],
    *,
    recursive: bool = False,
    language: str | None = None,
    default_language: str | None = None,
    patterns: Iterable[str] = (),
) -> Iterator[Item]:
    """Yield the items of `paths` in order; folders are entered (sorted) if `recursive`.

    `language` holds for every file that was named; `default_language` where neither name nor
    content tells. `patterns` (gitignore syntax, relative to the current directory) are left
    out. A file that was named is refused only for what is in it. Nothing about one item stops
    the others; a pattern that cannot be read raises `IgnoreFileError`.
    """
    extra = ignore.layer_of_patterns(Path.cwd(), patterns, Path("pyproject.toml"))
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112 - pathlib's raises where access is denied
            yield _named(path, language, default_language)
        elif recursive:
            yield from walk(path, extra)
        else:
            yield Item(path, "invalid", "directory_needs_recursive")


def _named(path: str, language: str | None, default_language: str | None) -> Item:
    try:
        data, partial = read_bounded(path)
    except OSError as error:
        return failed(path, error)
    if language is None and Path(path).suffix[1:].lower() in NOT_CODE:
        return Item(path, "not_code")
    item = item_of(
        path, data, partial=partial, language=language, default_language=default_language
    )
    told = item.language is not None or item.status != "ok"
    return item if told else Item(path, "not_code")
