"""What every column is called: a table a group of columns, in the words of code review.

The features' own descriptions say how a column is measured; these say what a reader would look
at in the code. Names that a column counts are taken from the features, so that they cannot drift.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from fingerprint_features import registry
from fingerprint_features.shape import roles
from fingerprint_features.stylometry import idiom, naming, spacing
from fingerprint_models import wording_comments, wording_layout
from fingerprint_models.phrases import Kind, Phrase

PER_100_LINES = "per 100 lines"

SHOWN = 4
"""Of the names that a column counts, no more than these are named."""

_STYLES = {
    "single": "of one letter",
    "lower": "of one lower-case word",
    "snake": "in snake_case",
    "camel": "in camelCase",
    "pascal": "in PascalCase",
}

_PARTS = {part: "classes" if part == "class" else f"{part}s" for part in naming.PARTS}

_ROLES = {
    "assertion": "assertions", "assign": "assignments", "await": "awaits",
    "binary": "binary operations", "block": "blocks", "call": "calls",
    "cast": "casts and type checks", "catch": "exception handlers", "class": "classes and structs",
    "comment": "comments", "compare": "comparisons", "comprehension": "comprehensions",
    "constant": "true, false and null values",
    "context": "with, defer, synchronized or unsafe blocks", "declare": "declaration statements",
    "decorator": "decorators and annotations", "elif": "elif branches", "else": "else branches",
    "export": "exports", "expression": "expression statements", "finally": "finally blocks",
    "for": "for loops", "function": "functions", "generic": "type arguments and parameters",
    "if": "if conditions", "import": "imports", "index": "index accesses",
    "interface": "interfaces and traits", "jump": "break, continue and pass statements",
    "lambda": "lambdas and arrow functions", "list": "list, array and tuple literals",
    "logic": "and/or expressions", "macro": "macros and preprocessor lines",
    "map": "dictionary and object literals", "markup": "markup elements",
    "member": "attribute accesses", "modifier": "modifiers such as public or static",
    "number": "number literals", "parameter": "parameters (typed or with a default)",
    "parameters": "parameter lists", "prose": "text in markup", "regex": "regular expressions",
    "return": "returns", "spread": "spread elements", "string": "string literals",
    "switch": "switch and match statements", "symbol": "symbols",
    "template": "interpolated values", "ternary": "ternaries", "throw": "throws and raises",
    "try": "try blocks", "type": "type names", "unary": "unary operations",
    "update": "increments and updates (+=, ++)", "while": "while loops", "yield": "yields",
}  # fmt: skip
"""What the roles of syntax nodes are called, most of them in all languages."""

_PREFERENCES = {
    "fstring_over_format": ("f-strings, not `.format()`", "`.format()`, not f-strings"),
    "fstring_over_percent": ("f-strings, not `%` formatting", "`%` formatting, not f-strings"),
    "enumerate_over_range": (
        "`enumerate`, not `range(len(…))`",
        "`range(len(…))`, not `enumerate`",
    ),
    "is_none_over_equals": ("`is None`, not `== None`", "`== None`, not `is None`"),
    "if_not_over_len": (
        "`if not x`, not a length compared with a number",
        "a length compared with a number, not `if not x`",
    ),
    "lower_over_upper_types": (
        "types written `list[…]`, not `List[…]`",
        "types written `List[…]`, not `list[…]`",
    ),
    "const_over_let": ("`const`, not `let`", "`let`, not `const`"),
    "const_over_var": ("`const`, not `var`", "`var`, not `const`"),
    "arrow_over_function": ("`=>`, not `function`", "`function`, not `=>`"),
    "await_over_then": ("`await`, not `.then()`", "`.then()`, not `await`"),
    "for_each_over_for_of": ("`forEach`, not `of`", "`of`, not `forEach`"),
    "increment_over_plus_one": ("`++`, not `+= 1`", "`+= 1`, not `++`"),
    "strict_over_loose": ("`===`, not `==`", "`==`, not `===`"),
    "wide_over_named_except": (
        "handlers that catch every exception, not a named one",
        "handlers that catch a named exception, not every one",
    ),
    "logging_over_print": ("logging, not printing", "printing, not logging"),
    "std_over_using": ("`std::`, not `using namespace`", "`using namespace`, not `std::`"),
    "ternary_over_boolean": ("`? :`, not true or false", "true or false, not `? :`"),
}  # fmt: skip

_ACTS = frozenset(("printing", "logging", "reading input", "refusing bad arguments", "streams"))
"""What words are counted for that may also be names of something else."""

_TEXTS = {
    "percent_format": "`%` behind a string",
    "template_string": "`${…}` in strings",
    "len_zero": "a call compared with 0, 1 or 2",
    "except_wide": "handlers of every exception (`except Exception`)",
    "except_named": "exception handlers of any kind",
    "star_import": "imports of everything (`*`)",
    "append_call": "`.append()`, `.push()` and `.add()` calls",
    "strict_equals": "`===` or `!==`",
    "loose_equals": "`==` or `!=`",
    "arrow": "`=>`",
    "spread": "`...`",
    "diamond": "`<>(`",
    "return_none": "`return None`, `null` or `nil`",
    "return_false": "`return False` or `return -1`",
    "return_true": "`return True`",
    "return_empty": '`return` of `[]`, `{}`, `""` or `0`',
    "floor_division": "`//` between spaces",
    "shift": "`<<` or `>>`",
    "arrow_type": "`-> None` or `: void`",
    "open_brace_line": "an opening brace on the line below its head",
    "blank_after_def": "a blank line right after a head",
}
"""Texts that are counted, where their short name would claim more than was seen."""


@cache
def phrase_of(column: str) -> Phrase:
    """Return what a column is called; one that nobody worded reads as its description."""
    return PHRASES.get(column) or _described(column)


def _described(column: str) -> Phrase:
    return Phrase(registry.DESCRIPTIONS.get(column, "a measure without a description"), Kind.NUMBER)


def _naming() -> Iterator[tuple[str, Phrase]]:
    for part, plural in _PARTS.items():

        def lacking(
            what: str, kind: Kind, unit: str, part: str = part, plural: str = plural
        ) -> Phrase:
            return Phrase(what, kind, unit, "", f"naming.{part}_count", f"no {plural} here")

        yield f"{part}_count", Phrase(f"named {plural}", Kind.PER_LINE, PER_100_LINES)
        length = f"length of a {part} name, on average"
        yield f"{part}_length", lacking(length, Kind.NUMBER, "characters")
        yield f"{part}_words", lacking(f"words in a {part} name, on average", Kind.NUMBER, "")
        for style, words in _STYLES.items():
            unit = f"of {part} names"
            yield f"{part}_{style}", lacking(f"{part} names {words}", Kind.SHARE, unit)
    yield from wording_layout.NAMES.items()


def _idiom() -> Iterator[tuple[str, Phrase]]:
    for name, (words, called) in idiom.WORDS.items():
        yield name, Phrase(_counted(words.split(), called), Kind.NUMBER, PER_100_LINES)
    for name, (_, called) in idiom.TEXTS.items():
        yield name, Phrase(_TEXTS.get(name, called), Kind.NUMBER, PER_100_LINES)
    for name, (one, other) in _PREFERENCES.items():
        counts = tuple(f"idiom.{count}" for count in idiom.PREFERENCES[name])
        yield name, Phrase(one, Kind.PREFERENCE, other=other, counts=counts)


def _counted(words: list[str], called: str) -> str:
    """Return what a count of whole words is called: the words themselves, so that one can look."""
    shown = ", ".join(f"`{word}`" for word in words[:SHOWN]) + (" …" if words[SHOWN:] else "")
    if called.startswith("`") or len(words) == 1:
        return f"the word{'s' if words[1:] else ''} {shown}"
    return f"{'words for ' if called in _ACTS else ''}{called} ({shown})"


def _roles() -> Iterator[tuple[str, Phrase]]:
    for role, plural in _ROLES.items():
        yield f"role_{role}", Phrase(plural, Kind.NUMBER, "per 100 syntax nodes")
    for above, below in (pair.split(">") for pair in roles.PAIRS):
        unit = "of what stands there"
        words = f"{_ROLES[below]} directly in {_ROLES[above]}"
        lack = f"no {_ROLES[above]} here"
        yield (
            f"pair_{above}_{below}",
            Phrase(words, Kind.SHARE, unit, base=f"roles.role_{above}", lack=lack),
        )


def _characters() -> Iterator[tuple[str, Phrase]]:
    for sign in spacing.PUNCTUATION:
        quoted = "back-ticks" if sign == "`" else f"the sign `{sign}`"
        yield (
            f"char_{ord(sign):02x}",
            Phrase(f"{quoted} in code", Kind.NUMBER, "per 100 visible bytes"),
        )


def _comments() -> Iterator[tuple[str, Phrase]]:
    for name, phrase in wording_comments.COMMENTS.items():
        always = phrase.kind is Kind.PER_LINE or name in wording_comments.WITHOUT_COMMENTS
        if always:
            yield name, phrase
        else:
            yield name, replace(phrase, base="comments.count", lack="no comments here")


def _tables() -> dict[str, dict[str, Phrase]]:
    return {
        "layout": wording_layout.LAYOUT,
        "spacing": {**wording_layout.SPACING, **dict(_characters())},
        "naming": dict(_naming()),
        "idiom": dict(_idiom()),
        "roles": dict(_roles()),
        "tree": wording_layout.TREE,
        "comments": dict(_comments()),
    }


PHRASES: dict[str, Phrase] = {
    f"{prefix}.{name}": phrase
    for prefix, table in _tables().items()
    for name, phrase in table.items()
}
"""Every column of the registry, by its name."""
