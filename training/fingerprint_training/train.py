"""The whole road: read, clean, measure, evaluate on both protocols, fit on all, publish."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from fingerprint_models.artefact import check_target
from fingerprint_models.families import unknown
from fingerprint_training.baselines import check_available
from fingerprint_training.calibrators import left_out_answers, write_answers
from fingerprint_training.cleaning import DEFAULT, CleaningReport, clean
from fingerprint_training.corpora import Corpus, check_labels, concat, read_corpus
from fingerprint_training.errors import SplitError
from fingerprint_training.extraction import extract_corpus
from fingerprint_training.fold_model import CrossFit, Fitter
from fingerprint_training.material import Material
from fingerprint_training.protocol import Outcome, left_out, run
from fingerprint_training.publish import publish
from fingerprint_training.recipe import CorpusRecipe, Recipe
from fingerprint_training.retrain_gate import Verdict
from fingerprint_training.shift import run_shifts
from fingerprint_training.split import Protocol

Log = Callable[[str], None]
LEAST = 20
"""Samples a class must have after cleaning; folds of fewer cannot be calibrated."""

PROTOCOLS: tuple[Protocol, ...] = ("tasks", "sources")


def train(
    recipe: Recipe,
    out: Path,
    *,
    cache: Path | None,
    workers: int,
    log: Log,
    progress: bool = False,
) -> str:
    """Train by a recipe and write the model folder `out`; returns its manifest hash.

    Stages that are finished in `cache` are not done again. The same recipe and corpora give the
    same folder, on one machine with the same library versions (BLAS sums differ by CPU). Raises
    CorpusError, RecipeError or ModelError with the culprit and the mend.
    """
    check_target(out, replace=True)  # now rather than after an hour
    check_available(recipe.evaluation.baselines)
    material, report = prepare(recipe, cache=cache, workers=workers, log=log, progress=progress)
    fitter = Fitter(material, recipe, cache / "stages" if cache else None, log, workers)
    return finish(fitter, report, out, cache=cache)


def finish(
    fitter: Fitter,
    report: CleaningReport,
    out: Path,
    *,
    cache: Path | None,
    fitted: CrossFit | None = None,
    verdict: Verdict | None = None,
) -> str:
    """Run the protocols, fit on all, write the model folder; returns its manifest hash.

    `fitted` is of all rows, where that was done before; `verdict` is on a challenger that takes a
    champion's place.
    """
    material, recipe = fitter.material, fitter.recipe
    outcomes = [outcome for p in PROTOCOLS if (outcome := _outcome(fitter, p))]
    fitter.log(f"fitting the model on all {len(material.corpus)} samples")
    rows = np.arange(len(material.corpus))
    model, answers = fitter.model_and_answers(rows, fitted)
    if cache:
        language = material.corpus.column("language")
        write_answers(cache / "answers.npz", left_out_answers(answers[2], model.classes, language))
    return publish(
        model,
        material,
        recipe,
        report=report,
        outcomes=outcomes,
        validation=left_out(fitter, model, rows, answers),
        shifted=run_shifts(fitter, model) if recipe.split.test_sources else (),
        out=out,
        verdict=verdict,
    )


def prepare(
    recipe: Recipe,
    *,
    cache: Path | None,
    workers: int,
    log: Log,
    progress: bool = False,
    least: int = LEAST,
    least_classes: int = 2,
) -> tuple[Material, CleaningReport]:
    """Read, clean and measure the corpora of a recipe.

    Raises TooFewSamplesError for fewer than `least_classes`, or fewer than `least` samples
    of one.
    """
    corpus = concat([_read(each, recipe) for each in recipe.corpora])
    log(f"read {len(corpus)} samples of {len(corpus.labels)} classes")
    strange = unknown({name for name in corpus.column("model") if name})
    if strange:
        log(f"{len(strange)} model names are not in the registry: {', '.join(strange)}")
    rules = DEFAULT if recipe.cleaning.enabled else ()
    if not recipe.cleaning.near_duplicates:
        rules = tuple(rule for rule in rules if rule.name != "near_copies")
    corpus, report = clean(corpus, rules)
    check_labels(corpus, min_classes=least_classes, min_per_class=least)
    log(f"{len(corpus)} samples left after cleaning")
    features = extract_corpus(
        corpus.column("code"),
        corpus.column("language"),
        workers=workers,
        cache=cache / "features" if cache else None,
        progress=progress,
    )
    good = np.flatnonzero(np.array(features.status) == "ok")
    corpus, features = corpus.take(good.tolist()), features.take(good)
    check_labels(corpus, min_classes=least_classes, min_per_class=least)
    classes = _classes(corpus, recipe.human)
    index = {label: i for i, label in enumerate(classes)}
    truth = np.array([index[label] for label in corpus.column("label")], dtype=np.int64)
    return Material(corpus, features, classes, truth, classes[0] == recipe.human), report


def _classes(corpus: Corpus, human: str | None) -> tuple[str, ...]:
    """Return the classes, human first where there is one, the others by name."""
    return tuple(sorted(corpus.labels, key=lambda label: (label != human, label)))


def _read(each: CorpusRecipe, recipe: Recipe) -> Corpus:
    corpus = read_whole(each, drop=recipe.cleaning.on_contradiction == "drop")
    left_out = pa.compute.is_in(corpus.table["label"], pa.array(each.exclude_labels, pa.string()))
    kept = Corpus(corpus.table.filter(pa.compute.invert(left_out)))
    return kept.take(_drawn(kept, each.per_source, recipe.seed))


def read_whole(each: CorpusRecipe, *, drop: bool) -> Corpus:
    """Return all samples of a recipe's corpus; `drop` those whose copies contradict each other."""
    columns = asdict(each.columns)
    if each.label is not None:
        columns["label"] = columns["code"]  # any column that is there; its values are not used
    return read_corpus(
        str(each.path),
        **columns,
        constant_label=each.label,
        min_classes=1,
        min_per_class=1,
        on_contradiction="drop" if drop else "error",
    )


def _drawn(corpus: Corpus, most: int, seed: int) -> list[int]:
    """Return positions, ascending, of at most `most` samples of each label from each source."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, group in enumerate(zip(corpus.column("source"), corpus.column("label"), strict=True)):
        groups[group].append(at)
    chosen = []
    for (source, label), rows in groups.items():
        chance = random.Random(f"{seed} {source} {label}")  # noqa: S311 - a draw, no secret
        chosen += rows if len(rows) <= most else chance.sample(rows, most)
    return sorted(chosen)


def _outcome(fitter: Fitter, protocol: Protocol) -> Outcome | None:
    """Run a protocol, or say why it cannot be run on this corpus."""
    split = fitter.recipe.split
    if not (split.test_tasks if protocol == "tasks" else split.test_sources):
        return None
    try:
        return run(fitter, protocol, robustness=protocol == "tasks")
    except SplitError as error:
        fitter.log(f"protocol {protocol} left out: {error}")
        return None
