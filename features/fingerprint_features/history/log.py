"""The history of a repository as `Change` records, streamed out of one `git log`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

from fingerprint_features.change import Change
from fingerprint_features.history.command import NOTES, log_options
from fingerprint_features.history.errors import HistoryError
from fingerprint_features.history.names import name_of
from fingerprint_features.history.program import asked, output, run
from fingerprint_features.history.records import changes_in

MAX_FILE_LINES = 5_000  # more than people write into a file by hand; what has more is vendored

_ALL = ("--exclude=refs/notes/*", "--exclude=refs/stash", "--all")


def read(
    git_dir: Path,
    revisions: Sequence[str] = ("HEAD",),
    *,
    since: date | None = None,
    until: date | None = None,
    diffs: bool = True,
    notes: bool = True,
    max_file_lines: int = MAX_FILE_LINES,
    repository: str | None = None,
    torn: bool = False,
) -> Generator[Change, None, None]:
    """Yield the commits reachable from `revisions`, the newest first, as git orders them.

    `revisions` are names, ids or ranges `A..B`; `--all` stands for every branch, tag and remote
    branch. `since` and `until` bound the committer's time (a naive one is UTC). A repository
    without commits yields nothing.

    `files` is None without `diffs` and for a commit at which a shallow clone breaks off, for its
    diff would be the whole tree; it is empty for a merge, whose parents tell. Of one file the
    first `max_file_lines` added and removed lines are kept (0: counts alone), of one commit
    200,000 each: counts stay whole, memory stays bounded. A file above 16 MiB counts as binary.
    Text that is no UTF-8 is decoded with replacement. Notes are those of `refs/notes/ai`. Changes
    are said to be of `repository`, by default of what `name_of` says.

    HistoryError is raised for a repository or a revision that cannot be read, and where the
    history breaks off, after the commits before the break. With `torn`, a commit whose diff cannot
    be read, because contents are missing, has no files (None) and the history goes on; each such
    commit starts git anew, so it is for a few, and `diffs=False` for a clone without contents.
    """
    wanted = _wanted(git_dir, revisions)
    if not wanted:
        return
    log = partial(
        _log,
        git_dir,
        wanted,
        since=since,
        until=until,
        # Of a ref that is not there git warns, and the warning would lead every later error.
        notes=notes and asked(git_dir, "rev-parse", "--quiet", "--verify", NOTES) is not None,
        max_file_lines=max_file_lines,
        repository=repository or name_of(git_dir),
    )
    done = 0
    while True:
        try:
            with closing(log(skip=done, diffs=diffs)) as changes:
                for change in changes:
                    yield change
                    done += 1
            return
        except HistoryError as error:
            broken = error
        last = _one(log, done, diffs) or (_one(log, done, False) if torn else None)
        if last:
            yield last
            done += 1
        if not (torn and last):
            raise broken


def _one(log: Callable[..., Iterator[Change]], skip: int, diffs: bool) -> Change | None:
    """Read one commit by itself: where git failed, the last one told may be whole or not."""
    try:
        return next(iter(list(log(skip=skip, count=1, diffs=diffs))), None)
    except HistoryError:
        return None


def _log(
    git_dir: Path,
    wanted: Sequence[str],
    *,
    since: date | None,
    until: date | None,
    diffs: bool,
    notes: bool,
    max_file_lines: int,
    repository: str,
    skip: int,
    count: int = -1,
) -> Generator[Change, None, None]:
    mark = secrets.token_hex(16)
    options = log_options(
        mark, diffs=diffs, notes=notes, since=since, until=until, skip=skip, count=count
    )
    with closing(output(git_dir, "log", *options, *wanted, "--")) as chunks:
        edges = _edges(git_dir)
        limit = max_file_lines if diffs else None
        yield from changes_in(
            chunks, mark.encode(), edges=edges, max_file_lines=limit, repository=repository
        )


def _wanted(git_dir: Path, revisions: Sequence[str]) -> list[str]:
    """Turn revisions into arguments of git, without a HEAD that points to no commit yet."""
    wanted: list[str] = []
    for revision in revisions:
        if revision == "--all":
            wanted += _ALL
        elif revision.startswith("-") or not revision:
            raise HistoryError(f"{revision!r} is no revision; use a name, an id, A..B or --all")
        elif revision != "HEAD" or not _unborn(git_dir):
            wanted.append(revision)
    return wanted


def _unborn(git_dir: Path) -> bool:
    points = asked(git_dir, "symbolic-ref", "--quiet", "HEAD") is not None
    return points and asked(git_dir, "rev-parse", "--quiet", "--verify", "HEAD") is None


def _edges(git_dir: Path) -> frozenset[str]:
    """Return the commits at which a shallow clone breaks off."""
    file = git_dir / run(git_dir, "rev-parse", "--git-path", "shallow")
    return frozenset(file.read_text("ascii").split() if file.exists() else ())
