"""`--where`: conditions on columns, in a small part of Python's grammar, as Arrow kernels.

    fp_ai_probability < 0.1 and (fp_status == 'ok' or lang in ('python', 'go'))

Comparisons (also chained), `in`, `is None`, `and`, `or`, `not`; the names of columns, or
`column('any name')`; fields of structs (`fp_probabilities.human`); texts, numbers, True and False;
`len(x)` of texts and lists, `lower(x)`, `float(x)` of texts. What is compared with null is neither
true nor false, as in SQL, so that such a row does not match, nor does it under `not`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.labeling import where_kernels as kernels
from fingerprint.labeling.errors import LabelError


class WhereError(LabelError):
    """A condition that cannot be read or does not fit the columns; the message points at it."""

    def __init__(self, text: str, problem: str, start: int, stop: int) -> None:
        line = text.replace("\n", " ")
        mark = " " * start + "^" * max(1, stop - start)
        super().__init__(f"--where: {problem}\n    {line}\n    {mark}")


@dataclass(frozen=True)
class Where:
    """A condition, parsed: its parts that must all hold, and the columns it speaks of."""

    text: str
    parts: tuple[ast.expr, ...]
    names: tuple[str, ...]

    def check(self, schema: pa.Schema) -> None:
        """Raise `WhereError` where a name is no column, or a type does not fit."""
        for part in self.parts:
            mask = self._value(part, schema.empty_table())
            if mask.type != pa.bool_():
                raise self._error(part, f"this is {mask.type}, not true or false: compare it")

    def masks(self, table: pa.Table) -> list[Any]:
        """Return for each part which rows it holds for, without nulls."""
        found = (self._value(part, table) for part in self.parts)
        return [pc.fill_null(kernels.spread(mask, table.num_rows), False) for mask in found]

    def spelled(self) -> list[str]:
        """Return each part as it was written."""
        return [ast.get_source_segment(self.text, part) or self.text for part in self.parts]

    def _value(self, node: ast.expr, table: pa.Table) -> Any:
        try:
            return _Evaluation(self, table).value(node)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            if isinstance(error, WhereError):
                raise
            raise self._error(node, str(error).splitlines()[0]) from error

    def _error(self, node: ast.AST, problem: str) -> WhereError:
        return _error(self.text, node, problem)


def parse(text: str) -> Where:
    """Return the condition in `text`; raises `WhereError` at the first thing it may not say."""
    text = " ".join(text.split("\n"))
    try:
        tree = ast.parse(text.strip() and text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        at = max(0, (getattr(error, "offset", 1) or 1) - 1)
        problem = getattr(error, "msg", None) or str(error)
        raise WhereError(text, problem, at, at + 1) from None
    body = tree.body
    conjoined = isinstance(body, ast.BoolOp) and isinstance(body.op, ast.And)
    parts = tuple(body.values) if isinstance(body, ast.BoolOp) and conjoined else (body,)
    names = dict.fromkeys(_names(text, body))
    return Where(text, parts, tuple(names))


def one_of(column: str, values: Sequence[str]) -> Where:
    """Return the condition that a column of text has one of `values`."""
    return parse(f"{column} in ({', '.join(map(repr, values))},)")


def _error(text: str, node: ast.AST, problem: str) -> WhereError:
    # Positions in a parsed text count bytes of UTF-8.
    raw = text.encode()
    start = len(raw[: getattr(node, "col_offset", 0)].decode("utf-8", "ignore"))
    stop = len(raw[: getattr(node, "end_col_offset", 1) or 1].decode("utf-8", "ignore"))
    return WhereError(text, problem, start, stop)


_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "len": kernels.length,
    "lower": pc.utf8_lower,
    "float": kernels.to_number,
}

_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: pc.equal,
    ast.NotEq: pc.not_equal,
    ast.Lt: pc.less,
    ast.LtE: pc.less_equal,
    ast.Gt: pc.greater,
    ast.GtE: pc.greater_equal,
}


def _names(text: str, node: ast.expr) -> list[str]:  # noqa: PLR0911 - one a kind of node
    """Return the columns below a node, having refused what is no part of the language."""
    match node:
        case ast.Name(name):
            return [name]
        case ast.Constant(str() | bool() | int() | float() | None):
            return []
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float())):
            return []
        case ast.UnaryOp(ast.Not(), inner) | ast.Attribute(inner):
            return _names(text, inner)
        case ast.BoolOp(_, values) | ast.Tuple(values) | ast.List(values):
            return [name for value in values for name in _names(text, value)]
        case ast.Call(ast.Name("column"), [ast.Constant(str() as name)], []):
            return [name]
        case ast.Call(ast.Name(function), [inner], []) if function in _FUNCTIONS:
            return _names(text, inner)
        case ast.Compare(left, _, others):
            return [name for value in (left, *others) for name in _names(text, value)]
        case ast.Call():
            there = ", ".join(f"{name}(x)" for name in (*_FUNCTIONS, "column"))
            raise _error(text, node, f"the calls there are: {there}")
    raise _error(text, node, "a condition cannot say this")


@dataclass(frozen=True)
class _Evaluation:
    where: Where
    table: pa.Table

    def value(self, node: ast.expr) -> Any:  # noqa: PLR0911 - one a kind of node
        """Return the value of an expression: an array, or a scalar."""
        match node:
            case ast.Name(name) | ast.Call(ast.Name("column"), [ast.Constant(str() as name)]):
                return self._column(node, name)
            case ast.Constant():
                constant: Any = node.value
                return pa.scalar(constant)
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as number)):
                return pa.scalar(-number)
            case ast.UnaryOp(ast.Not(), inner):
                return pc.invert(self._truth(inner))
            case ast.BoolOp(op, values):
                join = pc.and_kleene if isinstance(op, ast.And) else pc.or_kleene
                found = self._truth(values[0])
                for each in values[1:]:
                    found = join(found, self._truth(each))
                return found
            case ast.Attribute(inner, field):
                return self._field(node, self.value(inner), field)
            case ast.Call(ast.Name(function), [inner]):
                return self._checked(node, _FUNCTIONS[function], self.value(inner))
            case ast.Compare(left, ops, others):
                return self._compared(node, left, ops, others)
        raise self._error(node, "compare with `in` where a list stands")

    def _compared(
        self,
        node: ast.Compare,
        left: ast.expr,
        ops: Sequence[ast.cmpop],
        others: Sequence[ast.expr],
    ) -> Any:
        found = None
        for op, right in zip(ops, others, strict=True):
            one = self._one(node, left, op, right)
            found = one if found is None else pc.and_kleene(found, one)
            left = right
        return found

    def _one(self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Any:
        if isinstance(op, ast.In | ast.NotIn):
            inside = self._checked(node, self._inside, left, right)
            return inside if isinstance(op, ast.In) else pc.invert(inside)
        if isinstance(op, ast.Is | ast.IsNot):
            if not (isinstance(right, ast.Constant) and right.value is None):
                raise self._error(node, "`is` is for None: use == here")
            missing = pc.is_null(self.value(left))
            return missing if isinstance(op, ast.Is) else pc.invert(missing)
        if any(isinstance(side, ast.Constant) and side.value is None for side in (left, right)):
            raise self._error(node, "nothing equals None: use `is None` or `is not None`")
        return self._checked(node, _COMPARISONS[type(op)], self.value(left), self.value(right))

    def _inside(self, left: ast.expr, right: ast.expr) -> Any:
        if isinstance(right, ast.Tuple | ast.List):
            values = [self.value(each) for each in right.elts]
            if not all(isinstance(each, pa.Scalar) and each.is_valid for each in values):
                raise self._error(right, "a list may hold texts and numbers only")
            return kernels.is_one_of(self.value(left), [each.as_py() for each in values])
        sought = self.value(left)
        if not isinstance(sought, pa.Scalar):
            raise self._error(left, "before `in` a text must stand here, as in 'test' in path")
        return kernels.contains(self.value(right), sought.as_py())

    def _truth(self, node: ast.expr) -> Any:
        found = self.value(node)
        if found.type != pa.bool_():
            raise self._error(node, f"this is {found.type}, not true or false: compare it")
        return found

    def _column(self, node: ast.expr, name: str) -> Any:
        if name in self.table.column_names:
            return self.table.column(name)
        names = self.table.column_names
        longer = [each for each in names if name and each.startswith(name)]
        nearest = longer[:1] or get_close_matches(name, names, n=1)
        hint = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(names)}"
        raise self._error(node, f"there is no column {name!r}: {hint}")

    def _field(self, node: ast.expr, value: Any, field: str) -> Any:
        names = [each.name for each in value.type] if pa.types.is_struct(value.type) else []
        if field not in names:
            there = f"it has {', '.join(names)}" if names else f"it is {value.type}"
            raise self._error(node, f"there is no {field!r} in this: {there}")
        return pc.struct_field(value, field)

    def _checked(self, node: ast.expr, kernel: Callable[..., Any], *values: Any) -> Any:
        try:
            return kernel(*values)
        except WhereError:
            raise
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            types = " and ".join(str(v.type) for v in values if hasattr(v, "type"))
            problem = f"{types} do not go together here" if types else str(error).splitlines()[0]
            raise self._error(node, problem) from error

    def _error(self, node: ast.AST, problem: str) -> WhereError:
        return _error(self.where.text, node, problem)
