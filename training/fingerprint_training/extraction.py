"""A corpus measured in parallel, chunk by chunk; what is in the cache is not done again."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from joblib import Parallel, delayed
from tqdm import tqdm

from fingerprint_features.extract import Features, concatenate, extract
from fingerprint_features.registry import schema_hash
from fingerprint_features.sample import Sample
from fingerprint_training.feature_files import DamagedFeaturesError, read_features, write_features

CHUNK = 500  # samples: some seconds of work, which is what a killed run loses per worker
Chunk = list[tuple[str, str | None]]


def extract_corpus(
    code: Sequence[str],
    language: Sequence[str | None],
    *,
    workers: int = 1,
    cache: Path | None = None,
    progress: bool = False,
) -> Features:
    """Measure samples with `workers` processes; row i is what `extract` says of sample i alone.

    `cache` is a folder, made where it is missing, with one file a chunk of samples, named by a
    hash of the chunk and the feature schema: a killed run goes on where it stopped, another
    corpus or schema never meets a stale file, and a damaged one is done again. `progress` shows
    a bar on standard error. Raises ValueError when the two sequences differ in length, OSError
    where the cache cannot be written.
    """
    samples = list(zip(code, language, strict=True))
    chunks = [samples[start : start + CHUNK] for start in range(0, len(samples), CHUNK)]
    if not chunks:
        return extract([])
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
    parts = []
    with tqdm(total=len(samples), unit="sample", file=sys.stderr, disable=not progress) as bar:
        for part in _parts(chunks, workers, cache):
            parts.append(part)
            bar.update(len(part))
    return concatenate(parts)


def _parts(chunks: list[Chunk], workers: int, cache: Path | None) -> Iterator[Features]:
    parallel = Parallel(n_jobs=workers, backend="loky", return_as="generator")
    yield from parallel(delayed(_part)(chunk, cache) for chunk in chunks)


def _part(chunk: Chunk, cache: Path | None) -> Features:
    if cache is None:
        return _measured(chunk)
    file = cache / f"{_key(chunk)}.npz"
    try:
        part = read_features(file)
    except (FileNotFoundError, DamagedFeaturesError):
        pass
    else:
        if len(part) == len(chunk):
            return part
    part = _measured(chunk)
    write_features(file, part)
    return part


def _measured(chunk: Chunk) -> Features:
    return extract(Sample(code=code, language=language) for code, language in chunk)


def _key(chunk: Chunk) -> str:
    """Hash the schema and the chunk; lengths go in, so that no two chunks spell the same bytes."""
    digest = hashlib.sha256(schema_hash().encode())
    for code, language in chunk:
        text = code.encode("utf-8", "surrogatepass")
        digest.update(f"{len(text)} {language!r}\n".encode("utf-8", "backslashreplace"))
        digest.update(text)
    return digest.hexdigest()
