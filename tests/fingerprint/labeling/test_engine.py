"""The local engine: every piece once, errors told, and no hang where a worker dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from fingerprint.labeling.engine import LocalEngine
from fingerprint.labeling.errors import InputError, LabelError, WorkerDiedError
from fingerprint.labeling.pieces import Done, Piece, Source

# Workers must be able to import the work, and tests are no modules that can be imported.
WORK = """
import os, signal, time
from dataclasses import dataclass
from fingerprint.labeling.errors import InputError
from fingerprint.labeling.pieces import Done

@dataclass(frozen=True)
class Work:
    kill: int = -1
    fail: int = -1

    def __call__(self, piece):
        if piece.number == self.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        if piece.number == self.fail:
            raise InputError("told by the work")
        time.sleep(0.01)
        return Done(0, piece.number, 0, rows=os.getpid())
"""


@dataclass
class Handed:
    """Pieces, and how many of them were taken."""

    count: int
    taken: int = 0

    def __iter__(self) -> Iterator[Piece]:
        for number in range(self.count):
            self.taken += 1
            yield Piece(Source(0, "lines", "x.jsonl"), number, 10 * number, 10)


@pytest.fixture
def work(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> type:
    """Return the class of the work, in a module that workers can import too."""
    import importlib
    import pathlib

    pathlib.Path(str(tmp_path), "piecework.py").write_text(WORK, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "piecework", raising=False)
    found: type = importlib.import_module("piecework").Work
    return found


@pytest.mark.parametrize("workers", [1, 2])
def test_each_once(work: type, workers: int) -> None:
    """Each piece is done once, and with two workers both take part."""
    done = list(LocalEngine(workers)(work(), Handed(30)))
    assert sorted(each.number for each in done) == list(range(30))
    processes = {each.rows for each in done}
    assert len(processes) == workers
    assert (os.getpid() in processes) == (workers == 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_takes_no_more_than_it_needs(work: type, workers: int) -> None:
    """Pieces may carry their rows, so few of them are held."""
    handed = Handed(50)
    answers = LocalEngine(workers)(work(), handed)
    for done in range(1, 51):
        next(answers)
        assert handed.taken <= done + workers + 1


def test_killed_worker(work: type) -> None:
    """A worker that is killed ends the run soon, with the rows it was at and the mend."""
    begun = time.monotonic()
    with pytest.raises(WorkerDiedError, match=r"signal 9 at rows 31-40 of x\.jsonl.*same command"):
        list(LocalEngine(2)(work(kill=3), Handed(10)))
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("workers", [1, 2])
def test_errors_of_the_work(work: type, workers: int) -> None:
    """What the work raises is raised here, by its words."""
    kind = InputError if workers == 1 else LabelError
    with pytest.raises(kind, match="told by the work"):
        list(LocalEngine(workers)(work(fail=2), Handed(6)))


def test_workers_end_with_the_reader(work: type) -> None:
    """Whoever stops reading leaves no process behind."""
    answers = LocalEngine(2)(work(), Handed(100))
    done: list[Done] = [next(answers), next(answers)]
    answers.close()  # type: ignore[attr-defined]  # a generator
    for each in done:
        with pytest.raises(ProcessLookupError):
            os.kill(each.rows, signal.SIG_DFL)
