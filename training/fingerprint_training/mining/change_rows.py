"""Mined changes as Arrow tables: built column by column, for rows of nested Python are slow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa

from fingerprint_features.change import Change, FileChange
from fingerprint_features.provenance.records import Kind
from fingerprint_models.declaration import Declaration
from fingerprint_training.mining.change_schema import EVIDENCE, FILE, HUNK, SCHEMA, TIME
from fingerprint_training.mining.labels import Labels
from fingerprint_training.mining.pseudonyms import pseudonym

Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change with what was found out about it; `change.files` is bounded to what is kept."""

    change: Change
    text: str
    markers: Texts
    patch: str | None
    labels: Labels
    declared: Declaration | None
    lines_left_out: bool = False


def change_table(rows: Sequence[ChangeRow]) -> pa.Table:
    """Return the rows as a table with the columns of `change_schema.SCHEMA`."""
    changes = [row.change for row in rows]
    columns: dict[str, Any] = {
        "repository": [change.repository for change in changes],
        "sha": [change.id for change in changes],
        "message": [change.message for change in changes],
        "text": [row.text for row in rows],
        "markers": _texts([row.markers for row in rows]),
        "notes": _texts([change.notes for change in changes]),
        "author": [pseudonym(change.author) for change in changes],
        "committer": [pseudonym(change.committer) for change in changes],
        "parents": _texts([change.parents for change in changes]),
        "is_merge": [len(change.parents) > 1 for change in changes],
        "files": _files([change.files for change in changes]),
        "lines_left_out": [row.lines_left_out for row in rows],
        "patch": [row.patch for row in rows],
        "label": [row.labels.family for row in rows],
        "agent_label": [row.labels.agent for row in rows],
    }
    for name in ("authored", "committed"):
        columns |= _times(name, [getattr(change, name) for change in changes])
    columns |= _declarations([row.declared for row in rows])
    arrays = [_array(columns[field.name], field.type) for field in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _array(values: Any, kind: Any) -> pa.Array[Any]:
    return values if isinstance(values, pa.Array) else pa.array(values, kind)


def _times(name: str, times: list[datetime | None]) -> dict[str, Any]:
    seconds = [None if time is None else int(time.timestamp()) for time in times]
    return {
        name: pa.array(seconds, pa.int64()).cast(pa.timestamp("s", tz="UTC")).cast(TIME),
        f"{name}_zone": [None if time is None else zone_minutes(time) for time in times],
    }


def zone_minutes(time: datetime) -> int:
    """Return how many minutes east of UTC a time was written."""
    offset = time.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def _declarations(told: list[Declaration | None]) -> dict[str, Any]:
    evidence = [() if each is None else each.evidence for each in told]
    flat = list(chain.from_iterable(evidence))
    parts = [
        pa.array([finding.evidence for finding in flat], pa.string()),
        pa.array([str(finding.kind) for finding in flat], pa.string()),
        pa.array([finding.rule for finding in flat], pa.string()),
    ]
    structs = pa.StructArray.from_arrays(parts, fields=list(EVIDENCE))
    plain = {
        name: [None if each is None else getattr(each, name) for each in told]
        for name in ("agent", "model", "family", "mixed")
    }
    return plain | {
        "agents": _texts([() if each is None else each.agents for each in told]),
        "kind": [None if each is None else part_of(each) for each in told],
        "evidence": _lists([len(each) for each in evidence], structs),
    }


def part_of(declared: Declaration) -> str | None:
    """Return the part that the strongest statement gives the agent: author, co-author, wrapper."""
    parts = (Kind.AUTHOR, Kind.CO_AUTHOR, Kind.WRAPPER)
    return next((str(each.kind) for each in declared.evidence if each.kind in parts), None)


def _files(changed: list[tuple[FileChange, ...] | None]) -> pa.Array[Any]:
    files = list(chain.from_iterable(each for each in changed if each is not None))
    hunks = list(chain.from_iterable(file.hunks for file in files))
    hunk_parts = [
        pa.array([hunk.start for hunk in hunks], pa.int32()),
        _texts([hunk.added for hunk in hunks]),
        _texts([hunk.removed for hunk in hunks]),
    ]
    hunk_structs = pa.StructArray.from_arrays(hunk_parts, fields=list(HUNK))
    parts = [
        pa.array([getattr(file, field.name) for file in files], field.type)
        for field in FILE
        if field.name != "hunks"
    ]
    parts.append(_lists([len(file.hunks) for file in files], hunk_structs))
    structs = pa.StructArray.from_arrays(parts, fields=list(FILE))
    return _lists([None if each is None else len(each) for each in changed], structs)


def _texts(lists: list[Texts]) -> pa.Array[Any]:
    flat = pa.array(list(chain.from_iterable(lists)), pa.string())
    return _lists([len(each) for each in lists], flat)


def _lists(lengths: Iterable[int | None], values: pa.Array[Any]) -> pa.Array[Any]:
    """Return lists of these lengths out of flat values; a length of None is a null."""
    known = list(lengths)
    ends = list(accumulate((length or 0 for length in known), initial=0))
    starts = [None if length is None else at for length, at in zip(known, ends, strict=False)]
    offsets = pa.array([*starts, ends[-1]], pa.int32())
    return pa.ListArray.from_arrays(offsets, values)
