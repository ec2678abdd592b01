"""Ray Data on a real cluster of two workers, one of which is killed on the way."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray")
pa = pytest.importorskip("pyarrow")

import fingerprint.ray  # noqa: E402
from fingerprint.labeling import labeler as rows  # noqa: E402
from fingerprint.labeling.columns import NAMES  # noqa: E402
from fingerprint.labeling.errors import LabelError  # noqa: E402

# Ray warns of itself: of deprecated settings of its own, which it reads.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray")

CODE = "def total(values):\n    result = {0}\n    return result + sum(values) * {0}\n"


def corpus(n: int) -> Any:
    """Return `n` rows of code that differ, one in seven without code."""
    texts = [None if i % 7 == 3 else CODE.format(i) for i in range(n)]
    return pa.table({"id": list(range(n)), "content": texts, "lang": ["Python"] * n})


def busy(marks: Path) -> int:
    """Return the process of the actor that has begun a batch last."""
    while not (there := list(marks.iterdir())):
        time.sleep(0.01)
    return int(max(there, key=lambda mark: mark.stat().st_mtime_ns).name)


@pytest.fixture(scope="module")
def ray(cluster: Any) -> Any:
    """Return Ray with a cluster, which shows no progress."""
    import ray.data

    ray.data.DataContext.get_current().enable_progress_bars = False
    return cluster


def test_an_actor_answers_as_the_labeler_does(trained: Any) -> None:
    """A batch comes back with its own columns first, and the labeler's answers behind them."""
    model = str(trained.folder)
    actor = fingerprint.ray.Labeler("content", "lang", model=model)
    batch = corpus(9)
    again = actor(actor(batch))
    assert again.column_names == ["id", "content", "lang", *NAMES]
    expected = rows.Labeler("content", "lang", model=model).columns(batch)
    assert again.select(NAMES).equals(expected)


def test_a_missing_column_is_told_at_once(ray: Any, trained: Any) -> None:
    """`label` names the column and those there are before any row is read."""
    ds = ray.data.from_arrow(corpus(3))
    with pytest.raises(LabelError, match=r"no column 'contents'.*did you mean 'content'"):
        fingerprint.ray.label(ds, code="contents", model=str(trained.folder))


def test_a_killed_worker_loses_no_row_and_doubles_none(
    ray: Any, trained: Any, tmp_path: Path
) -> None:
    """With an actor killed halfway, every row is there once, with the answer it has alone."""
    n, model = 96, str(trained.folder)
    whole = corpus(n)
    marks = tmp_path / "at work"
    marks.mkdir()

    class Slow(fingerprint.ray.Labeler):
        """Says who is at work, and takes its time: the test must come in between."""

        def __call__(self, batch: Any) -> Any:
            mark = marks / str(os.getpid())
            mark.touch()
            answers = super().__call__(batch)
            time.sleep(0.2)
            mark.unlink()
            return answers

    parts = [whole.slice(at, 4) for at in range(0, n, 4)]
    ds = ray.data.from_arrow(parts).map_batches(
        Slow,
        fn_constructor_kwargs={"code": "content", "language": "lang", "model": model},
        batch_format="pyarrow",
        batch_size=4,
        compute=fingerprint.ray.actors(2),
    )
    found = []
    for row in ds.iter_rows():
        found.append(row)
        if len(found) == 8:
            os.kill(busy(marks), signal.SIGKILL)
    assert len(list(marks.iterdir())) == 1, "no actor was killed at its work"
    assert Counter(row["id"] for row in found) == Counter(range(n))
    expected = rows.Labeler("content", "lang", model=model).columns(whole)
    for row in found:
        told = expected.slice(row["id"], 1).to_pylist()[0]
        assert row["fp_status"] == told["fp_status"]
        assert row["fp_family"] == told["fp_family"]
        assert row["fp_confidence"] == pytest.approx(told["fp_confidence"], abs=1e-6)


def test_concurrency_is_a_number_or_bounds() -> None:
    """One number is the most, so that a CPU is left to read with; two are the bounds."""
    most, scaled = fingerprint.ray.actors(3), fingerprint.ray.actors((2, 5))
    assert (most.min_size, most.max_size) == (1, 3)
    assert (scaled.min_size, scaled.max_size) == (2, 5)
    with pytest.raises(ValueError, match="must be >= 1"):
        fingerprint.ray.actors(0)


def test_label_gives_every_row_its_columns(ray: Any, trained: Any) -> None:
    """The short way, over two blocks and batches that do not divide them."""
    ds = ray.data.from_arrow([corpus(8)] * 2)
    told = fingerprint.ray.label(
        ds, "content", "lang", model=str(trained.folder), concurrency=(1, 2), batch_size=5
    )
    table = pa.concat_tables(ray.get(told.to_arrow_refs()))
    assert table.column_names == ["id", "content", "lang", *NAMES]
    assert table.num_rows == 16
    assert table.schema.field("fp_probabilities").type.num_fields == 2
