"""Changes of corpora of any such kind, at most so many of them, drawn by chance."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date

import numpy as np
import numpy.typing as npt

from fingerprint.drift.changes.kinds import Read, changes_of
from fingerprint.drift.errors import DriftError
from fingerprint.drift.rows import Days, Strings
from fingerprint_features.activity.relative import HISTORY, RepositoryStyle, style_of
from fingerprint_features.change import Change

Past = dict[tuple[int, str], list[tuple[float, int, npt.NDArray[np.float64]]]]
"""By input and repository: time, position in the corpus, and style of each commit.

Inputs are apart: several ranges of one repository each bring along what was before them.
"""


@dataclass(frozen=True, eq=False)
class ChangeRows:
    """n changes of a corpus, in its order: `at` (n,) counts from 0 over all its inputs.

    `label` is what the corpus, or the change itself, says of its author, "" where nothing is known;
    `source` is the repository, `date` the author's day in UTC, NaT where it is not known. `styles`
    are what the repository of a commit was used to before it. `seen` counts all changes, `flawed`
    those that were left out by why.
    """

    name: str
    changes: tuple[Change, ...]
    styles: tuple[RepositoryStyle | None, ...]
    at: npt.NDArray[np.int64]
    label: Strings
    source: Strings
    date: Days
    seen: int
    flawed: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.changes)


def read_change_rows(
    inputs: Sequence[str], *, most: int, seed: int = 0, name: str | None = None
) -> ChangeRows:
    """Return at most `most` changes, each drawn with the same chance, in their order.

    Merges, and changes that several authors declare, are left out. Raises DriftError for what is no
    corpus of changes (`kinds.WANTED`), and where no change is left.
    """
    chance = np.random.default_rng(seed)
    kept: list[tuple[float, int, Read, Change]] = []  # a heap: the largest key goes first
    flawed: Counter[str] = Counter()
    past: Past = defaultdict(list)
    known: set[tuple[str, str]] = set()
    seen, problem = 0, ""
    for number, read in (
        (number, each) for number, argument in enumerate(inputs) for each in changes_of(argument)
    ):
        if read.change is not None and read.order is not None:
            place = -1 if read.before else seen
            past[number, read.source].append((read.order, place, style_of(read.change)))
        if read.before:
            continue
        at, seen = seen, seen + 1
        if read.change is None:
            flawed[read.flaw] += 1
            problem = problem or read.problem
            continue
        if read.change.id and read.source:
            if (read.source, read.change.id) in known:
                flawed["duplicate"] += 1
                continue
            known.add((read.source, read.change.id))
        entry = (-float(chance.random()), at, read, read.change)
        if len(kept) < most:
            heapq.heappush(kept, entry)
        elif entry[0] > kept[0][0]:
            heapq.heapreplace(kept, entry)
    if not kept:
        why = ", ".join(f"{flaw}: {count}" for flaw, count in sorted(flawed.items())) or "empty"
        more = f"; {problem}" if problem else ""
        raise DriftError(f"{' '.join(inputs)}: no change to compare ({why}{more})")
    kept.sort(key=lambda entry: entry[1])
    reads = [read for _, _, read, _ in kept]
    changes = tuple(change for _, _, _, change in kept)
    at_kept = [at for _, at, _, _ in kept]
    styles = _styles(past, at_kept)
    return ChangeRows(
        name=name or " ".join(inputs),
        changes=changes,
        styles=tuple(styles.get(at) for at in at_kept),
        at=np.array(at_kept, dtype=np.int64),
        label=np.array([read.label for read in reads], dtype=np.str_),
        source=np.array([read.source for read in reads], dtype=np.str_),
        date=np.array([_day(change) for change in changes], dtype="datetime64[D]"),
        seen=seen,
        flawed=dict(flawed),
    )


def _styles(past: Past, wanted: Sequence[int]) -> dict[int, RepositoryStyle]:
    """Return by position what a repository was used to before each of the wanted commits."""
    found, asked = {}, set(wanted)
    for history in past.values():
        history.sort(key=lambda each: each[:2])
        vectors = [vector for _, _, vector in history]
        for place, (_, at, _) in enumerate(history):
            if at in asked:
                found[at] = RepositoryStyle.of(vectors[max(0, place - HISTORY) : place])
    return found


def _day(change: Change) -> date | None:
    return change.authored.astimezone(UTC).date() if change.authored else None
