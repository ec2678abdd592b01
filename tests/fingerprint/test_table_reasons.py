"""Reasons on a terminal: whole sentences, in the width that there is."""

from __future__ import annotations

import io

from rich.console import Console

from fingerprint.cli.table_reasons import print_reasons
from fingerprint_models.attribution import Evidence


def shown(width: int, reasons: list[tuple[str, tuple[Evidence, ...]]]) -> list[str]:
    """Return the lines that a terminal of that width shows."""
    stream = io.StringIO()
    print_reasons(Console(file=stream, width=width), reasons)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_reasons_have_their_own_lines() -> None:
    """Below the file's name: weight, family, sentence, folded beside itself; no markup is read."""
    long = "text inside comments: 31 % of the text; typical of human 12 %, of claude 24 %"
    reasons = (
        Evidence(long, "claude", 0.5, ()),
        Evidence("[red]short", "claude", -0.25, ()),
    )
    lines = shown(60, [("quiet.py", ()), ("[b]a.py", reasons)])
    assert lines[0] == "[b]a.py"
    assert lines[1].startswith("  +0.50  claude  text inside comments: 31 %")
    assert lines[2].startswith(" " * 17)
    assert lines[2].strip().endswith("24 %")
    assert lines[3] == "  -0.25  claude  [red]short"
    assert not any("quiet" in line for line in lines)


def test_nothing_without_reasons() -> None:
    """Without any reason nothing is printed."""
    assert shown(60, [("a.py", ())]) == []
