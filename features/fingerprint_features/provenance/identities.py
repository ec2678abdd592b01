"""Identities: who a commit, or a credit in its text, says took part.

A name alone never declares an agent, people are called Claude, Devin and Jules: the mailbox, the
bot's login or its number does. The exception is aider, which signs a person's name with "(aider)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fingerprint_features.change import Change, Identity
from fingerprint_features.provenance.hits import Hit, kind_of
from fingerprint_features.provenance.records import Kind
from fingerprint_features.provenance.rules import Rule

Rules = Mapping[str, list[Rule]]
"""The rules that can match in a change, by form."""

_NOREPLY = re.compile(r"(?:(\d+)\+)?([^@+]+)@users\.noreply\.github\.com", re.IGNORECASE)
_MODEL_IN_MAILBOX_NAME = re.compile(r"\(([^()]*[\w])\)\s*$")
_CREDIT = re.compile(r"(?P<name>[^<\n]*?)\s*<\s*(?P<email>[^<>\n]*?)\s*>?\s*$")
_UNBRACKETED = re.compile(r"(?P<name>\S.*?)\s+(?P<email>[^\s@<>]+@[^\s@<>]+)\s*$")


def parse_identity(text: str) -> Identity:
    """Return the identity that ``Name <mailbox>`` spells; without a mailbox all of it is the name.

    The brackets may be missing, as in ``openhands openhands@all-hands.dev``.
    """
    match = _CREDIT.fullmatch(text.strip()) or _UNBRACKETED.fullmatch(text.strip())
    if match is None:
        return Identity(text.strip())
    return Identity(match["name"].strip(), match["email"].strip("\"\\' "))


def identity_hits(change: Change, rules: Rules) -> Iterator[Hit]:
    """Yield what the author and the committer of a change declare."""
    for identity in (change.author, change.committer):
        if identity is not None:
            hit = identity_hit(identity, rules, Kind.AUTHOR)
            if hit is not None:
                yield hit


def identity_hit(
    identity: Identity, rules: Rules, place: Kind, evidence: str | None = None
) -> Hit | None:
    """Return what one identity declares, the most telling of its marks first, or None."""
    number, login = github_account(identity)
    marks = (
        ("id", number),
        ("mail", identity.email.lower()),
        ("login", login),
        ("whole", _shown(identity)),
        ("name", identity.name),
    )
    for form, text in marks:
        for rule in rules.get(form, ()) if text else ():
            if rule.match(text):
                shown = evidence if evidence is not None else _shown(identity)
                return Hit(
                    rule, kind_of(rule, place), shown, identity.name, _aider_model(rule, identity)
                )
    return None


def github_account(identity: Identity) -> tuple[str, str]:
    """Return the account's number and its login; each "" where there is none.

    A login stands in a noreply mailbox, as a name that ends with ``[bot]``, or alone, without any
    mailbox, as pull requests give it.
    """
    match = _NOREPLY.fullmatch(identity.email)
    if match:
        return match[1] or "", match[2]
    if identity.name.endswith("[bot]"):
        return "", identity.name
    if not identity.email and " " not in identity.name:
        return "", identity.name.removeprefix("app/")
    return "", ""


def _shown(identity: Identity) -> str:
    return f"{identity.name} <{identity.email}>" if identity.email else identity.name


def _aider_model(rule: Rule, identity: Identity) -> str | None:
    """Return what aider writes in brackets after its own name: the model, whatever its vendor."""
    match = _MODEL_IN_MAILBOX_NAME.search(identity.name) if rule.name == "aider-mail" else None
    return match[1] if match and match[1].lower() != "aider" else None
