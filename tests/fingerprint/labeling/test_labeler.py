from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from fingerprint.api import load
from fingerprint.labeling import opened
from fingerprint.labeling.columns import NAMES, to_arrow
from fingerprint.labeling.errors import LabelError, LabelTypeError
from fingerprint.labeling.labeler import Labeler
from fingerprint_features.sample import Sample
from fingerprint_models.artefact import open_folder, write_folder
from fingerprint_models.errors import MissingModelError

NEAR = 1e-6


def near(one: pa.Table, two: pa.Table) -> bool:
    """Tell whether two tables say the same, numbers but for single-precision rounding."""
    numbers = ("fp_confidence", "fp_ai_probability")
    same = all(
        one[name].to_pylist() == two[name].to_pylist()
        for name in ("fp_family", "fp_raw_family", "fp_prediction_set", "fp_reason", "fp_status")
    )
    return same and all(
        a == b or abs(a - b) < NEAR
        for name in numbers
        for a, b in zip(one[name].to_pylist(), two[name].to_pylist(), strict=True)
    )


def test_rows_get_the_answers_of_the_model(table: pa.Table, codes: list[str]) -> None:
    """Labelling says what `predict_many` says of the same code, language and path."""
    model = load()
    told = model.predict_many([Sample(code, "python") for code in codes], mode="best-guess")
    found = Labeler("content", "lang", "file", mode="best-guess").columns(table)
    assert found.schema == Labeler().schema
    assert near(found, to_arrow(told, model.all_classes))


def test_an_answer_does_not_depend_on_the_other_rows(table: pa.Table) -> None:
    """A row is scored alone, so any cut of a data set gives the same answers."""
    labeler = Labeler("content")
    parts = [labeler.columns(table.slice(at, 5)) for at in range(0, table.num_rows, 5)]
    assert near(labeler.columns(table), pa.concat_tables(parts))


def test_rows_beyond_one_part_keep_their_order(
    table: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table larger than what is scored at a time comes out whole and in order."""
    whole = Labeler("content").columns(table)
    monkeypatch.setattr("fingerprint.labeling.labeler.ROWS", 7)
    assert near(Labeler("content").columns(table), whole)


def test_bad_rows_have_a_status_and_the_others_are_scored(
    bad: list[tuple[object, str]], codes: list[str]
) -> None:
    """One bad row among many never stops the rest, nor changes their answers."""
    labeler = Labeler()
    rows = [
        value for pair in zip([value for value, _ in bad], codes, strict=False) for value in pair
    ]
    found = labeler.answer(rows)
    assert found["fp_status"].to_pylist()[::2] == [status for _, status in bad]
    assert set(found["fp_status"].to_pylist()[1::2]) == {"ok"}
    assert near(found.take(list(range(1, len(rows), 2))), labeler.answer(codes[: len(bad)]))
    assert found["fp_family"].to_pylist()[::2] == [None] * len(bad)


def test_a_row_of_100_megabytes_is_one_row_like_any_other(codes: list[str]) -> None:
    """A huge row costs no more than its beginning, and is scored by that."""
    huge = "value = 1\n" * 10_000_000
    found = Labeler("content").columns(pa.table({"content": [codes[0], huge, codes[1]]}))
    assert found["fp_status"].to_pylist() == ["ok"] * 3


@pytest.mark.parametrize("rows", [pa.array([], pa.string()), pa.nulls(0)])
def test_no_rows_give_no_rows_of_the_right_schema(rows: pa.Array) -> None:
    """An empty shard is labelled like any other, also where its columns have no type."""
    found = Labeler("content").columns(pa.table({"content": rows}))
    assert found.num_rows == 0
    assert found.schema == Labeler().schema


def test_an_unknown_language_is_told_by_the_path_then_by_the_content() -> None:
    """What a data set calls a row's language is believed where we know it, and only there."""
    code = ["fn main() {\n    println!(1);\n}\n"] * 3
    labeler = Labeler("code", "lang", "file")
    by_name = labeler.answer(code, ["Rust"] * 3, [None] * 3)
    by_path = labeler.answer(code, ["", "Klingon", None], ["a.rs"] * 3)
    stated = labeler.answer(code, ["Lua"] * 3, ["a.rs"] * 3)
    assert near(by_name, by_path)
    assert not near(by_name, stated)


def test_a_batch_of_map_is_answered_with_lists(table: pa.Table) -> None:
    """`datasets.map` gets the added columns and no others, as lists."""
    batch = table.slice(0, 3).to_pydict()
    found = Labeler("content")(batch)
    assert tuple(found) == NAMES
    assert all(type(values) is list and len(values) == 3 for values in found.values())


def test_a_single_row_of_map_is_refused() -> None:
    """Without `batched=True` each letter would be taken for a row."""
    with pytest.raises(LabelTypeError, match="batched=True"):
        Labeler()({"code": "x = 1"})


def test_a_table_in_place_of_a_batch_is_refused(table: pa.Table) -> None:
    """A data set in Arrow's format is told what does take tables."""
    with pytest.raises(LabelTypeError, match=r"use fingerprint\.label"):
        Labeler("content")(table)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["code", "language", "path"])
