"""Which token n-grams of a sample stand behind hashed buckets, so that a reader may see them.

A bucket does not know what it was trained on; in one sample, what fell into it can be found again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

import numpy as np

from fingerprint_features import lexicon
from fingerprint_features.batch import Batch
from fingerprint_features.source import Source

# As the lexicon cuts: runs of word characters, runs of white space, single marks.
_TOKEN = re.compile(rb"[0-9A-Za-z_\x80-\xff]+|[\t\n\r ]+|.", re.DOTALL)
_SIGNS = str.maketrans({"\n": "⏎", "\t": "⇥", "\r": "", " ": "␣"})


def spelled(source: Source, buckets: Collection[int]) -> dict[int, str]:
    """Return the token n-gram that fell into each bucket most often, for those that were hit.

    White space that would not be seen is written as signs.
    """
    spans = [hit.span() for hit in _TOKEN.finditer(source.data) if hit[0] != b" "]
    wanted = np.fromiter(buckets, dtype=np.uint32)
    found: dict[int, Counter[bytes]] = {}
    for ngrams in lexicon.token_ngrams(Batch.of([source])):
        bucket = ngrams.buckets
        for at in np.flatnonzero(np.isin(bucket, wanted)).tolist():
            text = source.data[spans[at][0] : spans[at + ngrams.order - 1][1]]
            found.setdefault(int(bucket[at]), Counter())[text] += 1
    return {bucket: _visible(texts.most_common(1)[0][0]) for bucket, texts in found.items()}


def _visible(text: bytes) -> str:
    """Return an n-gram on one line; its spaces as signs unless they only part words."""
    said = text.decode("utf-8", "replace")
    plain = said == " ".join(said.split())
    return said if plain else said.translate(_SIGNS)
