"""Pieces of a data set in, their added columns out, in order: in this process or in others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import TypeAlias

import pyarrow as pa

from fingerprint.labeling.labeler import Labeler

Piece: TypeAlias = Mapping[str, Sequence[object]]
"""The values of some rows by what they are for, as `Labeler.answer` takes them."""

AHEAD = 2
"""Pieces that each process has waiting beside the one it works on."""

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
"""Processes share the cores already; threads of their own would slow each other down."""


def answers(labeler: Labeler, pieces: Iterable[Piece], workers: int = 1) -> Iterator[pa.Table]:
    """Yield the added columns of each piece, in order, taking few pieces before they are due.

    With more than one worker, processes that each open the model once are started at the first
    piece and ended after the last. Code travels to them once, and cut where reading it ends.
    """
    if workers == 1:
        yield from (labeler.answer(**piece) for piece in pieces)
        return
    from joblib.externals.loky import ProcessPoolExecutor  # noqa: PLC0415 - only for several

    pool = ProcessPoolExecutor(max_workers=workers, env=ONE_THREAD)
    due: deque[Future[bytes]] = deque()
    try:
        for piece in pieces:
            due.append(pool.submit(_far_answer, labeler, piece))
            if len(due) > workers * (1 + AHEAD):
                yield _unpacked(due.popleft().result())
        while due:
            yield _unpacked(due.popleft().result())
    finally:  # also where the caller wants no more, or a piece failed
        pool.shutdown(kill_workers=bool(due))


def _far_answer(labeler: Labeler, piece: Piece) -> bytes:
    """Return the added columns as an Arrow stream."""
    found = labeler.answer(**piece)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, found.schema) as writer:
        writer.write(found)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _unpacked(data: bytes) -> pa.Table:
    return pa.ipc.open_stream(data).read_all()
