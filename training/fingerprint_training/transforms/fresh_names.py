"""New names in the style of the old ones."""

from __future__ import annotations

import string
from itertools import count

import numpy as np

from fingerprint_features.stylometry.naming import style_of, words_of
from fingerprint_training.transforms.words import NAME_WORDS

MOST_WORDS = 4
_TRIES = 20


def fresh_name(old: str, taken: set[str], rng: np.random.Generator) -> str:
    """Return a name of neutral words that is not `taken`, in the casing of `old`, and take it.

    It has as many words as `old`, up to `MOST_WORDS`, and its leading underscores and dollars;
    a letter becomes another letter while there is one.
    """
    bare = old.lstrip("_$")
    lead = old[: len(old) - len(bare)]
    new = lead + (_letter(lead, bare, taken, rng) or _spelled(bare, rng))
    for tries in count():
        if new not in taken:
            break
        new = lead + _spelled(bare, rng) + (str(tries) if tries >= _TRIES else "")
    taken.add(new)
    return new


def _letter(lead: str, bare: str, taken: set[str], rng: np.random.Generator) -> str | None:
    if len(bare) != 1:
        return None
    letters = string.ascii_uppercase if bare.isupper() else string.ascii_lowercase
    free = [letter for letter in letters if lead + letter not in taken]
    return free[int(rng.integers(len(free)))] if free else None


def _spelled(bare: str, rng: np.random.Generator) -> str:
    size = min(max(len(words_of(bare)), 1), MOST_WORDS)
    words = [NAME_WORDS[int(at)] for at in rng.integers(len(NAME_WORDS), size=size)]
    style = style_of(bare)
    if style == "upper":
        return "_".join(words).upper()
    if style == "snake":
        return "_".join(words)
    if style == "pascal":
        return "".join(word.capitalize() for word in words)
    return words[0] + "".join(word.capitalize() for word in words[1:])
