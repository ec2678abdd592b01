"""Quotes of short strings, single for double or double for single."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from fingerprint_features.grammars import ROLE_INDEX
from fingerprint_training.transforms.edits import Edit, edited
from fingerprint_training.transforms.reading import Code

SINGLE, DOUBLE = b"'", b'"'
# Neither quote inside, so that nothing has to be escaped; three in a row are another form.
_SHORT = re.compile(rb"([A-Za-z]{0,2})(['\"])([^'\"]*)\2", re.DOTALL)


def swap_quotes(code: Code, _rng: np.random.Generator) -> bytes:
    """Return the code with the rarer kind of quotes wherever it needs no escaping."""
    strings = [
        (start, found)
        for start, end in _outermost(code)
        if (found := _SHORT.fullmatch(code.data[start:end]))
    ]
    counts = Counter(found[2] for _, found in strings)
    target = SINGLE if counts[DOUBLE] > counts[SINGLE] else DOUBLE
    return edited(code.data, [_requoted(start, found, target) for start, found in strings])


def _outermost(code: Code) -> list[tuple[int, int]]:
    """Return the strings that stand in no other: inside one, its quotes are taken."""
    spans = []
    last = -1
    for node in np.flatnonzero(code.tree.role == ROLE_INDEX["string"]).tolist():
        start, end = code.span(node)
        if start >= last:
            spans.append((start, end))
            last = end
    return spans


def _requoted(start: int, found: re.Match[bytes], target: bytes) -> Edit:
    return start, start + len(found[0]), found[1] + target + found[3] + target
