"""The hashed n-grams of tokens that speak loudest in a sample, as they are spelled there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from fingerprint_features.sample import Sample
from fingerprint_features.source import prepare
from fingerprint_features.spelled import spelled

Spell = Callable[[Collection[int]], Mapping[int, str]]
"""Gives the token n-grams of a sample that fell into some buckets, by bucket."""

NAMED = 4
"""N-grams that are spelled out."""

LONGEST = 40
"""Characters; what is longer, a key or a path, is no wording."""

_TOKENS = "lexicon.tokens."


def speller(sample: Sample) -> Spell:
    """Return what spells the n-grams of a sample, which is read when it is asked."""
    return lambda buckets: spelled(prepare(sample), buckets)


def loudest_here(columns: Sequence[str], sample: Mapping[str, float], spell: Spell) -> list[str]:
    """Return up to `NAMED` n-grams behind the first columns, of those that the sample holds.

    One that is part of another that is told says nothing more and is left out, as are bare white
    space and what is longer than `LONGEST`.
    """
    here = [name for name in columns if name.startswith(_TOKENS) and sample[name] > 0]
    buckets = [int(name.removeprefix(_TOKENS)) for name in here]
    texts = spell(buckets) if buckets else {}
    told: list[str] = []
    for text in (texts.get(bucket, "") for bucket in buckets):
        told_already = any(text in other or other in text for other in told)
        if text.strip("⏎⇥␣ ") and len(text) <= LONGEST and not told_already:
            told.append(text)
    return told[:NAMED]
