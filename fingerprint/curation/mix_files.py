"""The second pass: rows that stay, rows that go, and the card beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fingerprint.curation.errors import CurationError
from fingerprint.curation.places import CARD, PARQUET, card_path
from fingerprint.curation.rows import Progress
from fingerprint.curation.rules import KEPT, NAMES, Decisions
from fingerprint.curation.shards import Batch, Shards
from fingerprint.curation.writing import SHARD, SHARD_BYTES, Buffered, whole, with_column
from fingerprint.labeling.columns import CHOSEN

WEIGHT, REMOVED_BY, TOGETHER = "fp_weight", "fp_removed_by", "fp_ai_together"
Floats = Mapping[str, npt.NDArray[np.float32]]


def write_mix(
    shards: Shards,
    made: Decisions,
    of_mix: Floats,
    of_all: Floats,
    *,
    out: Path,
    removed: Path | None,
    card: str,
    progress: Progress,
) -> None:
    """Write the rows that stay to `out`, the others to `removed`, and the card's text.

    Columns by name, each (n,) and NaN for null: `of_all` are added to both, `of_mix` to the mix
    alone. Both are marked as `CHOSEN`. All files appear at the end; after an error none does. The
    card of a file NAME.parquet is NAME.md, that of a folder its README.md.
    """
    marked = shards.schema.with_metadata({**(shards.schema.metadata or {}), CHOSEN: b"1"})
    schema = marked
    for name in (*of_all, *of_mix):
        schema = with_column(schema, name, pa.float32())
    with ExitStack() as stack:
        kept = stack.enter_context(_mix_files(out, schema, card))
        rest = (
            None if removed is None else stack.enter_context(_removed_file(removed, marked, of_all))
        )
        at = 0
        for batch in shards.batches():
            here = slice(at, at + batch.num_rows)
            at += batch.num_rows
            stays = made[here] == KEPT
            extra: dict[str, Any] = {name: column[here] for name, column in of_all.items()}
            own = {name: column[here] for name, column in of_mix.items()}
            kept.add(_extended(batch, schema, extra | own).filter(pa.array(stays)))
            if rest is not None:
                rules = {REMOVED_BY: [NAMES[each] for each in made[here]]}
                rest.add(_extended(batch, rest.schema, extra | rules).filter(pa.array(~stays)))
            progress("writing", at, shards.rows)
        if at != len(made):
            raise CurationError(f"{shards.files[0].parent} changed while it was read: try again")


@contextmanager
def _mix_files(out: Path, schema: pa.Schema, card: str) -> Iterator[Buffered]:
    if out.suffix == PARQUET:
        with whole(card_path(out)) as text, whole(out) as partial:
            with _closing(Buffered(schema, lambda _: partial)) as files:
                yield files
            text.write_text(card, encoding="utf-8")
        return
    with whole(out) as partial:
        partial.mkdir()
        with _closing(Buffered(schema, lambda n: partial / f"{n}{PARQUET}", SHARD_BYTES)) as files:
            yield files
        for n, path in enumerate(files.paths):
            path.rename(partial / SHARD.format(n, len(files.paths)))
        (partial / CARD).write_text(card, encoding="utf-8")


@contextmanager
def _removed_file(path: Path, schema: pa.Schema, of_all: Floats) -> Iterator[Buffered]:
    for name in of_all:
        schema = with_column(schema, name, pa.float32())
    schema = with_column(schema, REMOVED_BY, pa.string())
    with whole(path) as partial, _closing(Buffered(schema, lambda _: partial)) as file:
        yield file


@contextmanager
def _closing(files: Buffered) -> Iterator[Buffered]:
    try:
        yield files
    except BaseException:
        files.close(whole=False)
        raise
    files.close()


def _extended(batch: Batch, schema: pa.Schema, values: Mapping[str, Any]) -> Batch:
    """Return the rows with the columns of the schema, those in `values` in place of their own."""
    columns = [
        pa.array(values[field.name], field.type, from_pandas=True)  # NaN is null
        if field.name in values
        else batch.column(field.name)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
