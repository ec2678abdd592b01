"""The record that comes out of reading: one file with its text, or with what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from fingerprint import skip
from fingerprint.reading import NotTextError, decode
from fingerprint_features.languages import language_of


@dataclass(frozen=True, slots=True)
class Item:
    """One file (or folder that is not entered), ready to be scored or with what is wrong.

    `status` is `"ok"` where `code` is to be scored, else a status of `Attribution`; `reason`
    says more. `source` is the directory argument below which it was found, None if named.
    """

    path: str
    status: str = "ok"
    reason: str | None = None
    code: str = ""
    language: str | None = None
    source: str | None = None


def item_of(
    path: str,
    data: bytes,
    *,
    partial: bool = False,
    language: str | None = None,
    default_language: str | None = None,
    source: str | None = None,
) -> Item:
    """Return the item of `data`, in `language` or the one that path and content tell.

    `partial` says that `data` was cut at a limit; where path and content tell no language,
    it is `default_language`.
    """
    try:
        code = decode(data, partial=partial)
    except NotTextError as error:
        return Item(path, error.status, language=language, source=source)
    found = language or language_of(None if path == "-" else path, code) or default_language
    if skip.is_minified(code):
        return Item(path, "skipped", skip.MINIFIED, language=found, source=source)
    return Item(path, code=code, language=found, source=source)


def failed(path: str, error: OSError, source: str | None = None) -> Item:
    """Return the item of a file or folder that could not be read."""
    status = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
    reason = (error.strerror or "unknown_error").lower().replace(" ", "_")
    return Item(path, status, reason, source=source)
