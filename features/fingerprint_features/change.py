"""The other record that enters the house: what somebody, or something, did to a repository."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a commit or a pull request says did it: a name and a mailbox, or a login alone."""

    name: str
    email: str = ""

    @property
    def is_program(self) -> bool:
        """Whether it is an account of a program, as forges mark them: dependabot's, an agent's."""
        return self.name.endswith("[bot]") or "[bot]@" in self.email


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines in a file, without their line ends and without context.

    `start` is the 1-based line of the new file at which the added lines stand.
    """

    start: int
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileChange:
    """What was done to one file. `status` is added, modified, deleted, renamed, copied or type.

    A binary file, a submodule and a file whose diff is not at hand have no hunks; `added` and
    `removed` count lines and are None where they are not known.
    """

    path: str
    status: str = "modified"
    old_path: str | None = None
    hunks: tuple[Hunk, ...] = ()
    added: int | None = None
    removed: int | None = None
    binary: bool = False
    submodule: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A commit, or a pull request with the commits at hand.

    `message` is the whole text as it was written: subject or title, an empty line, the body with
    its trailers. `files` is None where no diff is at hand, and empty for an empty commit. Times
    carry their zone. `notes` are the texts of the git notes that tell of authorship. `branch` is
    the head of a pull request; a commit knows none. `commits` are those of a pull request.
    """

    message: str
    kind: str = "commit"  # or "pull_request"
    id: str | None = None
    repository: str | None = None
    author: Identity | None = None
    committer: Identity | None = None
    authored: datetime | None = None
    committed: datetime | None = None
    parents: tuple[str, ...] = ()
    files: tuple[FileChange, ...] | None = None
    notes: tuple[str, ...] = ()
    branch: str | None = None
    commits: tuple[Change, ...] = ()

    def is_older_than(self, day: datetime) -> bool:
        """Tell whether author's and committer's times are known and lie before a day.

        Either can be set at will; a commit rebased after the day counts as after it.
        """
        return all(time is not None and time < day for time in (self.authored, self.committed))

    @property
    def title(self) -> str:
        """The first line of the message."""
        return self.message.split("\n", 1)[0].strip()

    @property
    def body(self) -> str:
        """All of the message but its first line."""
        return self.message.split("\n", 1)[1].strip() if "\n" in self.message else ""
