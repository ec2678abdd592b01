"""Into which of five heaps a commit goes. None of them is called human."""

from __future__ import annotations

from datetime import UTC, datetime

from fingerprint_features.change import Change
from fingerprint_models.declaration import Declaration

DECLARED = "declared"
UNDECLARED = "undeclared"
AUTOMATION = "automation"
BEFORE = "before"
MERGE = "merge"
KINDS = (DECLARED, AUTOMATION, UNDECLARED, BEFORE)
"""Of commits that are no merges, in the order in which they are told."""

FIRST_DAY = datetime(2021, 6, 1, tzinfo=UTC)
"""The first public assistant, Copilot's preview, came out on 29 June 2021."""


FIRST_AGENT = datetime(2023, 4, 3, tzinfo=UTC)
"""The day of aider's first commit: no agent that a model knows can have made an earlier change."""

CONTROL = "control"
"""Undeclared commits since assistants, from before any agent: what an estimate is held against."""


def is_control(change: Change) -> bool:
    """Tell whether both clocks say that a change is older than any agent."""
    return change.is_older_than(FIRST_AGENT)


def kind_of(change: Change, declaration: Declaration | None) -> str:
    """Return one of `KINDS`, or `MERGE`. A declaration wins over the date."""
    if len(change.parents) > 1:
        return MERGE
    if declaration is not None:
        return DECLARED
    if change.author is not None and change.author.is_program:
        return AUTOMATION
    return BEFORE if change.is_older_than(FIRST_DAY) else UNDECLARED
