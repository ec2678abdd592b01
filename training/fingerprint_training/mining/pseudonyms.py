"""Stable stand-ins for people, so that splits can keep developers apart without their names."""

from __future__ import annotations

import hashlib

from fingerprint_features.change import Identity

SIZE = 10  # bytes; among a million developers, two share a stand-in with a chance of 1e-12
PERSON = b"fp-developer"


def pseudonym(identity: Identity | None) -> str | None:
    """Return the stand-in of an identity: BLAKE2b of its mailbox, or of its name without one.

    The same mailbox gives the same stand-in in every repository and run, whatever its case. It is
    a pseudonym, not anonymity: who knows a mailbox can compute it.
    """
    if identity is None:
        return None
    said = (identity.email or identity.name).strip().lower()
    return hashlib.blake2b(said.encode(), digest_size=SIZE, person=PERSON).hexdigest()
