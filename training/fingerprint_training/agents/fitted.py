"""From labelled changes to an agent model: cross-fitted heads, blends, decision."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from fingerprint_features.activity.extract import ActivityFeatures
from fingerprint_models.agent_model import LEAST_LIKELY, AgentModel, column_names, join
from fingerprint_models.attribution import ModelId
from fingerprint_models.booster import Booster
from fingerprint_models.calibration import bounded
from fingerprint_models.change_parts import KINDS, kind_of
from fingerprint_models.decision import Decision
from fingerprint_models.reference import Reference, measure_reference
from fingerprint_models.transfer import log_softmax
from fingerprint_models.word_head import WordHead
from fingerprint_training.agents.heads import (
    booster_weights,
    fit_blends,
    fit_booster,
    fit_words,
)
from fingerprint_training.agents.material import AgentMaterial, Design, design
from fingerprint_training.agents.recipe import AgentRecipe
from fingerprint_training.answers import Answers
from fingerprint_training.coverage import needed_level, new_owner_level
from fingerprint_training.risk import fit_decision
from fingerprint_training.split import group_folds
from fingerprint_training.stages import Arrays, digest, stage

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Log = Callable[[str], None]
Job = TypeVar("Job")
Result = TypeVar("Result")

HEADS = 1
"""Rises whenever fitting gives other heads on the same rows, so that no old stage is taken."""

DEPENDENCES = tuple(np.linspace(0.0, 1.0, 11).tolist())
FEW = 30
"""Commits of a class below which its mean answer is taken over all changes."""

GROUP_SIZES = (3, 10, 30)
"""Changes that are pooled when the dependence within a repository is fitted."""


@dataclass(frozen=True)
class Fitter:
    """Fits models by a recipe; stages that are finished in `cache` are not done again."""

    recipe: AgentRecipe
    cache: Path | None
    log: Log
    workers: int

    def model(self, material: AgentMaterial) -> AgentModel:
        """Return a model fitted, cross-fitted and calibrated on these changes and no others."""
        return self.model_and_answers(material)[0]

    def model_and_answers(self, material: AgentMaterial) -> tuple[AgentModel, FloatArray]:
        """Return the model, and the answers to its changes by heads that saw no change of theirs.

        The answers have shape (n, classes); the blends were fitted on them.
        """
        made = design(material)
        classes = len(material.classes)
        words, said = self.cross_words(made, classes)
        columns = join(made.features.dense, said)
        boosters, likely = self.cross_boosters(columns, made, classes)
        blends = fit_blends(likely, said, made.truth, made.hand)
        answers = np.zeros_like(said)
        by_hand = {}
        for hand, blend in blends.items():
            rows = np.flatnonzero(made.hand == hand)
            rows = rows if len(rows) else np.arange(len(made.hand))
            answers[rows] = blend(likely[rows], said[rows])
            # Each change counts once: with rare classes lifted, confidence is that of no history.
            by_hand[hand] = Answers(
                answers[rows], made.truth[rows], np.ones(len(rows)), made.owner[rows]
            )
        known = filled(columns, made.truth, made.weight, classes)
        mean, spread = measure_reference(known, made.truth, classes, made.weight)
        model = AgentModel(
            id=ModelId(self.recipe.name, self.recipe.version),
            classes=material.classes,
            words=words,
            boosters=boosters,
            blends=blends,
            dependence=fit_dependence(answers, made),
            decisions={hand: self._decision(each) for hand, each in by_hand.items()},
            set_levels={hand: set_level(each) for hand, each in by_hand.items()},
            mean_answers=_mean_answers(by_hand["diff"], answers, made.truth),
            reference=Reference(column_names(material.classes), material.classes, mean, spread),
            card="",
            figures={},
        )
        return model, answers[: len(material.truth)]

    def _decision(self, answers: Answers) -> Decision:
        """Fit what is told; where nobody of them is a person, on the premise of some agent."""
        classes = self.recipe.classes
        human = self.recipe.human if (answers.truth == 0).any() else None
        return fit_decision(classes, human, [], [answers])

    def likeliest(
        self, material: AgentMaterial, others: ActivityFeatures, hands: npt.NDArray[np.str_]
    ) -> FloatArray:
        """Return the probabilities of others by heads fitted on these changes, not calibrated."""
        made = design(material)
        classes = len(material.classes)
        words, said = self.cross_words(made, classes)
        columns = join(made.features.dense, said)
        asked = join(others.dense, words(others.lexicon))
        p = np.zeros((len(asked), classes))
        for kind in KINDS:
            booster = self._booster(columns, made, classes, learnt_from(made.hand, kind))
            rows = kinds(hands) == kind
            p[rows] = booster.probabilities(asked[rows])
        return p

    def cross_words(self, made: Design, classes: int) -> tuple[WordHead, FloatArray]:
        """Return the word head on all rows, and what heads say of rows they were not fitted on."""
        keys = self._folds(made)
        jobs = [None, *np.unique(keys).tolist()]
        heads = self._side_by_side(partial(self._words, made, classes, keys), jobs)
        said = np.zeros((len(made.truth), classes))
        for fold, head in zip(jobs[1:], heads[1:], strict=True):
            rows = np.flatnonzero(keys == fold)
            said[rows] = head([view.take(rows) for view in made.features.lexicon])
        return heads[0], said

    def cross_boosters(
        self, columns: npt.NDArray[np.float32], made: Design, classes: int
    ) -> tuple[dict[str, Booster], FloatArray]:
        """Return a booster of each kind, and the left-out logarithms of their probabilities."""
        keys = self._folds(made)
        folds = np.unique(keys).tolist()
        jobs = [(kind, held) for kind in KINDS for held in (None, *folds)]

        def fit(job: tuple[str, int | None]) -> Booster:
            kind, held = job
            kept = learnt_from(made.hand, kind)
            if held is not None and len(left := kept[keys[kept] != held]):
                kept = left
            return self._booster(columns, made, classes, kept)

        boosters = dict(zip(jobs, self._side_by_side(fit, jobs), strict=True))
        likely = np.zeros((len(made.truth), classes))
        for kind in KINDS:
            for held in folds:
                rows = (keys == held) & (kinds(made.hand) == kind)
                p = boosters[kind, held].probabilities(columns[rows])
                likely[rows] = np.log(np.maximum(p, LEAST_LIKELY))
        return {kind: boosters[kind, None] for kind in KINDS}, likely

    def _folds(self, made: Design) -> IntArray:
        names = [str(name) for name in made.owner.tolist()]
        labels = [str(stratum) for stratum in made.stratum.tolist()]
        n = min(self.recipe.folds, len(set(names)))
        return group_folds(names, labels, [1 / n] * n, self.recipe.seed, called="owners")

    def _side_by_side(self, task: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
        with warnings.catch_warnings(), ThreadPoolExecutor(self.workers) as pool:
            # The word head stops early on purpose. Filters are the process's, not a thread's.
            warnings.filterwarnings("ignore", "lbfgs failed to converge")
            return list(pool.map(task, jobs))

    def _words(self, made: Design, classes: int, keys: IntArray, held: int | None) -> WordHead:
        first = made.row == np.arange(len(made.row))  # copies have the same text
        rows = np.flatnonzero(first if held is None else first & (keys != held))
        kept = made.take(rows)
        views = kept.features.lexicon
        parts = (part for view in views for part in (view.indptr, view.indices, view.counts))
        key = self._key("words", kept, kept.owner, *parts)

        def compute() -> Arrays:
            self.log(f"word head on {len(rows)} rows")
            return fit_words(
                views,
                kept.truth,
                kept.owner,
                kept.weight,
                classes=classes,
                c=self.recipe.words_c,
            ).to_arrays()

        return WordHead.from_arrays(stage(self.cache, key, compute))

    def _booster(
        self, columns: npt.NDArray[np.float32], made: Design, classes: int, rows: IntArray
    ) -> Booster:
        kept = columns[rows]
        part = made.take(rows)
        weight = booster_weights(part)
        key = self._key("booster", replace(part, weight=weight), kept)

        def compute() -> Arrays:
            self.log(f"booster on {len(rows)} rows of {kept.shape[1]} columns")
            text = fit_booster(
                kept,
                part.truth,
                weight,
                classes=classes,
                settings=self.recipe.booster,
                seed=self.recipe.seed,
            )
            return {"text": np.frombuffer(text.encode(), dtype=np.uint8)}

        return Booster(stage(self.cache, key, compute)["text"].tobytes().decode())

    def _key(self, kind: str, kept: Design, *arrays: npt.NDArray[np.generic]) -> str:
        settings = f"{HEADS} {self.recipe.booster} {self.recipe.words_c} {self.recipe.seed}"
        return f"{kind}-{digest(settings, kept.truth, kept.weight, *arrays)[:40]}"


def kinds(hands: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """Return which of `KINDS` each change is."""
    return np.array([kind_of(str(hand)) for hand in hands.tolist()])


def learnt_from(hands: npt.NDArray[np.str_], kind: str) -> IntArray:
    """Return the rows that the booster of a kind is fitted on.

    Commits are told better by one that saw pull requests too, these by one of their own
    (training/LOG.md). All rows where there is none of a kind.
    """
    rows = np.flatnonzero(kinds(hands) == kind)
    return rows if len(rows) and kind == "pull_request" else np.arange(len(hands))


def fit_dependence(answers: FloatArray, made: Design) -> float:
    """Choose the exponent of `AgentModel.together`, by likelihood on left-out repositories.

    Changes of one owner and class stand for those of one author; groups of `GROUP_SIZES`.
    """
    losses = np.zeros(len(DEPENDENCES))
    logs = np.log(answers)
    cells = made.owner * (made.truth.max() + 1) + made.truth
    for cell in np.unique(cells[made.row == np.arange(len(made.row))]).tolist():
        rows = np.flatnonzero((cells == cell) & (made.row == np.arange(len(made.row))))
        for size in GROUP_SIZES:
            groups = rows[: len(rows) // size * size].reshape(-1, size)
            if not len(groups):
                continue
            summed = logs[groups].sum(axis=1)
            for at, dependence in enumerate(DEPENDENCES):
                p = bounded(np.exp(log_softmax(summed * size**-dependence)))
                truth = made.truth[rows[0]]
                losses[at] -= np.log(p[:, truth]).mean()
    return float(DEPENDENCES[int(np.argmin(losses))])


def set_level(answers: Answers) -> float:
    """Return the level at which prediction sets cover one more owner's changes."""
    return new_owner_level(needed_level(answers.probabilities, answers.truth), answers.owner)


