"""A history read past the commits that cannot be: a missing or corrupt object costs what needs it.

`git log` ends at the first object it cannot read. Mirrors without their largest files, and disks
that lost one, would end there with a fraction of what is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from fingerprint_features.change import Change
from fingerprint_features.history import HistoryError, read
from fingerprint_training.mining.repositories import Repository
from fingerprint_training.mining.settings import Settings
from fingerprint_training.mining.twins import number

MAX_FILE_LINES = 1_000  # of a file; `cuts.FILE_LINES` ends far below
MOST_BREAKS = 100  # each costs a start of git; a history with more is in ruins

OnEnd = Callable[[str], None]


class _Commit(NamedTuple):
    """A commit's place in the graph, as numbers of `twins.number`."""

    sha: str
    own: int
    parents: tuple[int, ...]


_NONE = _Commit("", -1, ())


def unbroken(repository: Repository, settings: Settings, on_end: OnEnd) -> Iterator[Change]:
    """Yield the changes that can be read, each once, in git's order.

    Where a commit cannot be read, the reading goes on with the commits after it; `on_end` is then
    called once, with what git said first and how many commits are left out. Nothing is raised for
    a history that breaks off.
    """
    seen: set[int] = set()
    broken: set[int] = set()  # where clocks disagree, one is met again from another side
    missed: list[_Commit] = []
    revisions: Sequence[str] = (settings.revision,)
    said, breaks = "", 0
    while revisions:
        try:
            yield from _fresh(repository, settings, revisions, seen)
            missed = []
            break
        except HistoryError as error:
            said, breaks = said or told(repository, error), breaks + 1
        # In the same order without diffs, the first that did not come is the one that could not.
        first, *missed = _missed(repository, settings, revisions, seen) or [_NONE]
        broken.add(first.own)
        revisions = _tops(missed) if breaks < MOST_BREAKS else ()
    if said:
        lost = len(broken) + len(missed)
        on_end(f"{said} ({lost} commits left out)" if seen else said)


def told(repository: Repository, error: HistoryError) -> str:
    """Return what git said as one line, the repository's name in place of where it lies."""
    return " ".join(str(error).replace(str(repository.git_dir), repository.name).split())


def _fresh(
    repository: Repository, settings: Settings, revisions: Sequence[str], seen: set[int]
) -> Iterator[Change]:
    with closing(_read(repository, settings, revisions, diffs=True)) as changes:
        for change in changes:
            own = number(str(change.id))
            if own not in seen:
                seen.add(own)
                yield change


def _missed(
    repository: Repository, settings: Settings, revisions: Sequence[str], seen: set[int]
) -> list[_Commit]:
    """Return the commits that should have come, in order; none where even that cannot be told."""
    try:
        with closing(_read(repository, settings, revisions, diffs=False)) as changes:
            commits = (
                _Commit(str(each.id), number(str(each.id)), tuple(map(number, each.parents)))
                for each in changes
            )
            return [commit for commit in commits if commit.own not in seen]
    except HistoryError:
        return []


def _tops(commits: Sequence[_Commit]) -> tuple[str, ...]:
    """Return the commits from which all of them can be reached."""
    below = {parent for each in commits for parent in each.parents}
    return tuple(each.sha for each in commits if each.own not in below)


def _read(
    repository: Repository, settings: Settings, revisions: Sequence[str], *, diffs: bool
) -> Generator[Change, None, None]:
    return read(
        repository.git_dir,
        revisions,
        since=settings.since,
        until=settings.until,
        diffs=diffs,
        notes=diffs,
        max_file_lines=MAX_FILE_LINES,
        repository=repository.name,
    )
