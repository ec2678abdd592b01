"""What `git log` prints, cut at its marks and turned into records as it comes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from fingerprint_features.change import Change, FileChange, Identity
from fingerprint_features.history.diffs import SECTION, files_of

_HOLD = 1 << 20  # bytes of one commit's diff that are held before its files are read


def changes_in(
    chunks: Iterable[bytes],
    mark: bytes,
    *,
    edges: frozenset[str],
    max_file_lines: int | None,
    repository: str,
) -> Iterator[Change]:
    """Yield the commits of a stream in which `mark` precedes fields, notes and diff of each.

    `files` is None for the commits in `edges`, and for all where `max_file_lines` is None.
    """
    stream = _pieces(chunks, mark)
    next(stream)  # what stands before the first mark: nothing
    while header := b"".join(_part(stream)):
        notes = b"".join(_part(stream))
        diff = _part(stream)
        files = None
        if max_file_lines is not None and header.partition(b"\0")[0].decode() not in edges:
            files = files_of(diff, max_file_lines)
        for _ in diff:  # the whole tree, where a shallow clone breaks off
            pass
        yield _change(header, notes, files, repository)


def _pieces(chunks: Iterable[bytes], mark: bytes) -> Iterator[tuple[bytes, bool]]:
    """Cut the stream at the marks; yield (piece, whether a mark or the end follows it).

    Much that comes without a mark is a diff of many files; it is handed on file by file.
    """
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(mark)
        for piece in whole:
            yield piece, True
        if len(rest) > _HOLD and (end := rest.rfind(SECTION)) > 0:
            yield rest[:end], False
            rest = rest[end:]
    yield rest, True


def _part(stream: Iterator[tuple[bytes, bool]]) -> Iterator[bytes]:
    """Yield the pieces up to the next mark."""
    for piece, last in stream:
        yield piece
        if last:
            return


def _change(
    header: bytes, notes: bytes, files: tuple[FileChange, ...] | None, repository: str
) -> Change:
    text = header.decode("utf-8", "replace")
    sha, parents, author, mail, authored, committer, mail2, committed, message = text.split("\0", 8)
    note = notes.decode("utf-8", "replace").strip("\n")
    return Change(
        message=message.rstrip("\n"),
        id=sha,
        repository=repository,
        author=Identity(author, mail),
        committer=Identity(committer, mail2),
        authored=_time(authored),
        committed=_time(committed),
        parents=tuple(parents.split()),
        files=files,
        notes=(note,) if note else (),
    )


def _time(written: str) -> datetime | None:
    """Read an ISO time; None for what no clock shows, such as a zone of 51 hours."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None
