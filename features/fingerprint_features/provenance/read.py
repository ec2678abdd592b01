"""Everything that a change declares about who wrote it, from all the readers."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint_features.change import Change
from fingerprint_features.provenance.agent_trace import agent_trace_findings
from fingerprint_features.provenance.branch import branch_hits
from fingerprint_features.provenance.c2pa import c2pa_findings
from fingerprint_features.provenance.footers import footer_hits
from fingerprint_features.provenance.git_ai import git_ai_findings
from fingerprint_features.provenance.hits import Hit, unfenced
from fingerprint_features.provenance.identities import Rules, identity_hits
from fingerprint_features.provenance.records import FamilyOf, Finding, no_family
from fingerprint_features.provenance.rules import candidates
from fingerprint_features.provenance.trailers import trailer_hits
from fingerprint_features.provenance.urls import mention_hits, url_hits


def findings(
    change: Change, family_of: FamilyOf = no_family, *, traces: str = ""
) -> tuple[Finding, ...]:
    """Return what a change declares, strongest statement first, each once.

    `family_of` resolves the name of a model to its family. `traces` is the text of the
    repository's Agent Trace records, JSON lines; notes may hold such records as well. The commits
    of a pull request are read like the request itself. Nothing found, nothing raised: broken or
    unknown records declare nothing.
    """
    found = dict.fromkeys(_all(change, family_of, traces))
    return tuple(sorted(found, key=lambda finding: -finding.strength)) if found else ()


def _all(change: Change, family_of: FamilyOf, traces: str) -> Iterator[Finding]:
    for note in change.notes:
        yield from git_ai_findings(note, family_of)
    for text in (*change.notes, traces) if traces or change.notes else ():
        yield from agent_trace_findings(text, change, family_of)
    rules = candidates(_searched(change))
    if rules:
        yield from (hit.finding(family_of) for hit in _hits(change, rules))
    yield from c2pa_findings(change.message)
    for commit in change.commits:
        yield from _all(commit, family_of, traces)


def _searched(change: Change) -> str:
    """Return all the text of a change in which a marker can stand."""
    parts = [change.message, change.branch or ""]
    for identity in (change.author, change.committer):
        if identity is not None:
            parts.append(f"{identity.name} <{identity.email}>")
    return "\n".join(parts)


def _hits(change: Change, rules: Rules) -> Iterator[Hit]:
    message = unfenced(change.message)
    yield from identity_hits(change, rules)
    yield from trailer_hits(message, rules)
    yield from footer_hits(message, rules)
    yield from url_hits(message, rules)
    yield from branch_hits(change, rules)
    yield from mention_hits(message, rules)
