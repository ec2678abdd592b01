"""Tree form: depth and branching distributions, functions, nesting, control flow, imports."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.ratios import mean, quantiles, share, spread
from fingerprint_features.source import Source
from fingerprint_features.syntax import ROLE_INDEX, IntArray, Syntax

COLUMNS = {
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
    "call_arguments": "mean tokens of a call",
    "chain": "share of calls on the result of another call",
    "string_length": "mean length of a string, in bytes",
    "string_spread": "standard deviation of string length",
    "number_small": "share of numbers that are 0, 1 or 2",
    "imports": "imports per 100 lines",
    "imports_head": "share of imports before any function or class",
    "imports_unused": "share of imported names that the code does not use",
    "import_star": "share of imports of everything",
    "import_from": "share of imports that name what they take",
    "imports_sorted": "whether the imports stand in alphabetical order (two or more)",
    "main_guard": "whether there is an entry point",
    "annotated": "types per parameter",
    "statements_top": "share of top-level nodes that are neither declarations nor imports",
}

_CONTROL = ("if", "elif", "for", "while", "switch", "try")
_BRANCHES = (*_CONTROL, "catch", "ternary")
_MAIN = re.compile(
    rb"if __name__ ==|\bstatic void main\b|\bint main\s*\(|\bfunc main\s*\(|\bfn main\s*\(|"
    rb"\bfun main\s*\(|\bstatic (?:async )?\w+ Main\s*\(|require\.main === module|__FILE__ == \$0"
)
_STAR = re.compile(r"\*|\b_\b")
_NAME = re.compile(r"[A-Za-z_]\w*")
_FROM = re.compile(r"\bfrom\b|\{|::|\.\w+;")


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
    columns.update(_imports(tree, source, lines))
    return columns


def _form(tree: Syntax, lines: int) -> dict[str, float]:
    leaf_depth = tree.depth[tree.leaf]
    children = np.bincount(tree.parent[1:], minlength=len(tree.kind))
    inner = children[children > 0]
    (q90, deepest) = quantiles(leaf_depth, (0.9, 1.0))
    top = tree.role[tree.depth == 1]
    declared = np.isin(top, _ids("function", "class", "interface", "import", "comment", "decorator"))
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


def _ids(*names: str) -> IntArray:
    return np.array([ROLE_INDEX[name] for name in names], dtype=np.int32)


def _inside(tree: Syntax, outer: IntArray, inner: IntArray) -> IntArray:
    """Return for each inner node the position in `outer` of the innermost node around it, or -1.

    `outer` and `inner` are indices in pre-order, so that starts ascend.
    """
    found = np.full(len(inner), -1, dtype=np.int32)
    starts, ends = tree.start[inner], tree.end[inner]
    for position, node in enumerate(outer.tolist()):
        low = np.searchsorted(inner, node, side="right")
        # Later, deeper nodes overwrite: what remains is the innermost.
        within = (starts[low:] >= tree.start[node]) & (ends[low:] <= tree.end[node])
        found[low:][within] = position
    return found


def _functions(tree: Syntax, source: Source, lines: int) -> dict[str, float]:
    functions = tree.with_role("function")[:300]
    n = len(functions)
    if not n:
        return {}
    row = np.searchsorted(source.line_start, tree.start[functions], side="right")
    last = np.searchsorted(source.line_start, tree.end[functions] - 1, side="right")
    length = (last - row + 1).astype(np.float64)
    outer = _inside(tree, functions, functions) < 0
    returns = tree.with_role("return")
    owner = _inside(tree, functions, returns)
    tail = tree.end[functions[owner]] - tree.end[returns]
    early = (owner >= 0) & (tail > 3)
    classes = tree.with_role("class")
    parameters = _inside(tree, functions, _parameters(tree))
    handled = np.unique(_inside(tree, functions, tree.with_role("try")))
    return {
        "functions": 100.0 * n / lines,
        "function_lines": mean(length),
        "function_variance": min(share(float(length.var()), mean(length) ** 2), 10.0),
        "function_share": min(float(length[outer].sum()) / lines, 1.5),
        "function_max": float(np.log1p(length.max())),
        "parameters": float((parameters >= 0).sum()) / n,
        "returns": float((owner >= 0).sum()) / n,
        "early_returns": share(float(early.sum()), len(returns)),
        "guards": _guards(tree, functions),
        "nested_functions": mean(~outer),
        "methods": mean(_inside(tree, classes, functions) >= 0),
        "complexity": min(float(np.isin(tree.role, _ids(*_BRANCHES)).sum()) / n, 50.0),
        "tries_share": float((handled >= 0).sum()) / n,
        "annotated": share(float((tree.role == ROLE_INDEX["type"]).sum()), max((parameters >= 0).sum(), 1)),
    }


def _parameters(tree: Syntax) -> IntArray:
    """Return the named nodes directly under a parameter list."""
    above = tree.role[np.maximum(tree.parent, 0)]
    return np.flatnonzero(tree.named & (above == ROLE_INDEX["parameters"])).astype(np.int32)


def _guards(tree: Syntax, functions: IntArray) -> float:
    """Return the share of functions whose body opens with a condition."""
    blocks = tree.with_role("block")
    control = tree.role == ROLE_INDEX["if"]
    hits = 0
    for node in functions.tolist():
        at = np.searchsorted(blocks, node, side="right")
        if at < len(blocks):
            inside = slice(int(blocks[at]) + 1, int(blocks[at]) + 4)
            hits += bool(control[inside].any())
    return hits / len(functions)


def _control(tree: Syntax) -> dict[str, float]:
    control = np.flatnonzero(np.isin(tree.role, _ids(*_CONTROL))).astype(np.int32)
    conditions = float((tree.role == ROLE_INDEX["if"]).sum())
    otherwise = float(np.isin(tree.role, _ids("else", "elif")).sum())
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
    member = tree.role[np.minimum(calls + 1, len(tree.role) - 1)] == ROLE_INDEX["member"]
    chained = tree.role[np.minimum(calls + 2, len(tree.role) - 1)] == ROLE_INDEX["call"]
    return {
        "string_length": mean(length),
        "string_spread": spread(length),
        "number_small": share(sum(number in {"0", "1", "2"} for number in numbers), len(numbers)),
        "call_arguments": mean(size),
        "chain": mean(member & chained),
    }


def _imports(tree: Syntax, source: Source, lines: int) -> dict[str, float]:
    imports = tree.with_role("import")[:200]
    if not len(imports):
        return {}
    texts = [tree.text(node) for node in imports.tolist()]
    declared = np.flatnonzero(np.isin(tree.role, _ids("function", "class")))
    first = tree.start[declared[0]] if len(declared) else len(source.data)
    ends = int(tree.end[imports[-1]])
    rest = set(_NAME.findall(source.data[ends:].decode("utf-8", "replace")))
    names = [found[-1] for text in texts if (found := _NAME.findall(text))]
    return {
        "imports": 100.0 * len(imports) / lines,
        "imports_head": mean(tree.start[imports] < first),
        "imports_unused": share(sum(name not in rest for name in names), len(names)),
        "import_star": mean(np.array([bool(_STAR.search(text)) for text in texts])),
        "import_from": mean(np.array([bool(_FROM.search(text)) for text in texts])),
        "imports_sorted": float(len(texts) > 1 and texts == sorted(texts)),
    }
