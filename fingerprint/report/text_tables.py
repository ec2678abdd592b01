"""Tables as plain text and as Markdown; names from outside are made printable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fingerprint.cli.render import printable

Row = tuple[str, ...]
Table = tuple[str, Row, list[Row]]
"""A heading, the names of the columns, and rows of cells."""


def plain(tables: Iterable[Table]) -> Iterator[str]:
    """Yield an empty line, the heading and aligned lines of each table."""
    for heading, names, rows in tables:
        yield from ("", printable(heading))
        yield from _aligned([names, *rows])


def markdown(tables: Iterable[Table], level: int) -> Iterator[str]:
    """Yield an empty line, a heading of `level` and a table each; figures stand at the right."""
    for heading, names, rows in tables:
        yield from ("", f"{'#' * level} {escaped(heading)}", "", _piped(names))
        yield f"| --- |{' ---: |' * (len(names) - 1)}"
        yield from map(_piped, rows)


def escaped(text: str) -> str:
    """Return a text that Markdown takes for no tag, no link and no cell's end."""
    text = printable(text)
    for mark, shown in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("](", "]\\(")):
        text = text.replace(mark, shown)
    return text


def _piped(row: Row) -> str:
    return f"| {' | '.join(map(escaped, row))} |"


def _aligned(rows: Sequence[Row]) -> Iterator[str]:
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(padded)}".rstrip()
