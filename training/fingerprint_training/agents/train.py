"""The whole road of an agent model: read, measure, evaluate, fit on all, publish."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from fingerprint_features.activity import registry
from fingerprint_features.provenance.strip import Tier
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.artefact import check_target, write_folder
from fingerprint_models.change_parts import at_hand
from fingerprint_models.decision import SHORT_LINES
from fingerprint_training.agents.card import render_card
from fingerprint_training.agents.fitted import Fitter
from fingerprint_training.agents.measured import measure
from fingerprint_training.agents.protocols import TIERS, Corpus, left_out, run
from fingerprint_training.agents.recipe import AgentRecipe
from fingerprint_training.agents.reference_rows import reference_sample
from fingerprint_training.agents.rows import (
    Labelled,
    as_pull_requests,
    read_commits,
    read_pull_requests,
)
from fingerprint_training.errors import TooFewSamplesError
from fingerprint_training.metrics import FloatArray, auroc

Log = Callable[[str], None]

LEAST = 20
"""Changes a class must have; folds of fewer cannot be calibrated."""


def train_agents(
    recipe: AgentRecipe,
    out: Path,
    *,
    cache: Path | None,
    workers: int,
    log: Log,
    progress: bool = False,
) -> str:
    """Train by a recipe and write the model folder `out`; returns its manifest hash.

    Stages that are finished in `cache` are not done again. Raises CorpusError, RecipeError or
    ModelError with the culprit and the mend.
    """
    check_target(out, replace=True)  # now rather than after an hour
    corpus = prepare(recipe, cache=cache, workers=workers, log=log, progress=progress)
    fitter = Fitter(recipe, cache / "stages" if cache else None, log, workers)
    parts = list(run(corpus, fitter))
    log(f"fitting the model on all {len(corpus.rows)} changes")
    model, answers = fitter.model_and_answers(corpus.material(np.arange(len(corpus.rows))))
    parts += left_out(corpus, model, answers)
    unknown = open_set(recipe, model, answers, cache=cache, workers=workers)
    figures = {
        "corpus": describe(corpus.rows),
        "open_set": unknown,
        "recipe": settings(recipe),
        "parts": [part.to_dict() for part in parts],
    }
    done = replace(
        model,
        card=render_card(model, figures, parts),
        figures=figures,
        sample=reference_sample(corpus, model, answers, recipe.seed).to_bytes(),
    )
    header = {
        "name": recipe.name,
        "version": recipe.version,
        "schema_hash": registry.schema_hash(),
        "created_by": "code-fingerprint",
    }
    return write_folder(out, done.to_files(), header=header, replace=True)


def prepare(
    recipe: AgentRecipe,
    *,
    cache: Path | None,
    workers: int,
    log: Log,
    progress: bool = False,
) -> Corpus:
    """Read and measure the changes of a recipe; raises TooFewSamplesError for a class too small."""
    rows = read(recipe)
    counts = Counter(row.label for row in rows)
    log(f"{len(rows)} changes: " + ", ".join(f"{name} {counts[name]}" for name in recipe.classes))
    small = {name: counts[name] for name in recipe.classes if counts[name] < LEAST}
    if small:
        few = ", ".join(f"{name} {count}" for name, count in small.items())
        raise TooFewSamplesError(
            f"classes need at least {LEAST} changes each, and there are {few}: mine more "
            "repositories, or leave these classes out"
        )
    measured = measure(
        rows,
        TIERS,
        workers=workers,
        cache=cache / "changes" if cache else None,
        progress=progress,
    )
    return Corpus(
        rows,
        measured,
        np.array([recipe.classes.index(row.label) for row in rows]),
        np.array([at_hand(row.change) for row in rows]),
        recipe.classes,
    )


def open_set(
    recipe: AgentRecipe, model: AgentModel, known: FloatArray, *, cache: Path | None, workers: int
) -> dict[str, object]:
    """Return how a model answers commits of agents that it does not know.

    By agent: how many commits, how many it names somebody for in the balanced mode. `auroc` is the
    chance that a left-out change of a known agent, of `known` answers, has the higher confidence.
    """
    rows = [
        row
        for path in recipe.changes
        for row in read_commits(path, recipe.open_set, recipe.per_repository, recipe.seed)
    ]
    if not rows:
        return {}
    folder = cache / "changes" if cache else None
    features = measure(rows, (Tier.MARKERS,), workers=workers, cache=folder)[Tier.MARKERS]
    hands = [at_hand(row.change) for row in rows]
    p = model.probabilities(features, hands)
    named: Counter[str] = Counter()
    for row, each, hand in zip(rows, p, hands, strict=True):
        told = model.decisions[hand](each, mode="balanced", lines=SHORT_LINES, parsed=True)
        named[row.label] += told.family in model.classes
    confidence = np.concatenate((known.max(axis=1), p.max(axis=1)))
    is_known = np.arange(len(confidence)) < len(known)
    counts = Counter(row.label for row in rows)
    return {
        "auroc": auroc(is_known, confidence),
        "agents": {name: {"changes": n, "named": named[name]} for name, n in counts.items()},
    }


def read(recipe: AgentRecipe) -> list[Labelled]:
    """Return the labelled changes of a recipe, commits first, each of them once."""
    found: dict[str, Labelled] = {}
    chosen = (recipe.classes, recipe.per_repository, recipe.seed)
    for path in recipe.changes:
        for row in read_commits(path, *chosen):
            found.setdefault(str(row.change.id), row)
    asked = [row for path in recipe.pull_requests for row in read_pull_requests(path, *chosen)]
    single = as_pull_requests(found.values(), recipe.single_commit)
    return [*found.values(), *asked, *single]


def describe(rows: Sequence[Labelled]) -> dict[str, object]:
    """Return what the model was trained on: changes by class, by kind, and by repository."""
    by_repository: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        by_repository[row.repository][row.label] += 1
    return {
        "changes": len(rows),
        "label": dict(sorted(Counter(row.label for row in rows).items())),
        "kind": dict(sorted(Counter(row.change.kind for row in rows).items())),
        "owners": len({row.owner for row in rows}),
        "repositories": {
            name: dict(sorted(n.items())) for name, n in sorted(by_repository.items())
        },
    }


def settings(recipe: AgentRecipe) -> dict[str, object]:
    """Return the recipe but for the paths, which are of the machine that trained."""
    plain = asdict(recipe)
    for key in ("changes", "pull_requests"):
        plain[key] = [Path(each).name for each in plain[key]]
    return plain
