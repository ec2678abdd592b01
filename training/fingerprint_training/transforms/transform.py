"""What a transformation is, and the guard that every one of them runs behind."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from fingerprint_training.transforms.reading import Code, read

Rewrite = Callable[[Code, np.random.Generator], bytes]
"""Returns the new text, or the old where there is nothing to change."""

Keeps = Callable[[Code, Code], bool]
"""Tells whether the new code means what the old one does."""

SEEDS = 1 << 32


@dataclass(frozen=True)
class Transform:
    """A change of code that leaves its meaning.

    `apply(code, language, seed)` returns another text, or None where it does not apply: the
    language is not among `languages`, the code is blank or does not parse, there is nothing to
    change, or the result would not parse or not mean the same. It depends on nothing else.
    """

    name: str
    languages: frozenset[str]
    apply: Callable[[str, str, int], str | None]


def guarded(name: str, languages: frozenset[str], rewrite: Rewrite, keeps: Keeps) -> Transform:
    """Return the transformation that runs `rewrite` and lets through what passes `keeps`."""
    return Transform(name, languages, partial(_applied, languages, (rewrite, keeps)))


def _applied(
    languages: frozenset[str],
    means: tuple[Rewrite, Keeps],
    code: str,
    language: str,
    seed: int,
) -> str | None:
    old = read(code, language) if language in languages else None
    if old is None:
        return None
    rewrite, keeps = means
    result = rewrite(old, np.random.default_rng([seed % SEEDS, zlib.crc32(old.data)]))
    if result == old.data:
        return None
    text = result.decode()
    new = read(text, language)
    return text if new is not None and keeps(old, new) else None
