"""Tree form: depth and branching distributions, functions, nesting, control flow, imports."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.grammars import ROLE_INDEX, ROLES, BoolArray, IntArray
from fingerprint_features.ratios import mean, quantiles, share, spread
from fingerprint_features.shape import imports
from fingerprint_features.source import Source
from fingerprint_features.syntax import Syntax

FORM = {
    "nodes": "named nodes per line of code",
    "tokens": "tokens per line of code",
    "depth_mean": "mean depth of the tokens",
    "depth_spread": "standard deviation of the depth of the tokens",
    "depth_q90": "90 % quantile of the depth of the tokens",
    "depth_max": "deepest token",
    "branching_mean": "mean children of an inner node",
    "branching_spread": "standard deviation of the children of an inner node",
    "branching_1": "share of inner nodes with one child",
    "branching_5": "share of inner nodes with more than five children",
    "errors": "share of nodes that do not parse",
    "functions": "functions per 100 lines",
    "function_lines": "mean lines of a function",
    "function_variance": "variance of function length over its squared mean",
    "function_share": "share of lines inside functions",
    "function_max": "natural logarithm of 1 + lines of the longest function",
    "parameters": "mean parameters of a function",
    "returns": "mean returns of a function",
    "early_returns": "share of returns that are not the last statement of their function",
    "guards": "share of functions whose first statement is a condition",
    "nested_functions": "share of functions inside another function",
    "methods": "share of functions inside a class",
    "condition_depth": "mean conditions and loops around a condition or loop",
    "complexity": "conditions, loops, catches and ternaries per function",
    "else_share": "else branches per condition",
    "tries_share": "functions with error handling, of all",
    "call_length": "mean length of a call, in bytes",
    "chain": "share of calls on the result of another call",
    "string_length": "mean length of a string, in bytes",
    "string_spread": "standard deviation of string length",
    "number_small": "share of numbers that are 0, 1 or 2",
    "main_guard": "whether there is an entry point",
    "annotated": "share of parameters with a type that is built in, generic or annotated",
    "statements_top": "share of top-level nodes that are neither declarations nor imports",
}
COLUMNS = {**FORM, **imports.COLUMNS}

OPENING = 24
"""How many nodes of a block are looked at to find its first statement."""


def _table(*names: str) -> BoolArray:
    """Return a table that role numbers look up; no role (-1) finds the last row."""
    return np.array([*(role in names for role in ROLES), False])


_FLOW = ("if", "elif", "for", "while", "switch", "try")
_CONTROL = _table(*_FLOW)
_BRANCHES = _table(*_FLOW, "catch", "ternary")
_MAIN = re.compile(
    rb"if __name__ ==|\bstatic void main\b|\bint main\s*\(|\bfunc main\s*\(|\bfn main\s*\(|"
    rb"\bfun main\s*\(|\bstatic (?:async )?\w+ Main\s*\(|require\.main === module|__FILE__ == \$0"
)
_ASIDE = (ROLE_INDEX["comment"], ROLE_INDEX["string"])
_DECLARED = _table(
    "function", "class", "interface", "import", "comment", "decorator", "declare", "export"
)
_OTHERWISE = _table("else", "elif")


def measure(source: Source) -> dict[str, float]:
    """Return the tree columns; all 0 but the entry point without a tree."""
    tree = source.syntax
    columns = dict.fromkeys(COLUMNS, 0.0)
    columns["main_guard"] = float(bool(_MAIN.search(source.data)))
    if tree is None or len(tree.kind) < 2:
        return columns
    lines = max(int((~source.blank).sum()), 1)
    columns.update(_form(tree, lines))
    columns.update(_functions(tree, source, lines))
    columns.update(_control(tree))
    columns.update(_literals(tree))
    columns.update(imports.measure(tree, source, lines))
    return columns


def _form(tree: Syntax, lines: int) -> dict[str, float]:
    leaf_depth = tree.depth[tree.leaf]
    children = np.bincount(tree.parent[1:], minlength=len(tree.kind))
    inner = children[children > 0]
    (q90, deepest) = quantiles(leaf_depth, (0.9, 1.0))
    top = tree.role[(tree.depth == 1) & tree.named]
    declared = _DECLARED[top]
    return {
        "nodes": float(tree.named.sum()) / lines,
        "tokens": len(leaf_depth) / lines,
        "depth_mean": min(mean(leaf_depth), 100.0),
        "depth_spread": min(spread(leaf_depth), 100.0),
        "depth_q90": min(q90, 100.0),
        "depth_max": min(deepest, 100.0),
        "branching_mean": mean(inner),
        "branching_spread": min(spread(inner), 100.0),
        "branching_1": mean(inner == 1),
        "branching_5": mean(inner > 5),
        "errors": mean(tree.kind == tree.grammar.kinds),
        "statements_top": mean(~declared),
    }


def _functions(tree: Syntax, source: Source, lines: int) -> dict[str, float]:
    functions = tree.with_role("function")[:300]
    n = len(functions)
    if not n:
        return {}
    row = np.searchsorted(source.line_start, tree.start[functions], side="right")
    last = np.searchsorted(source.line_start, tree.end[functions] - 1, side="right")
    length = (last - row + 1).astype(np.float64)
    outer = tree.innermost(functions, functions) < 0
    returns = tree.with_role("return")
    owner = tree.innermost(functions, returns)
    classes = tree.with_role("class")
    parameters = _parameters(tree)
    parameters = parameters[tree.innermost(functions, parameters) >= 0]
    typed = np.unique(tree.innermost(parameters, tree.with_role("type")))
    handled = np.unique(tree.innermost(functions, tree.with_role("try")))
    return {
        "functions": 100.0 * n / lines,
        "function_lines": mean(length),
        "function_variance": min(share(float(length.var()), mean(length) ** 2), 10.0),
        "function_share": min(float(length[outer].sum()) / lines, 1.5),
        "function_max": float(np.log1p(length.max())),
        "parameters": len(parameters) / n,
        "returns": float((owner >= 0).sum()) / n,
        "early_returns": share(_early(tree, functions, returns, owner), len(returns)),
        "guards": _guards(tree, functions),
        "nested_functions": mean(~outer),
        "methods": mean(tree.innermost(classes, functions) >= 0),
        "complexity": min(float(_BRANCHES[tree.role].sum()) / n, 50.0),
        "tries_share": float((handled >= 0).sum()) / n,
        "annotated": share(float((typed >= 0).sum()), len(parameters)),
    }


def _parameters(tree: Syntax) -> IntArray:
    """Return the named nodes directly under a parameter list."""
    lists = (tree.role == ROLE_INDEX["parameters"])[tree.parent]
    lists &= tree.named & (tree.role != ROLE_INDEX["comment"])
    return np.flatnonzero(lists).astype(np.int32)


def _early(tree: Syntax, functions: IntArray, returns: IntArray, owner: IntArray) -> int:
    """Count the returns behind which their function goes on."""
    ends = tree.end[functions[owner]].tolist()
    return sum(
        tree.source[after:end].strip(b" \t\n;})") not in {b"", b"end"}
        for after, end, at in zip(tree.end[returns].tolist(), ends, owner.tolist(), strict=True)
        if at >= 0
    )


def _guards(tree: Syntax, functions: IntArray) -> float:
    """Return the share of functions whose body opens with a condition, a docstring aside."""
    blocks = tree.with_role("block")
    # Kotlin puts a block into a body: the inner one holds the statements.
    blocks = blocks[~np.isin(blocks + 1, blocks)]
    owner = tree.innermost(functions, blocks)
    first: dict[int, int] = {}
    for block, function in zip(blocks.tolist(), owner.tolist(), strict=True):
        if function >= 0:
            first.setdefault(function, block)
    return share(sum(_opens_with_if(tree, block) for block in first.values()), len(functions))


def _opens_with_if(tree: Syntax, block: int) -> bool:
    """Return whether a block's first statement is a condition; comments and docstrings aside."""
    list_kinds = tree.grammar.ids("statement_list")
    behind = 0
    for node in range(block + 1, min(block + OPENING, len(tree.kind))):
        role = int(tree.role[node])
        if not tree.named[node] or tree.start[node] < behind:
            continue
        if role in _ASIDE:
            behind = int(tree.end[node])
        elif role != ROLE_INDEX["expression"] and tree.kind[node] not in list_kinds:
            return role == ROLE_INDEX["if"]
    return False


