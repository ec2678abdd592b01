"""The branch of a pull request: agents name theirs after themselves, people sometimes do too."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint_features.change import Change
from fingerprint_features.provenance.hits import Hit, kind_of
from fingerprint_features.provenance.identities import Rules
from fingerprint_features.provenance.records import Kind


def branch_hits(change: Change, rules: Rules) -> Iterator[Hit]:
    """Yield what the name of the branch suggests; forks (``owner:branch``) are read alike."""
    if change.branch:
        name = change.branch.removeprefix("refs/heads/").rpartition(":")[2]
        for rule in rules.get("branch", ()):
            if rule.match(name):
                yield Hit(rule, kind_of(rule, Kind.CO_AUTHOR), change.branch, "")
