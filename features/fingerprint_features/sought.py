"""Many short texts sought at once in the bytes of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from fingerprint_features.groups import Index
from fingerprint_features.source import ByteArray

_PAIRS_OF_BYTES = 1 << 16


@dataclass(frozen=True)
class Sought:
    """Texts of two bytes or more. One may overlap itself only by repeating a single byte.

    `pairs` are the pairs of bytes of all texts behind each other, those of text i beginning at
    `first[i]`; `letters` (texts, longest) the texts, padded.
    """

    texts: tuple[bytes, ...]
    pairs: npt.NDArray[np.uint16]
    first: Index
    length: Index
    letters: ByteArray

    @classmethod
    def of(cls, texts: tuple[bytes, ...]) -> Sought:
        """Prepare what is sought."""
        length = np.array([len(text) for text in texts])
        pairs = [a << 8 | b for text in texts for a, b in pairwise(text)]
        padded = b"".join(text.ljust(int(length.max()), b"\0") for text in texts)
        letters = np.frombuffer(padded, dtype=np.uint8).reshape(len(texts), -1)
        first = np.cumsum(length - 1) - (length - 1)
        return cls(texts, np.array(pairs, dtype=np.uint16), first, length, letters)

    def find(self, data: ByteArray) -> tuple[Index, Index]:
        """Return which texts occur and where, as `bytes.count` counts: never overlapping itself."""
        text, at = self._candidates(data)
        for step in range(self.letters.shape[1]):
            read = data[np.minimum(at + step, len(data) - 1)]
            right = (read == self.letters[text, step]) | (step >= self.length[text])
            text, at = text[right], at[right]
        fits = at + self.length[text] <= len(data)
        text, at = text[fits], at[fits]
        # Where a text repeats one byte, longer runs of it hold one text for each full length.
        goes_on = np.concatenate(([False], (np.diff(text) == 0) & (np.diff(at) == 1)))[: len(at)]
        place = np.arange(len(at))
        rank = place - np.maximum.accumulate(np.where(goes_on, 0, place))
        apart = rank % self.length[text] == 0
        return text[apart], at[apart]

    def _candidates(self, data: ByteArray) -> tuple[Index, Index]:
        """Return places where a text may begin, by the pair of its bytes that is rarest here."""
        here = data[:-1].astype(np.uint16) << 8 | data[1:]
        counts = np.bincount(here, minlength=_PAIRS_OF_BYTES)[self.pairs]
        least = np.minimum.reduceat(counts, self.first)
        place = np.arange(len(self.pairs))
        owner = np.repeat(np.arange(len(self.texts)), self.length - 1)
        rarest = np.where(counts == least[owner], place, len(place))
        anchor = np.minimum.reduceat(rarest, self.first)
        wanted = np.zeros(_PAIRS_OF_BYTES, dtype=np.bool_)
        wanted[self.pairs[anchor]] = True
        found = np.flatnonzero(wanted.take(here))
        order = np.argsort(here[found], kind="stable")
        low = np.searchsorted(here[found], self.pairs[anchor], sorter=order)
        text = np.repeat(np.arange(len(self.texts)), least)
        inside = np.arange(len(text)) - np.repeat(np.cumsum(least) - least, least)
        at = found[order[low[text] + inside]] - (anchor - self.first)[text]
        return text[at >= 0], at[at >= 0]
