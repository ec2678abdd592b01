"""How far a run has come, how fast it is, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from fingerprint.labeling.pieces import Done

EVERY_S = 30.0
"""Seconds between two lines where standard error is no terminal."""

REDRAW_S = 0.2


@dataclass
class Progress:
    """Says on a stream, if there is one, how far a run is.

    `total` is the bytes of all inputs, as they lie there.
    On a terminal one line is drawn anew, elsewhere a line is added now and then.
    """

    stream: TextIO | None
    total: int = 0
    clock: Callable[[], float] = time.monotonic
    before: int = 0
    weight: int = 0
    rows: int = 0
    code_bytes: int = 0
    begun: float = field(default=0.0)
    shown: float = field(default=0.0)

    def start(self, total: int, before: int, shards: int = 0) -> None:
        """Begin, with `before` bytes of `total` done by earlier calls, and so many shards."""
        self.total, self.before = total, before
        if shards and self.stream is not None:
            what = "1 shard was" if shards == 1 else f"{shards:,} shards were"
            self.stream.write(f"fingerprint: going on: {what} there before\n")
        self.begun = self.shown = self.clock()

    def add(self, done: Done) -> None:
        """Count a piece, and say so if it is time."""
        self.weight += done.weight
        self.rows += done.rows
        self.code_bytes += done.code_bytes
        if self.stream is None:
            return
        now, terminal = self.clock(), self.stream.isatty()
        if now - self.shown >= (REDRAW_S if terminal else EVERY_S):
            self.shown = now
            start, end = ("\r\x1b[K", "") if terminal else ("fingerprint: ", "\n")
            self.stream.write(f"{start}{self.line(now)}{end}")
            self.stream.flush()

    def end(self) -> None:
        """Leave a terminal as it was."""
        if self.stream is not None and self.stream.isatty():
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def line(self, now: float) -> str:
        """Return the state at a time in one line."""
        passed = max(now - self.begun, 1e-9)
        rate = f"{self.rows / passed:,.0f} rows/s, {self.code_bytes / passed / 1e6:.2f} MB/s"
        share = min(1.0, (self.before + self.weight) / self.total) if self.total else 0.0
        left = max(0, self.total - self.before - self.weight) * passed / max(self.weight, 1)
        told = f"{share:.0%}, " if self.total else ""
        return f"{told}{self.rows:,} rows, {rate}, {duration(left)} left"


def duration(seconds: float) -> str:
    """Return a time to be waited, as 45 s, 12 min, 3 h 20 min or 2 d 5 h."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"
