"""Publishing: the card and the figures are put together, and the folder is written, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from fingerprint_features import registry
from fingerprint_models.artefact import write_folder
from fingerprint_models.model import Model
from fingerprint_training.cleaning import CleaningReport
from fingerprint_training.material import Material
from fingerprint_training.model_card import render_card
from fingerprint_training.protocol import Outcome
from fingerprint_training.recipe import Recipe, Retraining
from fingerprint_training.retrain_gate import Verdict
from fingerprint_training.retrain_report import render_retraining
from fingerprint_training.shift import Shifted
from fingerprint_training.shift_report import render_shift


def publish(
    model: Model,
    material: Material,
    recipe: Recipe,
    *,
    report: CleaningReport,
    outcomes: Sequence[Outcome],
    validation: Outcome,
    shifted: Sequence[Shifted],
    out: Path,
    verdict: Verdict | None = None,
) -> str:
    """Write the model folder with card and figures; returns the hash of its manifest.

    A challenger that was published brings the `verdict` on it.
    """
    figures: dict[str, object] = {
        "corpus": describe(material),
        "cleaning": [
            {"rule": rule.rule, "changed": rule.changed, "dropped": rule.dropped}
            for rule in report.rules
        ],
        "recipe": settings(recipe),
        "validation": validation.to_dict(),
        "protocols": {outcome.protocol: outcome.to_dict() for outcome in outcomes},
        "shift": [each.to_dict() for each in shifted],
    }
    for outcome in outcomes:
        if outcome.robustness:
            figures["robustness"] = outcome.robustness.to_dict()
    card = render_card(model, figures, outcomes, validation) + render_shift(shifted)
    if verdict is not None:
        figures["retraining"] = verdict.to_dict()
        card += render_retraining(verdict)
    done = replace(model, card=card, figures=figures)
    header = {
        "name": recipe.name,
        "version": recipe.version,
        "schema_hash": registry.schema_hash(),
        "created_by": "code-fingerprint",
    }
    return write_folder(out, done.to_files(), header=header, replace=True)


def describe(material: Material) -> dict[str, object]:
    """Return what the model was trained on: samples by class, language and source."""
    corpus = material.corpus
    counts = {
        name: dict(sorted(Counter(v or "" for v in corpus.column(name)).items()))
        for name in ("label", "language", "source")
    }
    return {"samples": len(corpus), **counts}


def settings(recipe: Recipe) -> dict[str, object]:
    """Return the recipe but for the paths, which are of the machine that trained."""
    plain = asdict(recipe)
    plain["corpora"] = [{**each, "path": Path(each["path"]).name} for each in plain["corpora"]]
    # What retraining alone reads is told where it is set: other models are as they would be.
    if recipe.retraining == Retraining():
        del plain["retraining"]
    for each in plain["corpora"]:
        if not each["new"]:
            del each["new"]
    return plain
