"""The kinds of data set of Hugging Face `datasets`: `map` does the work, caches and processes.

They are `Any` here, for the library need not be there; whoever hands one in has it loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.labeling.arrow_kinds import warn_of_replaced, with_columns
from fingerprint.labeling.columns import without
from fingerprint.labeling.errors import LabelError
from fingerprint.labeling.labeler import Labeler
from fingerprint_models.attribution import AI, UNKNOWN

FAMILIES = ("fp_family", "fp_raw_family")
"""The columns that are told as class labels."""


@dataclass(frozen=True)
class Step:
    """What `map` calls: families come out as numbers, as `ClassLabel` keeps them.

    An Arrow table comes back with the added columns, of rows only those columns do.
    """

    labeler: Labeler

    def __call__(self, batch: pa.Table | Mapping[str, Any]) -> pa.Table | dict[str, list[Any]]:
        """Label a batch; raises as `Labeler.columns`."""
        names = family_names(self.labeler.classes)
        if not isinstance(batch, pa.Table):
            found, at = self.labeler(batch), {name: n for n, name in enumerate(names)}
            return found | {each: [at.get(name) for name in found[each]] for each in FAMILIES}
        added = self.labeler.columns(batch)
        for each in FAMILIES:
            numbers = pc.index_in(added[each], pa.array(names)).cast(pa.int64())
            added = added.set_column(added.column_names.index(each), each, numbers)
        return with_columns(batch, added)


def family_names(classes: tuple[str, ...]) -> list[str]:
    """Return all that may be told, in the order of the class labels: the classes first."""
    return [*classes, *(name for name in (AI, UNKNOWN) if name not in classes)]


def features(labeler: Labeler, own: Any = None) -> Any:
    """Return the features of a data set of features `own` once it is labelled.

    `datasets.Features`: families are `ClassLabel`s, the other columns as in `Labeler.schema`.
    """
    import datasets  # noqa: PLC0415 - optional

    added = datasets.Features.from_arrow_schema(labeler.schema)
    labels = datasets.ClassLabel(names=family_names(labeler.classes))
    kept = {name: own[name] for name in without(list(own or {}))}
    return datasets.Features({**kept, **added, **dict.fromkeys(FAMILIES, labels)})


def label_dataset(data: Any, labeler: Labeler, batch_size: int, workers: int) -> Any:
    """Return a `datasets.Dataset` with the added columns; the second time they are cached."""
    labeler.check(data.features.arrow_schema)
    warn_of_replaced(data.column_names)
    made = features(labeler, data.features)
    if data.num_rows == 0:  # `map` would give it back without the new columns
        info = data.info.copy()
        info.features = made
        empty = type(data)(made.arrow_schema.empty_table(), info=info, split=data.split)
        return _formatted_as(data, empty)
    labelled = data.with_format("arrow").map(
        Step(labeler),
        batched=True,
        batch_size=batch_size,
        num_proc=min(workers, data.num_rows) if workers > 1 else None,
        features=made,
        desc="Labelling",
    )
    return _formatted_as(data, labelled)


def label_iterable(data: Any, labeler: Labeler, batch_size: int, workers: int) -> Any:
    """Return a `datasets.IterableDataset` that labels as it is iterated over.

    Where its features are not known before it is read, families are text and no class labels.
    Raises `LabelError` for several workers: whoever iterates has them.
    """
    if workers > 1:
        raise LabelError(
            f"an IterableDataset is labelled by those who iterate over it, not by {workers} "
            "workers: leave workers out, and give them to a torch DataLoader as num_workers"
        )
    made = None
    if data.features is not None:
        labeler.check(data.features.arrow_schema)
        warn_of_replaced(data.features)
        made = features(labeler, data.features)
    was = getattr(data._formatting, "format_type", None)  # there is no public way to ask
    # As rows: in Arrow, a stream would take the types of its first batch for those of all.
    step = labeler if made is None else Step(labeler)
    labelled = data.with_format(None).map(step, batched=True, batch_size=batch_size, features=made)
    return labelled.with_format(was)


def label_splits(splits: Any, labeler: Labeler, batch_size: int, workers: int) -> Any:
    """Return a `DatasetDict` or `IterableDatasetDict` whose every data set is labelled."""
    import datasets  # noqa: PLC0415 - it is theirs

    for data in splits.values():
        if data.features is not None:
            labeler.check(data.features.arrow_schema)
    lazy = isinstance(splits, datasets.IterableDatasetDict)
    each = label_iterable if lazy else label_dataset
    return type(splits)(
        {name: each(data, labeler, batch_size, workers) for name, data in splits.items()}
    )


def _formatted_as(data: Any, labelled: Any) -> Any:
    """Return a labelled data set in the format of the one that it was made of."""
    was = data.format
    hidden = set(data.column_names) - set(was["columns"])
    return labelled.with_format(
        was["type"],
        columns=[name for name in labelled.column_names if name not in hidden] if hidden else None,
        output_all_columns=was["output_all_columns"],
        **was["format_kwargs"],
    )
