"""Imports: how many, where, in what form and order, and which of them serve nothing."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from fingerprint_features.batch import Batch, Columns
from fingerprint_features.grammars import FAMILIES, IntArray
from fingerprint_features.groups import FloatArray, Groups

COLUMNS = {
    "imports": "imports per 100 lines",
    "imports_head": "share of imports before any function or class",
    "imports_unused": "share of imported names that the code does not use",
    "import_star": "share of imports of everything",
    "import_from": "share of imports that name what they take",
    "imports_sorted": "whether the imports stand in alphabetical order (two or more)",
}

MAX_IMPORTS = 200
"""No more imports than this are read."""

_NAME = re.compile(r"[A-Za-z_]\w*")
_FROM = re.compile(r"\bfrom\b|\{|::|\.\w+;")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_PIECES = re.compile(r"[,{}()\n;]")
_NAMELESS = frozenset(("c", "cpp", "csharp", "ruby"))
"""Languages whose imports bring in names that they do not spell out."""


def measure(batch: Batch) -> Columns:
    """Return the import columns of samples; all 0 without an import."""
    tree = batch.nodes
    lines = np.maximum(batch.lines, 1)
    found = tree.with_role("import")
    per = batch.of_nodes(found)
    found = found[np.arange(len(found)) - per.start[per.owner] < MAX_IMPORTS]
    per = batch.of_nodes(found)
    texts = [tree.text(node) for node in found.tolist()]
    heads = tree.with_role("function", "class")
    owners, first = np.unique(batch.per_tree.owner[heads], return_index=True)
    head = batch.per_byte.start + batch.size
    head[owners] = tree.start[heads[first]]
    starred = np.array(["*" in text for text in texts], dtype=np.bool_)
    named = np.array([bool(_FROM.search(text)) for text in texts], dtype=np.bool_)
    return {
        "imports": 100.0 * per.size / lines,
        "imports_head": per.mean(tree.start[found] < head[per.owner]),
        "imports_unused": _unused(batch, per, found, texts),
        "import_star": per.mean(starred),
        "import_from": per.mean(named),
        "imports_sorted": _sorted(per, texts),
    }


def _sorted(per: Groups, texts: list[str]) -> FloatArray:
    """Tell for each sample whether its two or more imports stand in alphabetical order."""
    found = np.zeros(len(per))
    for sample in np.flatnonzero(per.size > 1).tolist():
        own = texts[per.start[sample] : per.start[sample] + per.size[sample]]
        found[sample] = own == sorted(own)
    return found


def _unused(batch: Batch, per: Groups, found: IntArray, texts: list[str]) -> FloatArray:
    """Return the share of the imported names that occur no more often than in the imports."""
    samples: list[int] = []
    names: list[str] = []
    spent: list[int] = []
    languages = batch.nodes.family[found].tolist()
    for sample in np.flatnonzero(per.size).tolist():
        own = slice(per.start[sample], per.start[sample] + per.size[sample])
        language = FAMILIES[languages[own][0]]
        if bound := [name for text in texts[own] for name in imported_names(language, text)]:
            # The imports' own words are among the identifiers; quoted paths are not.
            words = (w for text in texts[own] for w in _NAME.findall(_QUOTED.sub("", text)))
            counts = Counter(words)
            samples += [sample] * len(bound)
            names += bound
            spent += [counts[name] for name in bound]
    unused = batch.names.uses(samples, names) <= np.array(spent, dtype=np.intp)
    return Groups.of_owners(np.array(samples, dtype=np.intp), len(batch)).mean(unused)


def imported_names(language: str, text: str) -> list[str]:
    """Return the names that an import binds, as far as its text tells."""
    if language in _NAMELESS:
        return []
    if language in {"javascript", "typescript"}:
        text, found, _ = text.rpartition("from")
        text = text.removeprefix("import").lstrip().removeprefix("type ") if found else ""
    elif language == "python":
        text = text.rpartition("import ")[2]
    pieces = [piece.rstrip() for piece in _PIECES.split(text)]
    bound = [p for p in pieces if not p.endswith(("*", "::", "\\")) and "__future__" not in p]
    return [words[-1] for piece in bound if (words := _NAME.findall(piece))]
