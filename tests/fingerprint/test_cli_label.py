"""`fingerprint label`: from files to labelled files, with the shipped model."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fingerprint.cli import main
from fingerprint.labeling.labeler import Labeler

Run = Callable[..., tuple[int, str, str]]

BODY = """import os


def {name}(values):
    # keep what is larger than {at}
    kept = [value for value in values if value > {at}]
    return sum(kept) / len(kept) if kept else None
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, and leave the threads of this process as they are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fingerprint.cli.label.ONE_THREAD", ())


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs `label`: code, stdout, stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        done = main(["label", *map(str, arguments)])
        return done, *capsys.readouterr()

    return call


@pytest.fixture
def corpus() -> pa.Table:
    """Return twelve rows of code, also as the file corpus.parquet."""
    table = pa.table(
        {
            "content": [BODY.format(name=f"mean_above_{at}", at=at) for at in range(12)],
            "lang": ["Python"] * 12,
        }
    )
    pq.write_table(table, "corpus.parquet")
    return table


COLUMNS = ("--code", "content", "--language", "lang")


def test_labels_as_the_library_does(run: Run, corpus: pa.Table) -> None:
    """The columns are those of `Labeler`; a summary is on stderr, and as JSON on stdout."""
    done, out, err = run("corpus.parquet", "-o", "out.parquet", *COLUMNS, "--json")
    assert done == 0
    table = pq.read_table("out.parquet")
    assert table.column_names[:3] == ["content", "lang", "fp_family"]
    added = Labeler("content", "lang").columns(corpus)
    assert table.select(added.column_names).equals(added)
    record = json.loads(out)
    assert record["rows"] == record["kept"] == 12
    assert record["language"] == {"python": 12}
    assert record["status"] == {"ok": 12}
    assert "fingerprint: 12 rows\n" in err
    assert "by language: python 12" in err
    done, out, err = run("corpus.parquet", "-o", "out.parquet", *COLUMNS)
    assert (done, out) == (0, "")
    assert "out.parquet is finished already: nothing to do" in err


def test_tree(run: Run) -> None:
    """A folder of code needs no columns named; prose is passed over, a broken file has a status."""
    Path("code").mkdir()
    Path("code/main.py").write_text(BODY.format(name="mean", at=1), encoding="utf-8")
    Path("code/README.md").write_text("# Prose\n", encoding="utf-8")
    Path("code/broken.py").write_bytes(b"\0\1\2")
    Path("code/.fingerprintignore").write_text("left.py\n", encoding="utf-8")
    Path("code/left.py").write_text("x = 1\n", encoding="utf-8")
    columns = "path,language,fp_status,fp_reason"
    assert run("code", "-o", "out.jsonl", "--columns", columns, "-q")[::2] == (0, "")
    rows = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [(Path(row["path"]).name, row["fp_status"], row["fp_reason"]) for row in rows[:2]] == [
        ("broken.py", "binary", None),
        ("left.py", "skipped", "ignored"),
    ]
    assert rows[2]["fp_status"] == "ok"
    assert rows[2]["language"] == "python"
    assert set(rows[2]) == set(columns.split(","))


