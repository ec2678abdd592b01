"""How well a class is told that a model met after its training, from a few samples.

A family is held out of training altogether, enrolled from samples of some tasks, and scored on
others, beside samples of the trained classes that no fit saw:
`python -m fingerprint_training.enrolment_protocol RECIPE --family gemma --family grok -o FILE`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fingerprint_features.extract import Features
from fingerprint_models.calibration import Scores
from fingerprint_models.enrolling import PRIOR, fit_enrolment
from fingerprint_models.enrolment import Enrolment
from fingerprint_models.model import Model
from fingerprint_models.newcomer import LEAST, background_of, newcomer
from fingerprint_training import metrics
from fingerprint_training.cleaning import DEFAULT, clean
from fingerprint_training.corpora import Corpus, read_corpus
from fingerprint_training.errors import CorpusError
from fingerprint_training.extraction import extract_corpus
from fingerprint_training.fold_model import Fitter
from fingerprint_training.material import Material
from fingerprint_training.recipe import Recipe, load_recipe
from fingerprint_training.split import holdout
from fingerprint_training.train import prepare

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Strings = npt.NDArray[np.str_]
Estimates = dict[str, list[float]]

SIZES = (10, 50, 200)
DRAWS = 3
"""Drawings of the samples that are enrolled; figures are means over them."""


@dataclass(frozen=True)
class HeldOut:
    """Samples of a family that no fit saw: `pool` may be enrolled, `test` is of other tasks."""

    name: str
    features: Features
    tasks: Strings
    pool: IntArray
    test: IntArray


@dataclass(frozen=True)
class Said:
    """What a model says of samples, each scored alone, worked out once for all enrolments."""

    standardised: npt.NDArray[np.float32]
    scores: Scores
    probabilities: FloatArray
    languages: tuple[str | None, ...]

    @classmethod
    def by(cls, model: Model, features: Features) -> Said:
        """Ask a model."""
        columns = model.design(features)
        scores = model.scores(columns)
        return cls(
            model.transfer.family.standardise(columns),
            scores,
            model.calibration.alone(scores),
            tuple(features.language),
        )

    def widened(self, enrolment: Enrolment) -> FloatArray:
        """Return the probabilities of trained and enrolled classes."""
        return enrolment.widen(self.probabilities, self.standardised, self.scores, self.languages)


@dataclass(frozen=True)
class Known:
    """Test samples of the trained classes: what the model says of them, and the truth."""

    said: Said
    truth: IntArray
    tasks: Strings


def known_of(model: Model, material: Material, rows: IntArray) -> Known:
    """Return the test samples of a model's own classes, each scored alone."""
    tasks = np.array(material.corpus.take(rows.tolist()).column("task"))
    said = Said.by(model, material.features.take(rows))
    return Known(said, material.truth[rows], tasks)


def held_out(name: str, features: Features, tasks: Sequence[str], unseen: set[str]) -> HeldOut:
    """Split a family's samples: those of tasks in `unseen` are for the test."""
    named = np.array(tasks)
    test = np.isin(named, sorted(unseen))
    return HeldOut(name, features, named, np.flatnonzero(~test), np.flatnonzero(test))


def enrolled_figures(
    model: Model, known: Known, family: HeldOut, size: int, *, seed: int, draws: int
) -> Estimates:
    """Return value, low and high of each figure of a family enrolled from `size` samples.

    `f1` is of the raw answers on all test samples as they are, `f1_even` with every class, the
    new one too, weighing the same, `f1_language` with the trained classes weighed so within each
    language of the family's test samples: a score that tells the language gains nothing there.
    `cost` is what the trained classes lose of macro-F1 on their own samples, `ece` before and
    after is on the same. `told` is the share of the family's test samples it is told of in
    "balanced", `precision` that of what is told with all classes even, and `human` the share of
    human samples that are told to be the family. Intervals are 95 %, by resampling tasks.
    """
    chosen = np.random.default_rng(seed).permutation(family.pool)[:size]
    background = background_of(model)
    features = family.features.take(chosen)
    groups = family.tasks[chosen].tolist()
    member = newcomer(model, background, family.name, features, groups, prior=PRIOR)
    human = model.decision.human
    at = None if human is None else model.classes.index(human)
    enrolment = fit_enrolment(background, [member], at)
    own = Said.by(model, family.features.take(family.test))
    new = np.full(len(family.test), len(model.classes))
    said = np.concatenate((known.said.widened(enrolment), own.widened(enrolment)))
    table = _Answers(
        said=said,
        before=known.said.probabilities,
        truth=np.concatenate((known.truth, new)),
        languages=np.array([x or "" for x in (*known.said.languages, *own.languages)]),
        threshold=enrolment.classes[0].thresholds["balanced"],
        human=at,
    )
    tasks = np.concatenate((known.tasks, family.tasks[family.test]))
    names = tuple(table.figures(np.ones(len(said))))
    found = metrics.bootstrap(
        tasks, lambda weights: np.array(list(table.figures(weights).values())), n=draws, seed=seed
    )
    return dict(zip(names, found.T.tolist(), strict=True))


