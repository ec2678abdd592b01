"""Lexicon: hashed counts of character, token and tree n-grams; weights are fitted elsewhere.

The hashing trick (Weinberger et al., 2009) needs no vocabulary, so nothing is fitted here and
nothing can leak from a test fold. Every view is an integer vector of `BUCKETS` counts, given
sparsely as the buckets hit and how often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fingerprint_features.batch import Batch
from fingerprint_features.groups import Groups, Index
from fingerprint_features.source import SPACE, ByteArray, Source
from fingerprint_features.sparse import SparseRows

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
Chosen = Mapping[str, npt.NDArray[np.int32]]
"""Buckets of a view, ascending, for those views of which only these are to be counted."""


@dataclass(frozen=True)
class Counts:
    """One view of one sample: ascending buckets, and how often each was hit."""

    buckets: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]


def count(source: Source) -> tuple[Counts, ...]:
    """Return the counts of every view of one sample, in the order of `VIEWS`."""
    return tuple(Counts(view.indices, view.counts) for view in count_batch(Batch.of([source])))


def count_batch(batch: Batch, chosen: Chosen | None = None) -> tuple[SparseRows, ...]:
    """Return the counts of every view, in the order of `VIEWS`; of `chosen` buckets alone."""
    characters = batch.symbols.astype(np.uint32)
    views = (
        _ngrams(characters, batch.per_byte.owner, batch.left, batch.size, CHARACTER_ORDERS),
        token_ngrams(batch),
        _tree_hashes(batch),
    )
    if chosen is None:
        return tuple(_counted(view, len(batch)) for view in views)
    nothing = np.zeros(0, dtype=np.int32)
    buckets = (chosen.get(name, nothing) for name in VIEWS)
    return tuple(_looked_up(v, len(batch), b) for v, b in zip(views, buckets, strict=True))


def nothing(chosen: Chosen | None = None) -> tuple[SparseRows, ...]:
    """Return the counts of no samples."""
    none = np.zeros(0, dtype=np.int32)
    total = None if chosen is None else np.zeros(0)
    return (SparseRows(np.zeros(1, dtype=np.int64), none, none, total),) * len(VIEWS)


@dataclass(frozen=True)
class Hashed:
    """Hashes of n-grams, the sample of each, and how many symbols of the sample are left there.

    An n-gram of more symbols than are left runs into the next sample and does not count; `counts`
    (samples,) says how many of each sample do.
    """

    hashes: HashArray
    owner: Index
    left: Index
    order: int
    counts: Index

    @property
    def buckets(self) -> HashArray:
        """The bucket of each n-gram: the high bits of the product are the well mixed ones."""
        return (self.hashes * _MIX) >> np.uint32(32 - BUCKETS.bit_length() + 1)


def _counted(view: list[Hashed], samples: int) -> SparseRows:
    parts = []
    for part in view:
        inside = part.left >= part.order
        edges = np.searchsorted(part.owner[inside], np.arange(samples + 1)).tolist()
        parts.append((part.buckets[inside], edges))
    none = np.zeros(0, dtype=np.int32)
    found, counts = [none], [none]
    # A table for each sample is faster than sorting the n-grams of all.
    for at in range(samples):
        own = [buckets[edges[at] : edges[at + 1]] for buckets, edges in parts]
        table = np.bincount(np.concatenate([none, *own]), minlength=BUCKETS)
        hit = np.flatnonzero(table)
        found.append(hit.astype(np.int32))
        counts.append(table[hit].astype(np.int32))
    indptr = np.cumsum([0, *map(len, found[1:])], dtype=np.int64)
    return SparseRows(indptr, np.concatenate(found), np.concatenate(counts))


def _looked_up(view: list[Hashed], samples: int, buckets: npt.NDArray[np.int32]) -> SparseRows:
    """Count chosen buckets only, which needs no sorting."""
    # Few are wanted, and short numbers keep the table in a processor's cache.
    slots = np.full(BUCKETS, -1, dtype=np.int16)
    slots[buckets] = np.arange(len(buckets))
    table, total = np.zeros(samples * len(buckets), dtype=np.intp), np.zeros(samples)
    for part in view:
        slot = slots.take(part.buckets)
        slot[part.left < part.order] = -1
        hit = np.flatnonzero(slot >= 0)
        keys = part.owner[hit] * len(buckets) + slot[hit]
        table += np.bincount(keys, minlength=len(table))
        total += part.counts
    found = np.flatnonzero(table > 0)  # four times as fast as asking the numbers themselves
    indptr = np.searchsorted(found, np.arange(samples + 1) * len(buckets)).astype(np.int64)
    indices = buckets[found % max(len(buckets), 1)]
    return SparseRows(indptr, indices, table[found].astype(np.int32), total)


def _ngrams(
    symbols: HashArray, owner: Index, left: Index, size: Index, orders: tuple[int, ...]
) -> list[Hashed]:
    """Return FNV-1a hashes of all n-grams, one array an order; `size` counts symbols a sample."""
    found: list[Hashed] = []
    rolling = np.full(len(symbols), _SEED, dtype=np.uint32)
    for order in range(1, max(orders) + 1):
        last = max(len(symbols) - order + 1, 0)
        rolling = (rolling[:last] ^ symbols[order - 1 :]) * _PRIME
        if order in orders:
            # The order goes into the hash, or short n-grams would meet long ones.
            hashes = rolling ^ np.uint32(order * 0x9E3779B1 & 0xFFFFFFFF)
            counts = np.maximum(size - order + 1, 0)
            found.append(Hashed(hashes, owner[:last], left[:last], order, counts))
    return found


def token_ngrams(batch: Batch) -> list[Hashed]:
    """Return the hashes of the n-grams of tokens, one array an order; see `_token_hashes`."""
    hashes, at = _token_hashes(batch)
    groups = Groups.of_owners(batch.per_byte.owner[at], len(batch))
    left = (groups.start + groups.size)[groups.owner] - np.arange(len(at))
    return _ngrams(hashes, groups.owner, left, groups.size, TOKEN_ORDERS)


def _token_hashes(batch: Batch) -> tuple[HashArray, Index]:
    """Return one symbol a token, its text's hash, and where it begins.

    Tokens are runs of word characters, runs of white space other than one space, and single
    marks. Found on the bytes, so that broken code and unknown languages have tokens too.
    """
    data = batch.symbols
    kind = np.frombuffer(batch.whole.data.translate(_KIND), dtype=np.uint8)
    begins = np.concatenate(([True], (kind[1:] != kind[:-1]) | (kind[1:] == _MARK)))
    begins[batch.per_byte.start] = True
    # A newline that was added belongs to no sample, nor to its last token.
    begins[batch.added] = True
    starts = np.flatnonzero(begins)
    hashes = _run_hashes(data, starts)
    length = np.diff(np.append(starts, len(data)))
    kept = (data[starts] != SPACE) | (length > 1)
    kept &= batch.left[starts] > 0
    return hashes[kept], starts[kept]


def _run_hashes(data: ByteArray, starts: Index) -> HashArray:
    """Return an FNV-like hash of each run of bytes: of its first byte times P, its second P², ….

    Powers beyond the 64th are the 64th.
    """
    powers, inverse = _powers(1 << max(len(data), 1).bit_length())
    # The sum up to each byte, with powers that go on from run to run, tells the sum of a run but
    # for the power that the run begins with, which has an inverse modulo 2**32.
    sums = np.zeros(len(data) + 1, dtype=np.uint32)
    plus_one = data.astype(np.uint32) + np.uint32(1)
    np.cumsum(plus_one * powers[: len(data)], dtype=np.uint32, out=sums[1:])
    ends = np.append(starts[1:], len(data))
    hashes: HashArray = (sums[ends] - sums[starts]) * inverse[starts]
    for run in np.flatnonzero(ends - starts > _LAST_POWER).tolist():
        own = plus_one[starts[run] : ends[run]].copy()
        own[:_LAST_POWER] *= powers[:_LAST_POWER]
        own[_LAST_POWER:] *= powers[_LAST_POWER - 1]
        hashes[run] = own.sum(dtype=np.uint32)
    return hashes


@lru_cache(maxsize=2)
def _powers(size: int) -> tuple[HashArray, HashArray]:
    """Return the first powers of the hash's prime, and the inverses of the powers before them."""
    prime = int(_PRIME)
    powers, inverse = (
        np.multiply.accumulate(np.full(size, each, dtype=np.uint32), dtype=np.uint32)
        for each in (prime, pow(prime, -1, 1 << 32))
    )
    return powers, np.concatenate((np.ones(1, dtype=np.uint32), inverse[:-1]))