def test_a_missing_column_is_named_with_what_there_is(role: str, table: pa.Table) -> None:
    """Whoever mistypes a column reads which there are, and which they may have meant."""
    labeler = replace(Labeler("content"), **{role: "contents"})  # type: ignore[arg-type]
    for labels in (labeler.columns, lambda given: labeler(given.to_pydict())):
        with pytest.raises(LabelError, match="contents") as caught:
            labels(table)
        assert all(name in str(caught.value) for name in ("'content'?", "id", "lang", f"{role}="))


def test_a_column_that_is_there_twice_is_refused() -> None:
    """Which of two columns of a name was meant cannot be told."""
    twice = pa.table([["x = 1"], ["y = 2"]], names=["code", "code"])
    with pytest.raises(LabelError, match="2 columns are called 'code'"):
        Labeler().columns(twice)


def test_a_column_of_numbers_is_refused_with_its_type(table: pa.Table) -> None:
    """The type is named, and the mend."""
    with pytest.raises(LabelTypeError, match=r"'id' holds int32.*code="):
        Labeler("id").columns(table)


def test_no_columns_at_all_are_a_clear_error() -> None:
    """A table without columns lacks the code column too."""
    with pytest.raises(LabelError, match="columns: none"):
        Labeler().columns(pa.table({}))


def test_wrong_settings_are_refused_when_the_labeller_is_made(tmp_path: Path) -> None:
    """Nobody finds out after an hour."""
    with pytest.raises(LabelError, match="mode must be one of best-guess"):
        Labeler(mode="brave")
    with pytest.raises(LabelTypeError, match="name of a column"):
        Labeler(None)  # type: ignore[arg-type]
    with pytest.raises(MissingModelError, match="nowhere"):
        Labeler(model=str(tmp_path / "nowhere"))


def test_a_pickle_holds_the_settings_and_no_model() -> None:
    """A labeller that has worked is as small on its way to another process as a new one."""
    fresh = pickle.dumps(Labeler())
    used = Labeler()
    used.answer(["x = 1"])
    assert pickle.dumps(used) == fresh
    assert len(fresh) < 500
    assert pickle.loads(fresh) == used  # noqa: S301 - our own


def test_the_model_is_opened_at_the_first_batch_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making and asking a labeller opens nothing, and the second batch opens nothing more."""
    monkeypatch.setattr(opened, "_OPENED", {})
    labeler = Labeler()
    assert (labeler.model_id.split()[0], labeler.classes[0]) == ("code-family", "human")
    assert not opened._OPENED
    labeler.answer(["x = 1"])
    (first,) = opened._OPENED.values()
    labeler.answer(["y = 2"])
    assert [*opened._OPENED.values()] == [first]


def test_a_forked_child_opens_its_own_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parent opened is never used in a child: a booster from before a fork hangs."""
    monkeypatch.setattr(opened, "_OPENED", {})
    labeler = Labeler()
    parents = opened.open_model(labeler.model, labeler.manifest)
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert opened.open_model(labeler.model, labeler.manifest) is not parents


def test_another_model_in_the_folder_is_not_taken_for_the_old_one(
    write_model: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    """A labeller that finds another model where it gets to says so, and labels nothing."""
    folder = str(write_model(tmp_path / "model", "7.5.0"))
    labeler = Labeler(model=folder)
    assert labeler.model_id == "code-family 7.5.0"
    write_model(tmp_path / "model", "8.0.0")
    with pytest.raises(LabelError, match="not the model that this labeller was made for"):
        labeler.answer(["x = 1"])
    assert Labeler(model=folder).answer(["x = 1"])["fp_model"].to_pylist() == ["code-family 8.0.0"]


def test_the_fingerprint_changes_with_whatever_changes_the_answers(
    write_model: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    """Columns, mode and model each make another cache entry."""
    hasher = pytest.importorskip("datasets.fingerprint").Hasher
    folder = str(write_model(tmp_path / "model", "7.0.0"))
    made = [
        Labeler(),
        Labeler("content"),
        Labeler(language="lang"),
        Labeler(path="lang"),
        Labeler(mode="best-guess"),
        Labeler(model=folder),
    ]
    hashes = [hasher.hash(labeler) for labeler in made]
    assert len(set(hashes)) == len(made)
    assert hashes[0] == hasher.hash(Labeler())


def test_a_condition_that_no_row_could_meet_is_refused(
    write_model: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    """Without a class that means human there is no probability of AI to ask for."""
    folder = write_model(tmp_path / "model", "9.0.0")
    Labeler(model=str(folder)).check_condition(["fp_ai_probability"])
    found = open_folder(folder)
    config = json.dumps({**found.json("config.json"), "human": None}).encode()
    header = {key: value for key, value in found.header.items() if key != "format"}
    write_folder(folder, {**found.files, "config.json": config}, header=header, replace=True)
    labeler = Labeler(model=str(folder))
    labeler.check_condition(["fp_family", "fp_probabilities"])
    with pytest.raises(LabelError, match=r"code-family 9\.0\.0 has no class that means human"):
        labeler.check_condition(["fp_family", "fp_ai_probability"])
