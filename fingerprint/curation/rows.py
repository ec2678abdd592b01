"""The first pass: of each row only what the rules look at is remembered, some 25 bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fingerprint.curation import content
from fingerprint.curation.errors import CurationError
from fingerprint.curation.review import Review
from fingerprint.curation.shards import AI, MODEL, PROBABILITIES, STATUS, Batch, Column, Shards
from fingerprint_models.near_copies import PERMUTATIONS

Progress = Callable[[str, int, int], None]
"""Is told what is being done, rows done, and rows in all."""

NO_FAMILY = 255


@dataclass(frozen=True)
class Rows:
    """Of n rows: what the rules look at, each (n,).

    `ai` is the calibrated probability, NaN where a row was not scored or the model has no human
    class; `family` the position of the likeliest class; `draw` a number from the whole row; `text`
    one that texts share which differ in white space only; `signatures` (n, `PERMUTATIONS`) lie on
    disk, and are None where near copies are not asked for.
    """

    classes: tuple[str, ...]
    models: tuple[str, ...]
    signatures: content.Signatures | None
    scored: npt.NDArray[np.bool_]
    ai: npt.NDArray[np.float32]
    family: npt.NDArray[np.uint8]
    reviewed: npt.NDArray[np.bool_]
    draw: content.Hashes
    text: content.Hashes

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.scored)


@contextmanager
def measured(
    shards: Shards,
    *,
    code: str | None,
    near: bool,
    review: Review,
    seed: int,
    beside: Path | None,
    progress: Progress,
    each: Callable[[Batch], None] = lambda _: None,
) -> Iterator[Rows]:
    """Yield what the rules look at, of every row; `each` is shown every batch on the way.

    `code` names the column of code; None where copies are not asked for. Signatures take
    `PERMUTATIONS` bytes a row of a file without a name in the folder `beside` (None: where
    temporary files go), gone when the context ends. Raises CurationError for
    a missing column, and as `Shards.batches` does.
    """
    check_column(shards, code, "--code", "code")
    with tempfile.TemporaryFile(dir=beside) as spool:
        parts: list[tuple[npt.NDArray[Any], ...]] = []
        models: set[str] = set()
        done = 0
        for batch in shards.batches():
            each(batch)
            codes = None if code is None else content.texts(batch.column(code))
            draw = content.draws(batch, seed)
            parts.append(_of(batch, codes, review, draw))
            models.update(name for name in batch.column(MODEL).unique().to_pylist() if name)
            if near and codes is not None:
                spool.write(content.signatures(codes, draw).tobytes())
            done += batch.num_rows
            progress("reading", done, shards.rows)
        if not done:
            raise CurationError(f"{shards.files[0]} has no rows: there is nothing to measure")
        columns = (np.concatenate(column) for column in zip(*parts, strict=True))
        signatures = _mapped(spool, done) if near else None
        yield Rows(shards.classes, tuple(sorted(models)), signatures, *columns)


def check_column(shards: Shards, name: str | None, option: str, what: str) -> None:
    """Raise CurationError where a column that an option names is not there."""
    if name is not None and name not in shards.schema.names:
        there = ", ".join(n for n in shards.schema.names if not n.startswith("fp_"))
        raise CurationError(
            f"{shards.files[0]} has no column {name}: name that of the {what} with {option}; "
            f"there are {there or 'none but those of labelling'}"
        )


def found_column(shards: Shards, name: str | None, option: str, usual: Sequence[str]) -> str | None:
    """Return the column that an option names, else the first usual one that is there, if any."""
    check_column(shards, name, option, option.removeprefix("--"))
    return name or next((each for each in usual if each in shards.schema.names), None)


def probabilities_of(column: Column) -> npt.NDArray[np.float32]:
    """Return the answers of a column `fp_probabilities`, (n, classes), NaN where there are none."""
    parts = [each.cast(pa.float32()) for each in column.flatten()]
    return np.column_stack([np.asarray(part.to_numpy(zero_copy_only=False)) for part in parts])


def _of(
    batch: Batch, codes: list[str | None] | None, review: Review, draw: content.Hashes
) -> tuple[npt.NDArray[Any], ...]:
    told = probabilities_of(batch.column(PROBABILITIES))
    ok = np.array([status == "ok" for status in batch.column(STATUS).to_pylist()])
    scored = ok & ~np.isnan(told).any(axis=1)
    ai = batch.column(AI).cast(pa.float32()).to_numpy(zero_copy_only=False)
    likeliest = np.where(scored[:, None], told, 0).argmax(axis=1)
    return (
        scored,
        np.where(scored, ai, np.float32(np.nan)),
        np.where(scored, likeliest, NO_FAMILY).astype(np.uint8),
        review(batch),
        draw,
        draw if codes is None else content.text_keys(codes, draw),
    )


def _mapped(spool: IO[bytes], rows: int) -> content.Signatures:
    spool.flush()
    return np.memmap(spool, dtype=np.uint8, mode="r", shape=(rows, PERMUTATIONS))
