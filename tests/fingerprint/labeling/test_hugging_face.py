from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import fingerprint
from fingerprint.labeling import hugging_face
from fingerprint.labeling.columns import NAMES
from fingerprint.labeling.errors import LabelError, LabelTypeError
from fingerprint.labeling.labeler import Labeler

datasets = pytest.importorskip("datasets")


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


@pytest.fixture
def stored(table: pa.Table, tmp_path: Path) -> Any:
    """Return the rows as a data set that lies on the disk, and so caches beside itself."""
    rows = table.to_pydict()
    rows["content"][3] = None
    datasets.Dataset.from_dict(rows).save_to_disk(tmp_path / "stored")
    return datasets.load_from_disk(tmp_path / "stored")


@pytest.fixture
def unlabelling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every labeller fail: what comes out was cached."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a batch was labelled again")

    monkeypatch.setattr(Labeler, "answer", refuse)


def test_families_are_class_labels_and_the_rest_typed(stored: Any) -> None:
    """The names are the model's classes, then `ai` and `unknown`; null stays None."""
    found = fingerprint.label(stored)
    labels = found.features["fp_family"]
    assert isinstance(labels, datasets.ClassLabel)
    assert labels.names == [*Labeler().classes, "ai", "unknown"]
    assert found.features["fp_raw_family"] == labels
    assert found.features["fp_confidence"] == datasets.Value("float32")
    assert found.column_names == [*stored.column_names, *NAMES]
    assert found.remove_columns(list(NAMES))[:] == stored[:]
    assert found[3]["fp_family"] is None
    assert (found[3]["fp_status"], found[0]["fp_status"]) == ("null", "ok")


def test_class_labels_are_the_families_that_arrow_gets(stored: Any, table: pa.Table) -> None:
    """A number stands for the family that a table would have been given as text."""
    found = fingerprint.label(stored, mode="best-guess")
    texts = fingerprint.label(table, mode="best-guess")["fp_family"].to_pylist()
    names = found.features["fp_family"].names
    told = [None if at is None else names[at] for at in found["fp_family"]]
    assert told == [*texts[:3], None, *texts[4:]]
    assert len(set(texts)) > 1 or texts[0] != names[0]


@pytest.mark.usefixtures("stored")
def test_the_second_time_comes_out_of_the_cache(
    stored: Any, request: pytest.FixtureRequest
) -> None:
    """The same data set, settings and model are not labelled twice; another mode is."""
    first = fingerprint.label(stored)
    mapped = stored.map(Labeler("content"), batched=True)
    request.getfixturevalue("unlabelling")
    second = fingerprint.label(stored)
    assert second.cache_files == first.cache_files
    assert second[:] == first[:]
    assert stored.map(Labeler("content"), batched=True)[:] == mapped[:]
    with pytest.raises(AssertionError, match="labelled again"):
        fingerprint.label(stored, mode="best-guess")


def test_map_takes_the_features_of_a_labeller(stored: Any) -> None:
    """With `features`, a user's own `map` is typed as `label` types."""
    labeler = Labeler("content")
    made = hugging_face.features(labeler, stored.features)
    found = stored.map(labeler, batched=True, features=made)
    assert found.features == fingerprint.label(stored).features
    assert found["fp_family"][:] == fingerprint.label(stored)["fp_family"][:]


FORKED = """
import sys
sys.path[:0] = {paths!r}
from datasets import disable_progress_bars, load_from_disk
from datasets.fingerprint import Hasher
from fingerprint.labeling.labeler import Labeler
disable_progress_bars()
stored, labeler = load_from_disk({folder!r}), Labeler("content")
if sys.argv[1] == "warm":  # more rows than are scored without LightGBM
    labeler(stored[:])
first = stored.map(labeler, batched=True, num_proc=2)
assert set(first["fp_status"]) == {{"ok", "null"}}, first["fp_status"]
Labeler.answer = None
again = stored.map(labeler, batched=True, num_proc=2)
assert again.cache_files == first.cache_files and len(first.cache_files) == 2
print(Hasher.hash(labeler))
"""


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, subprocess.CompletedProcess[str]]:
    """Map with two forked processes: where the parent has not used the model, and where it has."""
    rows = [f"value_{at} = {at}\n" if at % 9 else None for at in range(480)]
    done = {}
    for start in ("cold", "warm"):
        folder = str(tmp_path_factory.mktemp(start) / "rows")
        datasets.Dataset.from_dict({"content": rows}).save_to_disk(folder)
        script = FORKED.format(paths=[path for path in sys.path if path], folder=folder)
        call = [sys.executable, "-c", script, start]
        done[start] = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False)
    return done


@pytest.mark.parametrize("start", ["cold", "warm"])
def test_map_works_in_forked_processes(
    start: str, forked: dict[str, subprocess.CompletedProcess[str]]
) -> None:
    """`num_proc=2` neither hangs nor labels twice, whether or not the parent used the model."""
    assert forked[start].returncode == 0, forked[start].stderr


def test_the_fingerprint_of_a_labeller_is_the_same_in_every_process(
    forked: dict[str, subprocess.CompletedProcess[str]],
) -> None:
    """`datasets` finds its cache again in the next run, whether or not the model was used."""
    hashes = {done.stdout for done in forked.values()}
    assert len(hashes) == 1
    assert len(hashes.pop().strip()) == 16


