"""The catalogue of columns, as Markdown: `python -m fingerprint_features.catalogue > README.md`."""

from __future__ import annotations

import sys

from fingerprint_features import lexicon, registry
from fingerprint_features.activity import catalogue as changes
from fingerprint_features.languages import PARSED
from fingerprint_features.registry import Extractor
from fingerprint_features.source import MAX_BYTES

_HEAD = """# Features

Code in, numbers out. Every sample becomes {columns} dense columns and {views} sparse lexicon views,
in the order of `fingerprint_features.registry.EXTRACTORS`. This page is generated from the registry
(`python -m fingerprint_features.catalogue`); a test keeps the two equal.

Two promises hold for every column: it is finite for every input, and it depends on nothing but
the sample's text and language. At most the first {bytes:,} bytes are measured. Preferences lie in
(0, 1) and are 0.5 where neither way was seen; all other columns are 0 where there is nothing to
measure.

Languages with a grammar, hence with every column: {languages}. All others get the columns that
need no tree; the rest stay at their neutral value.
"""

_LEXICON = """
## Lexicon

Hashed counts in {buckets:,} buckets a view; the weights are fitted in training.

| View | Holds |
| --- | --- |
| `characters` | byte n-grams of lengths {characters}, white space kept |
| `tokens` | n-grams of lengths {tokens} of words, marks and white space other than one space |
| `tree` | node kinds, parent pairs, grandparent triples and sibling pairs |
"""


def catalogue() -> str:
    """Return the page."""
    head = _HEAD.format(
        columns=len(registry.COLUMNS),
        views=len(lexicon.VIEWS),
        bytes=MAX_BYTES,
        languages=", ".join(PARSED),
    )
    tail = _LEXICON.format(
        buckets=lexicon.BUCKETS,
        characters=", ".join(map(str, lexicon.CHARACTER_ORDERS)),
        tokens=", ".join(map(str, lexicon.TOKEN_ORDERS)),
    )
    samples = head + "".join(map(_table, registry.EXTRACTORS)) + tail
    return f"{samples}\n{changes.catalogue()}"


def _table(extractor: Extractor) -> str:
    need = "Needs a grammar." if extractor.parsed else "Works on any text."
    rows = [
        f"| `{extractor.prefix}.{name}` | {words.replace('|', chr(92) + '|')} |"
        for name, words in extractor.columns.items()
    ]
    title = f"\n## `{extractor.id}` ({extractor.group}, {len(rows)} columns)\n\n{need}\n\n"
    return title + "\n".join(["| Column | Value |", "| --- | --- |", *rows]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(catalogue())
