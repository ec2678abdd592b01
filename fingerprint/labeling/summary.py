"""What a run found: rows by family, language and status, over all of its pieces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fingerprint.labeling.pieces import Done

KINDS = ("family", "language", "status")
MOST = 12
"""Values of a kind that are listed in words; the others are summed up."""


@dataclass
class Summary:
    """Sums over the pieces of a run that are done, those of earlier calls too."""

    pieces: int = 0
    rows: int = 0
    kept: int = 0
    rejected: int = 0
    code_bytes: int = 0
    seconds: float = 0.0
    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {kind: Counter() for kind in KINDS}
    )

    def add(self, done: Done, sign: int = 1) -> None:
        """Count a piece in, or out again with a `sign` of -1."""
        self.pieces += sign
        for name in ("rows", "kept", "rejected", "code_bytes", "seconds"):
            setattr(self, name, getattr(self, name) + sign * getattr(done, name))
        for kind in KINDS:
            for value, number in done.counts.get(kind, {}).items():
                self.counts[kind][value] += sign * number

    def to_dict(self) -> dict[str, Any]:
        """Return the sums as plain values; `seconds` are those of all workers together."""
        return {
            "rows": self.rows,
            "kept": self.kept,
            "rejected": self.rejected,
            "shards": self.pieces,
            "code_bytes": self.code_bytes,
            "seconds": round(self.seconds, 1),
            **{kind: dict(_ordered(self.counts[kind])) for kind in KINDS},
        }

    def lines(self, *, sorted_out: bool) -> Iterator[str]:
        """Yield the sums in words; with `sorted_out`, how many rows were kept and rejected too."""
        yield f"{self.rows:,} row{'' if self.rows == 1 else 's'}" + (
            f": {self.kept:,} kept, {self.rejected:,} rejected" if sorted_out else ""
        )
        for kind in KINDS:
            if found := _ordered(self.counts[kind]):
                shown = [f"{value} {number:,}" for value, number in found[:MOST]]
                rest = sum(number for _, number in found[MOST:])
                yield f"by {kind}: " + ", ".join(shown + ([f"{rest:,} more"] if rest else []))


def _ordered(counter: Mapping[str, int]) -> list[tuple[str, int]]:
    there = ((value, number) for value, number in counter.items() if number)
    return sorted(there, key=lambda each: (-each[1], each[0]))
