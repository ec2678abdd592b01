"""What is measured of each sample by itself; what compares samples stands upon it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from tqdm import tqdm

from fingerprint.drift.diversity.chance import generator
from fingerprint.drift.diversity.formulas import FloatArray, IntArray, moving_type_token
from fingerprint.drift.diversity.items import uses
from fingerprint.drift.rows import Rows, Strings
from fingerprint_features.batch import BATCH, Batch
from fingerprint_features.lexicon import BUCKETS, token_ngrams
from fingerprint_features.names import Numbered
from fingerprint_features.sample import Sample
from fingerprint_features.source import Source, prepare
from fingerprint_features.syntax import Syntax

WINDOWS = (25, 50, 100)
"""Identifiers in a row of which the type-token ratio is taken."""

NAMES = 25
"""Identifiers in a row, from a place left to chance, that a sample gives to the ratio over all."""

PATHS = 50
"""Paths in the tree, left to chance, that a sample gives to the entropy: short ones have so many,
and long ones must not give more."""


@dataclass(frozen=True, eq=False)
class Material:
    """n samples. `ttr` has a value for each of `WINDOWS`, shape (n, windows), NaN where too short.

    `names` (n, NAMES) and `paths` (n, PATHS) hold numbers of identifiers and of paths in the tree,
    -1 in all of a sample that has too few. `tokens` (n, buckets) are logarithms of counts of token
    n-grams, of length 1; `ngrams` the buckets of the longest of them, ascending, as sets. `uses`
    counts what each sample makes use of, by kind of item.
    """

    language: Strings
    family: Strings
    model: Strings
    source: Strings
    task: Strings
    period: Strings
    identifiers: IntArray
    ttr: FloatArray
    names: IntArray
    paths: IntArray
    tokens: csr_matrix
    ngrams: tuple[IntArray, ...]
    uses: tuple[dict[str, Counter[Hashable]], ...]

    def __len__(self) -> int:
        return len(self.identifiers)


def material(rows: Rows, period: Strings, *, seed: int, progress: bool = False) -> Material:
    """Measure rows one by one; `period` (rows,) is theirs.

    What is left to chance depends on the code itself alone: no other row moves it. `progress`
    shows a bar on standard error.
    """
    numbered: Numbered[str] = Numbered()
    lexical: list[tuple[Any, ...]] = []
    tokens: list[csr_matrix] = []
    ngrams: list[IntArray] = []
    for sources in _batches(rows, progress):
        for each in sources:
            names = numbered.of(each.identifiers).astype(np.int64)
            chance = generator(seed, each.text)
            lexical.append(
                (
                    len(names),
                    [moving_type_token(names, window) for window in WINDOWS],
                    _row_of(names, NAMES, chance),
                    _some(_paths(each.syntax), PATHS, chance),
                    uses(each.syntax),
                )
            )
        found, sets = _tokens(sources)
        tokens.append(found)
        ngrams += sets
    count, ttr, own, paths, used = zip(*lexical, strict=True)
    return Material(
        rows.language,
        rows.label,
        rows.model,
        rows.source,
        rows.task,
        period,
        identifiers=np.array(count, dtype=np.int64),
        ttr=np.array(ttr),
        names=np.array(own),
        paths=_renumbered(np.array(paths)),
        tokens=vstack(tokens).tocsr(),
        ngrams=tuple(ngrams),
        uses=tuple(used),
    )


def _batches(rows: Rows, progress: bool) -> Iterator[list[Source]]:
    with tqdm(total=len(rows), unit="sample", file=sys.stderr, disable=not progress) as bar:
        for start in range(0, len(rows), BATCH):
            part = slice(start, start + BATCH)
            pairs = zip(rows.code[part], rows.language[part].tolist(), strict=True)
            yield [prepare(Sample(code, language)) for code, language in pairs]
            bar.update(len(rows.code[part]))


def _row_of(numbers: IntArray, size: int, chance: np.random.Generator) -> IntArray:
    """Return so many numbers in a row from a random place, or -1 where there are fewer."""
    if len(numbers) < size:
        return np.full(size, -1, dtype=np.int64)
    start = int(chance.integers(len(numbers) - size + 1))
    return numbers[start : start + size]


def _some(numbers: IntArray, size: int, chance: np.random.Generator) -> IntArray:
    """Return so many of the numbers, none of them twice, or -1 where there are fewer."""
    if len(numbers) < size:
        return np.full(size, -1, dtype=np.int64)
    return chance.choice(numbers, size, replace=False)


def _paths(syntax: Syntax | None) -> IntArray:
    """Return a hash of each named node's kind with those of its parent and grandparent.

    Only nodes that have both: what stands at the top would count for what short samples are.
    """
    if syntax is None:
        return np.zeros(0, dtype=np.int64)
    label = syntax.tables.label[syntax.kind].astype(np.uint64)
    at = np.flatnonzero(syntax.named & (syntax.depth >= 2))
    above = syntax.parent[at]
    prime = np.uint64(1099511628211)  # of the 64-bit FNV hash
    hashes = (label[at] * prime ^ label[above]) * prime ^ label[syntax.parent[above]]
    return (hashes >> np.uint64(1)).astype(np.int64)


def _renumbered(paths: IntArray) -> IntArray:
    """Return small numbers for hashes; -1 stays."""
    known, numbers = np.unique(paths, return_inverse=True)
    return numbers.reshape(paths.shape) - int(known[0] == -1)


def _tokens(sources: list[Source]) -> tuple[csr_matrix, list[IntArray]]:
    """Return the rows of `Material.tokens` and of `Material.ngrams` of some samples."""
    views = [each for each in token_ngrams(Batch.of(sources)) if len(each.hashes)]
    rows, buckets = _inside(views)
    shape = (len(sources), BUCKETS)
    counts = csr_matrix((np.ones(len(rows)), (rows, buckets)), shape=shape)
    counts.sum_duplicates()
    counts.data = np.log1p(counts.data)
    length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    counts.data /= np.repeat(np.maximum(length, 1e-12), np.diff(counts.indptr))
    rows, buckets = _inside(views[-1:])
    sets = [np.unique(buckets[rows == row]) for row in range(len(sources))]
    return counts, sets


def _inside(views: list[Any]) -> tuple[npt.NDArray[np.intp], IntArray]:
    """Return sample and bucket of each n-gram that does not run into the next sample."""
    inside = [view.left >= view.order for view in views]
    rows = [view.owner[: len(view.hashes)][fine] for view, fine in zip(views, inside, strict=True)]
    buckets = [view.buckets[fine] for view, fine in zip(views, inside, strict=True)]
    if not views:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64)
    return np.concatenate(rows), np.concatenate(buckets).astype(np.int64)
