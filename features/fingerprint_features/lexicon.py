"""Lexicon: hashed counts of character, token and tree n-grams; weights are fitted elsewhere.

The hashing trick (Weinberger et al., 2009) needs no vocabulary, so nothing is fitted here and
nothing can leak from a test fold. Every view is an integer vector of `BUCKETS` counts, given
sparsely as the buckets hit and how often.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features.source import Source
from fingerprint_features.syntax import Syntax

BUCKETS = 1 << 15
"""Buckets of a view, a power of two."""

VIEWS = ("characters", "tokens", "tree")

CHARACTER_ORDERS = (2, 3, 4, 5)
"""Lengths of the byte n-grams; white space is kept, runs of it in full."""

TOKEN_ORDERS = (1, 2, 3)
"""Lengths of the token n-grams."""

_PRIME = np.uint32(16777619)  # of the FNV-1a hash
_SEED = np.uint32(2166136261)
_MIX = np.uint32(2654435761)  # Knuth's multiplicative hash: 2**32 / golden ratio

HashArray = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Counts:
    """One view of one sample: ascending buckets, and how often each was hit."""

    buckets: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]


def count(source: Source) -> tuple[Counts, ...]:
    """Return the counts of every view, in the order of `VIEWS`."""
    tokens = _token_hashes(source)
    return (
        _fold(_ngrams(source.symbols.astype(np.uint32), CHARACTER_ORDERS)),
        _fold(_ngrams(tokens, TOKEN_ORDERS)),
        _fold(_tree_hashes(source.syntax)),
    )


def _fold(hashes: list[HashArray]) -> Counts:
    if not hashes:
        return Counts(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))
    # The high bits of the product are the well mixed ones.
    mixed = (np.concatenate(hashes) * _MIX) >> np.uint32(32 - BUCKETS.bit_length() + 1)
    table = np.bincount(mixed, minlength=BUCKETS)
    hit = np.flatnonzero(table)
    return Counts(hit.astype(np.int32), table[hit].astype(np.int32))


def _ngrams(symbols: HashArray, orders: tuple[int, ...]) -> list[HashArray]:
    """Return FNV-1a hashes of all n-grams of a sequence, one array an order."""
    found: list[HashArray] = []
    rolling = np.full(len(symbols), _SEED, dtype=np.uint32)
    for order in range(1, max(orders) + 1):
        if len(symbols) < order:
            break
        rolling = (rolling[: len(symbols) - order + 1] ^ symbols[order - 1 :]) * _PRIME
        if order in orders:
            # The order goes into the hash, or short n-grams would meet long ones.
            found.append(rolling ^ np.uint32(order * 0x9E3779B1 & 0xFFFFFFFF))
    return found


def _token_hashes(source: Source) -> HashArray:
    """Return one symbol a token: its text's hash, and white space before it as it stands.

    Tokens are runs of word characters, runs of white space other than one space, and single
    marks. Found on the bytes, so that broken code and unknown languages have tokens too.
    """
    data = source.symbols
    if not len(data):
        return np.zeros(0, dtype=np.uint32)
    kind = _KIND[data]
    starts = np.flatnonzero(np.concatenate(([True], (kind[1:] != kind[:-1]) | (kind[1:] == _MARK))))
    # FNV-like hash of each run: a sum over powers is associative, so runs need no loop.
    position = np.arange(len(data)) - np.repeat(starts, np.diff(np.append(starts, len(data))))
    weighted = (data.astype(np.uint32) + np.uint32(1)) * _POWERS[np.minimum(position, 63)]
    hashes: HashArray = np.add.reduceat(weighted, starts, dtype=np.uint32)
    ends = np.append(starts[1:], len(data))
    lone_space = (data[starts] == 32) & (ends - starts == 1)
    kept: HashArray = hashes[~lone_space]
    return kept


_MARK = 2
_KIND = np.full(256, _MARK, dtype=np.uint8)
_KIND[[*range(48, 58), *range(65, 91), *range(97, 123), 95, *range(128, 256)]] = 0
_KIND[[9, 10, 13, 32]] = 1
with np.errstate(over="ignore"):
    _POWERS = np.multiply.accumulate(np.full(64, 0x01000193, dtype=np.uint32))


def _tree_hashes(tree: Syntax | None) -> list[HashArray]:
    """Return hashes of kind, parent > kind and sibling pairs of the named nodes.

    Kinds are hashed by name, so that a grammar's renumbering changes nothing; the language goes
    in, since the same name means other things elsewhere.
    """
    if tree is None or len(tree.kind) < 2:
        return []
    salt = np.uint32(zlib.crc32(tree.grammar.family.encode()))
    nodes = np.flatnonzero(tree.named)
    kind = tree.grammar.label[tree.kind] ^ salt
    above = tree.parent[nodes]
    one = (kind[nodes] ^ _SEED) * _PRIME
    parent = np.where(above >= 0, kind[np.maximum(above, 0)], np.uint32(1)).astype(np.uint32)
    two = (one ^ parent) * _PRIME
    grand = tree.parent[np.maximum(above, 0)]
    third = np.where(grand >= 0, kind[np.maximum(grand, 0)], np.uint32(1)).astype(np.uint32)
    three = (two ^ third) * _PRIME
    together = above[1:] == above[:-1]
    sibling = ((one[1:] ^ kind[nodes[:-1]]) * _PRIME ^ np.uint32(0x5BD1E995))[together]
    return [one, two, three, sibling]
