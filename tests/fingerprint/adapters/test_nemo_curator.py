"""The NeMo Curator stage, run by Curator's own package; without it, these tests are skipped.

Its dependencies are not needed: `pip install --no-deps nemo-curator cosmos-xenna`.
"""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("ray")
pytest.importorskip("nemo_curator")

import pyarrow as pa
from nemo_curator.backends.base import BaseStageAdapter
from nemo_curator.backends.ray_data import RayDataExecutor
from nemo_curator.pipeline import Pipeline
from nemo_curator.tasks import DocumentBatch

from fingerprint.adapters.nemo_curator import FingerprintStage
from fingerprint.labeling.columns import NAMES
from fingerprint.labeling.labeler import Labeler

CODE = "def total(values):\n    result = {0}\n    return result + sum(values)\n"


def corpus() -> Any:
    """Return a table of code, with a row that has none."""
    return pa.table({"content": [CODE.format(1), None, CODE.format(2) * 3], "n": [0, 1, 2]})


def test_a_batch_stays_a_table_and_gains_the_answers(trained: Any) -> None:
    """Curator's adapter gets a batch of the same name and task, with the labeler's columns."""
    model = str(trained.folder)
    adapter = BaseStageAdapter(FingerprintStage("content", model=model))
    adapter.setup()
    (done,) = adapter.process_batch([DocumentBatch(dataset_name="code", data=corpus())])
    assert done.dataset_name == "code"
    assert done.data.column_names == ["content", "n", *NAMES]
    assert done.data.select(NAMES).equals(Labeler("content", model=model).columns(corpus()))


def test_a_frame_stays_a_frame(trained: Any) -> None:
    """A batch of pandas comes back as pandas, whatever is missing in it."""
    stage = FingerprintStage("content", model=str(trained.folder))
    done = stage.process(DocumentBatch(dataset_name="code", data=corpus().to_pandas()))
    assert list(done.data["fp_status"]) == ["ok", "null", "ok"]
    assert list(done.data["n"]) == [0, 1, 2]


def test_a_missing_column_fails_validation(trained: Any) -> None:
    """Curator itself turns away a batch without the column that the stage says it reads."""
    stage = FingerprintStage("text", model=str(trained.folder))
    assert not stage.validate_input(DocumentBatch(dataset_name="code", data=corpus()))
    with pytest.raises(ValueError, match="failed validation"):
        stage.process_batch([DocumentBatch(dataset_name="code", data=corpus())])


# Ray warns of itself: of deprecated settings of its own, which it reads.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:ray")
@pytest.mark.usefixtures("cluster")
def test_a_pipeline_of_curator_labels_every_batch(trained: Any) -> None:
    """Curator's pipeline runs the stage in an actor on Ray: every batch there, once, labelled."""
    pipeline = Pipeline(
        name="label", stages=[FingerprintStage("content", model=str(trained.folder))]
    )
    given = [
        DocumentBatch(dataset_name=f"shard {at}", data=corpus().set_column(1, "n", [[at] * 3]))
        for at in range(4)
    ]
    done = pipeline.run(RayDataExecutor(), initial_tasks=given)
    assert sorted(batch.dataset_name for batch in done) == [f"shard {at}" for at in range(4)]
    for batch in done:
        assert batch.data["fp_status"].to_pylist() == ["ok", "null", "ok"]
