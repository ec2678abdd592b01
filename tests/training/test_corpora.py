from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from fingerprint_training.corpora import (
    SCHEMA,
    Corpus,
    check_labels,
    concat,
    name_rows,
    read_corpus,
)
from fingerprint_training.errors import (
    ContradictoryLabelsError,
    CorpusError,
    MalformedCodeError,
    MissingColumnsError,
    TooFewSamplesError,
    UnreadableCorpusError,
)

ROWS = [{"code": f"x = {n}\n", "label": "ab"[n % 2], "lang": "python"} for n in range(4)]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    if path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(lines))
    elif path.suffix == ".jsonl":
        path.write_bytes(lines)
    elif path.suffix == ".csv":
        csv.write_csv(pa.Table.from_pylist(rows), path)
    else:
        parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".jsonl.gz", ".csv"])
def test_every_format_reads_alike(tmp_path: Path, ending: str) -> None:
    """The same rows give the same corpus whatever file they stand in."""
    corpus = read_corpus(write(tmp_path / f"mine{ending}", ROWS), language="lang")
    assert corpus.table.schema.equals(SCHEMA)
    assert corpus.column("code") == [row["code"] for row in ROWS]
    assert corpus.column("language") == ["python"] * 4
    assert corpus.column("source") == ["mine"] * 4
    assert corpus.column("task") == ["row:0", "row:1", "row:2", "row:3"]
    assert corpus.column("origin") == [f"mine{ending}"] * 4
    assert corpus.labels == ("a", "b")


def test_optional_columns_are_found_by_their_canonical_names(tmp_path: Path) -> None:
    """A column called `task` is the task without being asked for; a null one falls back."""
    rows = [row | {"task": "t" if n else None, "model": "m"} for n, row in enumerate(ROWS)]
    corpus = read_corpus(write(tmp_path / "c.parquet", rows))
    assert corpus.column("task") == ["row:0", "t", "t", "t"]
    assert corpus.column("model") == ["m"] * 4


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".csv"])
def test_dates_are_days(tmp_path: Path, ending: str) -> None:
    """Days written as text come out as days from every format, and a missing one as none."""
    given = ["2026-01-31", None, "2024-02-29", "1999-12-31"]
    rows = [row | {"written": day} for row, day in zip(ROWS, given, strict=True)]
    corpus = read_corpus(write(tmp_path / f"c{ending}", rows), date="written")
    assert corpus.table.schema.equals(SCHEMA)
    assert corpus.column("date") == [day and date.fromisoformat(day) for day in given]


def test_the_day_of_a_time_is_that_of_utc(tmp_path: Path) -> None:
    """A time late in the evening of New York is of the next day; a plain day stays itself."""
    evening = datetime(2026, 1, 31, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    for given, day in ((evening, date(2026, 2, 1)), (date(2026, 1, 31), date(2026, 1, 31))):
        path = tmp_path / "c.parquet"
        parquet.write_table(pa.Table.from_pylist([row | {"date": given} for row in ROWS]), path)
        assert read_corpus(path).column("date") == [day] * 4


def test_what_is_no_day_is_named(tmp_path: Path) -> None:
    """A column called `date` that holds something else is an error with the column's name."""
    for strange in ("last spring", 20260131, 0.5):
        path = write(tmp_path / "c.parquet", [row | {"date": strange} for row in ROWS])
        with pytest.raises(CorpusError, match=r"column 'date' holds no days .* or rename it"):
            read_corpus(path)


def test_csv_keeps_text_as_text(tmp_path: Path) -> None:
    """Labels and code that look like numbers stay text, and code may hold line ends."""
    path = tmp_path / "c.csv"
    path.write_text('code,label\n"1\n2",007\n3,007\n4,8\n5,8\n')
    corpus = read_corpus(path)
    assert corpus.column("code") == ["1\n2", "3", "4", "5"]
    assert corpus.labels == ("007", "8")


def test_data_set_is_read_with_its_label_names() -> None:
    """A datasets.Dataset is taken as it is, selection and ClassLabel names included."""
    datasets = pytest.importorskip("datasets")
    features = datasets.Features(
        {"code": datasets.Value("string"), "label": datasets.ClassLabel(names=["ai", "human"])}
    )
    data = {"code": ["a", "b", "c", "d", "e"], "label": [0, 1, 0, 1, 1]}
    selected = datasets.Dataset.from_dict(data, features=features).select([3, 2, 1, 0])
    corpus = read_corpus(selected)
    assert corpus.column("code") == ["d", "c", "b", "a"]
    assert corpus.column("label") == ["human", "ai", "human", "ai"]


def test_splits_of_a_data_set_are_asked_for() -> None:
    """Several splits at once are refused, and the message names them."""
    datasets = pytest.importorskip("datasets")
    both = datasets.DatasetDict({"train": datasets.Dataset.from_dict({"code": ["a"]})})
    with pytest.raises(CorpusError, match="train"):
        read_corpus(both)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    """The error names what is missing and what is there."""
    path = write(tmp_path / "c.parquet", ROWS)
    with pytest.raises(MissingColumnsError, match=r"'text', 'who'.*'code', 'label', 'lang'"):
        read_corpus(path, code="text", task="who")


@pytest.mark.parametrize(
    ("codes", "rows"), [(["a", None, "c", None], r"rows 1, 3"), ([1, 2, 3, 4], r"rows 0, 1, 2, 3")]
)
def test_code_that_is_no_text_is_named_by_row(tmp_path: Path, codes: list[Any], rows: str) -> None:
    """Null code and numbers for code are errors that name their rows."""
    path = write(tmp_path / "c.parquet", [{"code": c, "label": "a"} for c in codes])
    with pytest.raises(MalformedCodeError, match=rows):
        read_corpus(path)


def test_null_labels_are_named_by_row(tmp_path: Path) -> None:
    """A row without a label is an error that names it."""
    path = write(tmp_path / "c.parquet", [*ROWS, {"code": "z", "label": None}])
    with pytest.raises(MalformedCodeError, match=r"label \(rows 4\)"):
        read_corpus(path)


def test_one_class_is_too_few_unless_asked_for(tmp_path: Path) -> None:
    """A single class is refused by default and read as a part of a corpus on demand."""
    path = write(tmp_path / "c.parquet", [{"code": c, "label": "a"} for c in "xyz"])
    with pytest.raises(TooFewSamplesError, match=r"1 class\(es\) \('a'\)"):
        read_corpus(path)
    assert len(read_corpus(path, min_classes=1)) == 3


def test_small_class_is_named_with_its_rows(tmp_path: Path) -> None:
    """A class under the minimum is named with its count and its rows."""
    path = write(tmp_path / "c.parquet", [*ROWS, {"code": "z", "label": "rare"}])
    with pytest.raises(TooFewSamplesError, match=r"'rare' has 1 sample\(s\) \(rows 4\)"):
        read_corpus(path)
    assert len(read_corpus(path, min_per_class=1)) == 5


def test_contradictions_are_an_error_or_left_out(tmp_path: Path) -> None:
    """The same code up to white space under two labels: rows named, or all of them dropped."""
    twice = [{"code": "if a:\n  b", "label": "a"}, {"code": "if a:\n\tb", "label": "b"}]
    path = write(tmp_path / "c.jsonl", [*ROWS, *twice])
    with pytest.raises(ContradictoryLabelsError, match=r"a, b\).*rows 4, 5"):
        read_corpus(path)
    assert read_corpus(path, on_contradiction="drop").column("row") == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["c.parquet", "c.jsonl", "c.txt"])
