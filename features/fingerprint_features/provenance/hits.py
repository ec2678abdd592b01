"""What the readers of text hand on: a rule, the place it was met, and the words around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fingerprint_features.provenance.records import FamilyOf, Finding, Kind
from fingerprint_features.provenance.rules import Rule
from fingerprint_features.provenance.stated import cleaned, model_family, stated_model

_FENCE = re.compile(r"^ {0,3}(```|~~~)")


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched. `said` is the part of the evidence in which a model may be named."""

    rule: Rule
    kind: Kind
    evidence: str
    said: str
    group: str | None = None

    def finding(self, family_of: FamilyOf) -> Finding:
        """Return the record of the hit, its model named and resolved."""
        model = cleaned(self.group) if self.group else stated_model(self.said)
        family = model_family(self.rule, model, self.said, family_of)
        return Finding(
            self.rule.agent, model, family, self.kind, self.rule.strength, self.evidence,
            self.rule.name,
        )  # fmt: skip


def kind_of(rule: Rule, place: Kind) -> Kind:
    """Return what a rule yields at a place: its own kind, or the place's where that decides."""
    if place in (Kind.MENTION, Kind.REVIEWER) or rule.kind == "role":
        return place
    if rule.kind == "review-bot":
        return Kind.AUTHOR if place is Kind.AUTHOR else Kind.REVIEWER
    return Kind(rule.kind)


def model_group(match: re.Match[str]) -> str | None:
    """Return the text of the rule's group for the model, or None where it has none."""
    groups = match.groupdict()
    return groups.get("model") or groups.get("model2")


def unfenced(message: str) -> str:
    """Return a message with the lines of fenced code emptied: what is shown is not declared."""
    if "```" not in message and "~~~" not in message:
        return message
    lines, fence = [], ""
    for line in message.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark.group(1)
            lines.append("")
        elif mark and mark.group(1) == fence:
            fence = ""
            lines.append("")
        else:
            lines.append("" if fence else line)
    # A fence that is never closed would hide all that follows, the trailers too.
    return message if fence else "\n".join(lines)
