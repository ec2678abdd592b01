"""Parts joined into the corpus: what an earlier repository had already is written once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from fingerprint_training.mining import change_schema, sampling
from fingerprint_training.mining.part import PartPlace, PartState
from fingerprint_training.mining.twins import number
from fingerprint_training.mining.whole_files import Write, parquet_file


@dataclass(slots=True)
class Tally:
    """What the corpus holds of one repository. `first` and `last` are days of the committer's."""

    state: PartState
    changes: int = 0
    repeated: int = 0
    samples: Counter[tuple[str, str, str]] = field(
        default_factory=Counter
    )  # label, agent, language
    variants: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class _Seen:
    """Shas and patches of the repositories before, as numbers of 64 bits."""

    shas: set[int] = field(default_factory=set)
    patches: set[int] = field(default_factory=set)


def merge(
    parts: Sequence[tuple[PartPlace, PartState]], out: Path, changes_out: Path, kept: Path
) -> list[Tally]:
    """Join parts, in their order, into the samples at `out` and the changes at `changes_out`.

    A sha, or a patch with the same author's time, title and added lines, that an earlier part has
    is left out with its samples. Both files appear whole or not at all; memory is bounded but for
    8 bytes kept of each sha and patch. Raises CannotWriteError.
    """
    seen = _Seen()
    tallies = []
    rows = 0
    with (
        parquet_file(changes_out, change_schema.SCHEMA, kept) as write_changes,
        parquet_file(out, sampling.SCHEMA, kept) as write_samples,
    ):
        for place, state in parts:
            tally = Tally(state)
            dropped = _join_changes(place, seen, tally, write_changes)
            rows = _join_samples(place, dropped, tally, write_samples, rows)
            tallies.append(tally)
    return tallies


def _join_changes(place: PartPlace, seen: _Seen, tally: Tally, write: Write) -> frozenset[str]:
    """Write a part's new changes; return the shas of the others."""
    dropped = []
    for table in _tables(place.path("changes")):
        shas, patches = _texts(table, "sha"), table["patch"].to_pylist()
        fresh = [_is_fresh(sha, patch, seen) for sha, patch in zip(shas, patches, strict=True)]
        dropped += [sha for sha, new in zip(shas, fresh, strict=True) if not new]
        kept = table if all(fresh) else table.filter(pa.array(fresh, pa.bool_()))
        if kept.num_rows:
            write(kept)
            _count_changes(kept, tally)
    tally.repeated = len(dropped)
    return frozenset(dropped)


def _is_fresh(sha: str, patch: str | None, seen: _Seen) -> bool:
    if number(sha) in seen.shas or (patch is not None and number(patch) in seen.patches):
        return False
    seen.shas.add(number(sha))
    if patch is not None:
        seen.patches.add(number(patch))
    return True


def _join_samples(
    place: PartPlace, dropped: frozenset[str], tally: Tally, write: Write, rows: int
) -> int:
    """Write the samples of the changes that stay, numbered on; return the next number."""
    at = sampling.SCHEMA.get_field_index("row")
    for table in _tables(place.path("samples")):
        fresh = [sha not in dropped for sha in _texts(table, "sha")]
        kept = table if all(fresh) else table.filter(pa.array(fresh, pa.bool_()))
        if kept.num_rows:
            numbers = pa.array(range(rows, rows + kept.num_rows), pa.int64())
            write(kept.set_column(at, sampling.SCHEMA.field("row"), numbers))
            rows += kept.num_rows
            names = (_texts(kept, name) for name in ("label", "agent_label", "language"))
            tally.samples.update(zip(*names, strict=True))
            tally.variants.update(_texts(kept, "variant"))
    return rows


def _count_changes(table: pa.Table, tally: Tally) -> None:
    tally.changes += table.num_rows
    tally.agents.update(_texts(table, "agent_label"))
    times: list[Any] = table["committed"].cast(pa.date32()).to_pylist()
    days = [day for day in times if day is not None]
    known = [day for day in (tally.first, tally.last) if day is not None]
    if days or known:
        tally.first, tally.last = min([*days, *known]), max([*days, *known])


def _tables(path: Path) -> Iterator[Any]:
    # Buffering ahead would take in the whole file, whatever the history's length.
    with parquet.ParquetFile(path, pre_buffer=False) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, use_threads=False)


def _texts(table: pa.Table, name: str) -> list[str]:
    values: list[Any] = table[name].to_pylist()
    return values
