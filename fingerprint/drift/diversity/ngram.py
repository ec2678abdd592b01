"""A small generative model of code: n-grams of tokens, as often as they were counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.drift.diversity.formulas import FloatArray, IntArray
from fingerprint.drift.errors import DriftError
from fingerprint_features.names import Numbered

END = 0
"""The token that begins and ends a sample."""

_ROUNDS = 10_000
"""More rounds than samples of one token each would take."""

_TOKEN = re.compile(r"\w+|[^\w\s]|\n")


def tokens_of(code: Iterable[str]) -> tuple[list[IntArray], int]:
    """Return the token numbers of each sample, and how many numbers there are, `END` among them.

    Tokens are words, marks and line ends.
    """
    numbered: Numbered[str] = Numbered({"": END})
    streams = [numbered.of(_TOKEN.findall(each)).astype(np.int64) for each in code]
    return streams, len(numbered)


@dataclass(frozen=True, eq=False)
class Grams:
    """How often each of g n-grams occurs: ascending `keys` (g,) and `counts` (g,).

    A key is the number that its tokens are the digits of, in a system of base `types`.
    """

    keys: IntArray
    counts: IntArray
    types: int
    order: int

    def __add__(self, other: Grams) -> Grams:
        """Return the counts of both together."""
        keys, at = np.unique(np.concatenate((self.keys, other.keys)), return_inverse=True)
        counts = np.bincount(at, np.concatenate((self.counts, other.counts)))
        return Grams(keys, counts.astype(np.int64), self.types, self.order)


def count(streams: Sequence[IntArray], types: int, order: int) -> Grams:
    """Return the n-grams of samples, `END`s before and one behind each.

    Raises DriftError where there are so many types that n-grams have no numbers.
    """
    if types**order >= 2**62:
        raise DriftError(f"{types} types are too many for n-grams of {order}: take fewer samples")
    pads = np.full(order - 1, END)
    line = np.concatenate([part for each in streams for part in (pads, each, pads[:1])])
    keys = np.zeros(max(len(line) - order + 1, 0), dtype=np.int64)
    for at in range(order):
        keys = keys * types + line[at : at + len(keys)]
    # The last windows that begin in a sample run into the next one.
    inside = np.concatenate([np.arange(len(each) + order) <= len(each) for each in streams])
    found, counts = np.unique(keys[inside[: len(keys)]], return_counts=True)
    return Grams(found, counts, types, order)


def write(model: Grams, size: int, longest: int, chance: np.random.Generator) -> list[IntArray]:
    """Return samples of `size` tokens together that the model writes, each cut at `longest`.

    Every next token is drawn as often as it followed the last order - 1 tokens: nothing is
    smoothed, so what the model has not seen it never writes. Raises DriftError for a model that
    writes next to nothing.
    """
    found: list[IntArray] = []
    missing = size
    for _ in range(_ROUNDS):
        for each in _samples(model, size // longest + 1, longest, chance):
            if len(each):
                found.append(each[:missing])
                missing -= len(found[-1])
            if not missing:
                return found
    raise DriftError("the model writes empty samples only: train it on others")


def _samples(
    model: Grams, samples: int, longest: int, chance: np.random.Generator
) -> list[IntArray]:
    """Return so many samples, written at the same time, a token of each at a step."""
    contexts = model.keys // model.types
    known, begins = np.unique(contexts, return_index=True)
    ends = np.append(begins[1:], len(contexts))
    sums: FloatArray = np.concatenate(([0.0], np.cumsum(model.counts))).astype(np.float64)
    wide = model.types ** (model.order - 1)
    context = np.zeros(samples, dtype=np.int64)
    written = np.full((samples, longest), END, dtype=np.int64)
    alive = np.arange(samples)
    for step in range(longest):
        at = np.searchsorted(known, context[alive])
        low, high = sums[begins[at]], sums[ends[at]]
        mark = low + chance.random(len(alive)) * (high - low)
        gram = np.searchsorted(sums, mark, side="right") - 1
        token = model.keys[gram] % model.types
        written[alive, step] = token
        context[alive] = model.keys[gram] % wide
        alive = alive[token != END]
        if not len(alive):
            break
    lengths = np.where((written == END).any(axis=1), (written == END).argmax(axis=1), longest)
    return [row[:size] for row, size in zip(written, lengths.tolist(), strict=True)]
