"""Edits of byte ranges, and the lines around a range."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from fingerprint_training.transforms.reading import Span

Edit = tuple[int, int, bytes]
"""Start, end, and what shall stand there."""


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return `data` with edits that do not overlap, applied from the end."""
    for start, end, text in sorted(edits, reverse=True):
        data = data[:start] + text + data[end:]
    return data


def line_of(data: bytes, start: int, end: int) -> Span:
    """Return where the lines of a range begin and end, the last newline not counted."""
    stop = data.find(b"\n", end)
    return data.rfind(b"\n", 0, start) + 1, len(data) if stop < 0 else stop


def stands_alone(data: bytes, start: int, end: int) -> bool:
    """Tell whether nothing but blanks shares the lines of a range."""
    first, last = line_of(data, start, end)
    return not data[first:start].strip() and not data[end:last].strip()


def without_lines(data: bytes, start: int, end: int) -> Edit:
    """Return the edit that drops the lines of a range with their newline."""
    first, last = line_of(data, start, end)
    return first, min(last + 1, len(data)), b""


def permuted(data: bytes, spans: Sequence[Span | None], rng: np.random.Generator) -> list[Edit]:
    """Return edits that deal the texts of ascending ranges anew.

    None where all texts are the same, one range is unknown or two overlap.
    """
    known = [span for span in spans if span is not None]
    if len(known) < len(spans) or any(a[1] >= b[0] for a, b in pairwise(known)):
        return []
    texts = [data[start:end] for start, end in known]
    if len(set(texts)) < 2:
        return []
    order = rng.permutation(len(texts)).tolist()
    dealt = [texts[at] for at in order]
    if dealt == texts:
        dealt = texts[1:] + texts[:1]
    return [(*span, text) for span, text in zip(known, dealt, strict=True)]
