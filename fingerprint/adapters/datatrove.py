"""datatrove: a step that adds the answers to documents, and a filter that drops by them.

    from fingerprint.adapters.datatrove import FingerprintFilter

    LocalPipelineExecutor(
        pipeline=[
            JsonlReader("corpus/", text_key="content"),
            FingerprintFilter(
                "fp_ai_probability < 0.1",
                language="lang",
                exclusion_writer=JsonlWriter("dropped/"),
            ),
            JsonlWriter("kept/"),
        ],
        tasks=8,
    ).run()

A document's text is the code; `language` and `path` name keys of its metadata. The model is opened
in the process that works on a task, never sent to it. Needs the extra `datatrove`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter
from datatrove.utils.batching import batched

from fingerprint.labeling.labeler import Labeler
from fingerprint.labeling.where import parse

if TYPE_CHECKING:
    import pyarrow as pa

TEXT = "text"
"""The column that holds the code when documents are handed to the labeler."""

BATCH_SIZE = 256
"""Documents scored together: the rows that the model's heads take at a time."""


class FingerprintTagger(PipelineStep):  # type: ignore[misc]  # datatrove has no types
    """Adds the nine `fp_` answers to the metadata of every document, and drops none.

    `language` and `path` are keys of the metadata; a document without them is read by its code.
    `model` is a folder that every machine can read, None the shipped one. A text that is no code
    has an `fp_status` that says so and null answers. Raises `LabelError` for another `mode`, and as
    `fingerprint.load` does for a model that is missing or damaged.
    """

    type = "🔎 - TAGGER"
    name = "fingerprint"

    def __init__(
        self,
        *,
        language: str | None = None,
        path: str | None = None,
        mode: str = "balanced",
        model: str | None = None,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        super().__init__()
        self.labeler = Labeler(code=TEXT, language=language, path=path, mode=mode, model=model)
        self.batch_size = batch_size

    def run(
        self,
        data: Iterable[Document] | None,
        rank: int = 0,  # noqa: ARG002 - datatrove's signature
        world_size: int = 1,  # noqa: ARG002 - likewise
    ) -> Iterator[Document]:
        """Yield the documents of `data` in their order, `batch_size` of them scored together."""
        for batch in batched(data or (), self.batch_size):
            with self.track_time("batch"):
                tag(batch, self.labeler)
            for document in batch:
                self.stat_update("total", f"status_{document.metadata['fp_status']}")
                self.update_doc_stats(document)
                yield document


class FingerprintFilter(BaseFilter):  # type: ignore[misc]  # datatrove has no types
    """Keeps the documents whose answers meet a condition, such as `fp_ai_probability < 0.1`.

    `where` is what `fingerprint label --where` takes, of the nine `fp_` columns. Kept and dropped
    documents alike get the answers: the filter scores by itself, also behind a tagger, so use one
    or the other. A dropped one goes to `exclusion_writer` with the parts of the condition that it
    does not meet as `filter_reason`; one that could not be scored meets nothing that compares its
    answers. The other settings are those of `FingerprintTagger`; raises `LabelError` as
    that does, and for a condition that is none.
    """

    name = "fingerprint"

    def __init__(
        self,
        where: str,
        *,
        language: str | None = None,
        path: str | None = None,
        mode: str = "balanced",
        model: str | None = None,
        exclusion_writer: DiskWriter | None = None,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        super().__init__(exclusion_writer, batch_size)
        self.labeler = Labeler(code=TEXT, language=language, path=path, mode=mode, model=model)
        self.where = parse(where)
        self.where.check(self.labeler.schema)
        self.labeler.check_condition(self.where.names)

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Return True to keep `doc`, or False and why not, after adding the answers to it."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Document]) -> list[bool | tuple[bool, str]]:
        """Return `filter` of each document, scored together."""
        answers = tag(batch, self.labeler)
        masks = [mask.to_pylist() for mask in self.where.masks(answers)]
        return [self._judged(met) for met in zip(*masks, strict=True)]

    def _judged(self, met: Sequence[bool]) -> bool | tuple[bool, str]:
        """Return the verdict on a document, given which parts of the condition it meets."""
        if all(met):
            return True
        parts = zip(self.where.spelled(), met, strict=True)
        return False, "; ".join(part for part, holds in parts if not holds)


def tag(documents: Sequence[Document], labeler: Labeler) -> pa.Table:
    """Add the answers to the documents' metadata, over those of an earlier labelling."""

    def stated(key: str | None) -> list[object] | None:
        return None if key is None else [each.metadata.get(key) for each in documents]

    answers = labeler.answer(
        [document.text for document in documents], stated(labeler.language), stated(labeler.path)
    )
    for document, answer in zip(documents, answers.to_pylist(), strict=True):
        document.metadata.update(answer)
    return answers
