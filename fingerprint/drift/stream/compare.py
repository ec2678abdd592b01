"""Is a window an ordinary part of the bag? Two independent p-values, and what moved.

Given the bag, each choice of so many samples as the window is equally likely while nothing
changes. The first p-value asks so of the languages; the second, given how many samples of each
language the window has, of the samples within each language. Both are ranks among permutations,
with ties, the window's own rank among them, broken by chance: exactly uniform.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.stream.bag import Bag
from fingerprint.drift.stream.record import TOGETHER, Shift

FloatArray = npt.NDArray[np.float64]
FloatMatrix = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

PERMUTATIONS = 4999
MOVED = 0.05
"""Level, adjusted for how many of a kind were looked at, below which a shift is named."""

RIDGE = 0.02
"""Share of the mean variance that is added to each: keeps what hardly varies from deciding."""

_CHUNK = 250  # permutations at a time: 6 MB a thousand samples


@dataclass(frozen=True)
class Compared:
    """p-values in the order of `record.DETECTORS`, and what moved, least p-value first."""

    p_values: tuple[float, float]
    moved: tuple[Shift, ...]


def compared(
    bag: Bag,
    window: Bag,
    blocks: Sequence[str],
    classes: Sequence[str],
    chance: np.random.Generator,
) -> Compared:
    """Compare a window with a bag that does not hold it yet.

    `blocks` names the block of each output, `classes` are those that answers index.
    """
    both = bag.with_window(window)
    names, language = np.unique(both.language, return_inverse=True)
    inside = np.arange(len(both)) >= len(bag)
    mix_p, languages = _language_mix(names, language, inside, chance)
    within_p, within = _within(both, language, inside, (blocks, classes), chance)
    moved = sorted((*languages, *within), key=lambda shift: shift.p_value)
    return Compared((mix_p, within_p), tuple(moved))


def _language_mix(
    names: npt.NDArray[np.str_],
    language: IntArray,
    inside: npt.NDArray[np.bool_],
    chance: np.random.Generator,
) -> tuple[float, list[Shift]]:
    """Compare the counts of languages with those of windows drawn from the bag."""
    whole = np.bincount(language, minlength=len(names))
    here = np.bincount(language[inside], minlength=len(names))
    size = int(here.sum())
    drawn = chance.multivariate_hypergeometric(whole, size, size=PERMUTATIONS)
    counts = np.concatenate((here[None, :], drawn)).astype(np.float64)
    expected = whole * (size / len(language))
    off = (counts - expected) / np.sqrt(expected)
    share, before = here / size, (whole - here) / (len(language) - size)
    moved = _moved("language", names.tolist(), np.abs(off), (share, before))
    return _rank((off**2).sum(axis=1), chance), moved


def _within(
    both: Bag,
    language: IntArray,
    inside: npt.NDArray[np.bool_],
    named: tuple[Sequence[str], Sequence[str]],
    chance: np.random.Generator,
) -> tuple[float, list[Shift]]:
    """Compare sums over the window with those over permutations within each language."""
    blocks, classes = named
    answers = np.eye(len(classes), dtype=np.float32)[both.answer]
    told = np.concatenate((both.outputs.astype(np.float32), answers), axis=1)
    centred = _centred(told, language)
    variance = _covariance(centred, language, inside)
    width = len(blocks)
    centred[:, width:] = answers  # counted, for only whole numbers tie exactly
    sums = _sums(centred, language, inside, chance)
    owner = np.array(blocks)
    groups = list(dict.fromkeys(blocks))
    parts = [np.flatnonzero(owner == group) for group in groups] + [np.arange(width)]
    distances = np.stack([_distance(sums, variance, part) for part in parts], axis=1)
    moved = _moved("group", [*groups, TOGETHER], distances)
    spread = np.sqrt(np.diag(variance)[width:])
    taken = np.bincount(language[inside], minlength=language.max() + 1) / np.bincount(language)
    off = np.abs(sums[:, width:] - taken[language] @ answers) / np.where(spread > 0, spread, 1.0)
    moved += _moved("answer", classes, off, _answer_shares(answers, language, inside))
    return _rank(distances.max(axis=1), chance), moved


def _answer_shares(
    answers: FloatMatrix, language: IntArray, inside: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return shares of the window's answers, and of the bag's with the window's languages.

    Both are of the languages that the bag has: in others nothing is to be expected.
    """
    there = np.bincount(language[~inside], minlength=language.max() + 1)
    here = np.bincount(language[inside], minlength=len(there))
    weight = np.where(inside, there[language] > 0, (here / np.maximum(there, 1))[language])
    size = max(float(weight[inside].sum()), 1.0)  # the bag's weights have the same sum
    share = weight[inside] @ answers[inside] / size
    before = weight[~inside] @ answers[~inside] / size
    return share.astype(np.float64), before.astype(np.float64)


