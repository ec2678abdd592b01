"""Role shares: how much of a tree is calls, loops, literals …, and what stands under what."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fingerprint_features.batch import Batch, Columns
from fingerprint_features.grammars import ROLE_INDEX, ROLES, IntArray
from fingerprint_features.groups import Index

PAIRS = (
    "function>if", "function>for", "function>try", "function>return", "function>assign",
    "if>return", "if>throw", "if>jump", "if>if", "if>call", "if>assign",
    "for>if", "for>for", "for>call", "for>assign", "while>if", "while>assign",
    "try>return", "try>call", "catch>return", "catch>throw", "catch>call",
    "return>call", "return>compare", "return>binary", "return>ternary", "return>constant",
    "return>map", "return>list", "return>comprehension", "return>string", "return>logic",
    "assign>call", "assign>list", "assign>map", "assign>number", "assign>string",
    "assign>comprehension", "assign>ternary", "assign>binary", "assign>constant", "assign>lambda",
    "assign>index", "assign>member", "call>call", "call>lambda", "call>string", "call>binary",
    "call>comprehension", "call>member", "string>template", "class>function", "function>function",
    "lambda>call", "if>logic", "if>compare", "if>unary", "else>if", "binary>binary",
)  # fmt: skip
"""Ancestor>descendant pairs: the nearest ancestor with a role. Chosen as what style guides and
code reviews speak of (guard clauses, nested loops, inline calls), not by their effect here."""

COLUMNS = {
    **{f"role_{role}": f"`{role}` nodes per 100 named nodes" for role in ROLES},
    **{
        f"pair_{above}_{below}": f"share of `{above}` children that are `{below}`"
        for above, below in (pair.split(">") for pair in PAIRS)
    },
}

_N = len(ROLES)
_PAIR_AT = np.array([ROLE_INDEX[a] * _N + ROLE_INDEX[b] for a, b in (p.split(">") for p in PAIRS)])
_PAIR_ABOVE = np.array([ROLE_INDEX[p.split(">")[0]] for p in PAIRS])
# These are wrappers that a grammar puts between a node and what it really belongs to.
_TRANSPARENT = ("block", "expression", "declare", "modifier")
_SOLID = np.array([*(role not in _TRANSPARENT for role in ROLES), False])


def measure(batch: Batch) -> Columns:
    """Return the role columns of samples; all 0 without a tree."""
    nodes, owner = batch.nodes, batch.per_tree.owner
    at = np.flatnonzero(nodes.role >= 0)
    counts = np.bincount(owner[at] * _N + nodes.role[at], minlength=_N * len(batch))
    named = np.maximum(batch.per_tree.sum(nodes.named), 1)
    role_shares = 100.0 * counts.reshape(-1, _N) / named[:, None]
    pairs = _pair_counts(nodes.role, nodes.parent, owner, len(batch))
    totals = pairs.reshape(-1, _N, _N).sum(axis=2)
    pair_shares = pairs[:, _PAIR_AT] / np.maximum(totals[:, _PAIR_ABOVE], 1)
    return dict(zip(COLUMNS, np.hstack((role_shares, pair_shares)).T, strict=True))


def _pair_counts(
    role: IntArray, parent: IntArray, owner: Index, samples: int
) -> npt.NDArray[np.intp]:
    """Count (nearest ancestor's role, role) over all nodes with a role; (samples, roles**2)."""
    solid = _SOLID[role]
    at = np.flatnonzero(solid)
    above = parent[at]
    # Up over the wrappers, to a node with a role or beyond the root.
    while len(loose := np.flatnonzero((above >= 0) & ~solid[above])):
        above[loose] = parent[above[loose]]
    at, above = at[above >= 0], above[above >= 0]
    keys = owner[at] * (_N * _N) + role[above] * _N + role[at]
    return np.bincount(keys, minlength=samples * _N * _N).reshape(samples, -1)
