"""A newcomer: who wants to join a model, what of the samples is usable, and who may not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import numpy.typing as npt

from fingerprint_features.extract import Features
from fingerprint_features.sample import Sample
from fingerprint_models.attribution import AI, UNKNOWN
from fingerprint_models.decision import SHORT_LINES
from fingerprint_models.enrolling import FOLDS, PRIOR, fit_enrolment, folds_of
from fingerprint_models.enrolment import Background, Enrolled, Enrolment
from fingerprint_models.errors import ModelError
from fingerprint_models.model import Model, measure
from fingerprint_models.near_copies import near_copies

IntArray = npt.NDArray[np.int64]

LEAST = 10
"""Samples, no two nearly alike, that a class is enrolled from at least."""

LEAST_AUROC = 0.6
"""A class that left-out samples tell no better than this only takes from the others' answers:
glm and kimi, at 0.5, moved the calibration error of the trained classes from 0.15 to 0.20."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


class EnrolmentError(ModelError):
    """A class cannot be enrolled, or removed; the message names the culprit and the mend."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of the samples: how many were fitted on, and how many were left out, and why.

    `auroc` is that of the class against the trained ones, on left-out samples and in the
    languages of `languages`; near 0.5 the class cannot be told. `told` says whether "balanced"
    can ever tell it.
    """

    name: str
    person: bool
    samples: int
    near_copies: int
    not_scored: int
    languages: dict[str, int]
    auroc: float
    told: bool


def join(
    model: Model,
    name: str,
    samples: Sequence[Sample],
    *,
    person: bool = False,
    prior: float = PRIOR,
    workers: int = 1,
) -> tuple[Enrolment, Joined]:
    """Return the model's enrolment with one more class, and what became of its samples.

    Near copies count once. Raises EnrolmentError for a name that is taken or cannot be one, a
    `prior` outside (0, 0.5], a model without material, fewer than `LEAST` usable samples, and
    samples that tell the class no better than `LEAST_AUROC`.
    """
    background = background_of(model)
    _check(model, name, prior)
    features = measure(samples, workers)
    # What is too short to be told is too short to learn from.
    usable = (np.array(features.status) == "ok") & (features.lines >= SHORT_LINES)
    good = np.flatnonzero(usable)
    own = good[near_copies([samples[i].code for i in good.tolist()]) == np.arange(len(good))]
    _check_number(name, len(samples), len(good), len(own))
    groups = _groups([samples[i].path for i in own.tolist()])
    member = newcomer(
        model, background, name, features.take(own), groups, person=person, prior=prior
    )
    human = model.decision.human
    members = (*model.enrolment.classes, member)
    at = None if human is None else model.classes.index(human)
    enrolment = fit_enrolment(background, members, at)
    fitted = enrolment.classes[enrolment.names.index(name)]
    if fitted.figures["auroc"] < LEAST_AUROC:
        raise EnrolmentError(
            f"{name!r} cannot be told from the other classes by these {len(own)} samples (AUROC "
            f"{fitted.figures['auroc']:.2f} on left-out ones): add samples, of more tasks"
        )
    return enrolment, Joined(
        name=name,
        person=person,
        samples=len(own),
        near_copies=len(good) - len(own),
        not_scored=len(samples) - len(good),
        languages=dict(fitted.languages),
        auroc=float(fitted.figures["auroc"]),
        told=fitted.thresholds["balanced"] <= 1,
    )


def leave(model: Model, name: str) -> Enrolment:
    """Return the model's enrolment without a class, the others fitted anew.

    Raises EnrolmentError where nobody of that name is enrolled.
    """
    if name not in model.enrolment.names:
        known = ", ".join(model.enrolment.names) or "nobody"
        raise EnrolmentError(f"{name!r} is not enrolled: {known} is")
    members = [each for each in model.enrolment.classes if each.name != name]
    human = model.decision.human
    at = None if human is None else model.classes.index(human)
    return fit_enrolment(background_of(model), members, at) if members else Enrolment()


def background_of(model: Model) -> Background:
    """Return what classes are enrolled against; EnrolmentError where the model has none of it."""
    if not model.material:
        raise EnrolmentError(
            f"model {model.id.name} {model.id.version} was trained without the material that "
            "classes are enrolled against (enrolment.npz): take a newer shipped model, or train "
            "it again with `fingerprint train`"
        )
    try:
        return Background.from_bytes(model.material)
    except (ValueError, KeyError) as problem:
        raise EnrolmentError(f"enrolment.npz {problem}; fetch the model again") from problem


def newcomer(
    model: Model,
    background: Background,
    name: str,
    features: Features,
    groups: Sequence[str],
    *,
    person: bool = False,
    prior: float = PRIOR,
) -> Enrolled:
    """Return a class that `fit_enrolment` can fit, from the features of its samples.

    Samples of one group (n names) are left out together.
    """
    columns = model.design(features)
    standardised = model.transfer.family.standardise(columns)
    languages = tuple(language or "" for language in features.language)
    none = np.zeros(0, dtype=np.float32)
    return Enrolled(
        name=name,
        person=person,
        prior=prior,
        languages=dict(sorted(Counter(languages).items())),
        weights=none,
        score_weights=none,
        bias=0.0,
        thresholds={},
        set_level=1.0,
        mean=columns.mean(axis=0),
        samples=background.features(standardised, model.scores(columns)),
        folds=folds_of(groups),
        sample_languages=languages,
        figures={},
    )


def _groups(paths: Sequence[str | None]) -> list[str]:
    """Return the folder of each sample, or the sample itself where there are few folders."""
    folders = [str(PurePath(path or "").parent) for path in paths]
    if len(set(folders)) >= FOLDS:
        return folders
    return [f"{at:06d}" for at in range(len(paths))]


def _check(model: Model, name: str, prior: float) -> None:
    if not _NAME.fullmatch(name):
        raise EnrolmentError(f"{name!r} is no name for a class: use letters, digits and . _ -")
    if name.lower() in {UNKNOWN, AI, *(each.lower() for each in model.classes)}:
        raise EnrolmentError(f"{name!r} is an answer of the model already: choose another name")
    if name in model.enrolment.names:
        raise EnrolmentError(f"{name!r} is enrolled already: remove it first, or take another name")
    if not 0 < prior <= 0.5:
        raise EnrolmentError(f"the prior is {prior}, and lies above 0 and up to 0.5")


def _check_number(name: str, given: int, good: int, own: int) -> None:
    if own >= LEAST:
        return
    if good >= LEAST:
        raise EnrolmentError(
            f"{name!r} has {good} samples, but all but {own} are nearly identical to another: "
            f"{LEAST} that differ are needed"
        )
    raise EnrolmentError(
        f"{name!r} has {good} usable samples of {given}, and {LEAST} are needed: add code files of "
        f"{SHORT_LINES} lines or more"
    )
