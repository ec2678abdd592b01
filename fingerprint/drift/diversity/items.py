"""What a sample makes use of, counted: modules it imports, names it calls, kinds of its nodes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable

import numpy as np

from fingerprint_features.grammars import NAME_ROLES
from fingerprint_features.syntax import Syntax

ITEMS = ("imports", "apis", "nodes")

_QUOTED = re.compile(r"[\"'<]([^\"'<>\s]+)[\"'>]")
_PATH = re.compile(r"[A-Za-z_][\w.:\\]*")
_WORDS = frozenset(("import", "using", "use", "static", "global", "type", "include", "require"))
_CALLED = re.compile(rb"([A-Za-z_]\w*)(?:::)?(?:<[^()]*>)?\s*$")
_CALLED_BYTES = 120
_DEFINED = tuple(NAME_ROLES.index(name) for name in ("function", "class"))


def uses(syntax: Syntax | None) -> dict[str, Counter[Hashable]]:
    """Return how often a sample uses each item, by kind of item; nothing without a tree.

    Imports count once each; relative ones, which name nothing beyond their project, are left out,
    and so are calls of functions and classes that the sample defines itself.
    """
    if syntax is None or len(syntax.kind) < 2:
        return {kind: Counter() for kind in ITEMS}
    texts = [syntax.text(node) for node in syntax.with_role("import").tolist()]
    labels = syntax.tables.label[syntax.kind[syntax.named]]
    return {
        "imports": Counter({module for text in texts for module in modules(text)}),
        "apis": Counter(_called(syntax)),
        "nodes": Counter(labels.tolist()),
    }


def modules(text: str) -> list[str]:
    """Return the modules that the text of an import names, relative ones left out."""
    if quoted := _QUOTED.findall(text):
        return [each for each in quoted if not each.startswith(".")]
    if text.startswith("from"):  # Python: the module alone, not what is taken out of it
        found = _PATH.match(text[4:].lstrip())
        return [found.group()] if found else []
    plain = re.split(r"[{(]", text)[0]
    pieces = (_PATH.findall(re.split(r"\bas\b", piece)[0]) for piece in plain.split(","))
    paths = [[each for each in piece if each not in _WORDS] for piece in pieces]
    return [piece[0].rstrip(".:\\") for piece in paths if piece]


def _called(syntax: Syntax) -> list[Hashable]:
    """Return the last name before the arguments of each call that the sample does not define."""
    names = np.flatnonzero(np.isin(syntax.name_role, _DEFINED)).tolist()
    own = {syntax.text(node).encode() for node in names}
    last = np.arange(len(syntax.kind))
    last[syntax.parent[1:]] = np.arange(1, len(syntax.kind))  # of a node's children the last stays
    found: list[Hashable] = []
    for node in syntax.with_role("call").tolist():
        end = int(syntax.start[last[node]])
        start = max(int(syntax.start[node]), end - _CALLED_BYTES)
        called = _CALLED.search(syntax.source[start:end])
        if called and called.group(1) not in own:
            found.append(called.group(1).decode())
    return found
