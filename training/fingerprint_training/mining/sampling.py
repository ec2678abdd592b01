"""Code samples of a history: offered by each change, kept within caps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from typing import Any, NamedTuple

import pyarrow as pa

from fingerprint_features.change import Change, FileChange
from fingerprint_features.languages import PARSED, language_of_path
from fingerprint_models.declaration import Declaration
from fingerprint_training import corpora
from fingerprint_training.corpora import code_key
from fingerprint_training.mining.change_rows import part_of
from fingerprint_training.mining.excerpts import excerpt, is_moved, kinds_of
from fingerprint_training.mining.labels import Labels
from fingerprint_training.mining.pseudonyms import pseudonym
from fingerprint_training.mining.quota import Quota, priority
from fingerprint_training.mining.settings import Settings
from fingerprint_training.own_code import is_own_path

# Taking back, taking up again or picking brings somebody else's code.
BROUGHT_BACK = re.compile(r"(?:revert|reapply|back ?out)\b|cherry[- ]?pick", re.IGNORECASE)
PICKED = "(cherry picked from commit"

FIELDS: list[pa.Field[Any]] = [
    *(each for each in corpora.FIELDS if each.name != "date"),  # has its place further down
    pa.field("agent_label", pa.string(), nullable=False),
    pa.field("family", pa.string()),
    pa.field("agent", pa.string()),
    pa.field("kind", pa.string()),
    pa.field("sha", pa.string(), nullable=False),
    pa.field("date", pa.date32()),
    pa.field("author", pa.string()),
]
SCHEMA = pa.schema(FIELDS)
"""The columns of a corpus, then what the change tells: `source` and `sha` name it.

`label` and `agent_label` are never null (`human`, `undeclared`, `unresolved`); `family`, `agent`
and `kind` are what was declared, null without. `date` is the committer's, in UTC; `author` is a
pseudonym.
"""

Record = dict[str, Any]


class Slot(NamedTuple):
    """A sample that may come of a change; `ticket` is its random number."""

    ticket: int
    kind: str
    language: str
    file: FileChange


def reason_against(change: Change, declared: Declaration | None) -> str | None:
    """Return why no code of a change may be a sample, or None."""
    if len(change.parents) > 1:
        return "merge"
    if declared is not None and declared.mixed:
        return "several authors"
    if BROUGHT_BACK.match(change.title) or PICKED in change.message:
        return "revert or cherry-pick"
    return "no diff at hand" if change.files is None else None


class Sampler:
    """Draws the samples of one repository, change by change; `left_out` counts why not."""

    def __init__(self, settings: Settings, left_out: Counter[str]) -> None:
        self._per_change = settings.samples_per_change
        self._quota: Quota[Record] = Quota(settings.per_repository)
        self._left_out = left_out

    def __call__(self, change: Change, labels: Labels, declared: Declaration | None) -> None:
        """Draw at most `samples_per_change` samples; what the caps refuse is not even cut out."""
        reason = reason_against(change, declared)
        if reason is not None:
            self._left_out[f"changes without samples: {reason}"] += 1
            return
        removed: frozenset[str] | None = None
        room = self._per_change
        for slot in sorted(self._slots(change), key=lambda slot: slot[:2]):
            if room <= 0:
                break
            if not self._quota.open((*labels, slot.language), slot.ticket):
                self._left_out["samples: over the cap of the repository"] += 1
                continue
            found = excerpt(slot.file, slot.kind, slot.ticket)
            if found is None:
                continue
            removed = _removed(change) if removed is None else removed
            if is_moved(found[0], removed):
                self._left_out["samples: moved code"] += 1
                continue
            room -= 1
            record = _record(change, slot, found, labels, declared)
            group = (*labels, found[1])
            self._quota.keep(group, slot.ticket, code_key(found[0]), record)

    def records(self) -> Iterator[Record]:
        """Yield the samples that stay."""
        return self._quota.rows()

    def _slots(self, change: Change) -> Iterator[Slot]:
        for file in change.files or ():
            language = language_of_path(file.path) if file.hunks else None
            kinds = kinds_of(file) if language in PARSED else ()
            if kinds and not is_own_path(file.path):
                self._left_out["files: vendored, generated or fixtures by their path"] += 1
            elif language is not None:
                for kind in kinds:
                    ticket = priority(str(change.id), file.path, kind)
                    yield Slot(ticket, kind, language, file)


def _removed(change: Change) -> frozenset[str]:
    files = change.files or ()
    return frozenset(line.strip() for file in files for hunk in file.hunks for line in hunk.removed)


def _record(
    change: Change,
    slot: Slot,
    found: tuple[str, str],
    labels: Labels,
    declared: Declaration | None,
) -> Record:
    code, language = found
    told: Record = {} if declared is None else {"kind": part_of(declared)}
    for name in ("family", "agent", "model"):
        told[name] = None if declared is None else getattr(declared, name)
    when = change.committed
    return told | {
        "code": code,
        "label": labels.family,
        "language": language,
        "source": change.repository,
        "task": slot.file.path,
        "variant": slot.kind,
        "path": slot.file.path,
        "row": 0,
        "origin": f"{change.repository}@{str(change.id)[:12]}",
        "agent_label": labels.agent,
        "sha": change.id,
        "date": None if when is None else when.astimezone(UTC).date(),
        "author": pseudonym(change.author),
    }
