"""Imports: how many, where, in what form and order, and which of them serve nothing."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.ratios import mean, share
from fingerprint_features.source import Source
from fingerprint_features.syntax import Syntax

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


def measure(tree: Syntax, source: Source, lines: int) -> dict[str, float]:
    """Return the import columns of a sample with `lines` lines of code."""
    imports = tree.with_role("import")[:MAX_IMPORTS]
    if not len(imports):
        return {}
    texts = [tree.text(node) for node in imports.tolist()]
    heads = tree.with_role("function", "class")
    first = tree.start[heads[0]] if len(heads) else len(source.data)
    return {
        "imports": 100.0 * len(imports) / lines,
        "imports_head": mean(tree.start[imports] < first),
        "imports_unused": _unused(tree.grammar.family, texts, source),
        "import_star": mean(np.array(["*" in text for text in texts])),
        "import_from": mean(np.array([bool(_FROM.search(text)) for text in texts])),
        "imports_sorted": float(len(texts) > 1 and texts == sorted(texts)),
    }


def _unused(language: str, texts: list[str], source: Source) -> float:
    names = [name for text in texts for name in imported_names(language, text)]
    uses = source.uses.copy()
    # The imports' own words are among the identifiers; quoted paths are not.
    uses.subtract(word for text in texts for word in _NAME.findall(_QUOTED.sub("", text)))
    return share(sum(uses[name] <= 0 for name in names), len(names))


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
