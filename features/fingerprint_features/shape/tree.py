"""Tree form: depth and branching distributions, functions, nesting, control flow, imports."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.batch import Batch, Columns
from fingerprint_features.grammars import ROLE_INDEX, ROLES, BoolArray, IntArray
from fingerprint_features.groups import FloatArray, Index, shares
from fingerprint_features.shape import imports
from fingerprint_features.source import one_of
from fingerprint_features.syntax import Nodes

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

MAX_FUNCTIONS, MAX_NUMBERS = 300, 500
"""No more functions and number literals than this are looked at in a sample."""

OPENING = 24
"""How many nodes of a block are looked at to find its first statement."""


def _table(*names: str) -> BoolArray:
    """Return a table that role numbers look up; no role (-1) finds the last row."""
    return np.array([*(role in names for role in ROLES), False])


_FLOW = ("if", "elif", "for", "while", "switch", "try")
_CONTROL = _table(*_FLOW)
_BRANCHES = _table(*_FLOW, "catch", "ternary")
_MAIN = (
    (b"if __name__ ==", rb"if __name__ =="),
    (b"static void main", rb"\bstatic void main\b"),
    (b"int main", rb"\bint main\s*\("),
    (b"func main", rb"\bfunc main\s*\("),
    (b"fn main", rb"\bfn main\s*\("),
    (b"fun main", rb"\bfun main\s*\("),
    (b"require.main", rb"require\.main === module"),
    (b"__FILE__", rb"__FILE__ == \$0"),
)
"""Patterns of entry points, each with what it opens with, which is found faster."""
_ENTRY_POINTS = tuple((opening, re.compile(pattern)) for opening, pattern in _MAIN)
_SHARP_MAIN = re.compile(rb"\bstatic (?:async )?\w+ Main\s*\(")
_ASIDE = (ROLE_INDEX["comment"], ROLE_INDEX["string"])
_DECLARED = _table(
    "function", "class", "interface", "import", "comment", "decorator", "declare", "export"
)
_SMALL = one_of(b"012")


def measure(batch: Batch) -> Columns:
    """Return the tree columns of samples; all 0 but the entry point without a tree."""
    guarded = [_has_entry_point(source.data) for source in batch.sources]
    columns = dict.fromkeys(COLUMNS, np.zeros(len(batch)))
    columns.update(_form(batch))
    columns.update(_functions(batch))
    columns.update(_control(batch))
    columns.update(_literals(batch))
    columns.update(imports.measure(batch))
    # A root alone is no tree.
    columns = {name: np.where(batch.parsed, values, 0.0) for name, values in columns.items()}
    columns["main_guard"] = np.array(guarded, dtype=np.float64)
    return columns


def _has_entry_point(data: bytes) -> bool:
    if any(
        (at := data.find(text)) >= 0 and found.search(data, at) for text, found in _ENTRY_POINTS
    ):
        return True
    return b" Main" in data and _SHARP_MAIN.search(data) is not None


def _form(batch: Batch) -> Columns:
    tree, trees = batch.nodes, batch.per_tree
    lines = np.maximum(batch.lines, 1)
    leaves = trees.kept(tree.leaf)
    leaf_depth = tree.depth[tree.leaf]
    children = np.bincount(tree.parent[tree.parent >= 0], minlength=len(tree.kind))
    inner = children[children > 0]
    branches = trees.kept(children > 0)
    (q90, deepest) = leaves.quantiles(leaf_depth, (0.9, 1.0))
    top = np.flatnonzero((tree.depth == 1) & tree.named)
    return {
        "nodes": trees.sum(tree.named) / lines,
        "tokens": leaves.size / lines,
        "depth_mean": np.minimum(leaves.mean(leaf_depth), 100.0),
        "depth_spread": np.minimum(leaves.spread(leaf_depth), 100.0),
        "depth_q90": np.minimum(q90, 100.0),
        "depth_max": np.minimum(deepest, 100.0),
        "branching_mean": branches.mean(inner),
        "branching_spread": np.minimum(branches.spread(inner), 100.0),
        "branching_1": branches.mean(inner == 1),
        "branching_5": branches.mean(inner > 5),
        "errors": trees.mean(tree.tables.broken[tree.kind]),
        "statements_top": batch.of_nodes(top).mean(~_DECLARED[tree.role[top]]),
    }


def _functions(batch: Batch) -> Columns:
    tree, lines = batch.nodes, np.maximum(batch.lines, 1)
    functions = _first(batch, tree.with_role("function"), MAX_FUNCTIONS)
    per = batch.of_nodes(functions)
    starts = batch.whole.line_start
    row = np.searchsorted(starts, tree.start[functions], side="right")
    last = np.searchsorted(starts, tree.end[functions] - 1, side="right")
    length = (last - row + 1).astype(np.float64)
    outer = tree.innermost(functions, functions) < 0
    returns = tree.with_role("return")
    owner = tree.innermost(functions, returns)
    parameters = _parameters(tree)
    parameters = parameters[tree.innermost(functions, parameters) >= 0]
    per_list = batch.of_nodes(parameters)
    typed = _distinct(tree.innermost(parameters, tree.with_role("type")))
    handled = _distinct(tree.innermost(functions, tree.with_role("try")))
    branches = np.flatnonzero(_BRANCHES[tree.role])
    early = _early(tree, functions, returns, owner)
    squared = per.mean(length) ** 2
    columns = {
        "functions": 100.0 * per.size / lines,
        "function_lines": per.mean(length),
        "function_variance": np.minimum(shares(per.variance(length), squared), 10.0),
        "function_share": np.minimum(per.sum(length * outer) / lines, 1.5),
        "function_max": np.log1p(per.max(length)),
        "parameters": shares(per_list.size, per.size),
        "returns": shares(batch.of_nodes(returns[owner >= 0]).size, per.size),
        "early_returns": batch.of_nodes(returns).mean(early),
        "guards": shares(_guards(batch, functions), per.size),
        "nested_functions": per.mean(~outer),
        "methods": per.mean(tree.innermost(tree.with_role("class"), functions) >= 0),
        "complexity": np.minimum(shares(batch.of_nodes(branches).size, per.size), 50.0),
        "tries_share": shares(batch.of_nodes(functions[handled]).size, per.size),
        "annotated": shares(batch.of_nodes(parameters[typed]).size, per_list.size),
    }
    return {name: np.where(per.size > 0, values, 0.0) for name, values in columns.items()}


def _distinct(owners: IntArray) -> IntArray:
    """Return the positions that occur, ascending; -1 stands for none."""
    return np.unique(owners[owners >= 0])


def _parameters(tree: Nodes) -> IntArray:
    """Return the named nodes directly under a parameter list."""
    lists = (tree.role == ROLE_INDEX["parameters"])[tree.parent] & (tree.parent >= 0)
    lists &= tree.named & (tree.role != ROLE_INDEX["comment"])
    return np.flatnonzero(lists).astype(np.int32)


def _early(tree: Nodes, functions: IntArray, returns: IntArray, owner: IntArray) -> BoolArray:
    """Tell for each return whether its function goes on behind it."""
    inside = np.flatnonzero(owner >= 0)
    spans = zip(
        tree.end[returns[inside]].tolist(), tree.end[functions[owner[inside]]].tolist(), strict=True
    )
    early = np.zeros(len(returns), dtype=np.bool_)
    early[inside] = [
        tree.source[after:end].strip(b" \t\n;})") not in {b"", b"end"} for after, end in spans
    ]
    return early


def _guards(batch: Batch, functions: IntArray) -> FloatArray:
    """Count each sample's functions whose body opens with a condition, a docstring aside."""
    tree = batch.nodes
    blocks = tree.with_role("block")
    # Kotlin puts a block into a body: the inner one holds the statements.
    blocks = blocks[~np.isin(blocks + 1, blocks)]
    owner = tree.innermost(functions, blocks)
    _, first = np.unique(owner, return_index=True)
    first = first[owner[first] >= 0]
    block = blocks[first]
    found = batch.of_nodes(functions[owner[first]])
    return found.sum(_open_with_if(tree, block, batch.last_node[block]))


