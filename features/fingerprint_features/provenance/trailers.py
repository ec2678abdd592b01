"""Trailers: the ``Key: value`` lines that end a message, and those that a squash left inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fingerprint_features.provenance.hits import Hit, kind_of, model_group
from fingerprint_features.provenance.identities import Rules, identity_hit, parse_identity
from fingerprint_features.provenance.records import Kind

CREDITS = {
    "co-authored-by": Kind.CO_AUTHOR,
    "co-developed-by": Kind.CO_AUTHOR,
    "assisted-by": Kind.CO_AUTHOR,
    "ai-assisted-by": Kind.CO_AUTHOR,
    "generated-by": Kind.CO_AUTHOR,
    "reviewed-by": Kind.REVIEWER,
    "acked-by": Kind.REVIEWER,
    "tested-by": Kind.REVIEWER,
    "signed-off-by": Kind.MENTION,
    "suggested-by": Kind.MENTION,
    "reported-by": Kind.MENTION,
    "requested-by": Kind.MENTION,
}
"""Keys whose value is an identity, and the part it took. A sign-off is no authorship."""

OTHER_KEYS = (
    "agent-logs-url", "ai-agent", "ai-assistant", "amp-thread-id", "claude-generated-by",
    "claude-session", "copilot-session", "entire-agent", "executed-by", "made-with",
    "x-lovable-edit-id",
)  # fmt: skip
"""Further keys that tools write; with the credits they are read anywhere in a message."""

LONGEST = 300
"""Characters of a value that are read as an identity."""

_LINE = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*)")
_KNOWN = re.compile(
    rf"[^\w\s>`\"'|]{{0,6}}[ \t]{{0,3}}({'|'.join((*CREDITS, *OTHER_KEYS))})[ \t]*:[ \t]*(\S.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Trailer:
    """One trailer: its key in lower case, its value on one line, its text as it stands."""

    key: str
    value: str
    text: str


def trailers(message: str) -> tuple[Trailer, ...]:
    """Return the trailers of a message in their order.

    Those of the last paragraph have any key, if at least a quarter of its lines are trailers, which
    is git's own rule; a line that starts with a blank continues the one above. Everywhere else only
    lines with a known key count: a squash joins several messages with theirs.
    """
    lines = message.rstrip().split("\n")
    start = _last_paragraph(lines)
    inner = (Trailer(m[1].lower(), m[2].strip(), line.strip())
             for line in lines[:start] if (m := _KNOWN.match(line)))  # fmt: skip
    return (*inner, *_block(lines[start:], whole=start == 0))


def trailer_hits(message: str, rules: Rules) -> Iterator[Hit]:
    """Yield what the trailers of a message declare: by their own rules, or by whom they credit."""
    for trailer in trailers(message):
        hit = _by_rule(trailer, rules) or _by_credit(trailer, rules)
        if hit is not None:
            yield hit


def _by_rule(trailer: Trailer, rules: Rules) -> Hit | None:
    text = f"{trailer.key}: {trailer.value}"
    for rule in rules.get("trailer", ()):
        match = rule.match(text)
        if match:
            return Hit(
                rule, kind_of(rule, Kind.CO_AUTHOR), trailer.text, trailer.value, model_group(match)
            )
    return None


def _by_credit(trailer: Trailer, rules: Rules) -> Hit | None:
    place = CREDITS.get(trailer.key)
    if place is None:
        return None
    identity = parse_identity(trailer.value[:LONGEST])
    if identity.email or identity.name.endswith("[bot]"):
        return identity_hit(identity, rules, place, trailer.text)
    for rule in rules.get("bare", ()):
        if rule.match(identity.name):
            return Hit(rule, kind_of(rule, place), trailer.text, identity.name)
    return None


def _last_paragraph(lines: list[str]) -> int:
    """Return where the last paragraph starts; 0 where the message is but one."""
    for index in range(len(lines) - 1, -1, -1):
        if not lines[index].strip():
            return index + 1
    return 0


def _block(lines: list[str], whole: bool) -> list[Trailer]:
    found: list[Trailer] = []
    for line in lines:
        match = _KNOWN.match(line) or (None if whole else _LINE.match(line))
        if match:
            found.append(Trailer(match[1].lower(), match[2].strip(), line.strip()))
        elif found and line[:1] in (" ", "\t"):
            last = found.pop()
            joined = f"{last.value} {line.strip()}".strip()
            found.append(Trailer(last.key, joined, f"{last.text}\n{line.rstrip()}"))
    if 4 * len(found) >= len(lines):
        return found
    return [trailer for trailer in found if trailer.key in CREDITS or trailer.key in OTHER_KEYS]
