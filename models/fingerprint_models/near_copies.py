"""Which samples are nearly the same text, so that one counts once and never judges itself."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

TOKEN = re.compile(r"\w+|[^\w\s]")
SHINGLE = 5
"""Tokens of a run; two texts are as alike as their sets of such runs."""

NEAR = 0.85
"""Jaccard similarity from which on two samples are near copies, as in the cleaning of corpora."""

PERMUTATIONS = 128
"""Hashes of a MinHash signature (Broder, 1997): the estimate is off by 0.03 around `NEAR`."""

_PRIME = (1 << 61) - 1


def near_copies(codes: Sequence[str]) -> IntArray:
    """Return for each text the position of the first that it nearly equals, shape (n,).

    A text that equals none before it has its own position. Every text is held against the firsts
    alone, so there are no chains.
    """
    if not codes:
        return np.zeros(0, dtype=np.int64)
    signatures = np.stack([_signature(code) for code in codes])
    first = np.arange(len(codes))
    for at in range(1, len(codes)):
        leaders = np.flatnonzero(first[:at] == np.arange(at))
        alike = (signatures[leaders] == signatures[at]).mean(axis=1) >= NEAR
        if alike.any():
            first[at] = leaders[int(np.argmax(alike))]
    return first


def _signature(code: str) -> npt.NDArray[np.uint64]:
    """Return the least of `PERMUTATIONS` hashes over the runs of tokens; a short text is one."""
    tokens = TOKEN.findall(code)
    runs = [tokens[at : at + SHINGLE] for at in range(max(len(tokens) - SHINGLE + 1, 1))]
    hashed = {zlib.crc32("\0".join(run).encode("utf-8", "surrogatepass")) for run in runs}
    values = np.array(sorted(hashed), dtype=np.uint64)
    least: npt.NDArray[np.uint64] = ((values * _FACTORS[:, None] + _TERMS[:, None]) >> _HALF).min(
        axis=1
    )
    return least


_HALF = np.uint64(32)
# Multiply-shift hashing (Dietzfelbinger et al., 1997): 64-bit factors, the upper half kept.
_DRAWN = np.random.default_rng(1).integers(0, _PRIME, size=(2, PERMUTATIONS), dtype=np.uint64)
_FACTORS, _TERMS = _DRAWN[0] * np.uint64(2) + np.uint64(1), _DRAWN[1]
