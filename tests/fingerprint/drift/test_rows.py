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


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_every_unit(tmp_path: Path, unit: str) -> None:
    """Times give the day that they lie in, in UTC, also where they end in nanoseconds."""
    late = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[unit] * 86_400 - 1
    for zone in (None, "Asia/Tokyo"):
        times = pa.array([late, -1, None], pa.timestamp(unit, zone))
        path = parquet(tmp_path, code=["a", "b", "c"], date=times)
        days = read_rows([path], Columns(), most=3).date
        assert days.astype(str).tolist() == ["1970-01-01", "1969-12-31", "NaT"]


@pytest.mark.parametrize(
    "when", [1714521600, 20260504, 2026.0, "2026", "2026-05", "20260504", "2026-05-041", b"\xff"]
)
def test_numbers_are_no_days(tmp_path: Path, when: object) -> None:
    """Seconds, years and days without hyphens are unknown, and no day of some other year."""
    rows = read_rows([parquet(tmp_path, code=["x"], date=[when])], Columns(), most=1)
    assert np.isnat(rows.date[0])


@pytest.mark.parametrize("usual", ["language", "family", "model", "date", "repo", "task"])
@pytest.mark.parametrize("value", [["a"], {"name": "a"}])
def test_lists_and_records_play_no_role(tmp_path: Path, usual: str, value: object) -> None:
    """A column of a usual name that holds no words is passed over; where it is named, refused."""
    role = {"family": "label", "repo": "source"}.get(usual, usual)
    path = parquet(tmp_path, code=["x"], **{usual: [value]})
    rows = read_rows([path], Columns(), most=1)
    assert str(getattr(rows, role)[0]) in ("", "NaT")
    with pytest.raises(DriftError, match=rf"column '{usual}' holds .*cannot be the {role}: name"):
        read_rows([path], Columns(**{role: usual}), most=1)


def test_the_next_usual_name_is_taken(tmp_path: Path) -> None:
    """A list called `source` does not hide a `repo` of words."""
    path = parquet(tmp_path, code=["x"], source=[["a"]], repo=["a/b"])
    assert read_rows([path], Columns(), most=1).source.tolist() == ["a/b"]


def test_numbers_and_wrong_bytes_as_words(tmp_path: Path) -> None:
    """Numbers, also of a dictionary, are written out; bytes that are no text are nothing."""
    path = parquet(
        tmp_path, code=["x", "y"], task=pa.array([7, 8]).dictionary_encode(), repo=[b"a", b"\xff"]
    )
    rows = read_rows([path], Columns(), most=2)
    assert rows.task.tolist() == ["7", "8"]
    assert rows.source.tolist() == ["a", ""]


def test_code_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """A list in place of code is told by its column and type."""
    with pytest.raises(DriftError, match=r"column 'code' holds list.*cannot be the code: .*--code"):
        read_rows([parquet(tmp_path, code=[["x"]])], Columns(), most=1)


def test_some_rows_are_taken_in_order(tmp_path: Path) -> None:
    """Every column follows, and what is counted of the corpus stays."""
    path = parquet(tmp_path, code=["a", "b", "c"], task=["x", "y", "z"], date=["2026-01-02"] * 3)
    rows = read_rows([path], Columns(), most=3).take(np.array([2, 0]))
    assert (rows.code, rows.task.tolist(), rows.at.tolist()) == (("c", "a"), ["z", "x"], [2, 0])
    assert len(rows.date) == len(rows.language) == len(rows) == 2
    assert rows.seen == 3


def test_no_rows_are_asked_for(tmp_path: Path) -> None:
    """To read nothing is refused, with the mend."""
    with pytest.raises(DriftError, match="most is 0: read 1 row or more"):
        read_rows([parquet(tmp_path, code=["a"])], Columns(), most=0)
