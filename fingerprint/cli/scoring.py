"""Items in, attributions out, in the same order and in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from fingerprint.items import Item
from fingerprint_features.sample import Sample
from fingerprint_models.attribution import Attribution, ModelId
from fingerprint_models.file_parts import FileParts

if TYPE_CHECKING:
    from fingerprint_models.model import Model

CHUNK_FILES = 512
"""Files that are held at once where each is scored by itself."""

BATCH_FILES = 4096
"""Files of one source that are held and scored together; a larger source is cut into such."""

MAX_CHARACTERS = 1 << 24
"""Either is cut earlier at this much code (16 Mi characters)."""


def attribute(
    items: Iterable[Item],
    model: Model,
    *,
    mode: str,
    batch: bool = True,
    workers: int = 1,
    explain: bool = False,
) -> Iterator[Attribution]:
    """Yield the attribution of each item; those without code keep their status.

    With `batch`, files found below one directory argument are scored as one source.
    """
    for source, chunk in _held(items, batch):
        samples = _samples(chunk)
        scored = iter(
            model.predict_many(samples, source=source, workers=workers, mode=mode, explain=explain)
            if samples
            else ()
        )
        for item in chunk:
            yield next(scored) if item.status == "ok" else _not_scored(item, model.id)


def attribute_parts(
    items: Iterable[Item],
    model: Model,
    *,
    by: str,
    mode: str,
    batch: bool = True,
    workers: int = 1,
    explain: bool = False,
) -> Iterator[FileParts]:
    """Yield the attribution of each item and its parts; see `attribute`."""
    from fingerprint_models.parts import attribute_files

    for source, chunk in _held(items, batch):
        samples = _samples(chunk)
        scored = iter(
            attribute_files(
                model, samples, by=by, mode=mode, source=source, workers=workers, explain=explain
            )
            if samples
            else ()
        )
        for item in chunk:
            if item.status == "ok":
                yield next(scored)
            else:
                yield FileParts(by, _not_scored(item, model.id))


def _held(items: Iterable[Item], batch: bool) -> Iterator[tuple[str | None, list[Item]]]:
    """Yield the items in chunks that fit into memory, each with the source that it is of."""
    for source, group in groupby(items, key=lambda item: item.source if batch else None):
        for chunk in _chunks(group, CHUNK_FILES if source is None else BATCH_FILES):
            yield source, chunk


def _samples(chunk: Iterable[Item]) -> list[Sample]:
    return [
        Sample(item.code, language=item.language, path=item.path)
        for item in chunk
        if item.status == "ok"
    ]


def _not_scored(item: Item, model: ModelId) -> Attribution:
    return Attribution.not_scored(
        item.status, path=item.path, language=item.language, reason=item.reason, model=model
    )


def _chunks(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    characters = 0
    for item in items:
        chunk.append(item)
        characters += len(item.code)
        if len(chunk) == most or characters > MAX_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk
