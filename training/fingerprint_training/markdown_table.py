"""Tables in Markdown, and figures with their intervals as cells."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from fingerprint_training.assessment import Estimate

UNDEFINED = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table without a line end; the first column names things."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(map(_pipes, (head, rule, *rows)))


def cell(estimate: Estimate, *, signed: bool = False) -> str:
    """Return "value [low, high]" with three digits; `signed` writes a plus where one belongs."""
    form = "+.3f" if signed else ".3f"
    if math.isnan(estimate.value):
        return UNDEFINED
    value = format(estimate.value, form)
    if math.isnan(estimate.low):
        return value
    return f"{value} [{format(estimate.low, form)}, {format(estimate.high, form)}]"


def _pipes(cells: Sequence[str]) -> str:
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"
