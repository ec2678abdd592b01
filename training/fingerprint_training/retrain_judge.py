"""The answers of champion and challenger on the same samples, neither having seen their owners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fingerprint_models.attribution import UNKNOWN
from fingerprint_models.decision import Decision
from fingerprint_training.calibrate import Evidence, answers_of, calibrate
from fingerprint_training.champion import Champion, owner_of
from fingerprint_training.crossfit import LeftOut, Rows
from fingerprint_training.evaluation import ACCUSATION_LINES
from fingerprint_training.fold_model import CrossFit
from fingerprint_training.material import Material
from fingerprint_training.retrain_gate import Judged, Side
from fingerprint_training.retrain_sides import Sides
from fingerprint_training.risk import fit_decision

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MODE = "balanced"


def judged_sides(
    material: Material, champion: Champion, fitted: CrossFit, sides: Sides
) -> tuple[Side, Side]:
    """Return the new and the reference side; `fitted` is of all rows of the material."""
    answers = _left_out(material, fitted, np.concatenate((sides.new, sides.reference)))
    challenger = (*answers, fitted.fold)
    model, sample = champion.model, champion.sample
    told = model.probabilities(model.design(material.features.take(sides.new)))
    kept = sample.probabilities[sides.sampled]
    return (
        _side("new", material, champion, (sides.new, told), challenger),
        _side("reference", material, champion, (sides.reference, kept), challenger),
    )


def common(material: Material, champion: Champion) -> tuple[str, ...]:
    """Return the classes that both know, in the challenger's order."""
    return tuple(name for name in material.classes if name in champion.model.classes)


def _side(
    name: str,
    material: Material,
    champion: Champion,
    answered: tuple[Rows, FloatArray],
    challenger: tuple[FloatArray, BoolArray, Rows],
) -> Side:
    """Put the champion's answers to some rows beside the challenger's.

    These, whom it accuses, and the folds are of all rows of the material.
    """
    rows, theirs = answered
    probabilities, accused, fold = challenger
    classes = common(material, champion)
    human = material.classes[0] if material.has_human else None
    if human != champion.model.decision.human:
        human = None  # only one of them knows what an accusation is
    index = {label: at for at, label in enumerate(classes)}
    label = [material.classes[c] for c in material.truth[rows]]
    lines, parsed = material.features.lines[rows], material.features.parsed[rows]
    liable = (np.array(label) == (human or "")) & (lines >= ACCUSATION_LINES)
    source = material.corpus.column("source")
    accuses = accusations(champion.model.decision, theirs, liable, lines, parsed)
    return Side(
        name,
        np.array([index[each] for each in label]),
        np.array([owner_of(source[i]) for i in rows]),
        fold[rows],
        liable,
        Judged(_within(theirs, champion.model.classes, classes), accuses),
        Judged(_within(probabilities[rows], material.classes, classes), accused[rows]),
    )


def _within(probabilities: FloatArray, classes: Sequence[str], wanted: Sequence[str]) -> FloatArray:
    """Return probabilities (n, K) given that the author is one of the wanted classes."""
    chosen = probabilities[:, [classes.index(name) for name in wanted]]
    found: FloatArray = chosen / chosen.sum(axis=1, keepdims=True)
    return found


def accusations(
    decision: Decision,
    probabilities: FloatArray,
    liable: BoolArray,
    lines: npt.NDArray[np.int32],
    parsed: npt.NDArray[np.bool_],
) -> BoolArray:
    """Tell which liable samples are told an AI family or "ai" in mode `balanced`, shape (n,)."""
    accused = np.zeros(len(liable), dtype=np.bool_)
    for at in np.flatnonzero(liable).tolist():
        told = decision(
            probabilities[at], mode=MODE, lines=int(lines[at]), parsed=bool(parsed[at])
        ).family
        accused[at] = told not in (UNKNOWN, decision.human)
    return accused


def _left_out(material: Material, fitted: CrossFit, wanted: Rows) -> tuple[FloatArray, BoolArray]:
    """Return the challenger's answers (n, K) to all rows and whom it accuses among the wanted.

    The heads that answer a fold by source never saw its owners, and its calibration and
    thresholds were fitted on the answers to the other folds alone. (The heads of those folds did
    see this one's samples, as any cross-fitted calibration has it: a few dozen numbers were
    chosen on answers that these samples touched at second hand.)
    """
    evidence, human = fitted.evidence, material.human
    name = None if human is None else material.classes[human]
    probabilities = np.zeros((len(evidence.truth), len(material.classes)))
    accused = np.zeros(len(evidence.truth), dtype=np.bool_)
    asked = np.isin(np.arange(len(evidence.truth)), wanted)
    for held in np.unique(fitted.fold).tolist():
        others, at = np.flatnonzero(fitted.fold != held), np.flatnonzero(fitted.fold == held)
        rest = _part(evidence, others)
        calibration = calibrate(rest, human)
        answers = answers_of(calibration, rest)
        probabilities[at] = calibration.alone(evidence.sources.scores.take(at))
        if human is None:
            continue
        decision = fit_decision(material.classes, name, answers[0:1], answers[2:3])
        lines, parsed = material.features.lines[at], material.features.parsed[at]
        liable = (evidence.truth[at] == human) & (lines >= ACCUSATION_LINES) & asked[at]
        accused[at] = accusations(decision, probabilities[at], liable, lines, parsed)
    return probabilities, accused


def _part(evidence: Evidence, rows: Rows) -> Evidence:
    tasks, sources = (
        LeftOut(side.scores.take(rows), side.batch_distance[rows])
        for side in (evidence.tasks, evidence.sources)
    )
    return Evidence(
        tasks, sources, evidence.truth[rows], evidence.source[rows], evidence.owner[rows]
    )
