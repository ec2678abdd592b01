"""What a repository is called."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from fingerprint_features.history.program import asked, run

_SCP = re.compile(r"(?:[^/@]+@)?[\w.-]{2,}:(?!/?/)(?P<path>.+)")  # one letter is a drive, no host


def name_of(git_dir: Path) -> str:
    """Return `OWNER/NAME` out of the address of `origin`, or the name of the repository's folder.

    Neither host nor credentials are part of it, so it is what GitHub calls the full name. An
    origin that is a folder gives that folder's name. HistoryError: `git_dir` is no repository.
    """
    address = asked(git_dir, "config", "--get", "remote.origin.url")
    return name_in(address) if address else _folder(git_dir)


def name_in(address: str) -> str:
    """Return `OWNER/NAME` out of the address of a repository."""
    if "://" in address:
        parts = urlsplit(address)
        path = parts.path if parts.scheme != "file" else Path(parts.path).name
    elif scp := _SCP.fullmatch(address):
        path = scp["path"]
    else:
        path = _plain(Path(address))
    return path.strip("/").removesuffix(".git")


def _folder(git_dir: Path) -> str:
    common = run(git_dir, "rev-parse", "--git-common-dir")
    return _plain(git_dir / common)


def _plain(folder: Path) -> str:
    folder = folder.resolve()
    return folder.parent.name if folder.name == ".git" else folder.name.removesuffix(".git")