def _open_with_if(tree: Nodes, blocks: IntArray, last: Index) -> BoolArray:
    """Tell which blocks' first statement is a condition; comments and docstrings aside."""
    behind = np.zeros(len(blocks), dtype=np.int32)
    opens = np.zeros(len(blocks), dtype=np.bool_)
    left = np.arange(len(blocks))
    for step in range(1, OPENING):
        left = left[blocks[left] + step <= last[left]]
        if not len(left):
            break
        node = blocks[left] + step
        role = tree.role[node]
        looked = tree.named[node] & (tree.start[node] >= behind[left])
        aside = looked & ((role == _ASIDE[0]) | (role == _ASIDE[1]))
        behind[left[aside]] = tree.end[node[aside]]
        wrapper = (role == ROLE_INDEX["expression"]) | tree.tables.marked["statements"][
            tree.kind[node]
        ]
        first = looked & ~aside & ~wrapper
        opens[left[first]] = role[first] == ROLE_INDEX["if"]
        left = left[~first]
    return opens


def _control(batch: Batch) -> Columns:
    tree = batch.nodes
    control = np.flatnonzero(_CONTROL[tree.role])
    per = batch.of_nodes(control)
    conditions = batch.of_nodes(tree.with_role("if")).size
    otherwise = batch.of_nodes(tree.with_role("else", "elif")).size
    # A node's nesting is how many earlier ones have not ended where it starts.
    closed = np.searchsorted(np.sort(tree.end[control]), tree.start[control], side="right")
    around = np.arange(len(control)) - closed
    return {
        "else_share": shares(otherwise, conditions),
        "condition_depth": np.minimum(per.mean(around), 20.0),
    }


def _literals(batch: Batch) -> Columns:
    tree = batch.nodes
    strings, calls = tree.with_role("string"), tree.with_role("call")
    numbers = _first(batch, tree.with_role("number"), MAX_NUMBERS)
    short = tree.end[numbers] - tree.start[numbers] == 1
    small = short & _SMALL[batch.symbols[tree.start[numbers]]]
    in_strings, in_calls = batch.of_nodes(strings), batch.of_nodes(calls)
    length = np.minimum(tree.end[strings] - tree.start[strings], 500)
    size = np.minimum(tree.end[calls] - tree.start[calls], 500)
    last = batch.last_node[calls]
    below = tree.role[np.minimum(calls + 1, last)]
    deeper = tree.role[np.minimum(calls + 2, last)]
    call = ROLE_INDEX["call"]
    chained = (below == call) | ((below == ROLE_INDEX["member"]) & (deeper == call))
    return {
        "string_length": in_strings.mean(length),
        "string_spread": in_strings.spread(length),
        "number_small": batch.of_nodes(numbers).mean(small),
        "call_length": in_calls.mean(size),
        "chain": in_calls.mean(chained),
    }


def _first(batch: Batch, nodes: IntArray, most: int) -> IntArray:
    """Return at most so many of the nodes of each sample."""
    per = batch.of_nodes(nodes)
    return nodes[np.arange(len(nodes)) - per.start[per.owner] < most]
