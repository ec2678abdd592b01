"""The table of what tools write by themselves: templates of lines and blocks, and names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FORMS = ("line", "prefix", "suffix", "block", "name")
"""How much goes with a match; the head of templates.tsv tells them apart."""

RUNS = ("quote", "quote-after", "eof")
"""Ends of a block that are no pattern."""

_COLUMNS = ("name", "writer", "form", "start", "end", "example", "requests", "what")


@dataclass(frozen=True, slots=True)
class Template:
    """One line of templates.tsv; `requests` counts the pull requests of AIDev that hold it.

    `holds` is what one line of a run must match, so that a person's own alert is left alone.
    """

    name: str
    writer: str
    form: str
    start: re.Pattern[str]
    end: re.Pattern[str] | str
    holds: re.Pattern[str] | None
    example: str
    requests: int
    what: str


class TemplateError(ValueError):
    """A line of templates.tsv breaks its format; the message names the line and the mend."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"templates.tsv, line {line}: {problem}")


@cache
def load_templates() -> tuple[Template, ...]:
    """Return the templates that ship with the package, in the order of the file."""
    text = files(__package__).joinpath("templates.tsv").read_text(encoding="utf-8")
    return parse_templates(text.splitlines())


def parse_templates(lines: Iterable[str]) -> tuple[Template, ...]:
    """Return the templates that tab-separated lines spell out; ``#`` starts a comment line.

    Raises `TemplateError` on a wrong header or number of cells, an unknown form, a broken pattern,
    or a block without an end.
    """
    rows = [(number, line) for number, line in enumerate(lines, 1) if line and line[0] != "#"]
    if not rows or tuple(rows[0][1].split("\t")) != _COLUMNS:
        raise TemplateError(rows[0][0] if rows else 1, f"write the header {' '.join(_COLUMNS)}")
    return tuple(_parse_row(number, line) for number, line in rows[1:])


def _parse_row(number: int, line: str) -> Template:
    cells = line.split("\t")
    if len(cells) != len(_COLUMNS):
        raise TemplateError(number, f"has {len(cells)} cells; write {len(_COLUMNS)}")
    name, writer, form, start, end, example, requests, what = cells
    if form not in FORMS or (form == "block") != bool(end):
        raise TemplateError(number, f"knows no form {form!r}, or its end does not fit the form")
    try:
        run, _, text = end.partition(" holds ")
        last = run if run in (*RUNS, "") else re.compile(end, re.IGNORECASE)
        holds = re.compile(text, re.IGNORECASE) if text and run in RUNS else None
        first = re.compile(start, re.IGNORECASE)
        return Template(name, writer, form, first, last, holds, example, int(requests), what)
    except (re.error, ValueError) as problem:
        raise TemplateError(number, f"mend the pattern or the count: {problem}") from problem
