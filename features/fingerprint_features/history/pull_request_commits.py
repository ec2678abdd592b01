"""The commits of a pull request, as GitHub's interfaces list them."""

from __future__ import annotations

from collections.abc import Mapping

from fingerprint_features.change import Change, Identity
from fingerprint_features.history.fields import moment, objects, part, text
from fingerprint_features.history.pull_request_files import files_in

_CUT = "…"  # GitHub ends a long headline with it, and begins the body with it


def commits_in(
    record: Mapping[str, object], repository: str | None, max_file_lines: int, at: str
) -> tuple[Change, ...]:
    """Return the commits that stand under `commits`; none where they are missing or but counted.

    Both shapes are read: of REST, with a `commit` object, and of gh, with `messageHeadline`.
    """
    if isinstance(record.get("commits"), int):
        return ()
    found = objects(record, "commits", at=at) or []
    return tuple(_commit(commit, repository, max_file_lines, place) for commit, place in found)


def message_of(headline: str, body: str | None) -> str:
    """Join a title and a body as a commit message does, with an empty line in between."""
    if body and headline.endswith(_CUT) and body.startswith(_CUT):
        return headline[: -len(_CUT)] + body[len(_CUT) :]
    return f"{headline}\n\n{body}" if body else headline


def _commit(
    record: Mapping[str, object], repository: str | None, max_file_lines: int, at: str
) -> Change:
    detail = part(record, "commit", at=at) or record
    author, committer = part(detail, "author", at=at), part(detail, "committer", at=at)
    written = next(iter(objects(record, "authors", at=at) or []), (author, at))[0]
    headline = text(detail, "messageHeadline", at=at) or ""
    message = text(detail, "message", at=at)
    return Change(
        message=message_of(headline, text(detail, "messageBody", at=at))
        if message is None
        else message,
        id=text(record, "sha", "oid", at=at),
        repository=repository,
        author=_person(written, at),
        committer=_person(committer, at),
        authored=moment(author, "date", at=at) or moment(record, "authoredDate", at=at),
        committed=moment(committer, "date", at=at) or moment(record, "committedDate", at=at),
        parents=_parents(record, at),
        files=files_in(record, max_file_lines, at),
    )


def _person(record: Mapping[str, object], at: str) -> Identity | None:
    name = text(record, "name", at=at) or text(record, "login", at=at) or ""
    email = text(record, "email", at=at) or ""
    return Identity(name, email) if name or email else None


def _parents(record: Mapping[str, object], at: str) -> tuple[str, ...]:
    found = objects(record, "parents", at=at) or []
    return tuple(sha for parent, place in found if (sha := text(parent, "sha", at=place)))