def test_label_itself_uses_processes(stored: Any) -> None:
    """`workers` is what `num_proc` is to `map`; rows stay in order."""
    found = fingerprint.label(stored, workers=2)
    assert found["id"][:] == stored["id"][:]
    assert found["fp_family"][:] == fingerprint.label(stored)["fp_family"][:]


def test_an_empty_data_set_gets_the_columns(stored: Any) -> None:
    """Where there is nothing to label there is still a schema, which `map` would leave out."""
    found = fingerprint.label(stored.select([]))
    assert found.num_rows == 0
    assert found.features == fingerprint.label(stored).features


def test_the_format_of_a_data_set_stays(stored: Any) -> None:
    """Who wants arrays gets arrays; a column that was hidden stays so, and is labelled anyway."""
    found = fingerprint.label(stored.with_format("numpy", columns=["id", "lang"]))
    assert found.format["type"] == "numpy"
    assert set(found.format["columns"]) == {"id", "lang", *NAMES}
    assert fingerprint.label(stored).format == {
        **stored.format,
        "columns": [*stored.column_names, *NAMES],
    }


def test_old_answers_are_replaced_with_a_warning(stored: Any) -> None:
    """A data set that was labelled is labelled anew, each column once."""
    once = fingerprint.label(stored)
    with pytest.warns(UserWarning, match="fp_family.*replaced"):
        twice = fingerprint.label(once, mode="best-guess")
    assert twice.column_names == once.column_names
    assert twice["fp_family"][:] == twice["fp_raw_family"][:]


def test_splits_are_labelled_each_by_itself(stored: Any) -> None:
    """A `DatasetDict` keeps its splits; one that lacks the column stops before any work."""
    splits = datasets.DatasetDict({"train": stored, "test": stored.select(range(2))})
    found = fingerprint.label(splits)
    assert type(found) is datasets.DatasetDict
    assert {name: part.num_rows for name, part in found.items()} == {"train": 24, "test": 2}
    splits["test"] = splits["test"].rename_column("content", "text")
    with pytest.raises(LabelError, match="no column 'content'"):
        fingerprint.label(splits)


def streamed(seen: list[int], code: list[object], typed: bool) -> Any:
    """Return an iterable data set that notes which rows were asked for."""

    def rows() -> Iterator[dict[str, object]]:
        for at, value in enumerate(code):
            seen.append(at)
            yield {"id": at, "content": value}

    known = {"id": datasets.Value("int64"), "content": datasets.Value("string")}
    features = datasets.Features(known) if typed else None
    return datasets.IterableDataset.from_generator(rows, features=features)


def test_an_iterable_data_set_stays_lazy(codes: list[str]) -> None:
    """Nothing is read before it is asked for, and then a batch; class labels are told ahead."""
    seen: list[int] = []
    rows: list[object] = [None, *codes]
    found = fingerprint.label(streamed(seen, rows, typed=True), batch_size=4)
    assert isinstance(found, datasets.IterableDataset)
    assert found.features["fp_family"].names[-1] == "unknown"
    assert seen == []
    first, second = (row for row, _ in zip(found, range(2), strict=False))
    assert len(seen) < len(rows)
    assert (first["fp_family"], first["fp_status"]) == (None, "null")
    assert isinstance(second["fp_family"], int)
    assert [row["id"] for row in found] == list(range(len(rows)))


def test_rows_of_unknown_types_are_labelled_with_text(
    codes: list[str], bad: list[tuple[object, str]]
) -> None:
    """Without features a row may hold anything: bad ones get a status, families are text."""
    values = [value for value, _ in bad]
    found = list(fingerprint.label(streamed([], [*values, codes[0]], typed=False), batch_size=3))
    assert [row["fp_status"] for row in found] == [*(status for _, status in bad), "ok"]
    assert isinstance(found[-1]["fp_family"], str)
    assert found[0]["fp_family"] is None


def test_iterable_splits_stay_lazy(codes: list[str]) -> None:
    """An `IterableDatasetDict` comes back as one."""
    seen: list[int] = []
    splits = datasets.IterableDatasetDict({"train": streamed(seen, list(codes), typed=True)})
    found = fingerprint.label(splits)
    assert type(found) is datasets.IterableDatasetDict
    assert seen == []
    assert next(iter(found["train"]))["fp_status"] == "ok"


def test_an_iterable_data_set_has_no_workers_of_its_own(codes: list[str]) -> None:
    """Processes belong to whoever iterates; asking for them here is no silent nothing."""
    with pytest.raises(LabelError, match="DataLoader"):
        fingerprint.label(streamed([], list(codes), typed=True), workers=2)


def test_wrong_columns_are_told_before_the_first_row(stored: Any) -> None:
    """Features are known, so the error comes at once and names them."""
    with pytest.raises(LabelTypeError, match="'id' holds int64"):
        fingerprint.label(stored, "id")
    with pytest.raises(LabelError, match="no column 'text' for the code"):
        fingerprint.label(stored.to_iterable_dataset(), "text")
