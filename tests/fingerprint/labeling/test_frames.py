from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

import fingerprint
from fingerprint.labeling.columns import NAMES
from fingerprint.labeling.errors import LabelError, LabelTypeError


@pytest.fixture(scope="module")
def told(table: pa.Table) -> list[str]:
    """Return what is told of each row in best-guess, where answers differ."""
    found: list[str] = fingerprint.label(table, mode="best-guess")["fp_family"].to_pylist()
    return found


@pytest.fixture(scope="module")
def pd() -> Any:
    return pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def pl() -> Any:
    return pytest.importorskip("polars")


def test_a_pandas_frame_keeps_index_and_dtypes(pd: Any, table: pa.Table, told: list[str]) -> None:
    """Only the added columns are new; an index with duplicates stays in its order."""
    frame = table.to_pandas().set_index(pd.Index(list("zyx") * 8, name="letter"))
    found = fingerprint.label(frame, mode="best-guess", batch_size=7)
    assert type(found) is pd.DataFrame
    pd.testing.assert_frame_equal(found[list(frame.columns)], frame)
    assert list(found.columns) == [*frame.columns, *NAMES]
    assert found["fp_family"].tolist() == told
    assert found["fp_confidence"].dtype == "float32"
    assert set(frame.columns) == set(table.column_names)


def test_bad_rows_of_an_object_column_have_a_status(pd: Any, bad: list[tuple[object, str]]) -> None:
    """Numbers, dicts, missing values and broken text between code are rows, not errors."""
    values = [*(value for value, _ in bad), pd.NA, "def f():\n    return 1\n"]
    found = fingerprint.label(pd.DataFrame({"content": pd.Series(values, dtype=object)}))
    assert found["fp_status"].tolist() == [*(status for _, status in bad), "null", "ok"]
    assert found["fp_family"].isna().tolist() == [True] * (len(values) - 1) + [False]


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_code_of_every_dtype_of_text_is_read(
    pd: Any, dtype: str, table: pa.Table, told: list[str]
) -> None:
    """Texts as objects, as strings and as categories say the same."""
    frame = pd.DataFrame({"content": pd.Series(table["content"].to_pylist(), dtype=dtype)})
    assert fingerprint.label(frame, mode="best-guess")["fp_family"].tolist() == told


def test_an_empty_pandas_frame_gets_the_columns(pd: Any) -> None:
    """No rows are no reason for fewer columns."""
    found = fingerprint.label(pd.DataFrame({"content": pd.Series([], dtype=object)}))
    assert list(found.columns) == ["content", *NAMES]
    assert found["fp_confidence"].dtype == "float32"


def test_a_pandas_column_of_numbers_or_none_is_refused(pd: Any) -> None:
    """A wrong column is an error, with its name, type and the columns there are."""
    frame = pd.DataFrame({"stars": [1, 2], "text": ["x = 1", "y = 2"]})
    with pytest.raises(LabelTypeError, match="'stars' holds int64"):
        fingerprint.label(frame, "stars")
    with pytest.raises(LabelError, match=r"no column 'content'.*columns: stars, text"):
        fingerprint.label(frame)


@pytest.mark.usefixtures("pd")
def test_a_labelled_pandas_frame_is_labelled_anew(table: pa.Table, told: list[str]) -> None:
    """Old answers are replaced, and a warning says so."""
    old = table.to_pandas().assign(fp_family="stale", fp_rate=1)
    with pytest.warns(UserWarning, match="fp_family: replaced"):
        found = fingerprint.label(old, mode="best-guess")
    assert found["fp_family"].tolist() == told
    assert list(found.columns) == [*table.column_names, "fp_rate", *NAMES]


def test_a_polars_frame_keeps_its_columns(pl: Any, table: pa.Table, told: list[str]) -> None:
    """A polars frame comes back as one, types and order kept."""
    frame = pl.from_arrow(table).with_columns(pl.col("lang").cast(pl.Categorical))
    found = fingerprint.label(frame, language="lang", mode="best-guess", batch_size=7)
    assert isinstance(found, pl.DataFrame)
    assert found.select(frame.columns).equals(frame)
    assert found["fp_family"].to_list() == told
    assert found.schema["fp_confidence"] == pl.Float32
    assert found.schema["fp_prediction_set"] == pl.List(pl.String)


def test_a_lazy_frame_comes_back_lazy(pl: Any, table: pa.Table, told: list[str]) -> None:
    """What is lazy stays lazy to its user, although it was collected."""
    found = fingerprint.label(pl.from_arrow(table).lazy(), mode="best-guess")
    assert isinstance(found, pl.LazyFrame)
    assert found.collect()["fp_family"].to_list() == told


def test_bad_rows_of_a_polars_object_column_have_a_status(pl: Any) -> None:
    """Objects that are no text are told row by row in polars too."""
    frame = pl.DataFrame({"content": pl.Series(["x = 1", 3, None, {"a": 1}], dtype=pl.Object)})
    found = fingerprint.label(frame)["fp_status"].to_list()
    assert found == ["ok", "invalid", "null", "invalid"]


def test_an_empty_polars_frame_gets_the_columns(pl: Any) -> None:
    """No rows are no reason for fewer columns, of whatever type the code column is then."""
    for dtype in (pl.String, pl.Null):
        found = fingerprint.label(pl.DataFrame({"content": pl.Series([], dtype=dtype)}))
        assert found.columns == ["content", *NAMES]


def test_a_polars_column_of_numbers_is_refused(pl: Any) -> None:
    """As in any other kind."""
    with pytest.raises(LabelTypeError, match="'content' holds int64"):
        fingerprint.label(pl.DataFrame({"content": [1, 2]}))
