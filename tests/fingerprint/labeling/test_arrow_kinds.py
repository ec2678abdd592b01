from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fingerprint
from fingerprint.labeling.columns import NAMES
from fingerprint.labeling.errors import LabelError, LabelTypeError


@pytest.fixture(scope="module")
def labelled(table: pa.Table) -> pa.Table:
    return fingerprint.label(table)


def counted(table: pa.Table, rows: int, seen: list[int]) -> Iterator[pa.RecordBatch]:
    """Yield a table's rows in batches, and note each that was asked for."""
    for batch in table.to_batches(max_chunksize=rows):
        seen.append(batch.num_rows)
        yield batch


def same(one: pa.Table, two: pa.Table) -> bool:
    """Tell whether two tables agree in all but the rounding of their numbers."""
    numbers = ("fp_confidence", "fp_ai_probability", "fp_probabilities")
    return one.drop_columns(numbers) == two.drop_columns(numbers)


def test_a_table_keeps_its_columns_and_gets_ours_behind_them(
    table: pa.Table, labelled: pa.Table
) -> None:
    """Nothing of the data set changes, its metadata included."""
    assert labelled.select(table.column_names) == table
    assert labelled.column_names == [*table.column_names, *NAMES]
    marked = table.replace_schema_metadata({"owner": "ada"})
    assert fingerprint.label(marked.slice(0, 1)).schema.metadata == {b"owner": b"ada"}


def test_every_arrow_kind_comes_back_as_it_went_in(table: pa.Table, labelled: pa.Table) -> None:
    """Table, batch, reader and iterator hold the same answers, each in its own kind."""
    (batch,) = table.to_batches()
    one = fingerprint.label(batch)
    reader = fingerprint.label(table.to_reader(max_chunksize=10), batch_size=4)
    several = list(fingerprint.label(iter(table.to_batches(max_chunksize=10)), batch_size=4))
    assert isinstance(one, pa.RecordBatch)
    assert isinstance(reader, pa.RecordBatchReader)
    assert [each.num_rows for each in several] == [4, 4, 2, 4, 4, 2, 4]
    for found in (pa.Table.from_batches([one]), reader.read_all(), pa.Table.from_batches(several)):
        assert same(found, labelled)


@settings(max_examples=15)
@given(cuts=st.lists(st.integers(0, 6), max_size=3), batch_size=st.integers(1, 8))
def test_chunks_do_not_show_in_the_answers(
    cuts: list[int], batch_size: int, table: pa.Table, labelled: pa.Table
) -> None:
    """However a table is cut into chunks, some of them empty, its rows are the same."""
    edges = [0, *sorted(cuts), 6]
    parts = [table.slice(a, b - a) for a, b in pairwise(edges)]
    found = fingerprint.label(pa.concat_tables(parts), batch_size=batch_size)
    assert same(found, labelled.slice(0, 6))


def test_readers_and_iterators_are_read_as_they_are_asked_for(table: pa.Table) -> None:
    """The first labelled batch comes out before the second batch is read."""
    seen: list[int] = []
    reader = pa.RecordBatchReader.from_batches(table.schema, counted(table, 6, seen))
    lazy = fingerprint.label(reader)
    assert seen == []
    lazy.read_next_batch()
    assert seen == [6]
    seen.clear()
    batches = fingerprint.label(counted(table, 6, seen))
    assert seen == []
    next(batches)
    assert seen == [6]


def test_several_processes_answer_in_order_and_read_little_ahead(
    table: pa.Table, labelled: pa.Table
) -> None:
    """Two workers give the rows of one, and hold a handful of batches, not the data set."""
    seen: list[int] = []
    batches = fingerprint.label(counted(table, 1, seen), workers=2)
    first = next(batches)
    assert len(seen) <= 8
    assert same(pa.Table.from_batches([first, *batches]), labelled)


def test_no_rows_give_no_rows_with_all_columns(table: pa.Table, labelled: pa.Table) -> None:
    """An empty table, reader, batch or iterator has the schema of a full one."""
    none = table.slice(0, 0)
    assert fingerprint.label(none).schema == labelled.schema
    assert fingerprint.label(none.to_reader()).read_all().schema == labelled.schema
    (batch,) = table.slice(0, 1).to_batches()
    assert fingerprint.label(batch.slice(0, 0)).schema == labelled.schema
    assert [b.schema for b in fingerprint.label(iter([batch.slice(0, 0)]))] == [labelled.schema]
    assert list(fingerprint.label(iter([]))) == []


def test_answers_that_are_there_already_are_replaced_with_a_warning(labelled: pa.Table) -> None:
    """A corpus that is labelled again has each column once, and says so."""
    stale = labelled.set_column(
        labelled.column_names.index("fp_family"), "fp_family", pa.array(["stale"] * 24)
    )
    with pytest.warns(UserWarning, match="fp_family, .*fp_model: replaced"):
        again = fingerprint.label(stale)
    assert same(again, labelled)
    with pytest.warns(UserWarning, match="replaced"):
        list(fingerprint.label(iter(stale.to_batches())))


def test_a_reader_without_the_column_fails_before_it_is_read(table: pa.Table) -> None:
    """What the schema tells is told at the call."""
    with pytest.raises(LabelError, match="no column 'codes'"):
        fingerprint.label(table.to_reader(), "codes")


def test_a_batch_without_the_column_fails_where_it_comes(table: pa.Table) -> None:
    """A schema that changes between batches is an error at that batch; those before are done."""
    changed = table.rename_columns(["id", "text", "lang", "file"])
    batches = fingerprint.label(iter([*table.to_batches(), *changed.to_batches()]))
    assert next(batches).num_rows == 24
    with pytest.raises(LabelError, match="no column 'content'"):
        next(batches)


def test_an_iterator_of_something_else_is_refused_by_name() -> None:
    """A generator of dicts is no iterator of record batches."""
    with pytest.raises(LabelTypeError, match="yielded a dict"):
        next(fingerprint.label(iter([{"content": "x = 1"}])))


def test_an_error_in_a_process_reaches_the_caller(
    table: pa.Table, write_model: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    """What goes wrong in a worker is raised as it would be in this process."""
    folder = write_model(tmp_path / "model", "7.0.0")
    batches = fingerprint.label(iter(table.to_batches()), workers=2, model=folder)
    write_model(folder, "8.0.0")
    with pytest.raises(LabelError, match="not the model that this labeller was made for"):
        next(batches)
