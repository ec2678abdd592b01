"""What is asked of a mining run; two runs with the same settings and histories are the same."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date

ALL_REFS = "--all"
SELECTIONS = ("all", "declared", "undeclared")
SAMPLES_PER_CHANGE = 6
PER_REPOSITORY = 300


@dataclass(frozen=True, slots=True)
class Settings:
    """Which changes are read and how many samples are kept of them.

    `since` and `until` bound the committer's time, in UTC. `revision` is a name, an id or a range
    A..B, by default all refs. `only` selects the changes that declare an agent, or those that do
    not. `samples_per_change` and `per_repository` are caps: the second holds for each
    (repository, agent, label, language).
    """

    since: date | None = None
    until: date | None = None
    revision: str = ALL_REFS
    only: str = "all"
    samples_per_change: int = SAMPLES_PER_CHANGE
    per_repository: int = PER_REPOSITORY

    def key(self) -> str:
        """Return a text that two settings share when they ask for the same."""
        return json.dumps(asdict(self), sort_keys=True, default=str)
