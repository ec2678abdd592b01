"""Role shares: how much of a tree is calls, loops, literals …, and what stands under what."""

from __future__ import annotations

import numpy as np

from fingerprint_features.source import Source
from fingerprint_features.syntax import ROLE_INDEX, ROLES

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
    "call>comprehension", "call>member", "call>template", "class>function", "function>function",
    "lambda>call", "if>logic", "if>compare", "if>unary", "else>if", "binary>binary",
)  # fmt: skip
"""Ancestor>descendant pairs: the nearest ancestor with a role. Chosen as what style guides and
code reviews speak of (guard clauses, nested loops, inline calls), not by their effect here."""

COLUMNS = {
    **{f"role_{role}": f"`{role}` nodes per 100 named nodes" for role in ROLES},
    **{
        f"pair_{pair.replace('>', '_')}": f"share of `{pair.split('>')[0]}` children that are `{pair.split('>')[1]}`"
        for pair in PAIRS
    },
}

_N = len(ROLES)
_PAIR_AT = np.array([ROLE_INDEX[a] * _N + ROLE_INDEX[b] for a, b in (p.split(">") for p in PAIRS)])
_PAIR_ABOVE = np.array([ROLE_INDEX[p.split(">")[0]] for p in PAIRS])
# These are wrappers that a grammar puts between a node and what it really belongs to.
_TRANSPARENT = frozenset(ROLE_INDEX[r] for r in ("block", "expression", "declare", "modifier"))


def measure(source: Source) -> dict[str, float]:
    """Return the role columns; all 0 without a tree."""
    tree = source.syntax
    if tree is None:
        return dict.fromkeys(COLUMNS, 0.0)
    role = tree.role
    counts = np.bincount(role[role >= 0], minlength=_N)
    shares = 100.0 * counts / max(int(tree.named.sum()), 1)
    pairs = _pair_counts(role, tree.depth)
    totals = pairs.reshape(_N, _N).sum(axis=1)
    pair_shares = pairs[_PAIR_AT] / np.maximum(totals[_PAIR_ABOVE], 1)
    return dict(zip(COLUMNS, np.concatenate((shares, pair_shares)).tolist(), strict=True))


def _pair_counts(role: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Count (nearest ancestor's role, role) over all nodes with a role; shape (roles**2,)."""
    stack_role: list[int] = []
    stack_depth: list[int] = []
    found: list[int] = []
    solid = np.flatnonzero(role >= 0)
    for here, level in zip(role[solid].tolist(), depth[solid].tolist(), strict=True):
        while stack_depth and stack_depth[-1] >= level:
            stack_depth.pop()
            stack_role.pop()
        if here in _TRANSPARENT:
            continue
        if stack_role:
            found.append(stack_role[-1] * _N + here)
        stack_role.append(here)
        stack_depth.append(level)
    return np.bincount(np.array(found, dtype=np.int64), minlength=_N * _N)
