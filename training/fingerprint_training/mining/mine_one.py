"""One repository mined: its history read once, its changes and samples written as a part."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from fingerprint_features.bounded import bounded_files
from fingerprint_features.change import Change
from fingerprint_features.history import HistoryError
from fingerprint_features.history.repository import is_shallow, licence_of
from fingerprint_models.declaration import declared
from fingerprint_training.mining import change_schema, sampling
from fingerprint_training.mining.change_rows import ChangeRow, change_table
from fingerprint_training.mining.labels import labels_of
from fingerprint_training.mining.markers import split_markers
from fingerprint_training.mining.part import (
    KINDS,
    VERSION,
    PartPlace,
    PartState,
    write_state,
)
from fingerprint_training.mining.repositories import Repository, head
from fingerprint_training.mining.sampling import Sampler
from fingerprint_training.mining.settings import Settings
from fingerprint_training.mining.twins import number, patch_digest
from fingerprint_training.mining.unbroken import unbroken
from fingerprint_training.mining.whole_files import Write, file_digest, parquet_file

GROUP_CHANGES = 500  # changes in a row group at most
GROUP_CHARACTERS = 2 << 20  # of their lines and messages; bounds memory, whatever the history
TICK = 200  # changes between two signs of progress

Tick = Callable[[int], object]


@dataclass(slots=True)
class _Tally:
    """What was met on the way through a history."""

    changes: int = 0
    incomplete: str | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)

    def end(self, why: str) -> None:
        """Note that the history broke, and why."""
        self.incomplete = why


def mine_one(repository: Repository, settings: Settings, place: PartPlace, tick: Tick) -> PartState:
    """Mine a repository into its part and return the part's state.

    Commits that cannot be read are left out, and the state says so. `tick` is
    called with the number of changes read since the last call. Raises HistoryError where nothing
    can be read, CannotWriteError where the part cannot be written.
    """
    start = time.monotonic()
    tally = _Tally()
    sampler = Sampler(settings, tally.left_out)
    rows = _rows(repository, settings, sampler, tally, tick)
    with parquet_file(place.path("changes"), change_schema.SCHEMA, place.folder) as write:
        _write_changes(rows, write, tally.agents)
    samples = _write_samples(place, sampler)
    if tally.incomplete is not None and not tally.changes:
        raise HistoryError(tally.incomplete)
    git_dir = repository.git_dir
    state = PartState(
        version=VERSION,
        name=repository.name,
        key=place.key,
        head=head(git_dir),
        licence=licence_of(git_dir),
        shallow=is_shallow(git_dir),
        incomplete=tally.incomplete,
        changes=tally.agents.total(),
        samples=samples,
        agents=dict(sorted(tally.agents.items())),
        left_out=dict(sorted(tally.left_out.items())),
        seconds=round(time.monotonic() - start, 2),
        files={kind: file_digest(place.path(kind)) for kind in KINDS},
    )
    write_state(place, state)
    return state


def _rows(
    repository: Repository,
    settings: Settings,
    sampler: Sampler,
    tally: _Tally,
    tick: Tick,
) -> Iterator[ChangeRow]:
    """Yield the changes that stay; the sampler sees each of them whole."""
    seen: set[int] = set()
    for change in _ticking(unbroken(repository, settings, tally.end), tick):
        tally.changes += 1
        word = declared(change)
        if settings.only != "all" and (word is not None) != (settings.only == "declared"):
            tally.left_out["changes: not selected"] += 1
            continue
        patch = patch_digest(change)
        if patch is not None:
            if number(patch) in seen:
                tally.left_out["changes: rebased twins"] += 1
                continue
            seen.add(number(patch))
        labels = labels_of(change, word)
        sampler(change, labels, word)
        yield _row(change, ChangeRow(change, "", (), patch, labels, word))


def _row(change: Change, row: ChangeRow) -> ChangeRow:
    text, markers = split_markers(change.message)
    files = None if change.files is None else bounded_files(change.files)
    cut = _counted(change) != _lines_at_hand(files)
    kept = replace(change, files=files)
    return replace(row, change=kept, text=text, markers=markers, lines_left_out=cut)


def _ticking(changes: Iterator[Change], tick: Tick) -> Iterator[Change]:
    count = 0
    for count, change in enumerate(changes, 1):
        yield change
        if count % TICK == 0:
            tick(TICK)
    tick(count % TICK)


def _write_changes(rows: Iterator[ChangeRow], write: Write, agents: Counter[str]) -> None:
    held: list[ChangeRow] = []
    size = 0
    for row in rows:
        agents[row.labels.agent] += 1
        held.append(row)
        size += _characters(row.change)
        if len(held) >= GROUP_CHANGES or size >= GROUP_CHARACTERS:
            write(change_table(held))
            held.clear()
            size = 0
    if held:
        write(change_table(held))


def _write_samples(place: PartPlace, sampler: Sampler) -> int:
    records = list(sampler.records())
    with parquet_file(place.path("samples"), sampling.SCHEMA, place.folder) as write:
        write(pa.Table.from_pylist(records, schema=sampling.SCHEMA))
    return len(records)


def _counted(change: Change) -> int:
    return sum((file.added or 0) + (file.removed or 0) for file in change.files or ())


def _lines_at_hand(files: Any) -> int:
    hunks = (hunk for file in files or () for hunk in file.hunks)
    return sum(len(hunk.added) + len(hunk.removed) for hunk in hunks)


def _characters(change: Change) -> int:
    hunks = (hunk for file in change.files or () for hunk in file.hunks)
    lines = sum(sum(map(len, hunk.added)) + sum(map(len, hunk.removed)) for hunk in hunks)
    return len(change.message) + lines