_LAST_POWER = 64
_MARK = 2
_WORD = frozenset((*range(48, 58), *range(65, 91), *range(97, 123), 95, *range(128, 256)))
_KIND = bytes(0 if c in _WORD else 1 if c in b"\t\n\r " else _MARK for c in range(256))


def _tree_hashes(batch: Batch) -> list[Hashed]:
    """Return hashes of kind, parent > kind and sibling pairs of the named nodes.

    Kinds are hashed by name, so that a grammar's renumbering changes nothing; the language goes
    in, since the same name means other things elsewhere. A root alone is no tree.
    """
    tree = batch.nodes
    if not len(tree.kind):
        return []
    owners = batch.per_tree.owner
    nodes = np.flatnonzero(tree.named & batch.parsed[owners])
    kind = tree.tables.label[tree.kind]
    above = tree.parent[nodes]
    one = (kind[nodes] ^ _SEED) * _PRIME
    parent = np.where(above >= 0, kind[above], np.uint32(1))
    two = (one ^ parent) * _PRIME
    grand = np.where(above >= 0, tree.parent[above], -1)
    third = np.where(grand >= 0, kind[grand], np.uint32(1))
    three = (two ^ third) * _PRIME
    # Of two roots neither is the other's sibling.
    together = np.flatnonzero((above[1:] == above[:-1]) & (above[1:] >= 0))
    sibling = (one[together + 1] ^ kind[nodes[together]]) * _PRIME ^ np.uint32(0x5BD1E995)
    return [
        *(_lone(hashes, owners[nodes], len(batch)) for hashes in (one, two, three)),
        _lone(sibling, owners[nodes[together]], len(batch)),
    ]


def _lone(hashes: HashArray, owner: Index, samples: int) -> Hashed:
    """Return hashes each of which stands for itself."""
    counts = np.bincount(owner, minlength=samples)
    return Hashed(hashes, owner, np.ones_like(owner), 1, counts)
