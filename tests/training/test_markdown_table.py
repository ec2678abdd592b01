"""Tables in Markdown: whole rows, figures with intervals."""

from __future__ import annotations

from math import nan

from fingerprint_training.assessment import Estimate
from fingerprint_training.markdown_table import cell, table


def test_cells() -> None:
    """A figure has its interval, where one is known, and a sign where it is asked for."""
    assert cell(Estimate(0.5, 0.25, 1.0)) == "0.500 [0.250, 1.000]"
    assert cell(Estimate(0.5, -0.25, 1.0), signed=True) == "+0.500 [-0.250, +1.000]"
    assert cell(Estimate(0.5, nan, nan)) == "0.500"
    assert cell(Estimate(nan, nan, nan)) == "–"


def test_a_bar_in_a_name_parts_no_cell() -> None:
    """Names are escaped, and figures stand to the right."""
    assert table(("name", "n"), [("a|b", "1")]) == "| name | n |\n| --- | ---: |\n| a\\|b | 1 |"
