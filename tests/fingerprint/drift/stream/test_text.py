from collections.abc import Callable
from pathlib import Path

from fingerprint.drift.measured import Measured
from fingerprint.drift.stream import append_window
from fingerprint.report.stream_text import lines

Make = Callable[..., Measured]


def test_the_verdict_comes_first(make: Make, tmp_path: Path) -> None:
    """Lines begin with the verdict, name what moved and end with what the rate means."""
    reference = make(600, 0)
    quiet = list(lines(append_window(tmp_path / "state", reference, make(200, 1))))
    assert quiet[0] == "No alarm after window 1: no change is shown."
    for seed in (2, 3):
        told = append_window(tmp_path / "state", reference, make(200, seed, shift=1.5))
        if told.alarm:
            break
    written = list(lines(told))
    assert written[0].startswith(
        f"Alarm at window {told.windows}: samples of the same language have changed, "
        "most likely from window 2 on"
    )
    assert any("feature group shape" in line for line in written)
    assert "at most one false alarm in 100 windows" in written[-1]


def test_names_are_made_printable(make: Make, tmp_path: Path) -> None:
    """A control character in a side's name does not reach the terminal."""
    window = make(60, 1)
    object.__setattr__(window, "name", "a\x1b[31mb")
    told = append_window(tmp_path / "state", make(200, 0), window)
    assert not any("\x1b" in line for line in lines(told))
