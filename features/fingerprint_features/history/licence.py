"""Under which licence a repository stands, recognised by phrases that only its text has."""

from __future__ import annotations

import re
from pathlib import Path

from fingerprint_features.history.program import asked

# The first kind of file that tells, tells.
_FILES = (
    re.compile(r"(?:un)?licen[cs]e(?:[-._].*)?", re.IGNORECASE),
    re.compile(r"copying(?:[-._].*)?", re.IGNORECASE),
    re.compile(r"notice(?:\..*)?", re.IGNORECASE),
)

# Names as SPDX writes them. Licences cite each other: the phrase that comes first decides.
_PHRASES = {
    "permission is hereby granted, free of charge, to any person obtaining a copy": "MIT",
    "apache license version 2.0": "Apache-2.0",
    "licensed under the apache license, version 2.0": "Apache-2.0",
    "redistribution and use in source and binary forms": "BSD",
    "gnu affero general public license": "AGPL",
    "gnu lesser general public license": "LGPL",
    "gnu library general public license": "LGPL",
    "gnu general public license": "GPL",
    "mozilla public license version 2.0": "MPL-2.0",
    "mozilla public license, version 2.0": "MPL-2.0",
    "provided that the above copyright notice and this permission notice appear in all": "ISC",
    "this is free and unencumbered software released into the public domain": "Unlicense",
    "cc0 1.0 universal": "CC0-1.0",
    "boost software license - version 1.0": "BSL-1.0",
    "business source license 1.1": "BUSL-1.1",
}
_VERSION = re.compile(r"version (\d)(\.\d)?")


def licence_of(git_dir: Path) -> str | None:
    """Return the SPDX name of the licence at HEAD, "other" if unknown, None where no file has it.

    It is looked for in LICENSE files, then in COPYING, then in NOTICE. Several that differ are
    joined by " OR "; the Lesser GPL stands for the GPL that it extends.
    """
    names = (asked(git_dir, "ls-tree", "-z", "--name-only", "HEAD") or "").split("\0")
    groups = [[name for name in names if kind.fullmatch(name)] for kind in _FILES]
    for group in groups:
        texts = [asked(git_dir, "cat-file", "blob", f"HEAD:{name}") or "" for name in group]
        known = {licence_in(text) for text in texts} - {"other"}
        if any(name.startswith("LGPL") for name in known):
            known = {name for name in known if not name.startswith("GPL")}
        if known:
            return " OR ".join(sorted(known))
    return "other" if groups[0] or groups[1] else None


def licence_in(text: str) -> str:
    """Return the SPDX name of the licence whose phrase comes first in a text, else "other"."""
    plain = " ".join(text.lower().split())
    places = {plain.find(phrase): name for phrase, name in _PHRASES.items() if phrase in plain}
    if not places:
        return "other"
    start = min(places)
    name = places[start]
    if name == "BSD":
        return "BSD-3-Clause" if "neither the name" in plain else "BSD-2-Clause"
    if name.endswith("GPL"):
        version = _VERSION.search(plain, start)
        return f"{name}-{version[1]}{version[2] or '.0'}" if version else "other"
    return name
