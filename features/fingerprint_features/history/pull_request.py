"""Pull requests out of JSON: GitHub's REST interface, or `gh pr view --json` and `gh pr list`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TextIO

from fingerprint_features.change import Change, Identity
from fingerprint_features.history.errors import PullRequestError
from fingerprint_features.history.fields import moment, part, text, value, wrong
from fingerprint_features.history.log import MAX_FILE_LINES
from fingerprint_features.history.pull_request_commits import commits_in, message_of
from fingerprint_features.history.pull_request_files import files_in

_APP = "app/"  # how gh begins the login of a bot
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")
_ADDRESS = re.compile(r"https?://[^/]+/(?:repos/)?(?P<name>[^/]+/[^/]+)/pulls?/\d+")


def from_json(
    source: str | bytes | Mapping[str, object],
    *,
    max_file_lines: int = MAX_FILE_LINES,
    at: str = "pull request",
) -> Change:
    """Return a pull request out of its JSON text or out of the object that was parsed from it.

    Only the title is demanded. `authored` is when it was opened, `committed` when it was merged,
    `committer` who merged it; `id` is its number and `branch` its head. The message is the title,
    an empty line and the body as they were sent, with the line ends they were sent with. `commits`
    and `files` are read where they are lists, as `/pulls/N/commits` and `/pulls/N/files` or gh
    give them; a number, as REST has it there, tells nothing. A bot that gh calls `app/NAME` is
    `NAME[bot]`, as everywhere else.

    PullRequestError is raised for text that is no JSON, an object that is no pull request and a
    value of the wrong type; it begins with `at` and names the key.
    """
    record = _parsed(source, at) if isinstance(source, str | bytes) else source
    if not isinstance(record, Mapping):
        raise wrong("it", "an object", record, at)
    title = text(record, "title", at=at)
    if title is None:
        raise PullRequestError(f"{at}: title should be a string, it is missing")
    repository = _repository(record, at)
    number = value(record, int, "number", at=at)
    return Change(
        message=message_of(title, text(record, "body", at=at)),
        kind="pull_request",
        id=None if number is None else str(number),
        repository=repository,
        author=_user(part(record, "user", "author", at=at), at),
        committer=_user(part(record, "merged_by", "mergedBy", at=at), at),
        authored=moment(record, "created_at", "createdAt", at=at),
        committed=moment(record, "merged_at", "mergedAt", at=at),
        files=files_in(record, max_file_lines, at),
        branch=text(part(record, "head", at=at), "ref", at=at)
        or text(record, "headRefName", at=at),
        commits=commits_in(record, repository, max_file_lines, at),
    )


def read_pull_requests(path: Path) -> Iterator[Change | PullRequestError]:
    """Yield the pull requests of a file: an object, an array, or an object a line.

    One that cannot be read comes as its PullRequestError, and the others follow; after text that
    is no JSON only a file of lines goes on. OSError is raised where the file cannot be read.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        yield from pull_requests_in(stream, path.name)


def pull_requests_in(stream: TextIO, name: str) -> Iterator[Change | PullRequestError]:
    """Yield the pull requests of an open text, `name` being what errors call it.

    A text whose first line is a whole object is read line by line; any other is held in memory.
    """
    number, first = next(((n, line) for n, line in enumerate(stream, 1) if line.strip()), (0, ""))
    if first.strip().startswith("{") and first.strip().endswith("}"):
        for place, line in chain([(number, first)], enumerate(stream, number + 1)):
            if line.strip():
                yield _tried(line, f"{name}, line {place}")
        return
    try:
        for index, record in enumerate(_values(first + stream.read(), name), 1):
            yield _tried(record, f"{name}, pull request {index}")
    except PullRequestError as error:
        yield error


def _tried(source: object, at: str) -> Change | PullRequestError:
    try:
        if not isinstance(source, str | Mapping):
            raise wrong("it", "an object", source, at)
        return from_json(source, at=at)
    except PullRequestError as error:
        return error


def _values(source: str, at: str) -> Iterator[object]:
    """Yield the objects of a text; several values may follow each other, as gh prints pages."""
    here = _end_of_space(source, 0)
    while here < len(source):
        found, here = _decoded(source, here, at)
        yield from found if isinstance(found, list) else [found]
        here = _end_of_space(source, here)


def _parsed(source: str | bytes, at: str) -> object:
    whole = source if isinstance(source, str) else source.decode("utf-8", "replace")
    found, end = _decoded(whole, _end_of_space(whole, 0), at)
    if _end_of_space(whole, end) < len(whole):
        raise PullRequestError(f"{at}: should be one JSON object, more text follows it")
    return found


def _decoded(source: str, start: int, at: str) -> tuple[object, int]:
    """Return the JSON value that begins at `start`, and where it ends."""
    try:
        return _DECODER.raw_decode(source, start)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise PullRequestError(f"{at}: no valid JSON at {place}: {error.msg}") from None
    except (RecursionError, ValueError) as error:  # nested or digits without end
        raise PullRequestError(f"{at}: no valid JSON: {error}") from None


def _end_of_space(source: str, start: int) -> int:
    found = _SPACE.match(source, start)
    return found.end() if found else start


def _repository(record: Mapping[str, object], at: str) -> str | None:
    """Return `OWNER/NAME` of the repository that was asked to pull."""
    base = part(part(record, "base", at=at), "repo", at=at)
    address = _ADDRESS.match(text(record, "html_url", "url", at=at) or "")
    return text(base, "full_name", at=at) or (address["name"] if address else None)


def _user(record: Mapping[str, object], at: str) -> Identity | None:
    """Return who a user object tells of; None for a deleted user, whose object is null."""
    login = text(record, "login", at=at)
    if login and login.startswith(_APP):
        login = f"{login.removeprefix(_APP)}[bot]"
    return Identity(login) if login else None
