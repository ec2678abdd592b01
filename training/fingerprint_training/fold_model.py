"""From a training fold to a whole model: heads, left-out answers, calibration, decision."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fingerprint_models.attribution import ModelId
from fingerprint_models.model import Model
from fingerprint_models.reference import Reference, measure_reference
from fingerprint_training.answers import Answers
from fingerprint_training.calibrate import Evidence, answers_of, calibrate
from fingerprint_training.copies import Copies, drawn_copies
from fingerprint_training.coverage import fit_sets
from fingerprint_training.crossfit import Rows, score_left_out
from fingerprint_training.enrolment_material import material_of
from fingerprint_training.fit import Augmentation, Heads, Start, fit_heads, source_weights
from fingerprint_training.material import Material, by_owner, cells, hide
from fingerprint_training.pooling import fit_pooling, mean_answers, pools
from fingerprint_training.recipe import Recipe
from fingerprint_training.reference_rows import reference_sample
from fingerprint_training.risk import fit_decision
from fingerprint_training.split import source_folds, task_folds
from fingerprint_training.stages import digest, stage

Log = Callable[[str], None]

HEADS = 1
"""Rises whenever fitting gives other heads on the same rows, so that no old stage is taken."""


@dataclass(frozen=True)
class WarmStart:
    """Where the heads on some rows start: `start` is given the rows and the hidden group.

    It must return what was fitted on no other rows of the material than these, or None for a cold
    start. `key` differs wherever a start does.
    """

    key: str
    start: Callable[[Rows, str | None], Start | None]


@dataclass(frozen=True)
class CrossFit:
    """Heads fitted on some rows; what heads without a fold of these say of it; folds by source."""

    heads: Heads
    evidence: Evidence
    fold: Rows


@dataclass(frozen=True)
class Fitter:
    """Fits models on rows of the material, by a recipe, keeping finished stages on disk.

    The heads do not see the group of columns that is `hidden`, if one is. With a `warm` start they
    go on from another model's columns and trees.
    """

    material: Material
    recipe: Recipe
    cache: Path | None
    log: Log
    workers: int = 1
    hidden: str | None = None
    warm: WarmStart | None = None

    @cached_property
    def _settings(self) -> str:
        recipe = self.recipe
        parts = [asdict(recipe.lexicon), asdict(recipe.booster), asdict(recipe.transfer)]
        if recipe.augmentation.weight:
            parts.append(asdict(recipe.augmentation))
        if self.hidden:
            parts.append({"hidden": self.hidden})
        if self.warm:
            parts.append({"warm": self.warm.key})
        return digest(str(HEADS), self.material.digest(), json.dumps(parts), str(recipe.seed))

    def heads(self, rows: Rows) -> Heads:
        """Fit both heads on some rows, or read them where that was done before."""

        def compute() -> dict[str, npt.NDArray[np.generic]]:
            self.log(f"fitting heads on {len(rows)} samples")
            return self._fit(rows).to_arrays()

        key = digest(self._settings, rows)[:32]
        return Heads.from_arrays(stage(self.cache, f"heads-{key}", compute))

    def all_heads(self, wanted: Sequence[Rows]) -> dict[str, Heads]:
        """Fit heads on several sets of rows, `workers` at a time; keyed by `digest(rows)`.

        Threads suffice, since LightGBM and numpy let go of the interpreter, and they share the
        features.
        """
        once = {digest(rows): rows for rows in wanted}  # folds by task and by source may agree
        _ = self.copies  # made once, before several threads ask for them
        with ThreadPoolExecutor(self.workers) as pool:
            return dict(zip(once, pool.map(self.heads, once.values()), strict=True))

    @cached_property
    def copies(self) -> Copies | None:
        """One transformed copy of every sample that one applies to, if the recipe wants any."""
        if not self.recipe.augmentation.weight:
            return None
        self.log(f"copying {len(self.material.corpus)} samples, transformed")
        cache = self.cache / "copies" if self.cache else None
        return drawn_copies(self.material, self.recipe.seed, workers=self.workers, cache=cache)

    def _augmentation(self, rows: Rows) -> Augmentation | None:
        """Return the copies of the rows, and of no others."""
        if self.copies is None:
            return None
        mine, order = np.flatnonzero(np.isin(self.copies.of, rows)), np.argsort(rows)
        return Augmentation(
            hide(self.copies.material.features.take(mine), self.hidden),
            order[np.searchsorted(rows, self.copies.of[mine], sorter=order)],
            self.recipe.augmentation.weight,
        )

    def _fit(self, rows: Rows) -> Heads:
        recipe, material = self.recipe, self.material
        return fit_heads(
            hide(material.features.take(rows), self.hidden),
            material.truth[rows],
            material.corpus.take(rows.tolist()).column("source"),
            len(material.classes),
            human=material.human,
            selected=asdict(recipe.lexicon),
            settings=recipe.booster,
            shrinkage=recipe.transfer.shrinkage,
            seed=recipe.seed,
            copies=self._augmentation(rows),
            start=self.warm.start(rows, self.hidden) if self.warm else None,
        )

    def folds(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return folds by task and by source; rows in turn where there is one task or source."""
        corpus = self.material.corpus.take(rows.tolist())
        split, seed = self.recipe.split, self.recipe.seed
        in_turn = np.arange(len(rows)) % max(split.folds_tasks, 2)
        found = []
        for fold, group, n in (
            (task_folds, corpus.column("task"), split.folds_tasks),
            (source_folds, by_owner(corpus).column("source"), split.folds_sources),
        ):
            several = min(n, len(set(group))) > 1
            grouped = by_owner(corpus) if fold is source_folds else corpus
            found.append(fold(grouped, min(n, len(set(group))), seed) if several else in_turn)
        return found[0], found[1]

    def cross_fit(self, rows: Rows) -> CrossFit:
        """Fit heads on some rows, and on these without each fold by task and by source."""
        material, folds = self.material, self.folds(rows)
        left_out = [rows[fold != held] for fold in folds for held in np.unique(fold)]
        fitted = self.all_heads([rows, *left_out])
        corpus = material.corpus.take(rows.tolist())
        source, owner = (
            np.unique(each.column("source"), return_inverse=True)[1].astype(np.int64)
            for each in (corpus, by_owner(corpus))
        )
        tasks, sources = (
            score_left_out(material.features, rows, fold, source, lambda kept: fitted[digest(kept)])
            for fold in folds
        )
        evidence = Evidence(tasks, sources, material.truth[rows], source, owner)
        return CrossFit(fitted[digest(rows)], evidence, folds[1])

    def model(self, rows: Rows) -> Model:
        """Fit, cross-fit and calibrate a model on some rows, and on nothing but these."""
        return self.model_and_answers(rows)[0]

    def model_and_answers(
        self, rows: Rows, fitted: CrossFit | None = None
    ) -> tuple[Model, list[Answers]]:
        """Return the model, and what `calibrate.answers_of` says of its left-out answers.

        `fitted` is what `cross_fit` gave for these rows, where that was done before.
        """
        recipe, material = self.recipe, self.material
        fitted = fitted or self.cross_fit(rows)
        heads, evidence = fitted.heads, fitted.evidence
        corpus = material.corpus.take(rows.tolist())
        self.log(f"calibrating on {len(rows)} samples")
        calibration = calibrate(evidence, material.human)
        answers = answers_of(calibration, evidence)
        decide = partial(fit_decision, material.classes, recipe.human)
        pooling = fit_pooling(answers[2], cells(corpus))
        columns = heads.design(material.features.take(rows))
        truth = material.truth[rows]
        language = [name or "" for name in corpus.column("language")]
        mean, spread = measure_reference(
            columns, truth, len(material.classes), source_weights(evidence.source, truth)
        )
        model = Model(
            id=ModelId(recipe.name, recipe.version),
            classes=material.classes,
            design=heads.design,
            transfer=heads.transfer,
            familiarity=heads.familiarity,
            booster=heads.booster,
            calibration=calibration,
            decision=decide(answers[0:1], answers[2:3]),
            source_decision=decide(answers[1:2], answers[3:4]),
            pool_decision=decide([], [pools(pooling, answers[2], cells(corpus))]),
            sets=fit_sets(answers[:2], answers[2:], language),
            pooling=pooling,
            mean_answers=mean_answers(answers[2]),
            reference=Reference(heads.design.columns, material.classes, mean, spread),
            card="",
            figures={},
            material=material_of(
                heads,
                columns,
                evidence.tasks.scores,
                truth,
                corpus=corpus,
                languages=[material.features.language[i] for i in rows],
                seed=recipe.seed,
            ),
            sample=reference_sample(
                columns,
                answers[2].probabilities,
                truth,
                corpus=corpus,
                lines=material.features.lines[rows],
                parsed=material.features.parsed[rows],
                seed=recipe.seed,
            ).to_bytes(),
        )
        return model, answers
