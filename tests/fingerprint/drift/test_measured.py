"""One side of a comparison: a corpus as the shipped model sees it, or what the model keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fingerprint
from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured, measured, reference_of
from fingerprint.drift.rows import Columns, read_rows
from fingerprint_models.model import Model
from fingerprint_models.reference_sample import rounded

CODE = ["def f(a):\n    return a + 1\n", "", "for i in range(3):\n    print(i)\n"]


@pytest.fixture(scope="module")
def model() -> Model:
    return fingerprint.load()


def side(folder: Path, model: Model, code: list[str]) -> Measured:
    path = folder / "rows.parquet"
    pq.write_table(pa.table({"code": code, "label": [f"l{i}" for i in range(len(code))]}), path)
    return measured(read_rows([str(path)], Columns(), most=10), model)


def test_a_corpus(tmp_path: Path, model: Model) -> None:
    """Rows that can be measured stay beside what is known of them; the others are counted."""
    found = side(tmp_path, model, CODE)
    assert found.at.tolist() == [0, 2]
    assert found.label.tolist() == ["l0", "l2"]
    assert dict(found.skipped) == {"empty": 1}
    assert found.values.shape == (2, len(found.columns)) == (2, len(found.groups))
    told = model.predict_many([fingerprint.Sample(code) for code in (CODE[0], CODE[2])])
    assert found.told.tolist() == [each.family for each in told]
    expected = [list(each.probabilities.values()) for each in told]
    assert np.allclose(found.probabilities, expected, atol=1e-9)
    assert np.array_equal(rounded(found.values), found.values)


def test_taking_and_groups(tmp_path: Path, model: Model) -> None:
    """Some samples are taken with all that is known of them; groups part the columns."""
    found = side(tmp_path, model, CODE)
    last = found.take(np.array([1]))
    assert last.label.tolist() == ["l2"]
    assert last.columns == found.columns
    widths = [found.group(name).shape[1] for name in dict.fromkeys(found.groups)]
    assert sum(widths) == len(found.columns)


def test_nothing_to_measure(tmp_path: Path, model: Model) -> None:
    """A corpus of which nothing can be measured is refused, with why."""
    with pytest.raises(DriftError, match="empty: 1"):
        side(tmp_path, model, [" \n"])


def test_a_model(model: Model) -> None:
    """A model's own side has its labels and sources; one that keeps none is refused."""
    found = reference_of(model)
    assert set(found.label.tolist()) == set(model.classes)
    assert len(set(found.source.tolist())) >= 100
    assert found.model == model.id
    with pytest.raises(DriftError, match="train it again"):
        reference_of(replace(model, sample=b""))
