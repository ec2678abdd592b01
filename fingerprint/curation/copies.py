"""Copies and near copies among the rows of a corpus: the row that ranks first stays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from fingerprint.curation.content import Hashes, Signatures
from fingerprint_models.near_copies import NEAR, PERMUTATIONS

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

BANDS = 16
"""Of 8 bytes each: 1 - (1 - NEAR^8)^16 = 0.994 of the pairs at `NEAR` share one."""

AGREEING = NEAR + (1 - NEAR) / 256
"""Share of agreeing bytes at which the similarity is estimated as `NEAR`: chance agrees too."""

LEADERS = 100
"""Rows of one band that others are compared with at most, so that a band which half a corpus
shares costs no more than linear time; the copies missed there mostly meet in another band."""


def exact_copies(keys: Hashes, ranked: Places) -> Places:
    """Return those of `ranked` whose key a row before them has; `keys` is of all rows, (n,)."""
    order = ranked[np.argsort(keys[ranked], kind="stable")]
    found: Places = order[1:][keys[order[1:]] == keys[order[:-1]]]
    return found


def near_copies(signatures: Signatures, ranked: Places) -> Places:
    """Return those of `ranked` that nearly equal one before them, by signature; ascending.

    `signatures`, (n, `PERMUTATIONS`), may lie on disk: one column of bands is read at a time.
    The same whatever the order of the rows on disk. A row is held against rows that stand at
    that time; one of them may fall in a later band to one that ranks higher still.
    """
    stands = np.zeros(len(signatures), dtype=np.bool_)
    stands[ranked] = True
    bands = signatures.view(np.uint64)
    for band in range(BANDS):
        left = ranked[stands[ranked]]
        for members in _meeting(np.asarray(bands[:, band])[left], left):
            _fell(signatures, members, stands)
    return np.sort(ranked[~stands[ranked]])


def _meeting(values: Hashes, places: Places) -> Iterator[Places]:
    """Yield the places that share a value, where there are two or more, in the order given."""
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=~values[order][:1]))
    sizes = np.diff(starts, append=len(order))
    for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        yield places[order[start : start + size]]


def _fell(signatures: Signatures, members: Places, stands: Mask) -> None:
    """Strike out the members that nearly equal an earlier one."""
    for _ in range(LEADERS):
        leader, members = members[0], members[1:]
        if not len(members):
            return
        alike = (signatures[members] == signatures[leader]).sum(axis=1) >= AGREEING * PERMUTATIONS
        stands[members[alike]] = False
        members = members[~alike]
        if not len(members):
            return
