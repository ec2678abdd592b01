"""The label of a change's code: what it declares, or human where nobody else could have written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from fingerprint_features.change import Change
from fingerprint_models.declaration import Declaration
from fingerprint_training.human import BEFORE

HUMAN = "human"
UNDECLARED = "undeclared"  # nobody said; since 2021 that is no proof of a person
UNRESOLVED = "unresolved"  # an agent took part, its model's family is not known
NOBODY = (UNDECLARED, UNRESOLVED)
"""Labels that name no author."""

FIRST_DAY = datetime(BEFORE.year, BEFORE.month, BEFORE.day, tzinfo=UTC)


class Labels(NamedTuple):
    """Two label spaces: the family of the model, and the agent that ran it."""

    family: str
    agent: str


def labels_of(change: Change, declared: Declaration | None) -> Labels:
    """Return the labels of a change's code; a declaration always wins over the date.

    Without one, both are `human` where author's and committer's dates lie before June 2021 and no
    bot wrote, and `undeclared` otherwise.
    """
    if declared is not None:
        return Labels(declared.family or UNRESOLVED, declared.agent or UNRESOLVED)
    return Labels(HUMAN, HUMAN) if is_human(change) else Labels(UNDECLARED, UNDECLARED)


def is_human(change: Change) -> bool:
    """Tell whether a person wrote: before the first assistant, by both clocks, and no bot."""
    by_program = change.author is not None and change.author.is_program
    return change.is_older_than(FIRST_DAY) and not by_program
