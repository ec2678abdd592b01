"""Copies and near copies: one a label stays, and none when labels wrote alike."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from fingerprint_training.corpora import code_key
from fingerprint_training.rows import Rows

TOKEN = re.compile(rb"[A-Za-z0-9_\x80-\xff]+|[^\sA-Za-z0-9_\x80-\xff]")
SHINGLE = 5  # tokens
NEAR = 0.85  # Jaccard similarity of shingle sets, as MinHash estimates it
PERMUTATIONS = 128
# 16 bands of 8 rows: 1 - (1 - 0.85^8)^16 = 0.994 of the pairs at NEAR meet in some band.
BANDS = 16
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd: mixes all bits
SEED = 1

Vector = npt.NDArray[np.uint64]
KEEP, COPY = 0, 1


def survey_copies(rows: Rows) -> Sequence[int]:
    """Return COPY for rows to leave out because another has the same text up to white space."""
    same = defaultdict(list)
    for place, code in enumerate(rows.codes):
        same[code_key(code)].append(place)
    return _marked(rows, same.values())


def survey_near_copies(rows: Rows) -> Sequence[int]:
    """Return COPY for rows to leave out because another in their language is nearly the same.

    Samples are visited in the order of their content's hash, and each joins the first leader it
    resembles: no chains, and the same result whatever the order of the rows.
    """
    by_language = defaultdict(list)
    for place, language in enumerate(rows.languages):
        by_language[language].append(place)
    clusters: list[list[int]] = []
    for places in by_language.values():
        keyed = sorted(places, key=lambda place: _order(rows, place))
        clusters += _clusters(keyed, _signatures([rows.codes[place] for place in keyed]))
    return _marked(rows, clusters)


def drop_copies(code: str, _language: str | None, context: int) -> str | None:
    """Drop what a survey marked as a copy."""
    return None if context == COPY else code


def _order(rows: Rows, place: int) -> tuple[bytes, str, str, str]:
    return code_key(rows.codes[place]), rows.labels[place], rows.sources[place], rows.tasks[place]


def _marked(rows: Rows, clusters: Iterable[list[int]]) -> list[int]:
    marks = [KEEP] * len(rows.codes)
    for cluster in clusters:
        if len(cluster) < 2:
            continue
        ambiguous = len({rows.labels[place] for place in cluster}) > 1
        first = min(cluster, key=lambda place: _order(rows, place))
        for place in cluster:
            if ambiguous or place != first:
                marks[place] = COPY
    return marks


def _clusters(places: list[int], signatures: npt.NDArray[np.uint32]) -> Iterator[list[int]]:
    """Yield groups of places; `signatures` has one row a place, in the same order."""
    wide = signatures.shape[1] // BANDS
    leaders: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    members: dict[int, list[int]] = {}
    for row, signature in enumerate(signatures):
        bands = [(b, signature[b * wide : (b + 1) * wide].tobytes()) for b in range(BANDS)]
        met = sorted({leader for band in bands for leader in leaders.get(band, ())})
        alike = (signatures[met] == signature).mean(axis=1) if met else np.empty(0)
        if (alike >= NEAR).any():
            members[met[int(np.argmax(alike >= NEAR))]].append(places[row])
            continue
        members[row] = [places[row]]
        for band in bands:
            leaders[band].append(row)
    yield from members.values()


def _signatures(codes: list[str]) -> npt.NDArray[np.uint32]:
    """Return MinHash signatures, shape (len(codes), PERMUTATIONS)."""
    shingles = [_shingles(code) for code in codes]
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in shingles])])
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        np.concatenate(shingles), offsets.astype(np.uint64), PERMUTATIONS, SEED
    )
    return np.asarray(matrix.to_rows(), np.uint32)


def _shingles(code: str) -> Vector:
    """Return one 64-bit hash for every run of SHINGLE tokens; a short text is one run."""
    tokens = np.array([zlib.crc32(token) for token in TOKEN.findall(code.encode())], np.uint64)
    if len(tokens) < SHINGLE:
        tokens = np.pad(tokens, (0, SHINGLE - len(tokens)))
    runs = len(tokens) - SHINGLE + 1
    mixed = np.zeros(runs, np.uint64)
    for step in range(SHINGLE):
        mixed = (mixed ^ tokens[step : step + runs]) * MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)
