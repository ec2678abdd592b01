"""What a run over changes met, counted while it streams by, and told at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fingerprint_models.change_attribution import ChangeAttribution

_READ = ("ok", "empty")
_EVERY = 64


@dataclass(frozen=True, slots=True)
class ChangeTally:
    """Counts of one run: how many changes, what style says, what failed."""

    counts: Counter[str] = field(default_factory=Counter)
    inferred: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def counting(
        self, answers: Iterable[ChangeAttribution], *, progress: bool
    ) -> Iterator[ChangeAttribution]:
        """Yield the answers, counted; with `progress`, a running number on stderr."""
        for number, answer in enumerate(answers, start=1):
            self._count(answer)
            if progress and number % _EVERY == 0:
                print(f"\r{number} changes", end="", file=sys.stderr, flush=True)
            yield answer
        if progress:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def total(self) -> int:
        """Return how many answers there were, failures among them."""
        return self.counts["read"] + self.failed.total()

    def all_failed(self) -> bool:
        """Tell whether there was something to read and none of it could be read."""
        return bool(self.failed) and not self.counts["read"]

    def summary(self) -> str:
        """Return the run in one line."""
        parts = [f"{self.counts[name]} {name}" for name in ("read", "declared", "in conflict")]
        parts += [
            f"{counts.total()} {name} ({_list(counts)})"
            for name, counts in (("inferred", self.inferred), ("failed", self.failed))
            if counts
        ]
        return "; ".join(parts) if self.total() else "no changes found"

    def _count(self, answer: ChangeAttribution) -> None:
        if answer.status not in _READ:
            self.failed[answer.status] += 1
            return
        self.counts["read"] += 1
        self.counts["declared"] += answer.declared is not None
        self.counts["in conflict"] += answer.conflict
        if answer.inferred is not None:
            self.inferred[answer.inferred.agent] += 1


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {key}" for key, count in counts.most_common())
