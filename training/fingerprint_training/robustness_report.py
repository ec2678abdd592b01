"""The robustness of a model as a section of its card, from the plain figures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from fingerprint_training.assessment import Estimate
from fingerprint_training.markdown_table import UNDEFINED, cell, table

HEAD = (
    "transform",
    "applies to",
    "macro-F1 before",
    "macro-F1 after",
    "loss in points",
    "accuracy",
    "AUROC human against AI",
    "ECE",
)
TITLE = "## Robustness against changes that keep the meaning"
NOTE = (
    "{samples} samples of {tasks} tasks that the model was not fitted on, transformed and scored "
    "alone. Before and after are of the very samples that a transform applies to: compare within a "
    "row, not between rows. Arrows lead from before to after. The loss is of macro-F1, in "
    "hundredths. Intervals are 95 %, by task. *All in a row* drops comments, renames, reformats "
    "and normalises blanks, each where it applies."
)


def render_robustness(figures: Mapping[str, Any]) -> str:
    """Return what `Robustness.to_dict` gave as a Markdown section of level two."""
    unchanged = figures["unchanged"]
    rows = [
        ["none", f"{figures['samples']}", cell(_estimate(unchanged["macro_f1"])), "", ""]
        + [_number(unchanged[name]["value"]) for name in ("accuracy", "human_auroc", "ece")],
        *map(_row, figures["transforms"]),
    ]
    note = NOTE.format(samples=figures["samples"], tasks=figures["tasks"])
    missing = [f"- {each['transform']}: not run: {each['reason']}" for each in figures["not_run"]]
    return "\n\n".join([TITLE, note, table(HEAD, rows), *(["\n".join(missing)] * bool(missing))])


def _row(each: Mapping[str, Any]) -> Sequence[str]:
    before, after = each["before"], each["after"]
    return [
        each["transform"],
        f"{each['samples']} ({each['share']:.0%})",
        cell(_estimate(before["macro_f1"])),
        cell(_estimate(after["macro_f1"])),
        _points(_estimate(each["loss"])),
        *(
            f"{_number(before[name]['value'])} → {_number(after[name]['value'])}"
            for name in ("accuracy", "human_auroc", "ece")
        ),
    ]


def _estimate(plain: Mapping[str, float | None]) -> Estimate:
    return Estimate(**{name: math.nan if each is None else each for name, each in plain.items()})


def _points(loss: Estimate) -> str:
    if math.isnan(loss.value):
        return UNDEFINED
    value = f"{loss.value:+.1f}"
    return value if math.isnan(loss.low) else f"{value} [{loss.low:+.1f}, {loss.high:+.1f}]"


def _number(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.3f}"
