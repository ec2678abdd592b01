"""Into which of five heaps a commit goes. None of them is called human."""

from __future__ import annotations

from datetime import UTC, datetime

from fingerprint_features.change import Change, Identity
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
    return _all_before(change, FIRST_AGENT)


def kind_of(change: Change, declaration: Declaration | None) -> str:
    """Return one of `KINDS`, or `MERGE`. A declaration wins over the date."""
    if len(change.parents) > 1:
        return MERGE
    if declaration is not None:
        return DECLARED
    if _is_bot(change.author):
        return AUTOMATION
    return BEFORE if _all_before(change, FIRST_DAY) else UNDECLARED


def _all_before(change: Change, day: datetime) -> bool:
    # Either date can be set at will; a commit rebased after the day counts as after it.
    times = (change.authored, change.committed)
    return all(time is not None and time < day for time in times)


def _is_bot(author: Identity | None) -> bool:
    """Tell whether an account of a program, no language model, wrote: dependabot, for one."""
    return author is not None and (author.name.endswith("[bot]") or "[bot]@" in author.email)
