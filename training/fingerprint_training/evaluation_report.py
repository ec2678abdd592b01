"""An evaluation as text for a terminal and as Markdown for cards; nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fingerprint_training.assessment import Assessment, Estimate

MODEL = "model"  # the assessed model's column, before its baselines
BAR = 30  # characters for accuracies from 0 to 1
UNDEFINED = "–"

Row = Sequence[str]

FIGURES: tuple[tuple[str, Callable[[Assessment], Estimate]], ...] = (
    ("macro-F1", lambda each: each.macro_f1),
    ("accuracy", lambda each: each.accuracy),
    ("AUROC human against AI", lambda each: each.human_auroc),
    ("ECE", lambda each: each.ece),
    ("Brier score", lambda each: each.brier),
    ("coverage at the target precision", lambda each: each.coverage),
    ("told answers: share", lambda each: each.answered),
    ("told answers: precision", lambda each: each.answered_precision),
    ("told a class: share", lambda each: each.named),
    ("told a class: precision", lambda each: each.named_precision),
    ("false-positive rate on human code", lambda each: each.false_positive_rate),
)


@dataclass(frozen=True, slots=True)
class _Table:
    """A title, what to know to read it, and cells; the first column names things."""

    title: str
    note: str
    head: Row
    rows: Sequence[Row]


def render_text(assessment: Assessment, baselines: Mapping[str, Assessment]) -> str:
    """Write the figures as aligned plain text, the baselines' beside the model's.

    Raises ValueError when a baseline was assessed on other classes.
    """
    return "\n\n".join(map(_text, _tables(assessment, baselines))) + "\n"


def render_markdown(assessment: Assessment, baselines: Mapping[str, Assessment]) -> str:
    """Write the same tables as Markdown sections of level three; raises as render_text does."""
    return "\n\n".join(map(_markdown, _tables(assessment, baselines))) + "\n"


def _tables(assessment: Assessment, baselines: Mapping[str, Assessment]) -> list[_Table]:
    for name, each in baselines.items():
        if each.classes != assessment.classes:
            raise ValueError(
                f"baseline {name!r} has classes {each.classes}, and the model has "
                f"{assessment.classes}: assess both on the same rows"
            )
    named = {MODEL: assessment, **baselines}
    return [
        _overview(assessment, named),
        _families(named),
        _confusion(assessment),
        _reliability(assessment),
        _accusations(assessment),
        _lengths(assessment),
    ]


def _overview(assessment: Assessment, named: Mapping[str, Assessment]) -> _Table:
    rows = [
        ["trained on rows", *(_count(each.train_rows) for each in named.values())],
        ["assessed on rows", *(_count(each.samples) for each in named.values())],
        [f"{assessment.group}s", *(_count(each.groups) for each in named.values())],
        *([name, *(_estimate(get(each)) for each in named.values())] for name, get in FIGURES),
    ]
    note = (
        f"95 % intervals by bootstrap over {assessment.group}s. Target precision "
        f"{assessment.precision_target:g}; human code of at least "
        f"{assessment.accusation_lines} lines."
    )
    return _Table(f"Figures on unseen {assessment.group}s", note, ["figure", *named], rows)


def _families(named: Mapping[str, Assessment]) -> _Table:
    rows = [
        [score.family, _count(score.samples)]
        + [_estimate(each.families[at].f1) for each in named.values()]
        for at, score in enumerate(named[MODEL].families)
    ]
    note = "Of the likeliest class, before anything is withheld."
    return _Table("F1 by class", note, ["class", "rows", *named], rows)


def _confusion(assessment: Assessment) -> _Table:
    rows = [
        [name, *map(_count, counts)]
        for name, counts in zip(assessment.classes, assessment.confusion, strict=True)
    ]
    note = "Rows are the truth, columns the likeliest class."
    return _Table("Confusion", note, ["truth", *assessment.classes], rows)


def _reliability(assessment: Assessment) -> _Table:
    rows = [
        [
            f"{each.low:.2f}–{each.high:.2f}",
            _count(each.samples),
            _number(each.confidence),
            _number(each.accuracy),
            _bar(each.accuracy, each.confidence),
        ]
        for each in assessment.reliability
    ]
    note = "# reaches to the accuracy, o stands at the mean confidence: calibrated is o at the end."
    head = ["confidence", "rows", "mean", "accuracy", "diagram"]
    return _Table("Reliability", note, head, rows)


def _accusations(assessment: Assessment) -> _Table:
    rows = [
        [
            "all" if each.language is None else each.language or "not told",
            _count(each.samples),
            _count(each.accused),
            _estimate(Estimate(each.rate, each.low, each.high)),
        ]
        for each in assessment.accusations
    ]
    note = (
        f"Human code of at least {assessment.accusation_lines} lines that is told to be AI, with "
        "the Clopper-Pearson interval (95 %, independent rows)."
    )
    return _Table("False accusations", note, ["language", "rows", "accused", "rate"], rows)


def _lengths(assessment: Assessment) -> _Table:
    rows = [
        [
            f"{each.shortest}+" if each.longest is None else f"{each.shortest}–{each.longest}",
            _count(each.samples),
            _estimate(each.accuracy),
            _estimate(each.answered),
        ]
        for each in assessment.lengths
    ]
    note = "Accuracy of the likeliest class, and the share of rows that get an answer."
    return _Table("Accuracy by length", note, ["lines", "rows", "accuracy", "answered"], rows)


def _text(table: _Table) -> str:
    cells = [table.head, *table.rows]
    widths = [max(len(row[at]) for row in cells) for at in range(len(table.head))]
    lines = [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join([table.title, "=" * len(table.title), table.note, "", *lines])


def _markdown(table: _Table) -> str:
    head = _pipes(table.head)
    rule = _pipes(["---"] + ["---:"] * (len(table.head) - 1))
    return "\n".join(
        [f"### {table.title}", "", table.note, "", head, rule, *map(_pipes, table.rows)]
    )


def _pipes(cells: Row) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _estimate(estimate: Estimate) -> str:
    if math.isnan(estimate.value):
        return UNDEFINED
    interval = "" if math.isnan(estimate.low) else f" [{estimate.low:.3f}, {estimate.high:.3f}]"
    return f"{estimate.value:.3f}{interval}"


def _number(value: float) -> str:
    return UNDEFINED if math.isnan(value) else f"{value:.3f}"


def _count(value: int | None) -> str:
    return UNDEFINED if value is None else str(value)


def _bar(accuracy: float, confidence: float) -> str:
    if math.isnan(accuracy):
        return ""
    bar = list("#" * round(accuracy * BAR) + "." * (BAR - round(accuracy * BAR)))
    bar[min(int(confidence * BAR), BAR - 1)] = "o"
    return "".join(bar)
