"""The model card in Hugging Face form, written from the model and its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fingerprint_models.model import Model
from fingerprint_training.assessment import Estimate
from fingerprint_training.coverage import COVERAGE, SetScore
from fingerprint_training.evaluation_report import render_markdown
from fingerprint_training.markdown_table import cell, table
from fingerprint_training.pooling import PoolScore
from fingerprint_training.protocol import Outcome
from fingerprint_training.risk import PROMISES
from fingerprint_training.robustness_report import render_robustness

HEAD = """---
library_name: code-fingerprint
pipeline_tag: text-classification
tags: [code, stylometry, authorship-attribution, provenance, lightgbm]
---
# {name} {version}

Tells which of {count} classes wrote a piece of code: {classes}.

## Use
`fingerprint predict PATH` or `fingerprint.load().predict(code)`. The answer is a calibrated
probability for each class, a prediction set, and a told answer that may be `unknown` or `ai`.

**Not for** accusing a person: style is evidence, no proof. Short samples, translated or heavily
reviewed code, and families or versions that were not in training are told wrongly more often than
the figures below say. An answer is never a declaration of provenance.

## How it works
Columns of layout, naming, idiom, syntax tree and comments, with selected hashed n-grams, feed a
LightGBM booster and two linear heads (human or not, then which class) whose samples are weighted by
source. They are pooled, with weights fitted on left-out tasks and on left-out sources, by how
familiar the context looks: a batch of one source tells that far better than a lone sample, and in
a familiar context the batch also tells how much of it is human. A prediction set is the smallest
that held the truth in {coverage:.0%} of the left-out tasks and sources, one more source counted in.

`balanced` promises that {balanced:.0%} of what is told is right, `high-precision` {high:.0%}, on
left-out sources, and that next to no human code is told to be AI: a threshold for each family, for
lone samples, for those of one source, and for pools. What cannot be promised is not told.

The figures below are of models fitted, by the same recipe, on the training part of each split; the
model in this folder is fitted on all samples. Samples are cleaned before both, and copies with
different labels are left out of the test parts too; `predict` scores code as it is. What is told
is told in mode `balanced`.

## Training data
{samples} samples after cleaning.

| class | samples |
|---|---|
{labels}
"""

PROTOCOL_TITLES = {
    "tasks": "Unseen tasks, known sources",
    "sources": "Unseen sources and repositories",
}


def render_card(
    model: Model,
    figures: Mapping[str, object],
    outcomes: Sequence[Outcome],
    validation: Outcome,
) -> str:
    """Return the card as Markdown; `figures["robustness"]` has a section where it is there."""
    corpus = figures["corpus"]
    assert isinstance(corpus, dict)  # noqa: S101 - `publish.describe` made it
    labels = "\n".join(f"| {name} | {count} |" for name, count in corpus["label"].items())
    head = HEAD.format(
        name=model.id.name,
        version=model.id.version,
        count=len(model.classes),
        classes=", ".join(model.classes),
        samples=corpus["samples"],
        coverage=COVERAGE,
        balanced=PROMISES["balanced"][0],
        high=PROMISES["high-precision"][0],
        labels=labels,
    )
    sections = [*map(_protocol, outcomes), *_robustness(figures), _validation(validation)]
    return head + "\n".join(sections)


def _robustness(figures: Mapping[str, object]) -> list[str]:
    found = figures.get("robustness")
    return [f"\n{render_robustness(found)}\n"] if isinstance(found, dict) else []


def _protocol(outcome: Outcome) -> str:
    tables = render_markdown(outcome.alone, {"by source": outcome.batch, **outcome.others})
    return (
        f"\n## {PROTOCOL_TITLES[outcome.protocol]}\n\n"
        "`model` scores each sample alone, `by source` has all test samples of a source at hand. "
        f"Nothing was chosen on the test fold. Intervals are 95 %, by {outcome.alone.group}."
        f"\n\n{tables}{_sets(outcome.sets)}{_pools(outcome.pools)}"
    )


def _sets(found: SetScore) -> str:
    return (
        f"\nPrediction sets hold the truth for {cell(found.samples)} of the samples, of the mean "
        f"source for {cell(found.owners)}; {cell(found.size)} classes are in one.\n"
    )


def _pools(curve: Sequence[PoolScore]) -> str:
    """Return accuracy against evidence: samples of one source and author told together."""
    if not curve:
        return ""
    head = ("samples together", "pools", "macro-F1", "accuracy", "AUROC human", "ECE")
    rows = [
        (
            str(each.size),
            str(each.pools),
            *(
                cell(Estimate(*figure))
                for figure in (each.macro_f1, each.accuracy, each.human_auroc, each.ece)
            ),
        )
        for each in curve
    ]
    return f"\n### Accuracy against evidence\n\n{table(head, rows)}\n"


def _validation(outcome: Outcome) -> str:
    tables = render_markdown(outcome.alone, {"by source": outcome.batch})
    return (
        "\n## Left-out sources of the whole corpus (validation)\n\n"
        "Every source, scored by heads that were fitted on folds of other owners' sources. The "
        "calibration and the thresholds of this model were fitted on these very answers, which "
        "flatters them a little; they cover all sources and languages, which a test fold does "
        f"not.\n\n{tables}"
    )