def _control(tree: Syntax) -> dict[str, float]:
    control = np.flatnonzero(_CONTROL[tree.role]).astype(np.int32)
    conditions = float((tree.role == ROLE_INDEX["if"]).sum())
    otherwise = float(_OTHERWISE[tree.role].sum())
    columns = {"else_share": share(otherwise, conditions)}
    if len(control):
        starts, ends = tree.start[control], tree.end[control]
        # A node's nesting is how many earlier ones have not ended where it starts.
        closed = np.searchsorted(np.sort(ends), starts, side="right")
        columns["condition_depth"] = min(mean(np.arange(len(control)) - closed), 20.0)
    return columns


def _literals(tree: Syntax) -> dict[str, float]:
    strings = tree.with_role("string")
    length = np.minimum(tree.end[strings] - tree.start[strings], 500)
    numbers = [tree.text(node) for node in tree.with_role("number")[:500].tolist()]
    calls = tree.with_role("call")
    size = np.minimum(tree.end[calls] - tree.start[calls], 500)
    below = tree.role[np.minimum(calls + 1, len(tree.role) - 1)]
    deeper = tree.role[np.minimum(calls + 2, len(tree.role) - 1)]
    call = ROLE_INDEX["call"]
    chained = (below == call) | ((below == ROLE_INDEX["member"]) & (deeper == call))
    return {
        "string_length": mean(length),
        "string_spread": spread(length),
        "number_small": share(sum(number in {"0", "1", "2"} for number in numbers), len(numbers)),
        "call_length": mean(size),
        "chain": mean(chained),
    }
