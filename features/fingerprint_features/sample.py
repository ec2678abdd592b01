"""The record that enters the house: a piece of code somebody wants to know the author of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, a function or a fragment of code, as text.

    `language` is a name from `fingerprint_features.languages`; when it is missing it is told
    from `path` (extension), then from the shebang or the content. `path` serves for nothing
    else: no column is ever computed from it.
    """

    code: str
    language: str | None = None
    path: str | None = None
