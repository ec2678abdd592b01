"""NeMo Curator: a stage that adds the answers to the documents of a batch.

    from fingerprint.adapters.nemo_curator import FingerprintStage

    pipeline = Pipeline(name="label", stages=[
        ParquetReader("corpus/"),
        FingerprintStage(code="content", language="lang"),
        Filter(lambda probability: probability < 0.1, filter_field="fp_ai_probability"),
        ParquetWriter("kept/"),
    ])

`Filter` is Curator's own. A worker opens the model once, in `setup`; a worker that dies takes no
batch with it, for the executors of Curator do it again. Written for the API of version 1.4, and
tested against that package: its base class, its batches, and its adapter that runs stages.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from nemo_curator.stages.base import ProcessingStage
from nemo_curator.stages.resources import Resources
from nemo_curator.tasks import DocumentBatch

from fingerprint.labeling.arrow_kinds import label_table
from fingerprint.labeling.columns import NAMES
from fingerprint.labeling.frames import label_pandas
from fingerprint.labeling.labeler import ROWS, Labeler
from fingerprint.labeling.opened import open_model


class FingerprintStage(ProcessingStage[DocumentBatch, DocumentBatch]):  # type: ignore[misc]
    """Adds the nine `fp_` columns to every batch, a table or a frame as it came.

    `code`, `language` and `path` name columns, `mode` is "best-guess", "balanced" or
    "high-precision", and `model` is a folder that every machine can read, None the shipped one.
    Every worker labels with the model that is found where the stage is made, or not at all. Raises
    `LabelError` for another mode, and as `fingerprint.load` does for a model that is missing or
    damaged.
    """

    name = "fingerprint"
    resources = Resources(cpus=1.0)

    def __init__(
        self,
        code: str = "text",
        language: str | None = None,
        path: str | None = None,
        *,
        mode: str = "balanced",
        model: str | None = None,
    ) -> None:
        self.labeler = Labeler(code, language, path, mode, model)

    def inputs(self) -> tuple[list[str], list[str]]:
        """Return what a batch must have: its data, with the columns that are named."""
        return ["data"], self.labeler.named

    def outputs(self) -> tuple[list[str], list[str]]:
        """Return what a batch has afterwards that it had not before."""
        return ["data"], list(NAMES)

    def setup(self, worker_metadata: object = None) -> None:  # noqa: ARG002 - Curator's signature
        """Open the model in this worker, so that the first batch takes no longer than others."""
        open_model(self.labeler.model, self.labeler.manifest)

    def process(self, task: DocumentBatch) -> DocumentBatch:
        """Return the batch with the columns added; raises as `Labeler.check`."""
        return DocumentBatch(
            dataset_name=task.dataset_name,
            data=self._labelled(task.data),
            _metadata=task._metadata,
            _stage_perf=task._stage_perf,
        )

    def _labelled(self, data: pa.Table | pd.DataFrame) -> pa.Table | pd.DataFrame:
        if isinstance(data, pd.DataFrame):
            return label_pandas(data, self.labeler, ROWS, workers=1)
        return label_table(data, self.labeler, ROWS, workers=1)
