"""Footers: the line by which a tool signs, such as ``Generated with [Claude Code](…)``."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint_features.provenance.hits import Hit, kind_of, model_group
from fingerprint_features.provenance.identities import Rules
from fingerprint_features.provenance.records import Kind


def footer_hits(message: str, rules: Rules) -> Iterator[Hit]:
    """Yield what signing lines and the first line's prefix declare.

    A signature starts its line, after an emoji at most; quoted lines and prose do not sign.
    """
    for rule in rules.get("footer", ()):
        match = rule.pattern.search(message)
        if match:
            line = _line_at(message, match.start())
            yield Hit(rule, kind_of(rule, Kind.CO_AUTHOR), line, line, model_group(match))
    for rule in rules.get("subject", ()):
        first = message.split("\n", 1)[0]
        if rule.pattern.match(first):
            yield Hit(rule, kind_of(rule, Kind.CO_AUTHOR), first.strip(), "")


def _line_at(text: str, position: int) -> str:
    end = text.find("\n", position)
    return text[text.rfind("\n", 0, position) + 1 : end if end >= 0 else None].strip()
