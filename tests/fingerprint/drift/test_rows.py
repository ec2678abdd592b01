"""Rows of a corpus for comparisons: of any kind, without labels too, drawn evenly."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fingerprint.drift.errors import DriftError
from fingerprint.drift.rows import Columns, read_rows
from fingerprint.labeling.errors import InputError


def parquet(folder: Path, name: str = "rows.parquet", **columns: list[object]) -> str:
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return str(path)


def test_code_alone(tmp_path: Path) -> None:
    """A corpus without labels, models or dates is normal input."""
    rows = read_rows([parquet(tmp_path, code=["a = 1", "b = 2"])], Columns(), most=10)
    assert rows.code == ("a = 1", "b = 2")
    assert rows.at.tolist() == [0, 1]
    assert rows.label.tolist() == rows.source.tolist() == ["", ""]
    assert np.isnat(rows.date).all()


def test_usual_names_and_named_columns(tmp_path: Path) -> None:
    """Columns are found under usual names, and under the names that a user gives."""
    path = parquet(
        tmp_path, text=["x"], lang=["Python"], family=["gpt"], made=["2026-05-04T10:00"],
        repo=["a/b"],
    )  # fmt: skip
    rows = read_rows([path], Columns(code="text", date="made"), most=10)
    assert rows.language.tolist() == ["python"]
    assert rows.label.tolist() == ["gpt"]
    assert rows.source.tolist() == ["a/b"]
    assert rows.date.tolist() == [date(2026, 5, 4)]


@pytest.mark.parametrize(
    "when", [date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), "2026-01-02", "2026-01-02 03:04"]
)
def test_dates(tmp_path: Path, when: object) -> None:
    """Days come from dates, times and text; what is no day is unknown."""
    rows = read_rows([parquet(tmp_path, code=["x"], date=[when])], Columns(), most=1)
    assert rows.date.tolist() == [date(2026, 1, 2)]
    rows = read_rows([parquet(tmp_path, code=["x"], date=["soon"])], Columns(), most=1)
    assert np.isnat(rows.date[0])


def test_several_kinds(tmp_path: Path) -> None:
    """Rows of several files are counted on, whatever their kind."""
    packed = tmp_path / "more.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps({"code": "c = 3", "label": "human"}).encode()))
    rows = read_rows([parquet(tmp_path, code=["a", "b"]), str(packed)], Columns(), most=10)
    assert rows.code == ("a", "b", "c = 3")
    assert rows.label.tolist() == ["", "", "human"]
    assert rows.seen == 3


def test_flaws_are_counted(tmp_path: Path) -> None:
    """Rows without code are counted by why, and never drawn."""
    rows = read_rows([parquet(tmp_path, code=["a", None, "b"])], Columns(), most=10)
    assert (len(rows), rows.seen, dict(rows.flawed)) == (2, 3, {"null": 1})
    assert rows.at.tolist() == [0, 2]


def test_drawn_evenly(tmp_path: Path) -> None:
    """Of a large corpus, early and late rows have the same chance, and stay in order."""
    path = parquet(tmp_path, code=[f"x = {i}" for i in range(4000)])
    rows = read_rows([path], Columns(), most=1000, seed=3)
    assert len(rows) == 1000
    assert rows.at.tolist() == sorted(set(rows.at.tolist()))
    assert 420 < int((rows.at < 2000).sum()) < 580
    assert read_rows([path], Columns(), most=1000, seed=3).code == rows.code
    assert read_rows([path], Columns(), most=1000, seed=4).code != rows.code


def test_errors(tmp_path: Path) -> None:
    """A missing column is named beside those there are; no code at all is said."""
    path = parquet(tmp_path, text=["a"])
    with pytest.raises(DriftError, match=r"no column 'code'; it has text: .*--code"):
        read_rows([path], Columns(), most=1)
    with pytest.raises(DriftError, match=r"no column 'team'.*--label"):
        read_rows([path], Columns(code="text", label="team"), most=1)
    with pytest.raises(DriftError, match="no row holds code"):
        read_rows([parquet(tmp_path, code=pa.array([None], pa.string()))], Columns(), most=1)
    with pytest.raises(InputError, match="no such file"):
        read_rows([str(tmp_path / "nowhere.parquet")], Columns(), most=1)
