"""The block and the head of a corpus's data card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fingerprint.curation.front_matter import Front
from fingerprint.curation.report import basis
from fingerprint.curation.survey import Survey
from fingerprint.curation.tables import count, counted, markdown, of_all, with_interval
from fingerprint_models.near_copies import NEAR
from fingerprint_models.prevalence import FEWEST

SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
    (10_000_000_000, "1B<n<10B"),
    (100_000_000_000, "10B<n<100B"),
    (1_000_000_000_000, "100B<n<1T"),
)
"""Names of the Hugging Face hub for fewer rows than."""

LARGEST = "n>1T"
LICENCES = frozenset(
    (
        "apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "bsl-1.0", "cc0-1.0",
        "cc-by-4.0", "cc-by-sa-4.0", "unlicense", "isc", "gpl", "gpl-2.0", "gpl-3.0", "lgpl",
        "lgpl-2.1", "lgpl-3.0", "agpl-3.0", "mpl-2.0", "epl-1.0", "epl-2.0", "zlib", "wtfpl",
        "0bsd", "artistic-2.0", "ecl-2.0", "ms-pl", "postgresql",
    )
)  # fmt: skip
"""Names of licences that the hub shares with SPDX, in lower case."""

TAGGED = 0.01
"""Share of the rows from which on a programming language becomes a tag."""


def size_of(rows: int) -> str:
    """Return the hub's category for a number of rows."""
    return next((name for least, name in SIZES if rows < least), LARGEST)


def front_of(rows: int, *, name: str, licence: str | None, languages: Mapping[str, int]) -> Front:
    """Return what a card's head is to say of a corpus of code.

    `licence` None: nothing is known of it.
    """
    total = max(sum(languages.values()), 1)
    tags = [v.lower() for v, n in _ranked(languages) if v and n / total >= TAGGED]
    return Front(
        own={"size_categories": [size_of(rows)]},
        united={
            "language": ["code"],
            "task_categories": ["text-generation"],
            "tags": ["code", *dict.fromkeys(tags), "code-provenance"],
        },
        missing={**({"license": licence} if licence else {}), "pretty_name": name},
    )


def licence_of(licences: Mapping[str, int]) -> str | None:
    """Return the hub's name for what all rows have, "other" for several, None for nothing known."""
    names = {name.lower() for name in licences}
    if not names - {""}:
        return None
    (name, *more) = names
    return name if not more and name in LICENCES else "other"


def block_of(found: Survey, command: str) -> str:
    """Return the block of a corpus's card; `command` is what measured it."""
    return "\n\n".join(_parts(found, command))


def _parts(found: Survey, command: str) -> Iterator[str]:
    files = f"{found.files} Parquet file{'' if found.files == 1 else 's'}"
    yield "## What this corpus holds"
    yield f"{count(found.rows)} rows in {files}, {count(found.characters)} bytes of code."
    yield "## Who wrote it"
    yield from _shares(found)
    yield "## Rows that were scored, and those that could not be"
    yield markdown(("status", "rows", "share"), counted(found.statuses, "none"))
    yield "## Languages"
    yield _column(found.languages, found.language_column, "language")
    yield "## Copies"
    yield markdown(
        ("copies beyond the first", "rows", "share"),
        [
            ("same text but for white space", count(found.exact), of_all(found.exact, found.rows)),
            (f"similarity {NEAR} or more", count(found.near), of_all(found.near, found.rows)),
        ],
    )
    yield "## Licences"
    yield _column(found.licences, found.licence_column, "licence")
    yield "## How to measure it again"
    yield f"Labelled by {', '.join(found.models) or 'no model'}."
    yield f"```sh\n{command}\n```"


def _shares(found: Survey) -> Iterator[str]:
    shares = found.mix.corpus
    if shares is None:
        yield f"Fewer than {FEWEST} rows were scored: no shares are given."
    else:
        rows = [(name, with_interval(shares, name)) for name in shares.classes]
        yield markdown(("written by", "share of the scored rows (95 %)"), rows)
        yield basis(found.mix, chosen=found.chosen)
    if found.told:
        yield "What single rows were told, which is not the same (`unknown` where none was sure):"
        yield markdown(("told", "rows", "share"), counted(found.told, "not scored"))


def _column(counts: Mapping[str, int], column: str | None, what: str) -> str:
    if column is None:
        return f"There is no column of {what}s."
    return markdown((f"`{column}`", "rows", "share"), counted(counts, f"no {what}"))


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