@dataclass(frozen=True)
class _Answers:
    said: FloatArray
    before: FloatArray
    truth: IntArray
    languages: Strings
    threshold: float
    human: int | None

    def figures(self, weights: FloatArray) -> dict[str, float]:
        """Return every figure under row weights, in one order."""
        new, n = self.before.shape[1], len(self.before)
        raw, own = self.said.argmax(axis=1), self.truth == new
        old, was = self.truth[:n], self.before.argmax(axis=1)
        some, all_classes = weights[:n], new + 1
        even = self._even(weights)
        told = self.said[:, new] >= self.threshold
        f1 = metrics.per_class_f1
        human = self.truth == (-1 if self.human is None else self.human)
        return {
            "f1": float(f1(self.truth, raw, all_classes, weights)[new]),
            "f1_even": float(f1(self.truth, raw, all_classes, even)[new]),
            "f1_language": float(f1(self.truth, raw, all_classes, self._matched(weights))[new]),
            "macro_before": metrics.macro_f1(old, was, new, some),
            "cost": metrics.macro_f1(old, was, new, some)
            - metrics.macro_f1(old, raw[:n], all_classes, some),
            "ece_before": metrics.ece(self.before.max(axis=1), was == old, some),
            "ece_after": metrics.ece(self.said[:n].max(axis=1), raw[:n] == old, some),
            "told": metrics.share(told, weights * own),
            "precision": metrics.share(own, even * told),
            "human": metrics.share(told, weights * human),
        }

    def _even(self, weights: FloatArray) -> FloatArray:
        mass = np.bincount(self.truth, weights)
        return weights / np.maximum(mass, 1e-12)[self.truth]

    def _matched(self, weights: FloatArray) -> FloatArray:
        """Weigh the trained classes so that they are even with the family in its languages."""
        new = self.before.shape[1]
        matched = np.where(self.truth == new, weights, 0.0)
        for language in np.unique(self.languages[self.truth == new]):
            inside = self.languages == language
            aim = float(weights[inside & (self.truth == new)].sum())
            for label in range(new):
                rows = inside & (self.truth == label)
                mass = float(weights[rows].sum())
                if mass:
                    matched[rows] = weights[rows] * aim / mass
        return matched


def outsiders(path: Path, names: Sequence[str], cache: Path | None) -> tuple[Corpus, Features]:
    """Return cleaned and measured samples whose model name holds one of `names`, as its label."""
    read = read_corpus(path, label="family", min_classes=1, min_per_class=1)
    said = [(model or "").lower() for model in read.column("model")]
    labels = [next((name for name in names if name in model), "") for model in said]
    rows = [at for at, label in enumerate(labels) if label]
    corpus, _ = clean(read.with_column("label", labels).take(rows), DEFAULT)
    features = extract_corpus(
        corpus.column("code"),
        corpus.column("language"),
        cache=cache / "features" if cache else None,
    )
    good = np.flatnonzero(np.array(features.status) == "ok")
    return corpus.take(good.tolist()), features.take(good)


