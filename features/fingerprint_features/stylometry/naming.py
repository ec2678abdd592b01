"""Naming: case style and length by the part a name plays, words, abbreviations, richness."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fingerprint_features.batch import Batch, Columns
from fingerprint_features.grammars import NAME_ROLES, IntArray
from fingerprint_features.groups import FloatArray, Groups, Index, shares
from fingerprint_features.names import (
    CACHED_NAMES,
    FACTS,
    STYLES,
    Names,
    Numbered,
    distinct,
    facts_table,
    style_of,
    words_of,
)

__all__ = ("COLUMNS", "PARTS", "STYLES", "measure", "style_of", "words_of")

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

_HOLDS = np.isin((*PARTS, ""), ("variable", "member"))
"""Parts whose names in upper case are constants by convention."""

_PART_OF = np.array([PARTS.index(n) if n in PARTS else len(PARTS) for n in NAME_ROLES])
"""Part that each name role stands for; all others are one behind the last."""


def measure(batch: Batch) -> Columns:
    """Return the naming columns of samples."""
    declared = _declared(batch)
    columns: Columns = {}
    for part in range(len(PARTS)):
        columns.update(_part(declared, part, batch.lines))
    own = declared.part < len(PARTS)
    groups = Groups.of_owners(declared.sample[own], len(batch))
    facts = declared.facts[own]
    columns["leading_underscore"] = groups.mean(facts[:, FACTS.index("underscore")])
    columns["with_digit"] = groups.mean(facts[:, FACTS.index("digit")])
    return {**columns, **_vocabulary(batch.names)}


@dataclass(frozen=True)
class Declared:
    """Distinct declared names by sample and part (index into `PARTS`, or behind it), in order."""

    sample: Index
    part: Index
    facts: IntArray


def _declared(batch: Batch) -> Declared:
    nodes = batch.nodes
    at = np.flatnonzero(nodes.name_role >= 0)
    spans = zip(nodes.start[at].tolist(), nodes.end[at].tolist(), strict=True)
    spelled: Numbered[bytes] = Numbered()
    text = spelled.of([nodes.source[a:b] for a, b in spans])
    numbers: Numbered[str] = Numbered()
    name = numbers.of([*map(_bare, spelled)])[text]
    facts = facts_table(numbers)
    part = _PART_OF[nodes.name_role[at]]
    shouted = (facts[:, 0] == STYLES.index("upper")) & (facts[:, 1] > 1)
    part = np.where(_HOLDS[part] & shouted[name], PARTS.index("constant"), part)
    width = len(PARTS) + 1
    owner = batch.per_tree.owner[at] * width + part
    owners, names, _ = distinct(owner, name, len(numbers))
    return Declared(owners // width, owners % width, facts[names])


@lru_cache(maxsize=CACHED_NAMES)
def _bare(text: bytes) -> str:
    """Return the last word: a member is declared as `self.name` or `$name`."""
    return text.decode("utf-8", "replace").rpartition(".")[2].lstrip("$@")


def _part(declared: Declared, part: int, lines: FloatArray) -> Columns:
    chosen = declared.part == part
    groups = Groups.of_owners(declared.sample[chosen], len(lines))
    style, length, words = declared.facts[chosen, :3].T
    name = PARTS[part]
    return {
        f"{name}_count": shares(groups.size, lines),
        f"{name}_length": groups.mean(length),
        f"{name}_words": groups.mean(words),
        **{f"{name}_{way}": groups.mean(style == at) for at, way in enumerate(STYLES[:-1])},
    }


def _vocabulary(names: Names) -> Columns:
    groups = names.per_sample
    total = groups.sum(names.times)
    style = names.fact("style")[names.used]
    words, short, long = (groups.sum(names.fact(n)[names.used]) for n in ("words", "short", "long"))

    def used_in(way: str) -> FloatArray:
        """Return the share of all uses of names that are of names in a style."""
        return shares(groups.sum(names.times * (style == STYLES.index(way))), total)

    return {
        "abbreviated": shares(short, words),
        "long_words": shares(long, words),
        "word_richness": shares(names.of_words.size, np.sqrt(words)),
        "identifier_richness": shares(groups.size, np.sqrt(total)),
        "identifier_length": groups.mean(names.fact("length")[names.used]),
        "identifier_entropy": groups.entropy(names.times),
        "identifier_once": groups.mean(names.times == 1),
        "all_snake": used_in("snake"),
        "all_camel": used_in("camel"),
        "all_single": used_in("single"),
        "name_repeat": np.minimum(shares(total, groups.size), 50.0),
    }
