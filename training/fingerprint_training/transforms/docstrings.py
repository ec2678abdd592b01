"""Python's docstrings dropped."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.documentation import docstrings_of
from fingerprint_training.transforms.edits import Edit, edited, stands_alone, without_lines
from fingerprint_training.transforms.reading import Code

# Programs that read their own docstrings: command lines and tests made of them.
_READ = re.compile(rb"\b(?:__doc__|docopt|getdoc|doctest)\b")
_PLAIN = re.compile(rb"[rRuU]?['\"]")
_NOTHING = b"pass"


def drop_docstrings(code: Code, _rng: np.random.Generator) -> bytes:
    """Return the code without docstrings; a body that held nothing else becomes `pass`."""
    if _READ.search(code.data):
        return code.data
    starts = {start for start, _ in docstrings_of(code.source) if _PLAIN.match(code.data, start)}
    edits = []
    for node in code.tree.with_role("expression").tolist():
        start, end = code.span(node)
        if start in starts and code.kinds[code.parent[node]] in {"module", "block"}:
            edits.append(_dropped(code, node, start, end))
    return edited(code.data, edits)


def _dropped(code: Code, node: int, start: int, end: int) -> Edit:
    body = code.parent[node]
    others = [each for each in code.children[body] if code.tree.named[each] and each != node]
    needed = code.kinds[body] == "block" and all(code.commented[each] for each in others)
    if needed or not stands_alone(code.data, start, end):
        return start, end, _NOTHING
    return without_lines(code.data, start, end)
