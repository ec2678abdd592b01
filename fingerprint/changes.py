"""From revisions and files of pull requests to a stream of changes, each or what is wrong."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TextIO

from fingerprint_features.activity.relative import HISTORY, RepositoryStyle, style_of
from fingerprint_features.change import Change
from fingerprint_features.history import HistoryError, PullRequestError, commit, git_dir_of, read
from fingerprint_features.history.pull_request import pull_requests_in

COMMIT, RANGE, PULL_REQUEST = "commit", "range", "pull_request"
"""What a change can be asked for by: a revision, a range of revisions, a file."""

Asked = tuple[str, str]
"""One of these kinds, and the revision or path."""


@dataclass(frozen=True, slots=True)
class Found:
    """A change that was asked for, or what is wrong with it.

    `asked` is the revision or path. Where `change` is None, `status` is "missing", "unreadable" or
    "invalid", or "empty" for a range or file without changes, and `problem` says more. `style` is
    what the repository was used to before.
    """

    kind: str
    asked: str
    change: Change | None = None
    status: str = "ok"
    problem: str = ""
    style: RepositoryStyle | None = None


def read_changes(
    repository: str | Path = ".",
    revisions: Sequence[str] = ("HEAD",),
    *,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[Change]:
    """Yield the commits that `revisions` (names, ids, ranges `A..B`) lead to, the newest first.

    `repository` is a work tree, a folder in it, or a bare repository; it is only read. `since` and
    `until` bound the committer's time. The git program must be on PATH. Raises a ValueError that
    names the repository where it, or a revision, cannot be read.
    """
    return read(git_dir_of(Path(repository)), revisions, since=since, until=until)


def read_pull_requests(path: str | Path) -> Iterator[Change | PullRequestError]:
    """Yield the pull requests of a JSON file: an object, an array, or an object a line.

    They are as GitHub's REST interface or `gh pr view --json` tells them; `-` is standard input.
    One that cannot be read comes as its error, which is not raised, and the others follow. OSError
    is raised where the file cannot be read.
    """
    with _opened(str(path)) as stream:
        yield from pull_requests_in(stream, str(path))


def discover(asked: Iterable[Asked], repository: Path) -> Iterator[Found]:
    """Yield the changes that were asked for, in order; nothing about one stops the others."""
    for kind, name in asked:
        changes = _pull_requests(name) if kind == PULL_REQUEST else _commits(kind, name, repository)
        nothing = True
        for found in changes:
            nothing = False
            yield found
        if nothing:
            yield Found(kind, name, status="empty", problem="holds no changes")


def _commits(kind: str, name: str, repository: Path) -> Iterator[Found]:
    status = "unreadable"
    try:
        git_dir = git_dir_of(repository)
        status = "missing"
        style: RepositoryStyle | None = None
        for change in _read(git_dir, kind, name):
            if style is None:
                style = _style_before(git_dir, kind, name)
            yield Found(kind, name, change, style=style)
            status = "unreadable"  # what fails from here on is no longer the name
    except HistoryError as error:
        yield Found(kind, name, status=status, problem=str(error))


def _style_before(git_dir: Path, kind: str, name: str) -> RepositoryStyle:
    """Return what the repository was used to before a commit, or before a range `A..B` began."""
    start, dots, _ = name.partition("..")
    before = start if dots else f"{name}^@"
    if kind == RANGE and not dots:
        return RepositoryStyle.of(())  # from the first commit on: nothing was before
    try:
        return RepositoryStyle.of([style_of(each) for each in history_of(git_dir, before)])
    except HistoryError:  # nothing before it, or what was is not at hand: no basis then
        return RepositoryStyle.of(())


def history_of(git_dir: Path, revision: str) -> Iterator[Change]:
    """Yield the commits up to a revision that tell its style: the newest `HISTORY`, merges aside.

    Raises HistoryError where the revision cannot be read.
    """
    with closing(read(git_dir, (revision,))) as changes:
        yield from islice((each for each in changes if len(each.parents) < 2), HISTORY)


def _read(git_dir: Path, kind: str, name: str) -> Iterator[Change]:
    if kind == COMMIT:
        if ".." in name or name.startswith(("-", "^")):
            raise HistoryError("is not one commit; ask for a range by --range")
        yield commit(git_dir, name)
        return
    with closing(read(git_dir, (name,))) as changes:
        yield from changes


def _pull_requests(name: str) -> Iterator[Found]:
    try:
        for record in read_pull_requests(name):
            if isinstance(record, Change):
                yield Found(PULL_REQUEST, name, record)
            else:
                problem = str(record).removeprefix(name).lstrip(",: ")
                yield Found(PULL_REQUEST, name, status="invalid", problem=problem)
    except OSError as error:
        status = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        yield Found(PULL_REQUEST, name, status=status, problem=error.strerror or str(error))


@contextmanager
def _opened(path: str) -> Iterator[TextIO]:
    if path != "-":
        with Path(path).open(encoding="utf-8-sig", errors="replace") as stream:
            yield stream
        return
    piped = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace")
    try:
        yield piped
    finally:
        piped.detach()  # standard input is not ours to close
