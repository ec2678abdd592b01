"""The catalogue of a change's columns, as Markdown."""

from __future__ import annotations

from fingerprint_features.activity import registry, words
from fingerprint_features.activity.reading import MAX_CHARACTERS
from fingerprint_features.activity.registry import Extractor

_HEAD = """# Features of commits and pull requests

A change and its text, stripped of markers, become {columns} dense columns and {views} sparse
lexicon views, in the order of `fingerprint_features.activity.registry.EXTRACTORS`. At most the
first {characters:,} characters of a text are measured. A column is finite, or NaN where its thing
is not at hand: no diff, no commits, no times, no added code. {copies} columns are those of others
and not listed here: `code.*` named as of a code sample are their means over the longest added runs,
`longest.*` are the columns of a text, of the longest commit message of a pull request.
"""

_LEXICON = """
## Lexicon of the text

Hashed counts in {buckets:,} buckets a view; the weights are fitted in training.

| View | Holds |
| --- | --- |
| `words` | n-grams of lengths {words} of words in lower case, numbers, marks, starts of lines |
| `characters` | byte n-grams of lengths {characters}, case and white space kept |
"""


def catalogue() -> str:
    """Return the page's part on changes."""
    head = _HEAD.format(
        columns=len(registry.COLUMNS),
        views=len(words.VIEWS),
        characters=MAX_CHARACTERS,
        copies=sum(map(_is_copy, registry.COLUMNS)),
    )
    tail = _LEXICON.format(
        buckets=words.BUCKETS,
        words=", ".join(map(str, words.WORD_ORDERS)),
        characters=", ".join(map(str, words.CHARACTER_ORDERS)),
    )
    own = [extractor for extractor in registry.EXTRACTORS if extractor.prefix != "longest"]
    return head + "".join(map(_table, own)) + tail


def _is_copy(column: str) -> bool:
    """Return whether a column is another one, which is listed, measured on another text."""
    return column.startswith(("code.", "longest.")) and column.count(".") > 1


def _table(extractor: Extractor) -> str:
    rows = [
        f"| `{extractor.prefix}.{name}` | {said.replace('|', chr(92) + '|')} |"
        for name, said in extractor.columns.items()
        if not _is_copy(f"{extractor.prefix}.{name}")
    ]
    title = f"\n## `{extractor.id}` ({extractor.group}, {len(extractor.columns)} columns)\n\n"
    return title + "\n".join(["| Column | Value |", "| --- | --- |", *rows]) + "\n"
