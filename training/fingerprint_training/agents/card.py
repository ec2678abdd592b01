"""The agent model's card, written from the model and its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fingerprint_models.agent_model import AgentModel
from fingerprint_training.agents.protocols import Part
from fingerprint_training.assessment import Assessment, Estimate

HEAD = """---
library_name: code-fingerprint
pipeline_tag: text-classification
tags: [commits, pull requests, coding agents, provenance, lightgbm]
---
# {name} {version}

Tells which coding agent made a commit or a pull request, or that a person did: {classes}.

## Use
`fingerprint predict --commit REV`, `--range A..B`, `--pull-request FILE`, or
`fingerprint.load().predict_change(change)`. What a change declares and what its style says are told
side by side; trailers, bot identities, tool names, templates and addresses are taken off before
style is measured, so a marker never makes the inferred answer.

**Not for** accusing a person. A commit is small evidence; changes of one author are better pooled.
Agents that are not among the classes are told as another one, or as unknown. Human changes are
commits from before June 2021, agents' ones are years younger: part of what tells them may be the
era. No table of pull requests has any by people. Theirs are commits of that time, put as the pull
request of one commit that a forge would make of them, and such of every agent stand beside: how
often a longer pull request of a person is taken for an agent's is not measured.

## How it works
A linear model over hashed words and characters of the message, and a LightGBM booster over columns
of the message, the shape of the change, the style of the added code, and what the linear model said
of changes it was not fitted on. Both are blended, once for changes with a diff, once for messages
alone, once for pull requests alone, with weights fitted on left-out owners of repositories.

The figures are of models fitted by the same recipe on the training side of each protocol; the model
in this folder is fitted on all changes. Intervals are 95 %, by bootstrap over owners. Macro-F1 is
over the classes that occur; an answer outside them costs the class it was given on.

## Training data
{changes} changes of {owners} owners.

| class | changes |
|---|---|
{labels}
"""

COLUMNS = (
    *("protocol", "part", "owners", "changes", "macro-F1", "accuracy", "AUROC human", "ECE"),
    *("told an agent or human", "its precision", "human told to be an agent"),
)


def render_card(model: AgentModel, figures: Mapping[str, Any], parts: Sequence[Part]) -> str:
    """Return the card as Markdown with Hugging Face's front matter."""
    corpus = figures["corpus"]
    head = HEAD.format(
        name=model.id.name,
        version=model.id.version,
        classes=", ".join(model.classes),
        changes=corpus["changes"],
        owners=corpus["owners"],
        labels="\n".join(f"| {name} | {count} |" for name, count in corpus["label"].items()),
    )
    rows = [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    rows += [_row(part) for part in parts]
    classes = ["## F1 by class", *_by_class(parts)]
    strangers = _strangers(figures.get("open_set") or {})
    return "\n".join((head, "## Figures", *rows, "", *classes, "", *strangers, ""))


def _strangers(found: Mapping[str, Any]) -> list[str]:
    """Return how commits of agents that the model does not know are answered."""
    if not found:
        return []
    lines = [
        "## Agents that it does not know",
        f"AUROC of the confidence, known against unknown: {found['auroc']:.3f}.",
        "",
        "| agent | commits | somebody is named, `balanced` |",
        "|---|---|---|",
    ]
    for name, each in sorted(found["agents"].items()):
        lines.append(f"| {name} | {each['changes']} | {each['named'] / each['changes']:.1%} |")
    return lines


def _row(part: Part) -> str:
    a = part.assessment
    cells = (
        part.protocol,
        part.part,
        str(a.groups),
        str(a.samples),
        tell(a.macro_f1),
        tell(a.accuracy),
        tell(a.human_auroc),
        tell(a.ece),
        tell(a.named),
        tell(a.named_precision),
        _accused(a),
    )
    return f"| {' | '.join(cells)} |"


def _accused(assessment: Assessment) -> str:
    whole = [each for each in assessment.accusations if each.language is None]
    if not whole or not whole[0].samples:
        return "–"
    first = whole[0]
    return f"{first.accused} of {first.samples} (≤ {first.high:.2%})"


def tell(estimate: Estimate) -> str:
    """Return a figure with its interval; a dash where it is not defined."""
    if estimate.value != estimate.value:  # NaN
        return "–"
    if estimate.low != estimate.low:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _by_class(parts: Sequence[Part]) -> list[str]:
    names = list(dict.fromkeys(f.family for part in parts for f in part.assessment.families))
    lines = [f"| protocol | part | {' | '.join(names)} |", "|---|---|" + "---|" * len(names)]
    for part in parts:
        found = {each.family: each for each in part.assessment.families}
        cells = [
            f"{found[name].f1.value:.2f} ({found[name].samples})"
            if name in found and found[name].samples
            else "–"
            for name in names
        ]
        lines.append(f"| {part.protocol} | {part.part} | {' | '.join(cells)} |")
    return lines
