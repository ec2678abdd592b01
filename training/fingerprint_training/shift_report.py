"""The card's section on languages and quarters that the heads had not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from fingerprint_training.assessment import Assessment
from fingerprint_training.markdown_table import UNDEFINED, cell, table
from fingerprint_training.shift import Shift, Shifted

TITLES: Mapping[Shift, str] = MappingProxyType(
    {"languages": "Unseen languages", "quarters": "Later quarters"}
)

NOTES: Mapping[Shift, str] = MappingProxyType(
    {
        "languages": (
            "Each language is scored by heads that were fitted on the others; the sources and "
            "the tasks may be known from them."
        ),
        "quarters": (
            "Heads saw dated code up to the cut, and undated code without that of models "
            "released after it. All tested owners are unseen, in the control before the cut "
            "too, where the families have other shares. Beside the AI samples stand as many "
            "human ones of unseen owners, where there are so many; those are older, being from "
            "before the assistants."
        ),
    }
)

CALIBRATION = (
    "Heads are fitted for each fold; the calibration and the thresholds are those of the model in "
    "this folder. Their few dozen parameters were chosen on left-out answers of the whole corpus, "
    "so they saw these languages and quarters, which flatters the ECE and what is told."
)

HEAD = (
    "part", "trained on", "samples", "owners", "macro-F1", "AUROC human against AI", "ECE",
    "Brier score", "told: share", "told: precision",
)  # fmt: skip


def render_shift(shifted: Sequence[Shifted]) -> str:
    """Return sections of level two as Markdown, with a line end; "" where nothing was run."""
    found = []
    for protocol, title in TITLES.items():
        parts = [each for each in shifted if each.protocol == protocol]
        if parts:
            figures = table(HEAD, [_row(each) for each in parts])
            bins = _reliability(parts[0].assessment)
            found.append(
                f"\n## {title}\n\n{NOTES[protocol]} {CALIBRATION} Each sample is scored alone, in "
                f"mode `balanced`. Intervals are 95 %, by owner.\n\n{figures}\n\n"
                f"### Reliability: {parts[0].part}\n\n{bins}\n"
            )
    return "".join(found)


def _row(shifted: Shifted) -> tuple[str, ...]:
    each = shifted.assessment
    trained = UNDEFINED if each.train_rows is None else str(each.train_rows)
    figures = (
        each.macro_f1, each.human_auroc, each.ece, each.brier, each.answered,
        each.answered_precision,
    )  # fmt: skip
    return (shifted.part, trained, str(each.samples), str(each.groups), *map(cell, figures))


def _reliability(assessment: Assessment) -> str:
    rows = [
        (f"{each.low:.2f}–{each.high:.2f}", str(each.samples), f"{each.confidence:.3f}",
         f"{each.accuracy:.3f}")
        for each in assessment.reliability
        if each.samples
    ]  # fmt: skip
    return table(("confidence", "samples", "mean", "accuracy"), rows)