def without(material: Material, name: str) -> tuple[Material, IntArray]:
    """Return the material with a class taken out of the classes, and that class's rows.

    Its rows stay where they are, under the first class: no fit may read them.
    """
    classes = tuple(each for each in material.classes if each != name)
    index = {label: at for at, label in enumerate(classes)}
    labels = material.corpus.column("label")
    truth = np.array([index.get(label, 0) for label in labels], dtype=np.int64)
    rows = np.flatnonzero(np.array(labels) == name)
    return replace(material, classes=classes, truth=truth), rows


def run(
    material: Material,
    recipe: Recipe,
    families: Sequence[str],
    corpus: Path | None,
    *,
    cache: Path | None,
    workers: int = 1,
    sizes: Sequence[int] = SIZES,
) -> Iterator[dict[str, object]]:
    """Yield the figures of each family and size; a class of the recipe is left out of its model.

    Raises CorpusError for a family that is no class where there is no `corpus` to look in, and
    for one without samples on either side.
    """
    split = holdout(material.corpus, "tasks", recipe.seed, recipe.split.test_tasks)
    unseen = {material.corpus.column("task")[i] for i in split.test}
    strangers = [name for name in families if name not in material.classes]
    if strangers and corpus is None:
        raise CorpusError(f"{strangers[0]} is no class of the recipe: name a corpus that holds it")
    found = outsiders(corpus, strangers, cache) if strangers and corpus else None
    stages = cache / "stages" if cache else None
    shared: tuple[Model, Known] | None = None
    for name in families:
        if name in material.classes:
            part, own = without(material, name)
            rows, test = np.setdiff1d(split.train, own), np.setdiff1d(split.test, own)
            model = Fitter(part, recipe, stages, _log, workers).model(rows)
            known = known_of(model, part, test)
            tasks = [material.corpus.column("task")[i] for i in own]
            family = held_out(name, material.features.take(own), tasks, unseen)
        elif found is not None:
            if shared is None:
                model = Fitter(material, recipe, stages, _log, workers).model(split.train)
                shared = model, known_of(model, material, split.test)
            model, known = shared
            mine = [at for at, label in enumerate(found[0].column("label")) if label == name]
            tasks = found[0].take(mine).column("task")
            family = held_out(name, found[1].take(np.array(mine)), tasks, unseen)
        if len(family.pool) < LEAST or not len(family.test):
            raise CorpusError(
                f"{name} has {len(family.pool)} samples to enroll and {len(family.test)} of unseen "
                f"tasks to test: {LEAST} and 1 are needed, of tasks that the recipe's corpora share"
            )
        for size in sizes:
            yield {
                "family": name,
                "samples": min(size, len(family.pool)),
                "test": len(family.test),
                **_mean(
                    [
                        enrolled_figures(
                            model, known, family, size, seed=seed, draws=recipe.evaluation.bootstrap
                        )
                        for seed in range(DRAWS)
                    ]
                ),
            }


def _mean(each: Sequence[Estimates]) -> Mapping[str, list[float | None]]:
    """Return means over the drawings; None, as JSON knows no NaN, where one is undefined."""
    means = {name: np.mean([one[name] for one in each], axis=0).tolist() for name in each[0]}
    return {
        name: [None if np.isnan(value) else value for value in mean] for name, mean in means.items()
    }


def _log(message: str) -> None:
    sys.stderr.write(f"{message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the protocol by the arguments, print a line for each family and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--family", action="append", required=True)
    parser.add_argument("--corpus", type=Path, help="where families are that are no class")
    parser.add_argument("--cache", type=Path, default=Path(".fingerprint-cache"))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, help="save the figures as JSON")
    arguments = parser.parse_args(argv)
    recipe = load_recipe(arguments.recipe)
    material, _ = prepare(recipe, cache=arguments.cache, workers=arguments.workers, log=_log)
    rows = []
    for row in run(
        material,
        recipe,
        arguments.family,
        arguments.corpus,
        cache=arguments.cache,
        workers=arguments.workers,
    ):
        rows.append(row)
        sys.stdout.write(f"{json.dumps(row)}\n")
        sys.stdout.flush()
    if arguments.output:
        part = arguments.output.with_name(f".{arguments.output.name}.part")
        part.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        part.replace(arguments.output)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
