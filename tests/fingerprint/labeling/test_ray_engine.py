"""The engine that hands pieces to a real Ray cluster of two workers, one of which is killed."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("ray")

from fingerprint.labeling.engine import Engine, LocalEngine, Work
from fingerprint.labeling.errors import LabelError, WorkerDiedError
from fingerprint.labeling.pieces import Done, Piece, Source
from fingerprint.labeling.plan import Job
from fingerprint.labeling.progress import Progress
from fingerprint.labeling.ray_engine import RETRIES, RayEngine
from fingerprint.labeling.run import label_files

ROOT = Path(__file__).parents[3]

ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join(str(ROOT / name) for name in ("", "features", "models")),
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
}


def pieces(n: int) -> list[Piece]:
    """Return pieces of ten rows each."""
    return [Piece(Source(0, "lines", "in.jsonl"), i, 10 * i, 10, data=b"x" * i) for i in range(n)]


def done(piece: Piece) -> Done:
    """Return the record of a piece that went well."""
    return Done(piece.source.index, piece.number, piece.first, piece.rows)


def busy(marks: Path) -> str:
    """Return the mark of the piece that a worker has begun last: NUMBER-PID."""
    while not (there := [mark for mark in marks.iterdir() if not mark.suffix]):
        time.sleep(0.01)
    return max(there, key=lambda mark: mark.stat().st_mtime_ns).name


# Functions for workers are made inside of the tests: Ray sends those, but not their module.


@pytest.mark.usefixtures("cluster")
def test_a_killed_worker_loses_no_piece_and_doubles_none(tmp_path: Path) -> None:
    """With a worker killed while it works, each piece is done once, that one by another worker."""

    def work(piece: Piece) -> Any:
        mark = tmp_path / f"{piece.number}-{os.getpid()}"
        mark.touch()
        time.sleep(0.3)
        mark.rename(mark.with_suffix(".done"))
        return Done(piece.source.index, piece.number, piece.first, piece.rows)

    found, killed = [], ""
    for each in RayEngine()(work, pieces(16)):
        found.append(each)
        if len(found) == 4:
            killed = busy(tmp_path)
            os.kill(int(killed.partition("-")[2]), signal.SIGKILL)
    assert Counter(each.key for each in found) == Counter((0, i) for i in range(16))
    assert [mark.name for mark in tmp_path.iterdir() if not mark.suffix] == [killed]
    assert list(tmp_path.glob(f"{killed.partition('-')[0]}-*.done")), "its piece was left undone"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a file of code, of which every seventh row has none."""
    file = tmp_path / "in.jsonl"
    code = "def total(values):\n    result = {0}\n    return result + sum(values) * {0}\n"
    rows = [{"id": i, "code": None if i % 7 == 3 else code.format(i)} for i in range(120)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.mark.usefixtures("cluster")
def test_a_run_with_a_killed_worker_writes_what_any_run_writes(corpus: Path, trained: Any) -> None:
    """Files of both engines are alike to the byte, though a worker of Ray's died with a piece."""
    marks = corpus.parent / "marks"
    marks.mkdir()

    def killing(work: Work, given: Iterable[Piece]) -> Iterator[Done]:
        def slow(piece: Piece) -> Any:
            mark = marks / f"{piece.number}-{os.getpid()}"
            mark.touch()
            done = work(piece)
            time.sleep(0.2)  # the shard is written, but nobody knows of it yet
            mark.unlink()
            return done

        for at, done in enumerate(RayEngine()(slow, given)):
            if at == 2:
                os.kill(int(busy(marks).partition("-")[2]), signal.SIGKILL)
            yield done

    def label(name: str, engine: Engine) -> bytes:
        out = corpus.parent / name
        job = Job((str(corpus),), str(out), model=str(trained.folder), rows=10)
        assert label_files(job, engine, print, Progress(io.StringIO())).summary.rows == 120
        return out.read_bytes()

    told = label("ray.jsonl", killing)
    assert len(list(marks.iterdir())) == 1, "no worker was killed at its work"
    assert [json.loads(line)["id"] for line in told.splitlines()] == list(range(120))
    assert told == label("local.jsonl", LocalEngine())


@pytest.mark.usefixtures("cluster")
def test_the_command_joins_the_cluster_that_it_is_told(corpus: Path, trained: Any) -> None:
    """`python -m fingerprint label --engine ray` finds the real Ray, and RAY_ADDRESS."""
    import ray

    address = ray.get_runtime_context().gcs_address
    command = [sys.executable, "-m", "fingerprint", "label", "in.jsonl", "-o", "out.jsonl"]
    done = subprocess.run(
        [*command, "--engine", "ray", "--model", str(trained.folder)],
        cwd=corpus.parent,
        env=os.environ | ENVIRONMENT | {"RAY_ADDRESS": address},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = (corpus.parent / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(120))
    assert "120 rows" in done.stderr
    assert done.stdout == ""


@pytest.mark.usefixtures("cluster")
def test_work_is_done_in_the_folder_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative paths mean the same to workers, wherever their cluster was started."""
    monkeypatch.chdir(tmp_path)

    def work(piece: Piece) -> Any:
        Path(f"{piece.number}.txt").touch()
        return Done(piece.source.index, piece.number, piece.first, piece.rows)

    assert len(list(RayEngine(workers=1)(work, pieces(2)))) == 2
    assert sorted(file.name for file in tmp_path.iterdir()) == ["0.txt", "1.txt"]


@pytest.mark.usefixtures("cluster")
def test_few_pieces_are_taken_before_they_are_due() -> None:
    """Pieces may carry their rows: no more are taken than workers have use for."""
    taken = []

    def given() -> Iterator[Piece]:
        for piece in pieces(9):
            taken.append(piece.number)
            yield piece

    def work(piece: Piece) -> Any:
        return Done(piece.source.index, piece.number, piece.first, piece.rows)

    for at, _ in enumerate(RayEngine(workers=2)(work, given())):
        assert len(taken) <= at + 4


@pytest.mark.usefixtures("cluster")
def test_an_error_of_the_work_ends_the_run() -> None:
    """What a worker cannot do is told in its own words, and in no traceback of Ray's."""

    def work(piece: Piece) -> Any:
        from fingerprint.labeling.errors import OutputError

        raise OutputError(f"cannot write {piece.number}")

    with pytest.raises(LabelError, match=r"^cannot write \d$"):
        list(RayEngine()(work, pieces(3)))


@pytest.mark.usefixtures("cluster")
def test_a_piece_that_kills_its_workers_is_named(tmp_path: Path) -> None:
    """A piece that is the end of every worker is given up, by its name, after some retries."""

    def work(_: Piece) -> Any:
        (tmp_path / str(os.getpid())).touch()
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(WorkerDiedError, match=r"at rows 1-10 of in\.jsonl"):
        list(RayEngine(workers=1)(work, pieces(1)))
    assert len(list(tmp_path.iterdir())) == RETRIES + 1


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for Ray and has none is told what to install."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(LabelError, match=r"pip install 'code-fingerprint\[ray\]'"):
        list(RayEngine()(done, pieces(1)))
