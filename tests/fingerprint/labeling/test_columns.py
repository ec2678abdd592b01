from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.labeling import columns
from fingerprint_models.attribution import Attribution, ModelId

CLASSES = ("human", "claude", "gpt")
ID = ModelId("code-family", "9.1.0")
unit = st.floats(0, 1)


def scored(shares: tuple[float, ...], **fields: object) -> Attribution:
    made: dict[str, object] = {
        "family": "unknown",
        "raw_family": "claude",
        "confidence": shares[1],
        "ai_probability": shares[1] + shares[2],
        "probabilities": dict(zip(CLASSES, shares, strict=True)),
        "prediction_set": ("claude", "gpt"),
        "reason": "low_confidence",
    }
    return Attribution("ok", ID, **{**made, **fields})  # type: ignore[arg-type]


def test_the_schema_names_every_column_once_in_order_and_with_the_prefix() -> None:
    """The columns are those of NAMES, all led by the prefix, probabilities in class order."""
    schema = columns.schema(CLASSES)
    assert tuple(schema.names) == columns.NAMES
    assert all(name.startswith(columns.PREFIX) for name in schema.names)
    assert [field.name for field in schema.field("fp_probabilities").type] == list(CLASSES)
    assert schema.field("fp_confidence").type == pa.float32()
    assert schema.field("fp_prediction_set").type == pa.list_(pa.string())


def test_a_scored_row_comes_out_as_its_attribution_says() -> None:
    """Each column holds the attribution's field; the model is told with its version."""
    (row,) = columns.to_arrow([scored((0.25, 0.5, 0.25))], CLASSES).to_pylist()
    assert row == {
        "fp_family": "unknown",
        "fp_raw_family": "claude",
        "fp_confidence": 0.5,
        "fp_ai_probability": 0.75,
        "fp_prediction_set": ["claude", "gpt"],
        "fp_probabilities": {"human": 0.25, "claude": 0.5, "gpt": 0.25},
        "fp_reason": "low_confidence",
        "fp_status": "ok",
        "fp_model": "code-family 9.1.0",
    }


def test_a_row_that_was_not_scored_is_null_but_for_status_and_model() -> None:
    """Nobody can take the answers of a bad row for noughts or for empty sets."""
    bad = Attribution.not_scored("null", model=ID)
    table = columns.to_arrow([bad, scored((1.0, 0.0, 0.0))], CLASSES)
    for name in columns.NAMES:
        told = name in ("fp_status", "fp_model")
        assert table[name].is_valid().to_pylist() == [told, True], name


def test_a_scored_row_with_an_empty_set_has_an_empty_set() -> None:
    """No family in the prediction set is an answer, and not the lack of one."""
    table = columns.to_arrow([scored((0.2, 0.4, 0.4), prediction_set=())], CLASSES)
    assert table["fp_prediction_set"].to_pylist() == [[]]


def test_no_attributions_make_a_table_of_the_schema() -> None:
    """A shard without rows has the same schema as any other."""
    table = columns.to_arrow([], CLASSES)
    assert table.num_rows == 0
    assert table.schema == columns.schema(CLASSES)


def test_an_attribution_by_a_model_of_other_classes_is_refused() -> None:
    """A class that the attribution does not know cannot silently become nought."""
    with pytest.raises(KeyError, match="mistral"):
        columns.to_arrow([scored((1.0, 0.0, 0.0))], (*CLASSES, "mistral"))


@given(st.lists(st.one_of(st.none(), st.tuples(unit, unit, unit)), max_size=8))
def test_numbers_survive_to_single_precision(rows: list[tuple[float, ...] | None]) -> None:
    """Whatever the mix of good and bad rows, each keeps its own probabilities."""
    given_ = [
        Attribution.not_scored("empty", model=ID) if row is None else scored(row) for row in rows
    ]
    got = columns.to_arrow(given_, CLASSES)["fp_probabilities"].to_pylist()
    for row, told in zip(rows, got, strict=True):
        if row is None:
            assert told is None
        else:
            assert list(told.values()) == [float(np.float32(share)) for share in row]


def test_columns_of_ours_are_told_from_others_by_their_whole_name() -> None:
    """A data set's own column that happens to begin with the prefix stays."""
    assert columns.without(["code", "fp_family", "fp_rate"]) == ["code", "fp_rate"]
