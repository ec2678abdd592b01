"""The engine of `fingerprint label --engine ray`: pieces go to the workers of a Ray cluster.

It is the cluster that `RAY_ADDRESS` names, or that runs on this machine, or else one that is
started here and stopped at the end. Inputs and output must lie where every machine sees them under
the same paths, and this package must be installed on each.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fingerprint.labeling.engine import Work
from fingerprint.labeling.errors import LabelError, WorkerDiedError
from fingerprint.labeling.pieces import Done, Piece

RETRIES = 5
"""How often a piece is done again whose worker died; then the piece is held to be the cause."""

AHEAD = 2
"""Pieces handed out for each processor: those that wait make a cluster that can grow do so."""


@dataclass(frozen=True)
class RayEngine:
    """Workers of a Ray cluster, each a processor with the model opened once.

    At most `workers` pieces are worked on at a time; None is as many as the cluster has room for,
    also where it grows or shrinks meanwhile. A piece whose worker or machine dies is done again
    elsewhere; since a shard counts only when its piece is done, nothing is written twice.
    """

    workers: int | None = None

    def __call__(self, work: Work, pieces: Iterable[Piece]) -> Iterator[Done]:
        """Yield what became of each piece.

        Raises what the work raises, `WorkerDiedError` for a piece whose worker died again and
        again, and `LabelError` where Ray is not installed.
        """
        with _connected() as ray:
            task = ray.remote(_answer).options(num_cpus=1, max_retries=RETRIES)
            given = ray.put(work)
            due: dict[Any, Piece] = {}
            try:
                for piece in pieces:
                    while len(due) >= self._room(ray):
                        yield _next(ray, due)
                    due[task.remote(given, str(Path.cwd()), piece)] = piece
                while due:
                    yield _next(ray, due)
            finally:  # also where the caller wants no more, or a piece failed
                for running in due:
                    ray.cancel(running, force=True)

    def _room(self, ray: Any) -> int:
        return self.workers or AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))


def _answer(work: Work, folder: str, piece: Piece) -> Done | LabelError:
    """Work on a piece in a worker, in the folder that relative paths are meant from."""
    try:
        os.chdir(folder)
    except OSError as error:
        return LabelError(
            f"machine {socket.gethostname()} cannot enter {folder} ({error.strerror}): start the "
            "command in a folder that all machines of the cluster have"
        )
    try:
        return work(piece)
    except LabelError as error:
        return LabelError(str(error))  # of a class that can be pickled for sure


def _next(ray: Any, due: dict[Any, Piece]) -> Done:
    """Wait for one of the pieces that are handed out, and take it from `due`."""
    (ready, *_), _ = ray.wait(list(due), num_returns=1)
    piece = due.pop(ready)
    try:
        found: Done | LabelError = ray.get(ready)
    except ray.exceptions.RayTaskError:
        raise  # a defect of ours, which shows where it happened
    except ray.exceptions.RayError as error:
        raise WorkerDiedError(
            f"workers of the cluster died {RETRIES + 1} times at {piece.where} "
            f"({type(error).__name__}; out of memory?): run the same command to continue, with "
            "smaller --rows-per-shard where memory is short"
        ) from error
    if isinstance(found, LabelError):
        raise found
    return found


@contextmanager
def _connected() -> Iterator[Any]:
    """Give Ray, connected to a cluster; where that is done here, it is undone at the end."""
    try:
        import ray  # noqa: PLC0415 - optional, and slow to import
    except ImportError as error:
        raise LabelError("--engine ray needs Ray: pip install 'code-fingerprint[ray]'") from error
    if ray.is_initialized():
        yield ray
        return
    # Standard error is the command's own.
    ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.WARNING)
    try:
        yield ray
    finally:
        ray.shutdown()
