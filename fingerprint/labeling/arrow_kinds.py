"""Arrow's own kinds of data set: tables, record batches, readers and iterators of batches."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Iterable, Iterator

import pyarrow as pa

from fingerprint.labeling.columns import NAMES, without
from fingerprint.labeling.errors import LabelTypeError
from fingerprint.labeling.labeler import Labeler
from fingerprint.labeling.parallel import Piece, answers


def label_table(table: pa.Table, labeler: Labeler, batch_size: int, workers: int) -> pa.Table:
    """Return a table with the added columns behind its own; what it holds is not copied."""
    labeler.check(table.schema)
    warn_of_replaced(table.column_names)
    starts = range(0, table.num_rows, batch_size)
    pieces = (labeler.values(table.slice(at, batch_size)) for at in starts)
    return with_columns(table, join(answers(labeler, pieces, workers), labeler))


def label_batch(
    batch: pa.RecordBatch, labeler: Labeler, batch_size: int, workers: int
) -> pa.RecordBatch:
    """Return a record batch with the added columns behind its own."""
    labelled = label_table(pa.Table.from_batches([batch]), labeler, batch_size, workers)
    return one_batch(labelled)


def label_reader(
    reader: pa.RecordBatchReader, labeler: Labeler, batch_size: int, workers: int
) -> pa.RecordBatchReader:
    """Return a reader that labels as it is read, in batches of at most `batch_size` rows."""
    labeler.check(reader.schema)
    warn_of_replaced(reader.schema.names)
    schema = with_columns(reader.schema.empty_table(), labeler.schema.empty_table()).schema
    batches = _labelled(reader, labeler, batch_size, workers)
    return pa.RecordBatchReader.from_batches(schema, batches)


def label_batches(
    batches: Iterator[pa.RecordBatch], labeler: Labeler, batch_size: int, workers: int
) -> Iterator[pa.RecordBatch]:
    """Yield record batches with the added columns, of at most `batch_size` rows.

    Raises `LabelTypeError` at an item that is no record batch, `LabelError` as `Labeler.check`.
    """
    return _labelled(_only_batches(batches), labeler, batch_size, workers)


def with_columns(table: pa.Table, added: pa.Table) -> pa.Table:
    """Return a table with the columns of `added`, which replace any of the same name."""
    kept = table.select(without(table.column_names))
    for name in added.column_names:
        kept = kept.append_column(added.schema.field(name), added.column(name))
    return kept


def join(parts: Iterable[pa.Table], labeler: Labeler) -> pa.Table:
    """Return the added columns of all pieces, or none of no pieces, as one table."""
    return pa.concat_tables([*parts] or [labeler.schema.empty_table()])


def warn_of_replaced(names: Iterable[str]) -> None:
    """Warn where a data set was labelled before, since those answers are replaced."""
    replaced = [name for name in names if name in NAMES]
    if replaced:
        warnings.warn(f"the data set has {', '.join(replaced)}: replaced", stacklevel=4)


def one_batch(table: pa.Table) -> pa.RecordBatch:
    """Return all rows of a table as one record batch, also where there are none."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _labelled(
    batches: Iterable[pa.RecordBatch], labeler: Labeler, batch_size: int, workers: int
) -> Iterator[pa.RecordBatch]:
    waiting: deque[pa.RecordBatch] = deque()

    def pieces() -> Iterator[Piece]:
        for batch in batches:
            # A batch without rows is passed on too: it may be all that tells the schema.
            for at in range(0, max(batch.num_rows, 1), batch_size):
                waiting.append(batch.slice(at, batch_size))
                yield labeler.values(waiting[-1])

    for added in answers(labeler, pieces(), workers):
        own = pa.Table.from_batches([waiting.popleft()])
        yield one_batch(with_columns(own, added))


def _only_batches(items: Iterator[object]) -> Iterator[pa.RecordBatch]:
    for at, item in enumerate(items):
        if not isinstance(item, pa.RecordBatch):
            raise LabelTypeError(
                f"an iterator of record batches yielded a {type(item).__name__}: "
                "label each by itself, or make record batches of them"
            )
        if at == 0:
            warn_of_replaced(item.schema.names)
        yield item
