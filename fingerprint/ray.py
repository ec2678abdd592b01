"""Ray Data: label a data set on many machines.

    import ray
    import fingerprint.ray

    ds = ray.data.read_parquet("s3://corpus/")
    fingerprint.ray.label(ds, code="content", language="lang").write_parquet("s3://labelled/")

or, with every setting of `map_batches` at hand:

    ds.map_batches(
        fingerprint.ray.Labeler,
        fn_constructor_kwargs={"code": "content", "language": "lang"},
        batch_format="pyarrow",
        batch_size=1024,
        concurrency=(1, 64),
    )

An actor opens the model once. A machine that dies takes no row with it: Ray starts its actor anew
and does its batches again. This package must be installed on every machine; needs the extra `ray`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fingerprint.labeling import labeler as rows
from fingerprint.labeling.arrow_kinds import with_columns
from fingerprint.labeling.opened import open_model

if TYPE_CHECKING:
    from ray.data import ActorPoolStrategy, Dataset


class Appender:
    """An actor that opens the model of a labeler, and labels batches with it."""

    def __init__(self, labeler: rows.Labeler) -> None:
        open_model(labeler.model, labeler.manifest)
        self.labeler = labeler

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Return `batch` with the nine `fp_` columns at its end, in place of any it had.

        Raises `LabelError` where a column is missing or cannot hold text.
        """
        return with_columns(batch, self.labeler.columns(batch))


class Labeler(Appender):
    """The actor class for `map_batches`; its batches must be Arrow's (`batch_format="pyarrow"`).

    `code`, `language` and `path` name columns, `mode` is "best-guess", "balanced" or
    "high-precision", and `model` is a folder that every machine can read, None the shipped one.
    Raises `LabelError` for another mode, and as `fingerprint.load` does for a model that is
    missing or damaged.
    """

    def __init__(
        self,
        code: str = "code",
        language: str | None = None,
        path: str | None = None,
        *,
        mode: str = "balanced",
        model: str | None = None,
    ) -> None:
        super().__init__(rows.Labeler(code, language, path, mode, model))


def label(
    ds: Dataset,
    code: str = "code",
    language: str | None = None,
    path: str | None = None,
    *,
    mode: str = "balanced",
    model: str | None = None,
    concurrency: int | tuple[int, int | None] = (1, None),
    batch_size: int = rows.ROWS,
    **options: Any,
) -> Dataset:
    """Return `ds` with the nine `fp_` columns; nothing is done before its rows are asked for.

    `concurrency` is the most actors, or the fewest and the most, between which Ray scales them
    (None: as many as the cluster holds). Reading `ds` needs a CPU of its own: where the fewest
    actors take them all, Ray waits for ever. `options` go to `map_batches` (`num_cpus`, `memory`,
    ...). Every machine labels with the model that is found here, or not at all. Raises as
    `Labeler`, and `LabelError` at once where the columns of `ds` are known and lack one that is
    named.
    """
    labeler = rows.Labeler(code, language, path, mode, model)
    known = ds.schema(fetch_if_missing=False)
    if known is not None and isinstance(known.base_schema, pa.Schema):  # pandas blocks have another
        labeler.check(known.base_schema)
    return ds.map_batches(
        Appender,
        fn_constructor_args=(labeler,),
        batch_format="pyarrow",
        batch_size=batch_size,
        compute=actors(concurrency),
        udf_modifying_row_count=False,
        **options,
    )


def actors(concurrency: int | tuple[int, int | None]) -> ActorPoolStrategy:
    """Return Ray's way to say how many actors there shall be; ValueError for fewer than one.

    One number is the most: a pool that never shrinks below it leaves no CPU to read with.
    """
    from ray.data import ActorPoolStrategy  # noqa: PLC0415 - an actor that labels needs none of it

    fewest, most = (1, concurrency) if isinstance(concurrency, int) else concurrency
    if most is not None and most < 1:
        raise ValueError(f"concurrency must be >= 1, not {most}")
    return ActorPoolStrategy(min_size=fewest, max_size=most)
