"""Lexicon of a text: hashed counts of word and character n-grams; weights are fitted elsewhere.

As `fingerprint_features.lexicon` does for code, with the hashing trick (Weinberger et al., 2009).
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fingerprint_features.activity.reading import Activity
from fingerprint_features.lexicon import Counts

BUCKETS = 1 << 14
"""Buckets of a view, a power of two."""

VIEWS = ("words", "characters")

WORD_ORDERS = (1, 2)
"""Lengths of the n-grams of words in lower case, numbers, marks and starts of lines."""

CHARACTER_ORDERS = (2, 3, 4, 5)
"""Lengths of the byte n-grams; case and white space are kept."""

CACHED_WORDS = 1 << 16
"""Words whose hash is remembered."""

NUMBER, LINE = "<number>", "<line>"
"""Tokens that stand for every number and for the start of a line; no text holds them."""

_TOKEN = re.compile(r"\n\s*|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\s\w]+?|_+")
_SEED = np.uint32(2166136261)  # of the FNV-1a hash
_PRIME = np.uint32(16777619)
_MIX = np.uint32(2654435761)  # Knuth's multiplicative hash: 2**32 / golden ratio
_SHIFT = np.uint32(32 - (BUCKETS.bit_length() - 1))

HashArray = npt.NDArray[np.uint32]


def count(activity: Activity) -> tuple[Counts, ...]:
    """Return the counts of every view, in the order of `VIEWS`."""
    text = activity.text.strip()
    tokens = [_hash(found) for found in _found(text)]
    data = np.frombuffer(text.encode("utf-8", "replace"), dtype=np.uint8)
    return (
        _fold(np.array(tokens, dtype=np.uint32), WORD_ORDERS),
        _fold(data.astype(np.uint32), CHARACTER_ORDERS),
    )


def tokens_of(text: str) -> list[str]:
    """Return the tokens: words in lower case, `NUMBER`, marks one by one, `LINE`."""
    return [_token(found) for found in _found(text)]


def _found(text: str) -> list[str]:
    return _TOKEN.findall(f"\n{text.lower()}") if text else []


def _token(found: str) -> str:
    if found[0] == "\n":
        return LINE
    return NUMBER if found[0].isdigit() else found


@lru_cache(maxsize=CACHED_WORDS)
def _hash(found: str) -> int:
    return zlib.crc32(_token(found).encode("utf-8", "replace"))


def _fold(symbols: HashArray, orders: tuple[int, ...]) -> Counts:
    hashes = [np.zeros(0, dtype=np.uint32)]
    rolling = np.full(len(symbols), _SEED, dtype=np.uint32)
    for order in range(1, min(max(orders), len(symbols)) + 1):
        rolling = (rolling[: len(symbols) - order + 1] ^ symbols[order - 1 :]) * _PRIME
        if order in orders:
            # The order goes into the hash, or short n-grams would meet long ones.
            hashes.append(rolling ^ np.uint32(order * 0x9E3779B1 & 0xFFFFFFFF))
    # The high bits of the product are the well mixed ones.
    table = np.bincount((np.concatenate(hashes) * _MIX) >> _SHIFT, minlength=BUCKETS)
    hit = np.flatnonzero(table)
    return Counts(hit.astype(np.int32), table[hit].astype(np.int32))
