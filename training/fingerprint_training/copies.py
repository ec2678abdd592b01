"""Transformed copies of samples; a copy stands wherever its sample stands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from fingerprint_features.extract import concatenate
from fingerprint_training.corpora import concat
from fingerprint_training.crossfit import Rows
from fingerprint_training.extraction import extract_corpus
from fingerprint_training.material import Material
from fingerprint_training.stages import digest, stage
from fingerprint_training.transforms import TRANSFORMS, FormatterMissingError, Transform

ALL_IN_A_ROW = "all in a row"
CHAIN = ("comments-stripped", "identifiers-renamed", "reformatted", "whitespace-normalised")
"""What "all in a row" composes, in this order, each where it applies."""

NAMES = (*(each.name for each in TRANSFORMS), ALL_IN_A_ROW)
"""All that `copied` can do to a sample, in the order of reports."""

CHUNK = 50  # samples that a worker transforms at a time

_BY_NAME: Mapping[str, Transform] = {each.name: each for each in TRANSFORMS}


class NotRunError(ValueError):
    """A transform needs what is not installed; the message says what, and how to get it."""


@dataclass(frozen=True)
class Copies:
    """Transformed copies, measured, of the rows that a transform applies to.

    `of` (n,) are positions in the material that was copied from. Copy i has the task, source and
    label of its sample: all that a split looks at, so no split can part the two.
    """

    of: Rows
    material: Material


def draw(material: Material, rows: Rows, most: int, seed: int) -> Rows:
    """Return at most `most` of the rows, ascending, drawn by `seed`.

    Rows are ordered by class, then language, then by chance, and taken at even steps: every
    class and language keeps its share up to one row a border.
    """
    if len(rows) <= most:
        return np.sort(rows)
    chance = np.random.default_rng(seed)
    language = np.array([material.features.language[row] or "" for row in rows.tolist()])
    order = np.lexsort((chance.random(len(rows)), language, material.truth[rows]))
    steps = (np.arange(most) + chance.random()) * len(rows) / most
    return np.sort(rows[order[steps.astype(np.int64)]])


def copied(
    material: Material,
    rows: Rows,
    name: str,
    *,
    seed: int,
    workers: int = 1,
    cache: Path | None = None,
) -> Copies:
    """Transform and measure rows by one of `NAMES`; those it does not apply to are left out.

    A copy that cannot be measured counts as one that it does not apply to. `cache` keeps texts and
    measurements, whatever version of a formatter made them. Raises NotRunError where a formatter
    is not installed.
    """
    corpus = material.corpus.take(rows.tolist())
    languages = [material.features.language[row] or "" for row in rows.tolist()]
    texts = _texts(name, corpus.column("code"), languages, seed=seed, workers=workers, cache=cache)
    at = np.array([i for i, text in enumerate(texts) if text is not None], dtype=np.int64)
    corpus = corpus.take(at.tolist()).with_column("code", [t for t in texts if t is not None])
    # Measured under the language that the corpus states, as the sample was.
    features = extract_corpus(
        corpus.column("code"), corpus.column("language"), workers=workers, cache=cache
    )
    good = np.flatnonzero(np.array(features.status) == "ok")
    of = rows[at[good]]
    made = replace(
        material,
        corpus=corpus.take(good.tolist()),
        features=features.take(good),
        truth=material.truth[of],
    )
    return Copies(of, made)


def drawn_copies(
    material: Material, seed: int, *, workers: int = 1, cache: Path | None = None
) -> Copies:
    """Return a copy of each sample by one transform that is drawn for it, where that applies.

    For the rest see `copied`.
    """
    drawn = np.random.default_rng(seed).integers(0, len(TRANSFORMS), len(material.corpus))
    each = [
        copied(
            material,
            np.flatnonzero(drawn == at),
            transform.name,
            seed=seed,
            workers=workers,
            cache=cache,
        )
        for at, transform in enumerate(TRANSFORMS)
    ]
    return _joined(each)


def _joined(parts: Sequence[Copies]) -> Copies:
    made = replace(
        parts[0].material,
        corpus=concat([part.material.corpus for part in parts]),
        features=concatenate([part.material.features for part in parts]),
        truth=np.concatenate([part.material.truth for part in parts]),
    )
    return Copies(np.concatenate([part.of for part in parts]), made)


def _texts(
    name: str,
    code: Sequence[str],
    language: Sequence[str],
    *,
    seed: int,
    workers: int,
    cache: Path | None,
) -> list[str | None]:
    """Return the copies' texts, None where the transform does not apply."""

    def compute() -> dict[str, npt.NDArray[np.generic]]:
        texts = _transformed(name, list(zip(code, language, strict=True)), seed, workers)
        return {"texts": np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)}

    key = digest(name, *CHAIN, str(seed), *code, *language)[:32]
    found: list[str | None] = json.loads(stage(cache, f"texts-{key}", compute)["texts"].tobytes())
    return found


def _transformed(
    name: str, samples: Sequence[tuple[str, str]], seed: int, workers: int
) -> list[str | None]:
    chunks = [samples[start : start + CHUNK] for start in range(0, len(samples), CHUNK)]
    texts: list[str | None] = []
    parallel = Parallel(n_jobs=workers, backend="loky")
    for part in parallel(delayed(_chunk_texts)(name, chunk, seed) for chunk in chunks):
        if isinstance(part, str):
            raise NotRunError(part)
        texts += part
    return texts


def _chunk_texts(
    name: str, samples: Sequence[tuple[str, str]], seed: int
) -> list[str | None] | str:
    """Return the copies, or what is missing: that error does not survive pickling whole."""
    try:
        return [_text(name, code, language, seed) for code, language in samples]
    except FormatterMissingError as error:
        return str(error)


def _text(name: str, code: str, language: str, seed: int) -> str | None:
    if name != ALL_IN_A_ROW:
        return _BY_NAME[name].apply(code, language, seed)
    text = code
    for each in CHAIN:
        text = _BY_NAME[each].apply(text, language, seed) or text
    return None if text == code else text
