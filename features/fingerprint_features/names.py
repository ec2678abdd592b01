"""The names and words of a batch's samples as numbers, so that counting them takes no loop."""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count
from typing import Generic, TypeVar

import numpy as np

from fingerprint_features.grammars import IntArray
from fingerprint_features.groups import Groups, Index

STYLES = ("single", "lower", "snake", "camel", "pascal", "upper")

CACHED_NAMES = 1 << 15
"""Names whose style and words are remembered: samples share most of theirs."""

WORD_SIGNS = b"$0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""What `source.IDENTIFIER` is made of."""

_DIGITS = "0123456789"
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")

Key = TypeVar("Key", bound=Hashable)


class Numbered(defaultdict[Key, int], Generic[Key]):
    """Gives each key that it is asked for the next number, behind those that are given."""

    def __init__(self, given: Mapping[Key, int] | None = None) -> None:
        # A method of `count` costs a fifth of a `__missing__` that is written in Python.
        super().__init__(count(len(given or ())).__next__, given or {})

    def of(self, keys: Sequence[Key]) -> IntArray:
        """Return the numbers of keys."""
        return np.fromiter(map(self.__getitem__, keys), dtype=np.int32, count=len(keys))


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


def facts_of(name: str) -> tuple[int, ...]:
    """Return style, length, number of words, of short and of long ones, in the order of `FACTS`."""
    words = words_of(name)
    return (
        STYLES.index(style_of(name)),
        len(name),
        len(words),
        sum(len(w) <= 3 or not _VOWEL.search(w) for w in words),
        sum(len(w) >= 8 for w in words),
        name.startswith("_"),
        any(map(str.isdigit, name)),
    )


FACTS = ("style", "length", "words", "short", "long", "underscore", "digit")
"""What `facts_of` returns, in order."""


@dataclass(frozen=True)
class Names:
    """The identifiers of a batch: `used` has each sample's distinct ones, `times` how often.

    `used` are numbers of names, those of sample i `per_sample.start[i]` and following; `facts`
    (names, len(FACTS)) what `facts_of` says. `spoken` and `of_words` are likewise the distinct
    words of the names of each sample.
    """

    numbers: Numbered[str]
    words: Numbered[str]
    per_sample: Groups
    used: Index
    times: Index
    facts: IntArray
    of_words: Groups
    spoken: Index

    def fact(self, name: str) -> IntArray:
        """Return one of `FACTS` for every name."""
        return self.facts[:, FACTS.index(name)]

    def uses(self, samples: Sequence[int], names: Sequence[str]) -> Index:
        """Return how often each of some samples uses a name, one for each."""
        width = len(self.numbers) + 1
        known = np.array([self.numbers.get(name, -1) for name in names], dtype=np.intp)
        wanted = np.array(samples, dtype=np.intp) * width + known
        # Sample and number as one ascend already; what no sample has meets the last.
        keys = np.append(self.per_sample.owner * width + self.used, len(self.per_sample) * width)
        at = np.searchsorted(keys, wanted)
        times: Index = np.append(self.times, 0)[at]
        times[(known < 0) | (keys[at] != wanted)] = 0
        return times


def names_of(found: Sequence[Sequence[bytes]]) -> Names:
    """Return the identifiers among the runs of `WORD_SIGNS` of samples, and their words.

    Digits that lead a run are no part of a name.
    """
    runs: Numbered[bytes] = Numbered()
    run = runs.of(list(chain.from_iterable(found)))
    owner = np.repeat(np.arange(len(found)), [len(one) for one in found])
    bare = [each.lstrip(_DIGITS) for each in b" ".join(runs).decode("ascii").split()]
    numbers: Numbered[str] = Numbered()
    name = np.array([numbers[each] if each else -1 for each in bare], dtype=np.intp)[run]
    named = name >= 0
    samples, used, times = distinct(owner[named], name[named], len(numbers))
    words: Numbered[str] = Numbered()
    spelled = list(map(words_of, numbers))
    size = np.array(list(map(len, spelled)), dtype=np.intp)
    start = np.cumsum(size) - size
    # The words of every name of every sample: each name's run of words, one behind the other.
    length = size[used]
    at = np.arange(length.sum()) + np.repeat(start[used] - np.cumsum(length) + length, length)
    flat = words.of(list(chain.from_iterable(spelled)))[at]
    of, spoken, _ = distinct(np.repeat(samples, length), flat, len(words))
    return Names(
        numbers,
        words,
        Groups.of_owners(samples, len(found)),
        used,
        times,
        facts_table(numbers),
        Groups.of_owners(of, len(found)),
        spoken,
    )


def facts_table(names: Iterable[str]) -> IntArray:
    """Return the facts of names, shape (names, len(FACTS))."""
    return np.frombuffer(b"".join(map(_row, names)), dtype=np.int32).reshape(-1, len(FACTS))


@lru_cache(maxsize=CACHED_NAMES)
def _row(name: str) -> bytes:
    """Return the facts of a name as the bytes of a table's row, which are joined the fastest."""
    return struct.pack(f"{len(FACTS)}i", *facts_of(name))


def distinct(owner: Index, numbers: Index | IntArray, most: int) -> tuple[Index, Index, Index]:
    """Return the distinct (owner, number) pairs in order, and how often each occurs."""
    keys = owner * max(most, 1) + numbers
    # Half the memory, where it suffices, sorts in half the time.
    small = (int(owner.max(initial=0)) + 1) * most < 1 << 31
    found, times = np.unique(keys.astype(np.int32 if small else np.intp), return_counts=True)
    pairs = found.astype(np.intp)
    return pairs // max(most, 1), pairs % max(most, 1), times
