"""Addresses that lead to the session, task or thread in which a change was made."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint_features.provenance.hits import Hit, kind_of, model_group
from fingerprint_features.provenance.identities import Rules
from fingerprint_features.provenance.records import Kind

MOST = 20
"""Addresses of one rule that are told of one text; a log pasted in may hold thousands."""


def url_hits(message: str, rules: Rules) -> Iterator[Hit]:
    """Yield what the addresses in a text declare."""
    yield from anywhere(message, rules, "url")


def mention_hits(message: str, rules: Rules) -> Iterator[Hit]:
    """Yield the agents that a text calls by their handle; a call declares nothing."""
    yield from anywhere(message, rules, "mention")


def anywhere(text: str, rules: Rules, form: str) -> Iterator[Hit]:
    """Yield each different match of the rules of a form, `MOST` a rule."""
    for rule in rules.get(form, ()):
        found: set[str] = set()
        for match in rule.pattern.finditer(text):
            evidence = match.group().strip()
            if evidence not in found and len(found) < MOST:
                found.add(evidence)
                group = model_group(match)
                yield Hit(rule, kind_of(rule, Kind.CO_AUTHOR), evidence, evidence, group)
