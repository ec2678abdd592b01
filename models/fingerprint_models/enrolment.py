"""Enrolled classes: families and persons that joined a trained model from a few samples.

Each has a logistic score of "this class rather than what the model was trained on". The trained
classes share what the enrolled ones leave, in their old proportions, so their calibration stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_models.arrays import npz_bytes, read_npz
from fingerprint_models.artefact import Folder, json_bytes
from fingerprint_models.attribution import AI, UNKNOWN
from fingerprint_models.calibration import Scores
from fingerprint_models.decision import SHORT_LINES, Decision, Told
from fingerprint_models.reference import Reference

FloatArray = npt.NDArray[np.float64]
Columns = npt.NDArray[np.float32]

FACTS, ARRAYS = "enrolled.json", "enrolled.npz"
"""Files of a model folder that are there where anybody is enrolled, and only then."""

MATERIAL = "enrolment.npz"
"""The file with the `Background` that classes are enrolled against; training writes it."""

SURE = 16.0
"""No enrolled class is surer, in log-odds, than this."""


@dataclass(frozen=True, eq=False)
class Enrolled:
    """One enrolled class and all that is needed to fit it anew beside others.

    log-odds = standardised columns @ `weights` + `score_features` @ `score_weights` + `bias`, with
    `weights` (columns,) and `score_weights` (2 classes + 1,). `person` counts to the human side,
    else the class is a family of models. `prior` is the share of it that was presumed among code
    of its languages, `languages` counts its samples. `thresholds` holds by mode the least
    probability at which it is told, and `set_level` that at which it is in the prediction set.
    `mean` (columns,) is what is typical of it. `samples` (n, features) and `folds` (n,) are what it
    was fitted on, and `figures` what was found on left-out samples.
    """

    name: str
    person: bool
    prior: float
    languages: Mapping[str, int]
    weights: Columns
    score_weights: Columns
    bias: float
    thresholds: Mapping[str, float]
    set_level: float
    mean: Columns
    samples: npt.NDArray[np.int8]
    folds: npt.NDArray[np.int8]
    sample_languages: tuple[str, ...]
    figures: Mapping[str, Any]

    def log_odds(
        self, standardised: Columns, scores: FloatArray, languages: Sequence[str | None]
    ) -> FloatArray:
        """Return calibrated log-odds against all trained classes, shape (n,).

        In a language without an enrolled sample they never exceed the prior's: there the score
        would tell the language, not the author.
        """
        odds = standardised @ self.weights + scores @ self.score_weights + self.bias
        least = float(np.log(self.prior / (1 - self.prior)))
        strange = np.array([(name or "") not in self.languages for name in languages], np.bool_)
        capped: FloatArray = np.where(strange, np.minimum(odds, least), odds).astype(np.float64)
        return np.clip(capped, -SURE, SURE)


@dataclass(frozen=True, eq=False)
class Enrolment:
    """The enrolled classes of a model, in the order of their names; none in most models."""

    classes: tuple[Enrolled, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the enrolled classes."""
        return tuple(each.name for each in self.classes)

    def widen(
        self,
        probabilities: FloatArray,
        standardised: Columns,
        scores: Scores,
        languages: Sequence[str | None],
    ) -> FloatArray:
        """Return probabilities of trained and enrolled classes, shape (n, trained + enrolled).

        `probabilities` (n, trained) are calibrated, and keep their proportions. Several enrolled
        classes are normalised together: p_e = odds_e / (1 + sum of all odds).
        """
        if not self.classes:
            return probabilities
        features = score_features(scores)
        odds = np.exp(
            np.column_stack(
                [each.log_odds(standardised, features, languages) for each in self.classes]
            )
        )
        rest = 1.0 + odds.sum(axis=1, keepdims=True)
        return np.column_stack((probabilities / rest, odds / rest))

    def decide(
        self,
        decision: Decision,
        wide: FloatArray,
        *,
        mode: str,
        lines: int,
        parsed: bool,
        **how: float,
    ) -> Told:
        """Return what to tell of one sample, given its probabilities of all classes.

        An enrolled class is told where its own threshold is reached, a trained one as `decision`
        says, which gets `how` too. What enrolled classes hold never helps: a family that is not
        told itself accuses nobody, so for an accusation its share counts as human, and for "human"
        as a model's.
        """
        if not self.classes:
            return decision(wide, mode=mode, lines=lines, parsed=parsed, **how)
        best = int(np.argmax(wide))
        name, sure = (*decision.classes, *self.names)[best], float(wide[best])
        aside = None if parsed else "neutral_columns"
        if mode == "best-guess":
            return Told(name, sure, aside)
        enrolled = best >= len(decision.classes) and lines >= SHORT_LINES
        if enrolled and sure >= self._threshold(best - len(wide), mode):
            return Told(name, sure, aside)
        folded = self._folded(decision, wide, best)
        told = decision(folded, mode=mode, lines=lines, parsed=parsed, **how)
        if told.family == AI:
            return told
        if told.family == name:
            return Told(name, sure, told.reason)
        return Told(UNKNOWN, sure, told.reason if told.family == UNKNOWN else "low_confidence")

    def _threshold(self, at: int, mode: str) -> float:
        return self.classes[at].thresholds[mode]

    def _folded(self, decision: Decision, wide: FloatArray, best: int) -> FloatArray:
        """Return probabilities of the trained classes alone, persons as human, shape (trained,)."""
        folded: FloatArray = wide[: len(decision.classes)].copy()
        if decision.human is None:
            return folded
        human = decision.classes.index(decision.human)
        rivals = np.where(np.arange(len(folded)) == human, -1.0, folded)
        for share, each in zip(wide[len(folded) :].tolist(), self.classes, strict=True):
            model = best == human and not each.person and len(folded) > 1
            folded[int(np.argmax(rivals)) if model else human] += share
        return folded

    def ai_probability(self, decision: Decision, wide: FloatArray) -> float | None:
        """Return the probability that a language model wrote the sample; persons are human."""
        ai = decision.ai_probability(wide[: len(decision.classes)])
        if ai is None:
            return None
        shares = wide[len(decision.classes) :].tolist()
        people = [n for n, each in enumerate(self.classes) if each.person]
        return max(ai - float(sum(shares[n] for n in people)), 0.0)

    def in_set(self, wide: FloatArray) -> tuple[str, ...]:
        """Return the enrolled classes that belong into a sample's prediction set."""
        shares = wide[len(wide) - len(self.classes) :].tolist()
        return tuple(
            each.name
            for share, each in zip(shares, self.classes, strict=True)
            if share >= each.set_level
        )

    def to_files(self) -> dict[str, bytes]:
        """Return what a model folder keeps; nothing where nobody is enrolled."""
        if not self.classes:
            return {}
        facts = [{name: getattr(each, name) for name in _PLAIN} for each in self.classes]
        arrays = {
            f"{at}.{name}": np.asarray(getattr(each, name))
            for at, each in enumerate(self.classes)
            for name in _ARRAYS
        }
        return {FACTS: json_bytes(facts), ARRAYS: npz_bytes(arrays)}

    @classmethod
    def from_folder(cls, opened: Folder) -> Enrolment:
        """Return what `to_files` wrote into a verified folder."""
        if FACTS not in opened.files:
            return cls()
        arrays = opened.arrays(ARRAYS)
        return cls(
            tuple(
                _enrolled(facts, {name: arrays[f"{at}.{name}"] for name in _ARRAYS})
                for at, facts in enumerate(opened.json(FACTS))
            )
        )


