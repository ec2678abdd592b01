"""In which format answers are written, where none is named."""

from __future__ import annotations

import sys
from pathlib import Path

from fingerprint.cli.errors import UsageError

FORMATS = ("table", "plain", "json", "jsonl")
_SUFFIXES = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_PAGES = (".html", ".htm", ".csv", ".md", ".xlsx", ".parquet")


def chosen_format(name: str | None, output: str | None) -> str:
    """Return one of `FORMATS`; unless it is named, where the output goes tells.

    Raises UsageError where the file's name asks for a format that there is not.
    """
    if name is None and output is not None:
        suffix = Path(output).suffix.lower()
        if suffix in _PAGES:
            raise UsageError(
                f"{output} asks for a {suffix} file, and answers are written as "
                f"{', '.join(sorted(_SUFFIXES))} or plain lines: name it so, or add --format"
            )
        name = _SUFFIXES.get(suffix)
    on_terminal = name is None and output is None and sys.stdout.isatty()
    return "table" if on_terminal else name or "plain"


REPORTS = ("text", "markdown", "json", "html")
"""Formats of a report; not every command writes the last."""

_REPORT_SUFFIXES = {
    **{".json": "json", ".md": "markdown", ".html": "html", ".htm": "html"},
    **dict.fromkeys(("", ".txt", ".text", ".log"), "text"),
}


def report_format(name: str | None, output: str | None) -> str:
    """Return one of `REPORTS`; unless it is named, the name of the output tells.

    Raises UsageError where the file's name asks for a format that there is not.
    """
    suffix = Path(output).suffix.lower() if output is not None else ""
    if name is None and suffix not in _REPORT_SUFFIXES and not Path(output or "").exists():
        raise UsageError(
            f"{output} asks for a {suffix} file, and reports are written as .txt, .md, .json or "
            ".html: name it so, or add --format"
        )
    return name or _REPORT_SUFFIXES.get(suffix, "text")
