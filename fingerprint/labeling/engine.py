"""Engines: what hands pieces to workers and gives back what became of them.

An engine is a callable that takes the work (a picklable callable, `Piece` to `Done`) and the
pieces, and yields what became of each, in any order. It takes a piece only when a worker is free
or nearly so: pieces may carry their rows.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import TypeAlias

from fingerprint.labeling.errors import LabelError, WorkerDiedError
from fingerprint.labeling.pieces import Done, Piece

Work: TypeAlias = Callable[[Piece], Done]
Engine: TypeAlias = Callable[[Work, Iterable[Piece]], Iterator[Done]]
Around: TypeAlias = Callable[[], AbstractContextManager[object]]
"""What the work enters, once in each process, while it opens the model."""

_END_S = 5.0


@dataclass(frozen=True)
class LocalEngine:
    """Processes on this machine, each with the model opened once; one worker is this process.

    Workers are spawned: a model that was opened before a fork hangs. They end with this process,
    however that ends.
    """

    workers: int = 1

    def __call__(self, work: Work, pieces: Iterable[Piece]) -> Iterator[Done]:
        """Yield what became of each piece.

        Raises what the work raises, and `WorkerDiedError` where a worker was killed.
        """
        if self.workers == 1:
            yield from map(work, pieces)
            return
        crew = [_start(work) for _ in range(self.workers)]
        try:
            yield from _handed_out(crew, iter(pieces))
        finally:
            for worker in crew:
                worker.stop()


@dataclass
class _Worker:
    process: SpawnProcess
    line: Connection
    piece: Piece | None = field(default=None)

    def give(self, piece: Piece) -> None:
        self.piece = piece
        try:
            self.line.send(piece)
        except OSError as error:
            raise self._died() from error

    def answer(self) -> Done:
        try:
            found = self.line.recv()
        except (EOFError, OSError) as error:
            raise self._died() from error
        if isinstance(found, BaseException):
            raise found
        self.piece = None
        return found  # type: ignore[no-any-return]  # what the work returned

    def stop(self) -> None:
        self.line.close()  # an idle worker ends by this
        if self.piece is not None:
            self.process.terminate()
        self.process.join(_END_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()

    def _died(self) -> WorkerDiedError:
        self.process.join(_END_S)
        code = self.process.exitcode
        how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        what = f" at {self.piece.where}" if self.piece else ""
        return WorkerDiedError(
            f"a worker ended {how}{what} (out of memory?): run the same command to continue, with "
            "fewer --workers or smaller --rows-per-shard where memory is short"
        )


def _handed_out(crew: list[_Worker], pieces: Iterator[Piece]) -> Iterator[Done]:
    idle, busy = list(crew), list[_Worker]()
    piece = next(pieces, None)
    while piece is not None or busy:
        while piece is not None and idle:
            worker = idle.pop()
            worker.give(piece)
            busy.append(worker)
            piece = next(pieces, None)  # made while the workers are at work
        ready = connection.wait([worker.line for worker in busy])
        for worker in [each for each in busy if each.line in ready]:
            done = worker.answer()
            busy.remove(worker)
            idle.append(worker)
            yield done


def _start(work: Work) -> _Worker:
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(there, work), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _serve(line: Connection, work: Work) -> None:
    """Work on pieces until the line is closed: the life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends its workers
    threading.Thread(target=_die_with_parent, daemon=True).start()
    while True:
        try:
            piece = line.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Done | LabelError = work(piece)
        except LabelError as error:
            answer = LabelError(str(error))  # of a class that can be pickled for sure
        line.send(answer)


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
