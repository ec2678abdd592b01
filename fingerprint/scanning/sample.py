"""The few commits of a history that are looked at closely, and what the model says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fingerprint.scanning.record import Conflict, Group
from fingerprint.scanning.reservoir import Reservoir
from fingerprint.scanning.tally import Place
from fingerprint_features.activity.relative import HISTORY, RepositoryStyle
from fingerprint_features.change import Change, FileChange, Hunk
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.change_attribution import ChangeAttribution
from fingerprint_models.prevalence import Shares, estimate

FloatArray = npt.NDArray[np.float64]

MAX_LINES = 3_000
"""Added lines, and removed ones, kept of a sampled commit: thrice what is measured of any."""

MAX_MESSAGE = 65_536
"""Characters kept of a sampled commit's message: four times what is measured of any."""

BATCH = 50
"""Commits that are measured at a time."""

MODE = "high-precision"
"""Only what is as good as sure may contradict a declaration."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A commit out of the sample, where it was counted, and where its past begins in `Past`."""

    change: Change
    place: Place
    past: int


Past = list[npt.NDArray[np.float64]]
"""What `style_of` found in every commit, in the order of the history, the newest first."""


@dataclass(frozen=True)
class Errors:
    """The mean answer to each class's commits, (classes, classes): what estimates undo.

    That of human is this repository's own where commits from before any agent are enough: people
    write otherwise from one project to the next, and a model takes some projects for an agent's.
    """

    classes: tuple[str, ...]
    mean_answers: FloatArray

    def with_human(
        self, probabilities: FloatArray, weights: FloatArray, human: str | None
    ) -> Errors:
        """Return the errors with the human row measured on commits known to be human."""
        if human not in self.classes:
            return self
        rows = self.mean_answers.copy()
        rows[self.classes.index(human)] = np.average(probabilities, axis=0, weights=weights)
        return replace(self, mean_answers=rows)


@dataclass(frozen=True)
class Answers:
    """Answers to n commits: (n, classes), where they belong, what each stands for."""

    probabilities: FloatArray
    places: Sequence[Place]
    weights: FloatArray

    def estimated(
        self, group: Group, belongs: Callable[[Place], bool], errors: Errors, seed: int
    ) -> Group:
        """Return the group with the estimate that its part of the answers amounts to."""
        rows = [at for at, place in enumerate(self.places) if belongs(place)]
        return replace(group, sampled=len(rows), estimate=self.shares(rows, errors, seed))

    def shares(self, rows: Sequence[int], errors: Errors, seed: int) -> Shares | None:
        """Return what some of the answers amount to, None where they are too few."""
        return estimate(
            self.probabilities[list(rows)],
            errors.mean_answers,
            errors.classes,
            weights=self.weights[list(rows)],
            seed=seed,
        )


def trimmed(change: Change) -> Change:
    """Return a change of bounded size; commits of more than `MAX_LINES` lines lose the rest."""
    message = change.message[:MAX_MESSAGE]
    if not change.files:
        return replace(change, message=message)
    room = [MAX_LINES, MAX_LINES]
    files = tuple(_trimmed(file, room) for file in change.files[:MAX_LINES])
    return replace(change, message=message, files=files)


def ask(sample: Reservoir[Sampled], past: Past, model: AgentModel) -> Answers:
    """Ask the model about commits; empty ones, that say nothing, are left out."""
    told = [
        (each.place, weight, answer.inferred)
        for (each, weight), answer in _asked(sample, past, model)
        if answer.inferred is not None
    ]
    rows = [[inferred.probabilities[name] for name in model.classes] for _, _, inferred in told]
    return Answers(
        np.array(rows, dtype=np.float64).reshape(len(rows), len(model.classes)),
        [place for place, _, _ in told],
        np.array([weight for _, weight, _ in told], dtype=np.float64),
    )


def find_conflicts(sample: Reservoir[Sampled], past: Past, model: AgentModel) -> list[Conflict]:
    """Return the declared commits that look like somebody else's, the surest first."""
    found = []
    for (each, _), answer in _asked(sample, past, model):
        if answer.conflict and answer.declared is not None and answer.inferred is not None:
            found.append(
                Conflict(
                    sha=each.change.id or "",
                    title=each.change.title,
                    declared=answer.declared.agent or ", ".join(answer.declared.agents),
                    inferred=answer.inferred.agent,
                    confidence=answer.inferred.confidence,
                )
            )
    return sorted(found, key=lambda conflict: (-conflict.confidence, conflict.sha))


def _asked(
    sample: Reservoir[Sampled], past: Past, model: AgentModel
) -> Iterator[tuple[tuple[Sampled, float], ChangeAttribution]]:
    held = list(sample.items())
    for start in range(0, len(held), BATCH):
        batch = held[start : start + BATCH]
        styles = [RepositoryStyle.of(past[each.past : each.past + HISTORY]) for each, _ in batch]
        changes = [each.change for each, _ in batch]
        answers = model.predict_changes(changes, styles=styles, mode=MODE)
        yield from zip(batch, answers, strict=True)


def _trimmed(file: FileChange, room: list[int]) -> FileChange:
    hunks: list[Hunk] = []
    for hunk in file.hunks:
        kept = Hunk(hunk.start, hunk.added[: room[0]], hunk.removed[: room[1]])
        room[0] -= len(kept.added)
        room[1] -= len(kept.removed)
        if kept.added or kept.removed:
            hunks.append(kept)
    return replace(file, hunks=tuple(hunks))