def _mean_answers(commits: Answers, everything: FloatArray, truth: IntArray) -> FloatArray:
    """Return the mean answer by true class, of commits; of all changes where commits are few."""
    classes = everything.shape[1]
    means = np.full((classes, classes), 1.0 / classes)
    for c in range(classes):
        own, every = commits.truth == c, truth == c
        if own.sum() >= FEW:
            means[c] = commits.probabilities[own].mean(axis=0)
        elif every.any():
            means[c] = everything[every].mean(axis=0)
    return means


def filled(
    columns: npt.NDArray[np.float32], truth: IntArray, weight: FloatArray, classes: int
) -> npt.NDArray[np.float32]:
    """Return columns with what is missing put at the mean of its class, or of all, or 0.

    What is typical of an agent is what its changes show where the thing is at hand.
    """
    done = columns.copy()
    absent = np.isnan(columns)
    everywhere = _means(columns, absent, weight, np.zeros(columns.shape[1], dtype=np.float32))
    for c in range(classes):
        rows = np.flatnonzero(truth == c)
        means = _means(columns[rows], absent[rows], weight[rows], everywhere)
        done[rows] = np.where(absent[rows], means, columns[rows])
    return done


def _means(
    columns: npt.NDArray[np.float32],
    absent: npt.NDArray[np.bool_],
    weight: FloatArray,
    otherwise: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    mass = weight @ ~absent
    total = weight @ np.where(absent, 0, columns)
    means = np.where(mass > 0, total / np.maximum(mass, 1e-12), otherwise)
    return means.astype(np.float32)
