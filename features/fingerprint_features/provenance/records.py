"""What a reader of declared provenance finds: one statement about who took part in a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

FamilyOf = Callable[[str], str | None]
"""Resolves the name of a model to its family; None where the name is not known."""

HUMAN = "human"
"""Stands as agent and family where a note says that a person typed the lines."""


class Kind(StrEnum):
    """The part that somebody took in a change."""

    AUTHOR = "author"
    CO_AUTHOR = "co-author"
    WRAPPER = "wrapper"  # started another agent, which may declare itself as well
    HUMAN = "human"  # a person, seen typing by the tool that wrote the note
    REVIEWER = "reviewer"
    MENTION = "mention"


class Strength(IntEnum):
    """How much a statement weighs: of two that differ, the stronger one is told."""

    MENTION = 1
    WEAK = 2  # a name that tools give but people may give too: a branch, a subject prefix
    MARKER = 3  # a trailer, a bot identity, a session address, a tool's footer
    TRACE = 4  # a trace record whose revision and files match
    NOTE = 5  # a note on the commit itself


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement about a change, with the text that makes it.

    `agent` is the slug of the tool (None where the marker names none), `model` the model as the
    text states it, `family` what that model or, for a tool that runs one family by design, the
    tool itself resolves to. `evidence` is the text exactly as it stands; `rule` names the line of
    rules.tsv, or the record format, that read it.
    """

    agent: str | None
    model: str | None
    family: str | None
    kind: Kind
    strength: Strength
    evidence: str
    rule: str

    @property
    def takes_part(self) -> bool:
        """Whether the finding says that an agent wrote, or helped to write, the change."""
        return self.agent is not None and self.kind in (Kind.AUTHOR, Kind.CO_AUTHOR, Kind.WRAPPER)


def no_family(model: str) -> None:
    """Resolve no model at all: what `findings` uses where no registry is at hand."""
    del model
