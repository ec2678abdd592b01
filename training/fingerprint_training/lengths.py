"""Accuracy against length: the same samples, cut to fewer and fewer lines."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fingerprint_features.languages import PARSED, normalise
from fingerprint_features.sample import Sample
from fingerprint_models.merging import log_odds
from fingerprint_training.corpora import Corpus
from fingerprint_training.metrics import FloatArray, auroc, bootstrap, macro_f1

if TYPE_CHECKING:
    from fingerprint_models.model import Model

LENGTHS = (5, 10, 20, 40, 80, 160)
"""Lines that are not blank."""

MOST_OF_SIDE = 200
"""Samples of people, and of models, that are cut; drawn by turns from their sources."""


@dataclass(frozen=True, slots=True)
class Long:
    """A sample of at least as many lines as the longest of `LENGTHS`."""

    code: str
    language: str
    label: str
    source: str


def by_length(
    model: Model, corpus: Corpus, *, human: str, seed: int = 0, resamples: int = 200
) -> dict[str, object]:
    """Return figures with 95 % intervals, by bootstrap over sources, for each of `LENGTHS`.

    Every length is cut out of the same samples, from a line drawn at random, so that only length
    differs. `macro_f1` is over the classes of the model that occur, `auroc` human against all
    others, also those whose family the model does not know.
    """
    chosen = _long(corpus, human, seed)
    groups = np.array([each.source for each in chosen])
    truth = np.array(
        [model.classes.index(e.label) if e.label in model.classes else -1 for e in chosen]
    )
    ai = np.array([each.label != human for each in chosen])
    known = truth >= 0
    found: dict[str, object] = {"samples": len(chosen), "sources": len(set(groups.tolist()))}
    if not ai.any() or ai.all():
        return found
    randomness = random.Random(seed)  # noqa: S311 - sampling, no secret
    for length in LENGTHS:
        samples = [Sample(_shortened(e.code, length, randomness), e.language) for e in chosen]
        answers = model.predict_many(samples)
        odds = np.array([log_odds(answer.ai_probability or 0.0) for answer in answers])
        told = np.array([model.classes.index(answer.raw_family or human) for answer in answers])

        def statistic(
            weights: FloatArray, told: np.ndarray = told, odds: FloatArray = odds
        ) -> FloatArray:
            f1 = macro_f1(truth[known], told[known], len(model.classes), weights[known])
            return np.array([f1, auroc(ai, odds, weights)])

        figures = bootstrap(groups, statistic, n=resamples)
        found[str(length)] = {"macro_f1": plain(figures[:, 0]), "auroc": plain(figures[:, 1])}
    return found


def plain(figure: FloatArray) -> list[float | None]:
    """Return value, low and high as JSON knows them: None for what is not defined."""
    return [round(each, 4) if not math.isnan(each) else None for each in figure.tolist()]


def _long(corpus: Corpus, human: str, seed: int) -> list[Long]:
    shelves: dict[bool, dict[str, list[Long]]] = {False: defaultdict(list), True: defaultdict(list)}
    columns = (corpus.column(name) for name in ("code", "language", "label", "source"))
    for code, stated, label, source in zip(*columns, strict=True):
        language = normalise(stated) if stated else ""
        filled = sum(1 for line in code.split("\n") if line.strip())
        if language in PARSED and filled >= LENGTHS[-1]:
            shelves[label != human][source].append(Long(code, language, label, source))
    randomness = random.Random(seed)  # noqa: S311 - sampling, no secret
    return [each for side in shelves.values() for each in _by_turns(side, randomness)]


def _by_turns(shelf: dict[str, list[Long]], randomness: random.Random) -> list[Long]:
    piles = [randomness.sample(pile, len(pile)) for _, pile in sorted(shelf.items())]
    taken: list[Long] = []
    while piles and len(taken) < MOST_OF_SIDE:
        taken += [pile.pop() for pile in piles]
        piles = [pile for pile in piles if pile]
    return taken[:MOST_OF_SIDE]


def _shortened(code: str, length: int, randomness: random.Random) -> str:
    lines = code.split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    first = randomness.randint(0, len(filled) - length)
    return "\n".join(lines[filled[first] : filled[first + length - 1] + 1]) + "\n"
