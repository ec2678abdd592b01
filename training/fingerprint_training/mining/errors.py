"""What can go wrong in mining, each with its culprit's name and the mend."""

from __future__ import annotations

import errno
from pathlib import Path

from fingerprint_training.errors import CorpusError


class MiningError(CorpusError):
    """A corpus cannot be mined as asked."""


class CannotWriteError(MiningError):
    """A file cannot be written; what was finished before it is kept."""

    def __init__(self, path: Path, error: OSError, kept: Path) -> None:
        reason = error.strerror or str(error)
        mend = "free some space" if error.errno == errno.ENOSPC else "mend that"
        self._parts = (path, error, kept)
        super().__init__(
            f"cannot write {path}: {reason}; finished repositories are kept in {kept}: "
            f"{mend} and run the same command again"
        )

    def __reduce__(self) -> tuple[type[CannotWriteError], tuple[Path, OSError, Path]]:
        """Let the error travel out of a worker's process."""
        return type(self), self._parts
