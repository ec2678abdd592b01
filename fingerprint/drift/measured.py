"""One side of a comparison: samples as a model sees them, with what is known of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint.drift.errors import DriftError
from fingerprint.drift.rows import Days, Rows, Strings
from fingerprint_features import registry
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.attribution import ModelId
from fingerprint_models.model import Model
from fingerprint_models.reference_sample import ReferenceSample, rounded
from fingerprint_training.extraction import extract_corpus

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
FloatMatrix = npt.NDArray[np.float32]

LEXICON = "lexicon"
"""The group of the hashed n-grams; the others are those of the registry."""

_WHOLE = ("name", "model", "classes", "human", "columns", "groups", "skipped")


@dataclass(frozen=True, eq=False)
class Measured:
    """n samples: `values` (n, columns) as `rounded` leaves them, and what `model` says of them.

    A sample is a piece of code, or a change (`drift.changes`), which stands under what it is
    compared within in place of a language.

    `groups` names the feature group of each column. `probabilities` (n, classes) are calibrated, of
    each sample alone; `told` (n,) is the answer in "balanced" mode, `novelty` (n,) as in
    `Decision.novelty`. `language`, `source`, `task`, `label` (what the corpus says) and `stated`
    (the model's name there) are texts, "" where nothing is known, and `date` days, NaT likewise.
    `lines` counts lines that are not blank, of changes words; `at` is the position in the corpus,
    `known_as` the paths of code, or the ids of commits and pull requests. `skipped` counts the
    rows that could not be measured, by why.
    """

    name: str
    model: ModelId
    classes: tuple[str, ...]
    human: str | None
    columns: tuple[str, ...]
    groups: tuple[str, ...]
    values: FloatMatrix
    probabilities: FloatArray
    told: Strings
    novelty: FloatArray
    language: Strings
    source: Strings
    task: Strings
    label: Strings
    stated: Strings
    date: Days
    lines: IntArray
    at: IntArray
    known_as: Strings | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: npt.NDArray[Any]) -> Measured:
        """Return some of the samples, by position or by mask, in the order asked for."""
        parts: dict[str, Any] = {
            each.name: getattr(self, each.name)[rows]
            for each in fields(self)
            if each.name not in _WHOLE and getattr(self, each.name) is not None
        }
        return replace(self, **parts)

    def group(self, name: str) -> FloatMatrix:
        """Return the columns of one feature group, shape (n, columns of it)."""
        return self.values[:, np.array([each == name for each in self.groups])]


def measured(
    rows: Rows,
    model: Model,
    *,
    workers: int = 1,
    cache: Path | None = None,
    progress: bool = False,
) -> Measured:
    """Measure and score rows of a corpus; those that cannot be measured are counted and left out.

    `cache` is a folder where measured features are kept and found again. Raises DriftError where
    no row can be measured.
    """
    language = [name or None for name in rows.language.tolist()]
    features = extract_corpus(rows.code, language, workers=workers, cache=cache, progress=progress)
    good = np.flatnonzero(np.array(features.status) == "ok")
    skipped = Counter({**rows.flawed}) + Counter(each for each in features.status if each != "ok")
    if not len(good):
        why = ", ".join(f"{status}: {count}" for status, count in sorted(skipped.items()))
        raise DriftError(f"{rows.name}: no row could be measured ({why})")
    features = features.take(good)
    columns = model.design(features)
    probabilities = model.probabilities(columns)
    told_language = np.array([name or "" for name in features.language])
    return Measured(
        rows.name,
        values=rounded(columns),
        **_answers(model, probabilities, features.lines, features.parsed),
        language=told_language,
        source=rows.source[good],
        task=rows.task[good],
        label=rows.label[good],
        stated=rows.model[good],
        date=rows.date[good],
        at=rows.at[good],
        known_as=None if rows.path is None else rows.path[good],
        skipped=dict(skipped),
    )


def reference_of(model: Model) -> Measured:
    """Return the samples that a model keeps of its training, with its left-out answers.

    Raises DriftError for a model that keeps none.
    """
    kept = kept_by(model)
    return from_sample(kept, _answers(model, kept.probabilities, kept.lines, kept.parsed))


def kept_by(model: Model | AgentModel) -> ReferenceSample:
    """Return the sample that a model keeps; raises DriftError for a model that keeps none."""
    if model.reference_sample is None:
        raise DriftError(
            f"{model.id.name} {model.id.version} keeps no sample of its training: train it again, "
            "or give a corpus as reference"
        )
    return model.reference_sample


def from_sample(kept: ReferenceSample, answers: Mapping[str, Any]) -> Measured:
    """Return a kept sample as a side, named for its model, given what that says of it."""
    count, model, classes = len(kept), answers["model"], answers["classes"]
    nothing = np.full(count, "")
    return Measured(
        f"{model.name} {model.version}",
        values=kept.values,
        **answers,
        language=kept.language,
        source=kept.source,
        task=nothing,
        label=np.array(classes)[kept.truth],
        stated=nothing,
        date=np.full(count, "NaT", dtype="datetime64[D]"),
        at=np.arange(count),
    )


def _answers(
    model: Model,
    probabilities: FloatArray,
    lines: npt.NDArray[np.int32],
    parsed: npt.NDArray[np.bool_],
) -> dict[str, Any]:
    """Return what the model is, and what it says and tells of each sample."""
    decision = model.decision
    novelty = decision.novelties(probabilities)
    told = [
        decision(p, mode="balanced", lines=int(n), parsed=bool(known), novelty=float(new)).family
        for p, n, known, new in zip(probabilities, lines, parsed, novelty, strict=True)
    ]
    columns = model.design.columns
    return {
        "model": model.id,
        "classes": model.classes,
        "human": decision.human,
        "columns": columns,
        "groups": tuple(registry.GROUPS.get(name, LEXICON) for name in columns),
        "probabilities": probabilities,
        "novelty": novelty,
        "told": np.array(told, dtype=np.str_),
        "lines": lines.astype(np.int64),
    }
