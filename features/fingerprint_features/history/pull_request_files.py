"""The files of a pull request or of a commit, as GitHub's interfaces list them."""

from __future__ import annotations

from collections.abc import Mapping

from fingerprint_features.change import FileChange
from fingerprint_features.history.errors import PullRequestError
from fingerprint_features.history.fields import objects, text, value
from fingerprint_features.history.hunks import Patch, patch_hunks

# REST tells `status`, gh and GraphQL tell `changeType`; what is left out is "modified".
_STATUS = {
    "added": "added",
    "removed": "deleted",
    "deleted": "deleted",
    "renamed": "renamed",
    "copied": "copied",
}


def files_in(
    record: Mapping[str, object], max_file_lines: int, at: str
) -> tuple[FileChange, ...] | None:
    """Return the files that stand under `files`, None where they are not told.

    A file without its patch (a binary or a very large one, or told by gh) has counts but no hunks.
    PullRequestError is raised for a file without a name and for a patch that cannot be read.
    """
    found = objects(record, "files", at=at)
    if found is None:
        return None
    return tuple(_file(file, max_file_lines, place) for file, place in found)


def _file(record: Mapping[str, object], max_file_lines: int, at: str) -> FileChange:
    path = text(record, "filename", "path", at=at)
    if not path:
        raise PullRequestError(f"{at}: filename or path should be a string, it is missing")
    patch = _patch(text(record, "patch", at=at), max_file_lines, at)
    more = value(record, int, "additions", at=at)
    less = value(record, int, "deletions", at=at)
    return FileChange(
        path=path,
        status=_STATUS.get((text(record, "status", "changeType", at=at) or "").lower(), "modified"),
        old_path=text(record, "previous_filename", at=at),
        hunks=patch.hunks if patch else (),
        added=patch.added if more is None and patch else more,
        removed=patch.removed if less is None and patch else less,
    )


def _patch(written: str | None, max_file_lines: int, at: str) -> Patch | None:
    if written is None:
        return None
    try:
        return patch_hunks(written, max_file_lines)
    except ValueError:
        raise PullRequestError(
            f"{at}: patch should hold hunks that begin with '@@ -1,2 +3,4 @@'"
        ) from None
