"""The verdict on a challenger as Markdown, for the command line and for the model card."""

from __future__ import annotations

from fingerprint_training.assessment import Estimate
from fingerprint_training.markdown_table import cell, table
from fingerprint_training.retrain_gate import Comparison, Verdict

TITLES = {
    "log_loss": "log-loss",
    "refitted": "log-loss, refitted",
    "macro_f1": "macro-F1",
    "ece": "calibration error",
    "accused": "humans told to be AI",
}

READ = (
    "Both answer the same samples, each alone. Gains are positive where the challenger is better, "
    "with 95 % intervals of a paired bootstrap over owners, expanded for few of them; an owner "
    "weighs the root of its samples. On the new side the champion is as it stands and the "
    "challenger's procedure left the sample's owner out; on the reference side both did. "
    "Log-loss was chosen beforehand to decide, and once more with both refitted, by a "
    "temperature and a bias a class, on other owners' samples of the side: to be less sure, or to "
    "know which classes are frequent, is not to know who wrote what."
)


def render_retraining(verdict: Verdict) -> str:
    """Return a section with a table for both sides, the checks and the notes."""
    done = "published" if verdict.published else "not published"
    before, added = verdict.rounds
    if verdict.warm:
        made = f"{added} rounds of trees were added to its {before}"
    else:
        made = "cold, since the classes or their order differ: trees cannot be added to others"
    lines = [
        f"\n## Challenger {verdict.challenger} against champion {verdict.champion}: {done}\n",
        f"How it started: {made}. Judged on {len(verdict.classes)} classes that both know: "
        f"{', '.join(verdict.classes)}. {READ}\n",
        *(f"{_side(side)}\n" for side in verdict.sides),
        *(f"- {'passed' if each.passed else 'FAILED'}: {each.said}" for each in verdict.checks),
        *(f"- {note}" for note in verdict.notes),
    ]
    return "\n".join(lines) + "\n"


def _side(side: Comparison) -> str:
    head = (f"{side.side} side", "champion", "challenger", "gain")
    rows = [
        (
            TITLES[each.figure],
            cell(Estimate(each.champion, float("nan"), float("nan"))),
            cell(Estimate(each.challenger, float("nan"), float("nan"))),
            cell(each.gain, signed=True),
        )
        for each in side.figures
    ]
    return f"{side.samples} samples of {side.owners} owners\n\n{table(head, rows)}"
