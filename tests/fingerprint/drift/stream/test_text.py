from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fingerprint.drift.measured import Measured
from fingerprint.drift.stream import Past, Shift, append_window
from fingerprint.report.stream_text import lines, markdown

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


def test_earlier_alarms_are_counted(make: Make, tmp_path: Path) -> None:
    """One earlier alarm is told as one, several as several, and this window's is none of them."""
    told = append_window(tmp_path / "state", make(200, 0), make(60, 1))

    def earlier(*windows: int) -> list[str]:
        past = tuple(
            Past(at, 60, (1.0, 1.0), (1.0, 1.0), (at in windows, False)) for at in (3, 4, 5, 6)
        )
        return [line for line in lines(replace(told, past=past)) if line.startswith("Earlier")]

    assert earlier() == earlier(6) == []
    assert earlier(3) == ["Earlier alarm: at window 3."]
    assert earlier(3, 5) == ["Earlier alarms: at windows 3 and 5."]
    assert earlier(3, 4, 5) == ["Earlier alarms: at windows 3, 4 and 5."]


def test_what_moved_is_always_named(make: Make, tmp_path: Path) -> None:
    """No language, and all taken together, have words; only where nothing moved that is said."""
    told = append_window(tmp_path / "state", make(200, 0), make(60, 1))
    moved = Shift("language", "", 0.01, 0.5, 0.25), Shift("group", "together", 0.02)
    written = list(lines(replace(told, moved=moved)))
    assert (
        "moved in this window: no language (p = 0.01), 50.0 % where 25.0 % was to be expected"
        in (written)
    )
    assert (
        "moved in this window: all feature groups and answers taken together (p = 0.02)" in written
    )
    nothing = "No language, feature group or answer stands out in this window alone at 5 %."
    assert nothing not in written
    assert nothing in list(lines(replace(told, moved=())))


def test_markdown_says_the_same(make: Make, tmp_path: Path) -> None:
    """The page has all that the lines have, under a heading; names from outside stay text."""
    window = replace(make(60, 1), name="a|b <script> [x](y) `z` *w*\n# v")
    told = append_window(tmp_path / "state", make(200, 0), window)
    told = replace(told, moved=(Shift("group", "shape", 0.02),))
    page = list(markdown(told))
    assert page[:3] == ["# Stream", "", "No alarm after window 1: no change is shown."]
    assert r"a\|b &lt;script> [x]\(y) `z` *w*\\n# v" in page[4]
    assert "- moved in this window: feature group shape (p = 0.02)" in page
    assert not any("\n" in line for line in page)
    bare = [line.removeprefix("- ").replace("\\", "") for line in page[2:] if line]
    plain = [line.replace("&lt;", "<") for line in bare]
    assert plain == [line.replace("\\", "") for line in lines(told)]