def test_two_workers(run: Run, corpus: pa.Table) -> None:
    """Several processes write the same bytes as one."""
    corpus = pa.concat_tables([corpus] * 3)
    pq.write_table(corpus, "corpus.parquet")
    how = (*COLUMNS, "--rows-per-shard", 10, "-q")
    for workers in (1, 2):
        folder = f"out{workers}"
        assert run("corpus.parquet", "-o", folder, *how, "--workers", workers) == (0, "", "")
    assert _files("out1") == _files("out2")
    assert len(_files("out1")) == 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-o", "o", "--where", "fp_ai < 0.1", *COLUMNS), "did you mean fp_ai_probability?"),
        (("-o", "o", "--where", "lang <", *COLUMNS), "--where: invalid syntax"),
        (("-o", "o", "--keep", "nobody", *COLUMNS), "'nobody' is never told"),
        (("-o", "o", "--columns", "contents", *COLUMNS), "did you mean 'content'?"),
        (("-o", "o", "--code", "text"), "corpus.parquet: no column 'text'"),
        (("-o", "o", "--workers", "0"), "--workers is 0"),
        (("-o", "o", "--rejected", "r"), "--where or --keep"),
        (("-o", "corpus.parquet", *COLUMNS), "lie within one another"),
        (("-o", "o.json", *COLUMNS), ".json is no format of ours"),
        (("-o", "o.csv", "--format", "parquet", *COLUMNS), "leave one of them out"),
        (("-o", "no/where/o", *COLUMNS), "make it first"),
        (("-o", "o", "--model", "nowhere", *COLUMNS), "nowhere"),
        (("-o", "o", "--format", "xlsx", *COLUMNS), "xlsx"),
    ],
)
def test_wrong_usage(run: Run, corpus: pa.Table, options: tuple[str, ...], said: str) -> None:
    """What cannot be done is told in a few words before anything is written; exit code 2."""
    before = sorted(Path().iterdir())
    done, out, err = run("corpus.parquet", *options)
    assert (done, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert sorted(Path().iterdir()) == before
    assert pq.read_table("corpus.parquet").equals(corpus)


def test_bad_file_among_good(run: Run, corpus: pa.Table) -> None:
    """A file that cannot be read is told at the end with exit code 2, then mended alone."""
    whole = Path("corpus.parquet").read_bytes()
    Path("other.parquet").write_bytes(whole[:100])
    command = ("corpus.parquet", "other.parquet", "-o", "out", *COLUMNS)
    done, _, err = run(*command)
    assert done == 2
    assert "not labelled: other.parquet: " in err
    assert "mend these inputs and run the same command" in err
    first = _files("out")
    Path("other.parquet").write_bytes(whole)
    done, _, err = run(*command)
    assert done == 0
    assert "going on: 1 shard was there before" in err
    assert {name: data for name, data in _files("out").items() if name in first} == first
    assert pq.read_table("out").num_rows == 2 * corpus.num_rows


@pytest.mark.skipif(os.name != "posix", reason="kills processes by signal")
def test_killed_at_random(run: Run, corpus: pa.Table) -> None:
    """Killed at random with two workers and continued, it ends byte for byte as a run that was not.

    No worker outlives the process that was killed.
    """
    pq.write_table(pa.concat_tables([corpus] * 10), "corpus.parquet")
    how = ("corpus.parquet", *COLUMNS, "--rows-per-shard", "12", "-q")
    assert run(*how, "-o", "whole.parquet") == (0, "", "")
    command = [sys.executable, "-m", "fingerprint", "label", *how, "-o", "out.parquet"]
    path = os.pathsep.join(each for each in sys.path if each)
    chance = random.Random(5)
    for _ in range(2):
        process = subprocess.Popen(
            [*command, "--workers", "2"], env={**os.environ, "PYTHONPATH": path}
        )
        done = _shards_of("out.parquet")
        while process.poll() is None and len(_shards_of("out.parquet")) <= len(done):
            time.sleep(0.01)
        time.sleep(chance.random() * 0.3)
        workers = _children(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not Path("out.parquet").exists() or _same("out.parquet", "whole.parquet")
        _wait_until_gone(workers)
    assert run(*how, "-o", "out.parquet", "--workers", 2) == (0, "", "")
    assert _same("out.parquet", "whole.parquet")


def _files(folder: str) -> dict[str, bytes]:
    return {
        file.name: file.read_bytes() for file in sorted(Path(folder).glob("*.*")) if file.is_file()
    }


def _same(one: str, other: str) -> bool:
    return Path(one).read_bytes() == Path(other).read_bytes()


def _shards_of(out: str) -> list[Path]:
    return list(Path(f".{out}.fingerprint-label/shards").glob("*"))


def _children(process: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False
    )
    return [int(each) for each in found.stdout.split()]


def _wait_until_gone(processes: list[int]) -> None:
    end = time.monotonic() + 10
    for process in processes:
        while _is_alive(process):
            assert time.monotonic() < end, f"worker {process} outlived its parent"
            time.sleep(0.02)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")
