from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

import fingerprint
from fingerprint.labeling.errors import LabelError, LabelTypeError


def test_label_and_labeler_are_public() -> None:
    """Both are found where the other calls of a user are."""
    assert {"label", "Labeler"} <= set(dir(fingerprint))
    assert fingerprint.Labeler().code == "code"


@pytest.mark.parametrize("value", [0, -1])
@pytest.mark.parametrize("name", ["workers", "batch_size"])
def test_less_than_one_is_refused(name: str, value: int, table: pa.Table) -> None:
    """The setting and what was given are named."""
    with pytest.raises(LabelError, match=f"{name} must be at least 1, not {value}"):
        fingerprint.label(table, **{name: value})


def test_an_unknown_mode_is_refused(table: pa.Table) -> None:
    """The modes that there are, are listed."""
    with pytest.raises(LabelError, match=r"best-guess, balanced, high-precision, not 'brave'"):
        fingerprint.label(table, mode="brave")


@pytest.mark.parametrize("thing", [["x = 1"], {"content": ["x = 1"]}, "x = 1", None, 3])
def test_an_unknown_kind_is_refused_with_the_kinds_there_are(thing: object) -> None:
    """Lists, dicts and texts are no data sets; the message says what is."""
    with pytest.raises(LabelTypeError) as caught:
        fingerprint.label(thing)
    assert type(thing).__name__ in str(caught.value)
    for kind in ("pyarrow.RecordBatchReader", "datasets.IterableDataset", "pandas.DataFrame"):
        assert kind in str(caught.value)


def test_columns_mode_and_model_reach_the_rows(
    table: pa.Table, write_model: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    """Every setting of the call does what it says."""
    folder = write_model(tmp_path / "model", "7.0.0")
    renamed = table.rename_columns(["id", "text", "tongue", "where"])
    found = fingerprint.label(
        renamed, "text", "tongue", "where", mode="best-guess", model=folder, batch_size=5
    )
    assert set(found["fp_model"].to_pylist()) == {"code-family 7.0.0"}
    assert found["fp_family"].to_pylist() == found["fp_raw_family"].to_pylist()
    assert set(fingerprint.label(table)["fp_model"].to_pylist()) != {"code-family 7.0.0"}


def run(script: str) -> str:
    """Return what a script prints in a process of its own."""
    paths = f"import sys; sys.path[:0] = {[path for path in sys.path if path]!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", paths + script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_arrow_is_labelled_where_no_other_library_is() -> None:
    """An Arrow table needs no library of frames or of data sets."""
    script = """
class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name in ("pandas", "polars", "datasets", "sklearn", "joblib", "torch"):
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Nowhere())
import pyarrow, fingerprint
print(fingerprint.label(pyarrow.table({"content": ["x = 1"]}))["fp_status"].to_pylist())
"""
    assert run(script) == "['ok']\n"


def test_a_module_of_the_users_own_by_the_name_of_a_library_does_no_harm(
    table: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many projects have a `datasets.py`."""
    monkeypatch.setitem(sys.modules, "datasets", ModuleType("datasets"))
    assert fingerprint.label(iter(table.slice(0, 1).to_batches())) is not None


def test_without_pyarrow_the_extra_is_named() -> None:
    """Importing the package needs no Arrow; labelling without it tells what to install."""
    script = """
sys.modules["pyarrow"] = None
import fingerprint
try:
    fingerprint.label
except ImportError as error:
    print(error.name, error)
"""
    said = run(script)
    assert said.startswith("pyarrow labelling data sets needs more packages")
    assert "pip install 'code-fingerprint[data]'" in said
