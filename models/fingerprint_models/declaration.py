"""What a change declares about its author, in one record: agent, model, family and the evidence.

Precedence: a note on the commit, then a trace record whose revision and files match, then a trailer
or a bot's identity, then what only suggests an agent (a branch). Reviewers and mentions declare
nothing; a wrapper declares itself only where no other agent does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fingerprint_features.change import Change, Identity
from fingerprint_features.provenance import Finding, Kind, Strength, findings
from fingerprint_features.provenance.identities import parse_identity
from fingerprint_features.provenance.trailers import trailers
from fingerprint_models.families import family_of


@dataclass(frozen=True, slots=True)
class Declaration:
    """Who wrote a change, by its own word.

    `agent`, `model` and `family` are those of the strongest statement; each is None where equally
    strong statements differ or none tells it. `agents` are all that took part, the strongest first.
    `mixed` says that the label does not stand for all of the change: two agents or families took
    part, a person's lines are known beside an agent's, or a squash joined several people's work.
    """

    agent: str | None
    model: str | None
    family: str | None
    agents: tuple[str, ...]
    mixed: bool
    evidence: tuple[Finding, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the record as JSON knows it, its evidence as the texts that make it."""
        return {
            "agent": self.agent,
            "model": self.model,
            "family": self.family,
            "agents": list(self.agents),
            "mixed": self.mixed,
            "evidence": [
                {"text": finding.evidence, "kind": str(finding.kind), "rule": finding.rule}
                for finding in self.evidence
            ],
        }


def declared(change: Change, *, traces: str = "") -> Declaration | None:
    """Return what a change declares, or None where no agent says that it took part.

    None means undeclared, not human. `traces` is the text of the repository's Agent Trace records.
    """
    return declaration(change, findings(change, family_of, traces=traces))


def declaration(change: Change, found: tuple[Finding, ...]) -> Declaration | None:
    """Return the declaration that findings of a change amount to; see `declared`."""
    authors = _participants(found)
    if not authors:
        return None
    strongest = [finding for finding in authors if finding.strength == authors[0].strength]
    agents = tuple(dict.fromkeys(f.agent for f in authors if f.agent is not None))
    families = {finding.family for finding in authors if finding.family is not None}
    human = any(finding.kind is Kind.HUMAN for finding in found)
    return Declaration(
        agent=_only(finding.agent for finding in strongest),
        model=_only(finding.model for finding in strongest),
        family=_only(finding.family for finding in strongest),
        agents=agents,
        mixed=len(agents) > 1 or len(families) > 1 or human or _people(change) > 1,
        evidence=found,
    )


def _participants(found: tuple[Finding, ...]) -> list[Finding]:
    """Return the findings that say who wrote, strongest first.

    A note or trace of an unnamed tool takes part by its model. What only suggests an agent is heard
    where nothing stronger speaks.
    """
    wrote = [f for f in found if f.kind in (Kind.AUTHOR, Kind.CO_AUTHOR)]
    sure = [finding for finding in wrote if finding.strength > Strength.WEAK]
    return sure or wrote or [finding for finding in found if finding.kind is Kind.WRAPPER]


def _only(values: Iterable[str | None]) -> str | None:
    """Return the one value that is told, or None where none or several are."""
    told = {value for value in values if value is not None}
    return told.pop() if len(told) == 1 else None


def _people(change: Change) -> int:
    """Count the people among author and co-authors: a squash credits each of them.

    One person beside the agent is whoever asked it to work, or committed for it.
    """
    return len({who.name.casefold() for who in _credited(change) if not _declares(who)})


def _credited(change: Change) -> Iterator[Identity]:
    for part in (change, *change.commits):
        if part.author is not None:
            yield part.author
        for trailer in trailers(part.message):
            if trailer.key == "co-authored-by":
                yield parse_identity(trailer.value)


def _declares(identity: Identity) -> bool:
    """Tell whether an identity is that of an agent, or of a bot of any sort."""
    return identity.is_program or bool(findings(Change("", author=identity)))
