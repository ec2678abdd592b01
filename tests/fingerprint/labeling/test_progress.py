"""Progress and summary: what a user is told while a run goes on, and at its end."""

from __future__ import annotations

import io

import pytest

from fingerprint.labeling.pieces import Done
from fingerprint.labeling.progress import Progress, duration
from fingerprint.labeling.summary import Summary


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return that it is."""
        return True


def told(stream: io.StringIO, every: float) -> str:
    """Return what is told of ten pieces of 100 rows, one each `every` seconds."""
    now = [0.0]
    progress = Progress(stream, clock=lambda: now[0])
    progress.start(2000, 1000)
    for number in range(10):
        now[0] += every
        progress.add(Done(0, number, 0, rows=100, code_bytes=1_000_000, weight=100))
    progress.end()
    return stream.getvalue()


def test_line_now_and_then() -> None:
    """Without a terminal a line is added each half minute, with rate, share and time left."""
    first, *rest = told(io.StringIO(), every=10).splitlines()
    assert first == "fingerprint: 65%, 300 rows, 10 rows/s, 0.10 MB/s, 70 s left"
    assert len(rest) == 2


def test_one_line_on_a_terminal() -> None:
    """On a terminal one line is drawn anew, and gone at the end."""
    shown = told(Terminal(), every=10)
    assert "\n" not in shown
    assert shown.count("\r") == 11
    assert shown.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 s"), (600, "10 min"), (12_000, "3 h 20 min"), (190_800, "2 d 5 h")],
)
def test_duration(seconds: float, words: str) -> None:
    """Times are told in two units at most."""
    assert duration(seconds) == words


def test_summary_adds_and_takes_back() -> None:
    """A piece that is counted in and out again leaves no trace; sums are ordered by size."""
    summary = Summary()
    one = Done(0, 0, 0, rows=3, kept=2, rejected=1, counts={"family": {"human": 2, "gpt": 1}})
    other = Done(0, 1, 3, rows=2, kept=2, counts={"family": {"gpt": 5}, "status": {"ok": 2}})
    summary.add(one)
    before = summary.to_dict()
    summary.add(other)
    assert list(summary.lines(sorted_out=True)) == [
        "5 rows: 4 kept, 1 rejected",
        "by family: gpt 6, human 2",
        "by status: ok 2",
    ]
    summary.add(other, -1)
    assert summary.to_dict() == before
