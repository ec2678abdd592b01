"""What a run met, counted while it streams by, and told on standard error at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from fingerprint.cli.render import printable
from fingerprint.items import Item
from fingerprint_models.attribution import Attribution
from fingerprint_models.file_parts import FileParts

Answer = TypeVar("Answer", bound=Attribution | FileParts)

_FAILED = ("missing", "unreadable", "invalid")
_MENDS = {"directory_needs_recursive": "is a directory: add -r to enter it"}
_EVERY = 64


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one run: families told, other outcomes, and files left out in silence."""

    told: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    not_code: Counter[str] = field(default_factory=Counter)

    def worth_reporting(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield all items but the prose and data files met on a walk, which are counted."""
        for item in items:
            if item.status in _FAILED:
                reason = _MENDS.get(item.reason or "", (item.reason or "").replace("_", " "))
                print(f"fingerprint: {printable(item.path)}: {reason}", file=sys.stderr)
            if item.status == "not_code" and item.source is not None:
                self.not_code[item.source] += 1
            else:
                yield item

    def counting(self, answers: Iterable[Answer], *, progress: bool) -> Iterator[Answer]:
        """Yield the answers, their files counted; with `progress`, a running number on stderr."""
        for number, answer in enumerate(answers, start=1):
            self._count(answer.whole if isinstance(answer, FileParts) else answer)
            if progress and number % _EVERY == 0:
                print(f"\r{number} files", end="", file=sys.stderr, flush=True)
            yield answer
        if progress:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def all_failed(self) -> bool:
        """Tell whether there was something to read and none of it could be read."""
        return bool(self.failed) and not self.told and not self.others

    def summary(self) -> str:
        """Return the run in one line."""
        parts = [_list("scored", self.told), _list("not scored", self.others)]
        parts += [_list("failed", self.failed)]
        if self.not_code:
            parts.append(f"{self.not_code.total()} passed over (not code)")
        return "; ".join(part for part in parts if part) or "no files found"

    def _count(self, attribution: Attribution) -> None:
        if attribution.status == "ok":
            self.told[attribution.family or "unknown"] += 1
        elif attribution.status in _FAILED:
            self.failed[attribution.status] += 1
        else:
            self.others[attribution.reason or attribution.status] += 1


def _list(name: str, counts: Counter[str]) -> str:
    inside = ", ".join(f"{count} {key}" for key, count in counts.most_common())
    return f"{counts.total()} {name} ({inside})" if counts else ""
