"""A repository as it stood on a day, read through the `git` program and streamed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from fingerprint_training.errors import CorpusError


class GitHistoryError(CorpusError):
    """A repository cannot be read, or has no commit as old as was asked for."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a tree: its object id, its path and its size in bytes."""

    oid: str
    path: str
    size: int


def commit_before(git_dir: Path, day: date) -> str:
    """Return the newest commit reachable from HEAD that was committed before `day` (UTC).

    Raises GitHistoryError when there is none; a shallow clone is named as the likely cause.
    """
    commit = _git(git_dir, "rev-list", "-1", f"--before={day.isoformat()}T00:00:00Z", "HEAD")
    if not commit.strip():
        shallow = _git(git_dir, "rev-parse", "--is-shallow-repository").strip() == "true"
        why = "; the clone is shallow, fetch its whole history" if shallow else ""
        raise GitHistoryError(f"{git_dir} has no commit before {day.isoformat()}{why}")
    return commit.strip()


def blobs(git_dir: Path, commit: str) -> Iterator[Blob]:
    """Yield the regular files of a commit's tree in git's order; absent contents are left out."""
    for entry in _git(git_dir, "ls-tree", "-r", "-l", "-z", commit).split("\0"):
        about, _, path = entry.partition("\t")
        fields = about.split()
        if len(fields) == 4 and fields[0].startswith("100") and fields[3].isdigit():
            yield Blob(fields[2], path, int(fields[3]))


@contextmanager
def contents(git_dir: Path, wanted: Iterable[Blob]) -> Iterator[Iterator[tuple[Blob, bytes]]]:
    """Open a stream of (blob, content): one blob is asked for and held at a time.

    `wanted` is drawn from lazily, and the caller may stop at any point.
    """
    command = ["git", "-C", str(git_dir), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        requests, answers = process.stdin, process.stdout
        if requests is None or answers is None:
            raise GitHistoryError(f"git cat-file has no pipes for {git_dir}")
        yield _stream(requests, answers, wanted)
        requests.close()


def _stream(
    requests: IO[bytes], answers: IO[bytes], wanted: Iterable[Blob]
) -> Iterator[tuple[Blob, bytes]]:
    for blob in wanted:
        requests.write(blob.oid.encode() + b"\n")
        requests.flush()
        header = answers.readline().split()
        if len(header) == 3:  # a missing object is answered by "OID missing"
            content = answers.read(int(header[2]))
            answers.read(1)
            yield blob, content


def _git(git_dir: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(git_dir), *arguments], capture_output=True, check=False)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise GitHistoryError(f"git {arguments[0]} fails in {git_dir}: {reason}")
    return done.stdout.decode(errors="surrogateescape")
