"""Code that is in several hands: whoever has seen one copy is no judge of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set

import numpy as np
import numpy.typing as npt

from fingerprint_training.champion import Champion, owner_of
from fingerprint_training.cleaning import DEFAULT, clean
from fingerprint_training.corpora import Corpus, code_key, concat
from fingerprint_training.duplicates import drop_copies
from fingerprint_training.recipe import Recipe
from fingerprint_training.train import read_whole


def seen_codes(recipe: Recipe, champion: Champion) -> frozenset[bytes]:
    """Return `code_key` of all samples of owners that the champion knows, cleaned, copies and all.

    Cleaning keeps one of several copies, which may be the new owner's, though the champion was
    trained on another: what is left after it does not tell.
    """
    rules = [rule for rule in DEFAULT if rule.apply is not drop_copies]
    # All samples, those too that this training does not draw: the champion's may have.
    corpus = concat([read_whole(each, drop=True) for each in recipe.corpora])
    if recipe.cleaning.enabled:
        corpus, _ = clean(corpus, rules)
    samples = zip(corpus.column("code"), corpus.column("source"), strict=True)
    return frozenset(code_key(code) for code, name in samples if owner_of(name) in champion.owners)


def copied(corpus: Corpus, champion: Champion, seen: Set[bytes]) -> npt.NDArray[np.bool_]:
    """Tell which samples (n,) another owner has too, up to white space.

    `seen` are the keys of owners that the champion knows, whether or not they are in the corpus.
    """
    keys = [code_key(code) for code in corpus.column("code")]
    owner = [owner_of(source) for source in corpus.column("source")]
    owners: dict[bytes, set[str]] = defaultdict(set)
    for key, name in zip(keys, owner, strict=True):
        owners[key].add(name)
    return np.array(
        [
            len(owners[key]) > 1 or (key in seen and name not in champion.owners)
            for key, name in zip(keys, owner, strict=True)
        ]
    )