def test_unreadable_files_are_named(tmp_path: Path, name: str) -> None:
    """A file that is not what its name says, or says nothing, is named in the error."""
    path = tmp_path / name
    path.write_text("{no")
    with pytest.raises(UnreadableCorpusError, match=name.replace(".", r"\.")):
        read_corpus(path)


def test_missing_file_is_unreadable(tmp_path: Path) -> None:
    """A path that leads nowhere is an error of ours with the path in it."""
    with pytest.raises(UnreadableCorpusError, match=r"nowhere\.csv"):
        read_corpus(tmp_path / "nowhere.csv")


def test_anything_else_is_a_type_error() -> None:
    """Neither path nor data set: a TypeError that names the type."""
    with pytest.raises(TypeError, match="dict"):
        read_corpus({})


def test_concat_keeps_rows_and_origins(make_corpus: Callable[..., Corpus]) -> None:
    """Joined corpora still say where each sample stood."""
    one = make_corpus([{"code": "a", "origin": "x"}, {"code": "b", "origin": "x"}])
    two = make_corpus([{"code": "c", "origin": "y"}])
    both = concat([one, two])
    assert list(zip(both.column("origin"), both.column("row"), strict=True)) == [
        ("x", 0),
        ("x", 1),
        ("y", 0),
    ]
    with pytest.raises(CorpusError, match="no corpora"):
        concat([])


def test_labels_can_be_checked_after_joining(make_corpus: Callable[..., Corpus]) -> None:
    """The check that reading makes can be made again."""
    corpus = make_corpus([{"code": "a", "label": "x"}, {"code": "b", "label": "y"}])
    check_labels(corpus, min_per_class=1)
    with pytest.raises(TooFewSamplesError, match="'x'"):
        check_labels(corpus, min_per_class=2)


def test_many_rows_are_named_by_the_first_few() -> None:
    """A message stays readable however many rows are at fault."""
    assert name_rows(list(range(9))) == "0, 1, 2, 3, 4 and 4 more"


def test_take_reorders(make_corpus: Callable[..., Corpus]) -> None:
    """take() gives the rows asked for, in that order."""
    corpus = make_corpus([{"code": c} for c in "abc"])
    assert corpus.take([2, 0]).column("code") == ["c", "a"]


def test_datasets_is_not_imported_for_files() -> None:
    """Reading files must not pay for the datasets library."""
    import subprocess

    source = "import sys, fingerprint_training.corpora; sys.exit('datasets' in sys.modules)"
    paths = {"PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run([sys.executable, "-c", source], env=paths, check=False).returncode == 0
