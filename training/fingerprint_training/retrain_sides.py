"""Which samples a champion and a challenger are judged on, and which one of them has seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_models.reference_sample import rounded
from fingerprint_training.champion import Champion, RetrainingError, owner_of
from fingerprint_training.corpora import Corpus
from fingerprint_training.crossfit import Rows
from fingerprint_training.material import Material
from fingerprint_training.recipe import Recipe
from fingerprint_training.retrain_copies import copied, seen_codes
from fingerprint_training.stages import digest

BoolArray = npt.NDArray[np.bool_]

LEAST_OWNERS = 6
"""Owners that a side must have. Of g owners all are better by chance in 2^-g of the cases, for a
challenger that is as good: with five that is 3.1 %, more than the 2.5 % that an interval leaves."""

LEAST_SHARE = 0.5
"""Share of the champion's reference sample, and of each class of it, that the corpora must hold:
six owners of it may all be of one corpus, and would not show what is forgotten of the others."""

CHUNK = 1000


@dataclass(frozen=True)
class Sides:
    """Rows of the material by what the champion knows of them, ascending.

    `known`: their sources were in its training. `new`: judged, of owners that were not. `reference`
    are known rows, judged, that stand at `sampled` in its reference sample. `notes` say which
    samples are trained on and judged on neither side, and why.
    """

    known: Rows
    new: Rows
    reference: Rows
    sampled: Rows
    notes: tuple[str, ...]


def sides_of(material: Material, champion: Champion, recipe: Recipe) -> Sides:
    """Sort the rows; raises RetrainingError where one side has fewer than `LEAST_OWNERS` owners."""
    corpus = material.corpus
    source = np.array(corpus.column("source"))
    known = np.isin(source, list(champion.sources))
    if not known.any():
        raise RetrainingError(
            f"no source of the recipe's corpora was in the training of {champion.name}: name the "
            "corpora that it was trained on too, or it would be forgotten what they taught"
        )
    new, notes = _new(corpus, champion, recipe)
    judged = np.isin(corpus.column("label"), champion.model.classes)
    copies = copied(corpus, champion, seen_codes(recipe, champion))
    rows = np.flatnonzero(new & judged & ~copies)
    _enough("new", source[rows], "bring samples of more sources that it does not know")
    only = {corpus.column("label")[i] for i in rows}
    if len(only) < 2:
        raise RetrainingError(
            f"all new samples are of the class {only.pop()!r}: a model that always told it would "
            "be as good, so bring new samples of other classes too"
        )
    matched, sampled = _matched(material, champion, np.flatnonzero(known))
    _covered(champion, sampled, material.classes)
    own = ~copies[matched]
    notes += _told(champion, int((new & judged & copies).sum()), matched, own)
    _enough("reference", source[matched[own]], "name all corpora that it was trained on")
    return Sides(np.flatnonzero(known), rows, matched[own], sampled[own], tuple(notes))


def _told(champion: Champion, new: int, matched: Rows, own: BoolArray) -> list[str]:
    """Return notes on `new` copies, and on the matched reference samples that are an `own` one."""
    copies = ((new, "new"), (int((~own).sum()), "reference"))
    return [
        *(
            f"{count} {side} samples are copies of another owner's: not judged"
            for count, side in copies
            if count
        ),
        f"of the {len(champion.sample)} samples that {champion.name} keeps as reference, "
        f"{len(matched)} are in the recipe's corpora, and {own.sum()} are judged",
    ]


def _covered(champion: Champion, sampled: Rows, classes: Sequence[str]) -> None:
    """Refuse corpora that hold too little of the reference sample to see what would be forgotten.

    A class that the corpora do not have at all counts in the sample alone: none may be told of it.
    """
    names = champion.model.classes
    kept = np.bincount(champion.sample.truth, minlength=len(names))
    found = np.bincount(champion.sample.truth[sampled], minlength=len(names))
    thin = [
        name
        for name, whole, part in zip(names, kept, found, strict=True)
        if name in classes and part < LEAST_SHARE * whole
    ]
    if not thin and found.sum() >= LEAST_SHARE * kept.sum():
        return
    of = f" ({', '.join(thin)} the least)" if thin else ""
    raise RetrainingError(
        f"of the {kept.sum()} samples that {champion.name} keeps as reference, {found.sum()} are "
        f"in the recipe's corpora, and half of them, and of each class, are needed{of}: name all "
        "corpora that it was trained on, cleaned as then"
    )


def _new(corpus: Corpus, champion: Champion, recipe: Recipe) -> tuple[BoolArray, list[str]]:
    """Return which rows are new to the champion, and what is to be said of those that are not."""
    owners = [owner_of(source) for source in corpus.column("source")]
    strange = ~np.isin(owners, list(champion.owners))
    marked = {each.path.name for each in recipe.corpora if each.new}  # what `origin` holds
    asked = np.isin(corpus.column("origin"), list(marked)) if marked else strange
    new = strange & asked
    notes = []
    if new.any():
        files = Counter(np.array(corpus.column("origin"))[new].tolist())
        told = ", ".join(f"{count} samples of {name}" for name, count in sorted(files.items()))
        notes.append(f"new to {champion.name}: {told}")
    if (asked & ~strange).any():
        kin = _few(owners[i] for i in np.flatnonzero(asked & ~strange))
        notes.append(
            f"{(asked & ~strange).sum()} samples of new corpora are of owners that "
            f"{champion.name} was trained on ({kin}): trained on, not judged as new"
        )
    if (strange & ~asked).any():
        unmarked = _few(owners[i] for i in np.flatnonzero(strange & ~asked))
        notes.append(
            f"{(strange & ~asked).sum()} samples are of owners that {champion.name} does not know "
            f"({unmarked}) in corpora not marked `new`: trained on, not judged"
        )
    if not new.any():
        raise RetrainingError(
            f"nothing is new: {champion.name} was trained on the owner of every source of the "
            f"{'corpora marked `new`' if marked else 'recipe'}: bring sources that it has not seen"
        )
    return new, notes


def _few(names: Iterable[str]) -> str:
    found = sorted(set(names))
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _enough(side: str, sources: npt.NDArray[np.str_], mend: str) -> None:
    owners = {owner_of(source) for source in sources.tolist()}
    if len(owners) < LEAST_OWNERS:
        raise RetrainingError(
            f"the {side} side has {len(sources)} samples of {len(owners)} owner(s) "
            f"({_few(owners) or 'none'}) to judge on, and {LEAST_OWNERS} owners are needed to tell "
            f"a gain from chance: {mend}"
        )


def _matched(material: Material, champion: Champion, known: Rows) -> tuple[Rows, Rows]:
    """Find the champion's reference sample among the known rows: rows, places in the sample.

    A sample is found by its source, its label and its columns, rounded as they are kept there.
    """
    sample, classes = champion.sample, champion.model.classes
    rows = _keyed(material, champion, known)
    found = []
    for at, key in enumerate(_keys(sample.values, sample.source.tolist(), sample.truth, classes)):
        if rows[key]:
            found.append((rows[key].pop(0), at))
    pairs = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _keyed(material: Material, champion: Champion, known: Rows) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    source = material.corpus.column("source")
    for start in range(0, len(known), CHUNK):
        part = known[start : start + CHUNK]
        values = rounded(champion.model.design(material.features.take(part)))
        named = [source[i] for i in part]
        keys = _keys(values, named, material.truth[part], material.classes)
        for row, key in zip(part.tolist(), keys, strict=True):
            rows[key].append(row)
    return rows


def _keys(
    values: npt.NDArray[np.float32], source: Sequence[str], truth: Rows, classes: Sequence[str]
) -> list[str]:
    return [
        digest(row, name, classes[c])
        for row, name, c in zip(values, source, truth.tolist(), strict=True)
    ]