NOBODY = Enrolment()
"""No enrolled classes."""

_PLAIN = (
    *("name", "person", "prior", "languages", "bias", "thresholds", "set_level"),
    *("sample_languages", "figures"),
)
_ARRAYS = ("weights", "score_weights", "mean", "samples", "folds")


def _enrolled(facts: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Enrolled:
    fields: dict[str, Any] = {**{name: facts[name] for name in _PLAIN}, **arrays}
    fields["sample_languages"] = tuple(facts["sample_languages"])
    return Enrolled(**fields)


def widened_reference(reference: Reference, each: Enrolled) -> Reference:
    """Return training statistics with an enrolled class beside the trained ones."""
    return Reference(
        reference.columns,
        (*reference.classes, each.name),
        np.vstack((reference.mean, each.mean)),
        reference.spread,
    )


LEAST = -10.0
"""Log-probabilities are cut here before they are compared."""


def score_features(scores: Scores) -> FloatArray:
    """Return what the heads say, centred, shape (n, 2 classes + 1).

    The log-probabilities of booster and transfer head, each less its mean over the classes, and
    the log-odds of the first class's side.
    """
    booster, transfer = (np.maximum(head, LEAST) for head in (scores.booster, scores.transfer))
    side = scores.side[:, 0] - scores.side[:, 1] if scores.side.shape[1] > 1 else scores.side[:, 0]
    return np.column_stack(
        (
            booster - booster.mean(axis=1, keepdims=True),
            transfer - transfer.mean(axis=1, keepdims=True),
            np.clip(side, LEAST, -LEAST),
        )
    )


STEP = 1 / 16
"""Features of background and samples are kept as whole numbers of this, within ±127 of them."""


@dataclass(frozen=True, eq=False)
class Background:
    """What an enrolled class is told from: left-out samples of the trained classes.

    `projection` (columns, d) turns standardised columns, less `centre` (columns,), into principal
    components of even variance; `scale` (2 classes + 1,) evens the score features. `values`
    (n, d + 2 classes + 1) are in units of `STEP`. `truth` (n,) holds class indices, `tasks` and
    `sources` (n,) folds that keep either together.
    """

    projection: Columns
    centre: Columns
    scale: Columns
    values: npt.NDArray[np.int8]
    truth: npt.NDArray[np.int64]
    tasks: npt.NDArray[np.int64]
    sources: npt.NDArray[np.int64]
    languages: npt.NDArray[np.str_]

    def features(self, standardised: Columns, scores: Scores) -> npt.NDArray[np.int8]:
        """Return the features of samples as they are kept, shape (n, d + 2 classes + 1)."""
        space = (standardised - self.centre) @ self.projection
        return quantised(np.column_stack((space, score_features(scores) / self.scale)))

    def to_bytes(self) -> bytes:
        """Return the file of a model folder."""
        kinds = {"projection": np.float16, "truth": np.int16, "tasks": np.int8, "sources": np.int8}
        arrays = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return npz_bytes(
            {
                name: np.asarray(part).astype(kinds.get(name, part.dtype))
                for name, part in arrays.items()
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Background:
        """Return what `to_bytes` wrote; raises ValueError or KeyError on anything else."""
        arrays = read_npz(data)
        kinds: dict[str, type] = {
            **dict.fromkeys(("projection", "centre", "scale"), np.float32),
            **dict.fromkeys(("truth", "tasks", "sources"), np.int64),
        }
        return cls(
            **{
                name: arrays[name].astype(kinds.get(name, arrays[name].dtype))
                for name in cls.__dataclass_fields__
            }
        )


def quantised(features: FloatArray | Columns) -> npt.NDArray[np.int8]:
    """Return features as whole numbers of `STEP`."""
    return np.clip(np.rint(features / STEP), -127, 127).astype(np.int8)
