"""Mining that is stopped, runs out of disk or meets a broken repository, and goes on."""

from __future__ import annotations

import errno
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from fingerprint_training.mining import (
    CannotWriteError,
    MiningError,
    Settings,
    changes_path,
    mine,
)
from fingerprint_training.mining import run as runs

Read = Callable[[Path], list[dict[str, Any]]]


@pytest.fixture
def two(example: Any, new_repo: Any, make_module: Callable[..., str]) -> list[Path]:
    """Return two repositories, `example` and `zoo`, mined in that order."""
    zoo = new_repo("zoo")
    for n in range(4):
        zoo.commit(f"Add {n}", {f"z{n}.py": make_module(f"zoo{n}")})
    return [example[0].folder, zoo.folder]


def logged(paths: list[Path], out: Path, settings: Settings = Settings()) -> list[str]:  # noqa: B008
    lines: list[str] = []
    mine(paths, out, settings, log=lines.append)
    return lines


def test_finished_repositories_are_not_mined_again(
    two: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run killed in the second repository goes on with it; the result is that of one run."""
    mine(two, tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    out = tmp_path / "out.parquet"
    real = runs.mine_one

    def killed(repository: Any, *rest: Any) -> Any:
        if repository.name == "zoo":
            raise KeyboardInterrupt
        return real(repository, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(runs, "mine_one", killed)
        with pytest.raises(KeyboardInterrupt):
            mine(two, out)
    assert not out.exists()
    lines = logged(two, out)
    assert [line.endswith("finished before") for line in lines] == [True, False]
    assert out.read_bytes() == whole


@pytest.mark.parametrize("kind", ["changes.parquet", "samples.parquet", "json"])
def test_a_damaged_part_is_mined_anew(two: list[Path], tmp_path: Path, kind: str) -> None:
    """A part whose file was cut, or whose state cannot be read, is no part."""
    out = tmp_path / "out.parquet"
    mine(two, out)
    first = out.read_bytes(), changes_path(out).read_bytes()
    part = tmp_path / "out.parts" / f"zoo.{kind}"
    part.write_bytes(part.read_bytes()[:-7])
    lines = logged(two, out)
    assert [line.endswith("finished before") for line in lines] == [True, False]
    assert (out.read_bytes(), changes_path(out).read_bytes()) == first


def test_a_moved_ref_or_another_setting_is_mined_anew(two: list[Path], tmp_path: Path) -> None:
    """Parts belong to the heads and the settings they were made with."""
    out = tmp_path / "out.parquet"
    mine(two, out)
    assert all(line.endswith("finished before") for line in logged(two, out))
    (two[1] / ".git" / "refs" / "heads" / "more").write_text(
        (two[1] / ".git" / "refs" / "heads" / "main").read_text()
    )
    ends = [line.endswith("finished before") for line in logged(two, out)]
    assert ends == [True, False]
    lines = logged(two, out, Settings(per_repository=1))
    assert not any(line.endswith("finished before") for line in lines)


def test_a_corrupt_object_costs_the_commits_that_need_it(
    two: list[Path], example: Any, tmp_path: Path, changes_of: Read
) -> None:
    """The repository is told as incomplete, in git's words; all else is there."""
    repo, ids = example
    blob = repo.git("rev-parse", f"{ids['human']}:src/old.py")
    damaged = repo.folder / ".git" / "objects" / blob[:2] / blob[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"no object")
    out = tmp_path / "out.parquet"
    mined = mine(two, out)
    (missing,) = mined.missing
    assert missing.startswith("example: incomplete: ")
    assert blob in missing
    rows = changes_of(out)
    assert sum(row["repository"] == "zoo" for row in rows) == 4
    kept = {row["sha"] for row in rows if row["repository"] == "example"}
    broken = {ids["human"], ids["claude"]}  # the one writes the file, the other changes it
    assert set(ids.values()) - kept == broken
    assert missing.endswith(" (2 commits left out)")
    assert "- **Missing**: example: incomplete: " in out.with_suffix(".md").read_text("utf-8")
    assert not logged(two, out)[0].endswith("finished before")  # it may be mended by now


def test_a_repository_that_cannot_be_read_is_missing(two: list[Path], tmp_path: Path) -> None:
    """The others are mined; where none is left, that is an error and nothing is written."""
    broken = tmp_path / "broken"
    (broken / ".git").mkdir(parents=True)
    shutil.copytree(two[1] / ".git", broken / ".git", dirs_exist_ok=True)
    shutil.rmtree(broken / ".git" / "objects")
    (broken / ".git" / "objects").mkdir()
    out = tmp_path / "out.parquet"
    (missing,) = mine([*two, broken], out).missing
    assert missing.startswith("broken: ")
    with pytest.raises(MiningError, match="nothing could be read: broken"):
        mine([broken], tmp_path / "none.parquet")
    assert not (tmp_path / "none.parquet").exists()


class FullDisk:
    """A Parquet writer whose disk is full after some tables."""

    def __init__(self, room: int) -> None:
        self.room = room

    def __call__(self, *arguments: Any, **options: Any) -> FullDisk:
        """Stand in for the class."""
        self.real = REAL_WRITER(*arguments, **options)
        return self

    def write_table(self, table: Any) -> None:
        """Write, or find the disk full."""
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.real.write_table(table)

    def close(self) -> None:
        """Close the real writer."""
        self.real.close()


REAL_WRITER = parquet.ParquetWriter


@pytest.mark.parametrize(
    ("room", "named"), [(2, "zoo.changes.parquet"), (4, "out.changes.parquet")]
)
def test_a_full_disk_stops_cleanly(
    two: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, named: str
) -> None:
    """The message names the file; what was finished is kept, nothing half-written stays."""
    out = tmp_path / "out.parquet"
    with monkeypatch.context() as patched:
        patched.setattr(parquet, "ParquetWriter", FullDisk(room))
        with pytest.raises(CannotWriteError) as caught:
            mine(two, out)
    message = str(caught.value)
    assert f"{named}: No space left on device" in message
    assert f"finished repositories are kept in {tmp_path / 'out.parts'}: free some space" in message
    assert not out.exists()
    assert not changes_path(out).exists()
    assert not list(tmp_path.rglob("*.partial"))
    assert logged(two, out)[0].endswith("finished before")


def test_a_full_disk_is_told_by_a_workers_process(tmp_path: Path) -> None:
    """The error travels between processes with its message."""
    error = CannotWriteError(tmp_path / "a", OSError(errno.ENOSPC, "full"), tmp_path)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - as processes do
