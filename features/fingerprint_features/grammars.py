"""Grammars: tree-sitter languages, and which node kinds play which role in each of them."""

from __future__ import annotations

import importlib
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
from tree_sitter import Language, Parser

IntArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]

_WHEELS = {
    "csharp": ("tree_sitter_c_sharp", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "php": ("tree_sitter_php", "language_php_only"),
    "php-template": ("tree_sitter_php", "language_php"),
}

NAME_ROLES: tuple[str, ...] = (
    "function",
    "class",
    "parameter",
    "variable",
    "constant",
    "member",
    "import",
)

COMPARISONS = "== != < > <= >= === !== <=> =~ !~ in !in is !is instanceof eq ne"
CONNECTIVES = "&& || and or ?? ?: xor"


@dataclass(frozen=True)
class Kinds:
    """Lookup tables from node kind to role: of one grammar, or of several behind each other.

    The arrays are indexed by kind id; `broken` marks the row of ERROR nodes, the last one of each
    grammar, so that broken code indexes safely. `operator` is the role that an operator token
    gives the binary expression around it, -1 for other kinds; `label` a hash of language and
    kind by name, which stays the same when ids move; `family` an index into `FAMILIES`. `names`
    maps parent kind * kinds + kind to an index into `NAME_ROLES`; `first_names` likewise, for
    first named children only. `marked` has a table for each entry of `MARKED`.
    """

    role_of: IntArray
    named: BoolArray
    broken: BoolArray
    operator: IntArray
    label: npt.NDArray[np.uint32]
    family: IntArray
    names: tuple[npt.NDArray[np.int64], IntArray]
    first_names: tuple[npt.NDArray[np.int64], IntArray]
    marked: Mapping[str, BoolArray]

    def __len__(self) -> int:
        return len(self.role_of)


@dataclass(frozen=True)
class Grammar:
    """A tree-sitter language with its tables; the id of an ERROR node is mapped onto `error`."""

    name: str
    language: Language
    tables: Kinds

    @cached_property
    def parser(self) -> Parser:
        """The parser; one a process, it holds no state between samples."""
        return Parser(self.language)

    @property
    def error(self) -> int:
        """The id that stands for ERROR: the one behind the last kind."""
        return len(self.tables) - 1

    @property
    def family(self) -> str:
        """The language, dialects aside: `php` for templates, `typescript` for TSX."""
        return family_of(self.name)

    def ids(self, *names: str) -> IntArray:
        """Return the ids of all kinds with these labels (see `kind_labels`)."""
        return _ids(self.name, names)


def family_of(name: str) -> str:
    """Return the language of a grammar, dialects aside."""
    return {"php-template": "php", "tsx": "typescript"}.get(name, name)


@cache
def _ids(grammar_name: str, names: tuple[str, ...]) -> IntArray:
    labels = kind_labels(grammar(grammar_name).language)
    return np.flatnonzero([label in names for label in labels]).astype(np.int32)


@cache
def tables() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return grammars.toml with `like` resolved: grammar, then `roles` or `names`, then role."""
    raw = tomllib.loads(files(__package__).joinpath("grammars.toml").read_text("utf-8"))
    done: dict[str, dict[str, dict[str, list[str]]]] = {}
    for name, spec in raw.items():
        base = done.get(spec.get("like", ""), {"roles": {}, "names": {}})
        done[name] = {part: {**base[part], **spec.get(part, {})} for part in ("roles", "names")}
    return done


ROLES: tuple[str, ...] = tuple(sorted({r for spec in tables().values() for r in spec["roles"]}))
ROLE_INDEX: Mapping[str, int] = {name: i for i, name in enumerate(ROLES)}

FAMILIES: tuple[str, ...] = tuple(sorted({family_of(name) for name in tables()}))
"""The languages with a grammar, dialects aside."""

MARKED = {
    "members": ("field_declaration_list", "enumerator_list"),
    "arguments": ("argument_list", "block", "do_block"),
    "statements": ("statement_list",),
}
"""Kinds that are looked for beside the roles, by what they hold."""


def kind_labels(language: Language) -> list[str]:
    """Return the name of every kind id; anonymous tokens stand in single quotes."""
    labels = []
    for kind in range(language.node_kind_count):
        name = language.node_kind_for_id(kind) or ""
        labels.append(name if language.node_kind_is_named(kind) else f"'{name}'")
    return labels


@cache
def grammar(name: str) -> Grammar:
    """Return the grammar of a parsed language, loaded once a process."""
    module, factory = _WHEELS.get(name, (f"tree_sitter_{name}", "language"))
    language = Language(getattr(importlib.import_module(module), factory)())
    labels = kind_labels(language)
    spec = tables()[name.removesuffix("-template")]
    roles = {kind: ROLE_INDEX[role] for role, kinds in spec["roles"].items() for kind in kinds}
    signs = {f"'{sign}'": ROLE_INDEX["compare"] for sign in COMPARISONS.split()}
    signs |= {f"'{sign}'": ROLE_INDEX["logic"] for sign in CONNECTIVES.split()}
    salt = zlib.crc32(family_of(name).encode())
    kinds = Kinds(
        np.array([*(roles.get(label, -1) for label in labels), -1], dtype=np.int32),
        np.array([*(not label.startswith("'") for label in labels), True]),
        np.array([*(False for _ in labels), True]),
        np.array([*(signs.get(label, -1) for label in labels), -1], dtype=np.int32),
        np.array([*(zlib.crc32(label.encode()) ^ salt for label in labels), salt], dtype=np.uint32),
        np.full(len(labels) + 1, FAMILIES.index(family_of(name)), dtype=np.int32),
        _pairs(spec["names"], labels, first=False),
        _pairs(spec["names"], labels, first=True),
        {
            part: np.array([*(label in of for label in labels), False])
            for part, of in MARKED.items()
        },
    )
    return Grammar(name, language, kinds)


@lru_cache(maxsize=64)
def joined(names: tuple[str, ...]) -> tuple[Kinds, Mapping[str, int]]:
    """Return the tables of several grammars behind each other, and where each begins."""
    parts = [grammar(name).tables for name in names]
    starts = np.cumsum([0, *map(len, parts)]).tolist()
    total = starts.pop()

    def row(name: str) -> npt.NDArray[Any]:
        rows: list[npt.NDArray[Any]] = [getattr(part, name) for part in parts]
        return np.concatenate(rows)

    def pairs(name: str) -> tuple[npt.NDArray[np.int64], IntArray]:
        found = [getattr(part, name) for part in parts]
        moved = [
            (keys // len(part) + start) * total + keys % len(part) + start
            for (keys, _), part, start in zip(found, parts, starts, strict=True)
        ]
        return np.concatenate(moved), np.concatenate([values for _, values in found])

    marked = {mark: np.concatenate([part.marked[mark] for part in parts]) for mark in MARKED}
    kinds = Kinds(
        row("role_of"),
        row("named"),
        row("broken"),
        row("operator"),
        row("label"),
        row("family"),
        pairs("names"),
        pairs("first_names"),
        marked,
    )
    return kinds, dict(zip(names, starts, strict=True))


def _pairs(
    names: Mapping[str, list[str]], labels: list[str], *, first: bool
) -> tuple[npt.NDArray[np.int64], IntArray]:
    """Return ascending parent-child keys and the name roles that they mean."""
    ids: dict[str, list[int]] = {}
    for kind, label in enumerate(labels):
        ids.setdefault(label, []).append(kind)
    table = {}
    for role, pairs in names.items():
        for pair in pairs:
            above, _, below = pair.partition(">")
            if below.startswith("^") == first:
                for one in ids.get(above, []):
                    for other in ids.get(below.removeprefix("^"), []):
                        table[one * (len(labels) + 1) + other] = NAME_ROLES.index(role)
    keys = sorted(table)
    return np.array(keys, dtype=np.int64), np.array([table[k] for k in keys], dtype=np.int32)


def grammar_for(language: str, code: str) -> str:
    """Return which grammar fits: TypeScript with markup is TSX, PHP may be a template."""
    if language == "typescript" and ("</" in code or "/>" in code):
        return "tsx"
    if language == "php" and "<?" in code:
        return "php-template"
    return language
