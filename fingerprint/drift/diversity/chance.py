"""Chance that depends on a seed and on words, so that what is drawn for one moves no other."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def seeded(seed: int, *words: str) -> int:
    """Return a number of 64 bits that these words always have, and none near it."""
    line = "\0".join((str(seed), *words)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(line, digest_size=8).digest(), "big")


def generator(seed: int, *words: str) -> np.random.Generator:
    """Return a generator of its own for these words."""
    return np.random.default_rng(seeded(seed, *words))
