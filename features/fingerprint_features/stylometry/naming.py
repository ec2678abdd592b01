"""Naming: case style and length by the part a name plays, words, abbreviations, richness."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import numpy as np

from fingerprint_features.grammars import NAME_ROLES
from fingerprint_features.ratios import entropy, share
from fingerprint_features.source import Source

STYLES = ("single", "lower", "snake", "camel", "pascal", "upper")
PARTS = ("function", "class", "parameter", "variable", "constant", "member")
"""Parts whose names are measured apart; `import` names belong to others."""

COLUMNS = {
    **{
        f"{part}_{what}": text
        for part in PARTS
        for what, text in (
            ("count", f"{part} names per line of code"),
            ("length", f"mean length of {part} names"),
            ("words", f"mean number of words in {part} names"),
            *((style, f"share of {part} names in {style} case") for style in STYLES[:-1]),
        )
    },
    "leading_underscore": "share of declared names that start with an underscore",
    "with_digit": "share of declared names that hold a digit",
    "abbreviated": "share of words without a vowel or cut short (<= 3 letters), of all words",
    "long_words": "share of words of 8 letters or more",
    "word_richness": "distinct words / words, root scaled (Guiraud)",
    "identifier_richness": "distinct identifiers / identifiers, root scaled (Guiraud)",
    "identifier_length": "mean length of all identifiers",
    "identifier_entropy": "entropy of the identifiers, in bits",
    "identifier_once": "share of identifiers used once (hapax)",
    "all_snake": "share of identifiers in snake case",
    "all_camel": "share of identifiers in camel case",
    "all_single": "share of identifiers of one letter",
    "name_repeat": "mean uses of an identifier",
}

CACHED_NAMES = 1 << 14
"""Names whose style and words are remembered: samples share most of theirs."""

_HOLDERS = ("variable", "member")
"""Parts whose names in upper case are constants by convention."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")


@lru_cache(maxsize=CACHED_NAMES)
def style_of(name: str) -> str:
    """Return the case style of a name, one of `STYLES`."""
    bare = name.strip("_$@")
    if len(bare) <= 1:
        return "single"
    if bare.isupper():
        return "upper"
    if "_" in bare:
        return "snake"
    if bare.islower():
        return "lower"
    return "pascal" if bare[0].isupper() else "camel"


@lru_cache(maxsize=CACHED_NAMES)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words a name is made of, lower case: `parseHTTPUrl` has three."""
    return tuple(word.lower() for word in _WORD.findall(name))


def measure(source: Source) -> dict[str, float]:
    """Return the naming columns of a sample."""
    lines = int((~source.blank).sum())
    declared = _declared(source)
    columns: dict[str, float] = {}
    for part in PARTS:
        columns.update(_part(part, declared.get(part, []), lines))
    names = [name for part in PARTS for name in declared.get(part, [])]
    columns["leading_underscore"] = share(sum(n.startswith("_") for n in names), len(names))
    columns["with_digit"] = share(sum(any(map(str.isdigit, n)) for n in names), len(names))
    return {**columns, **_vocabulary(source.uses)}


def _declared(source: Source) -> dict[str, list[str]]:
    """Return the distinct declared names by part."""
    if source.syntax is None:
        return {}
    tree = source.syntax
    nodes = np.flatnonzero(tree.name_role >= 0)
    spans = zip(tree.start[nodes].tolist(), tree.end[nodes].tolist(), strict=True)
    texts = [source.data[a:b] for a, b in spans]
    found: dict[str, dict[str, None]] = {}
    for role, text in dict.fromkeys(zip(tree.name_role[nodes].tolist(), texts, strict=True)):
        # A member is declared as `self.name` or `$name`: what counts is the last word.
        name = text.decode("utf-8", "replace").rpartition(".")[2].lstrip("$@")
        part = NAME_ROLES[role]
        if part in _HOLDERS and len(name) > 1 and style_of(name) == "upper":
            part = "constant"
        found.setdefault(part, {})[name] = None
    return {part: list(names) for part, names in found.items()}


def _part(part: str, names: list[str], lines: int) -> dict[str, float]:
    styles = Counter(map(style_of, names))
    count = len(names)
    return {
        f"{part}_count": share(count, lines),
        f"{part}_length": share(sum(map(len, names)), count),
        f"{part}_words": share(sum(len(words_of(name)) for name in names), count),
        **{f"{part}_{style}": share(styles[style], count) for style in STYLES[:-1]},
    }


def _vocabulary(uses: Counter[str]) -> dict[str, float]:
    words: Counter[str] = Counter()
    styles: Counter[str] = Counter()
    for name, times in uses.items():
        styles[style_of(name)] += times
        for word in words_of(name):
            words[word] += 1
    total, word_total = uses.total(), words.total()
    short = sum(n for w, n in words.items() if len(w) <= 3 or not _VOWEL.search(w))
    return {
        "abbreviated": share(short, word_total),
        "long_words": share(sum(n for w, n in words.items() if len(w) >= 8), word_total),
        "word_richness": share(len(words), word_total**0.5),
        "identifier_richness": share(len(uses), total**0.5),
        "identifier_length": share(sum(map(len, uses)), len(uses)),
        "identifier_entropy": entropy(np.array(list(uses.values()))),
        "identifier_once": share(sum(n == 1 for n in uses.values()), len(uses)),
        "all_snake": share(styles["snake"], total),
        "all_camel": share(styles["camel"], total),
        "all_single": share(styles["single"], total),
        "name_repeat": min(share(total, len(uses)), 50.0),
    }