def _centred(told: FloatMatrix, language: IntArray) -> FloatMatrix:
    """Return numbers less their mean over the language, (n, numbers)."""
    count = np.bincount(language)
    total = np.zeros((len(count), told.shape[1]))
    np.add.at(total, language, told)
    found: FloatMatrix = told - (total / count[:, None])[language].astype(np.float32)
    return found


def _sums(
    centred: FloatMatrix,
    language: IntArray,
    inside: npt.NDArray[np.bool_],
    chance: np.random.Generator,
) -> FloatArray:
    """Return sums over the window, first, and over permutations, (1 + PERMUTATIONS, numbers)."""
    sums = [inside[None, :].astype(np.float32) @ centred]
    strata = [np.flatnonzero(language == each) for each in np.unique(language[inside])]
    for start in range(0, PERMUTATIONS, _CHUNK):
        size = min(_CHUNK, PERMUTATIONS - start)
        chosen = np.zeros((size, len(language)), dtype=np.float32)
        for stratum in strata:
            count = int(inside[stratum].sum())
            keys = chance.random((size, len(stratum)), dtype=np.float32)
            first = np.argpartition(keys, count - 1, axis=1)[:, :count]
            chosen[np.arange(size)[:, None], stratum[first]] = 1.0
        sums.append(chosen @ centred)
    return np.concatenate(sums).astype(np.float64)


def _covariance(
    centred: FloatMatrix, language: IntArray, inside: npt.NDArray[np.bool_]
) -> FloatArray:
    """Return the covariance of a sum over a window drawn within each language, in closed form."""
    whole = np.bincount(language)
    here = np.bincount(language[inside], minlength=len(whole))
    factor = here * (whole - here) / np.maximum(whole * (whole - 1), 1)
    weighted = centred * factor[language][:, None]
    found: FloatArray = (weighted.T @ centred).astype(np.float64)
    return found


def _distance(sums: FloatArray, variance: FloatArray, part: IntArray) -> FloatArray:
    """Return distances of sums from nought (Mahalanobis), on a scale that blocks share.

    Cube roots of sums of squares are close to normal (Wilson and Hilferty, 1931); mean and
    spread are of the sums themselves, the window's among them, so that no sum is favoured.
    """
    own = variance[np.ix_(part, part)]
    level = np.trace(own) / len(part)
    if level <= 0:
        return np.zeros(len(sums))
    at = sums[:, part]
    solved = np.linalg.solve(own + RIDGE * level * np.eye(len(part)), at.T).T
    root = np.cbrt((at * solved).sum(axis=1))
    found: FloatArray = (root - root.mean()) / max(float(root.std()), 1e-12)
    return found


def _moved(
    what: str,
    names: Sequence[str],
    off: FloatArray,
    shares: tuple[FloatArray, FloatArray] | None = None,
) -> list[Shift]:
    """Return the names whose distance in the first row few rows reach in any name."""
    most = off.max(axis=1)
    found = []
    for at, name in enumerate(names):
        p_value = float(np.mean(most >= off[0, at]))
        if p_value <= MOVED:
            pair = (float(shares[0][at]), float(shares[1][at])) if shares else (None, None)
            found.append(Shift(what, name, p_value, *pair))
    return found


def _rank(values: FloatArray, chance: np.random.Generator) -> float:
    """Return the p-value of the first of exchangeable values, large ones being strange."""
    above = int((values > values[0]).sum())
    ties = int((values == values[0]).sum())
    return float((above + (1.0 - chance.random()) * ties) / len(values))
