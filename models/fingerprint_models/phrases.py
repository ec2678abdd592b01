"""How a column's value reads to a developer: a sentence form a column, a number form a kind."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum, auto

from fingerprint_features.registry import DESCRIPTIONS


class Kind(Enum):
    """What sort of number a column holds, hence how it is written."""

    NUMBER = auto()
    SHARE = auto()  # 0 to 1, written in per cent
    PREFERENCE = auto()  # 0 to 1, 0.5 where there was nothing to prefer, written in per cent
    FLAG = auto()  # 0 or 1; its mean is a share of samples
    PER_LINE = auto()  # written per 100 lines
    LOG = auto()  # natural logarithm of 1 + number, written as the number


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence form: `text` with `{}` where the value goes.

    `other` is the form of a preference that leans the other way; the value is then 1 - value.
    `unit` names what a share is a share of, where it can be said as "9 of 10 functions".
    """

    text: str
    kind: Kind
    other: str = ""
    unit: str = ""


def _share(text: str, unit: str = "") -> Phrase:
    return Phrase(text, Kind.SHARE, unit=unit)


def _either(one: str, other: str) -> Phrase:
    return Phrase(f"{one}: {{}}", Kind.PREFERENCE, f"{other}: {{}}")


def _per_line(text: str) -> Phrase:
    return Phrase(text, Kind.PER_LINE)


def _number(text: str) -> Phrase:
    return Phrase(text, Kind.NUMBER)


PHRASES: dict[str, Phrase] = {
    # comments
    "comments.docstring_coverage": _share("docstrings on {}", "functions and classes"),
    "comments.function_documented": _share("a comment above or a docstring in {}", "functions"),
    "comments.docstring_lines": _number("docstrings of {} lines on average"),
    "comments.docstring_sections": _share(
        "sections such as Args or Returns in {} of the docstrings"
    ),
    "comments.docstring_full_stop": _either(
        "docstrings whose first sentence ends in a full stop",
        "docstrings whose first sentence ends without a full stop",
    ),
    "comments.docstring_first_line": _either(
        "docstrings that start right behind their quotes",
        "docstrings that start on the line below their quotes",
    ),
    "comments.count": _per_line("{} comments per 100 lines of code"),
    "comments.line_count": _per_line("{} comments on a line of their own per 100 lines of code"),
    "comments.trailing_count": _per_line("{} comments behind code per 100 lines of code"),
    "comments.share": _share("comments make up {} of the text"),
    "comments.capital": _either(
        "comments that start with a capital", "comments that start in lower case"
    ),
    "comments.full_stop": _either(
        "comments that end in a full stop", "comments that end without a full stop"
    ),
    "comments.imperative": _share("{} of the comments open with a command (“check”, “return”)"),
    "comments.words_mean": _number("comments of {} words on average"),
    "comments.numbered": _share("{} of the comments number a step"),
    "comments.banner": _share("{} of the comments are rulers or banners"),
    "comments.code_like": _share("{} of the comments are code switched off"),
    "comments.no_space": _share("{} of the comments have no space behind the comment sign"),
    "comments.overlap": _share("{} of the words in comments repeat names of the code"),
    # layout and spacing
    "layout.lines": Phrase("{} lines were measured", Kind.LOG),
    "layout.line_mean": _number("lines of {} bytes on average"),
    "layout.line_over_79": _share("{} of the lines are longer than 79 bytes"),
    "layout.indent_unit_2": _share("{} of the indents are 2 columns deep"),
    "layout.indent_unit_4": _share("{} of the indents are 4 columns deep"),
    "layout.indent_tabs": _either("indents by tabs", "indents by spaces"),
    "layout.indent_off_modal": _share("{} of the indents are out of step"),
    "layout.blank_share": _share("{} of the lines are blank"),
    "layout.blank_run_2": _share("{} of the gaps are two blank lines or more"),
    "layout.blank_inside": _share("{} of the blank lines stand inside a block"),
    "layout.trailing_space": _share("{} of the lines end in white space"),
    "layout.blank_with_space": _share("{} of the blank lines hold white space"),
    "spacing.trailing_comma": _either(
        "lists over several lines that end in a comma", "lists over several lines without a comma"
    ),
    "spacing.quote_single": _either("single quotes", "double quotes"),
    "spacing.semicolon_end": _share("{} of the lines end in a semicolon"),
    "spacing.assign_spaced": _either("`=` with a space before it", "`=` without a space before it"),
    "spacing.comma_spaced": _either("commas followed by a space", "commas without a space"),
    "spacing.brace_own_line": _either(
        "opening braces on a line of their own", "opening braces at the end of a line"
    ),
    "spacing.aligned": _share("{} of the lines are aligned with spaces"),
    "spacing.non_ascii": _share("{} of the code is outside ASCII"),
    # names
    "naming.function_length": _number("function names of {} characters on average"),
    "naming.variable_length": _number("variable names of {} characters on average"),
    "naming.parameter_length": _number("parameter names of {} characters on average"),
    "naming.function_words": _number("function names of {} words on average"),
    "naming.variable_words": _number("variable names of {} words on average"),
    "naming.variable_single": _share("{} of the variable names are one letter"),
    "naming.abbreviated": _share("{} of the words in names are cut short"),
    "naming.all_single": _share("{} of the identifiers are one letter"),
    # idiom and shape
    "idiom.fstring": _number("{} f-strings per 100 lines"),
    "idiom.fstring_over_format": _either(
        "f-strings, not `.format()`", "`.format()`, not f-strings"
    ),
    "idiom.fstring_over_percent": _either(
        "f-strings, not `%` formatting", "`%` formatting, not f-strings"
    ),
    "idiom.lower_over_upper_types": _either(
        "types written `list[…]`, not `List[…]`", "types written `List[…]`, not `list[…]`"
    ),
    "idiom.const_over_let": _either("`const`, not `let`", "`let`, not `const`"),
    "idiom.const_over_var": _either("`const`, not `var`", "`var`, not `const`"),
    "tree.annotated": _share("types on {} of the parameters"),
    "tree.function_lines": _number("functions of {} lines on average"),
    "tree.tries_share": _share("error handling in {}", "functions"),
    "tree.guards": _share("a condition as the first statement of {}", "functions"),
    "tree.main_guard": Phrase("an entry point such as a main guard: {}", Kind.FLAG),
    "tree.imports_unused": _share("{} of the imported names are unused"),
}
"""Sentence forms of the columns that tell most; every other column reads as its description."""

_LOG = "natural logarithm of 1 + "
_PER_LINE = "per line of code"
_SHARE = re.compile(r"^share of |, of all$|, as a share of ")


def phrase_of(column: str) -> Phrase:
    """Return the sentence form of a column, its description where `PHRASES` has none."""
    return PHRASES.get(column) or _described(column)


def _described(column: str) -> Phrase:
    """Return a column's description as a sentence form; its wording tells the kind of number."""
    words = DESCRIPTIONS.get(column, column).replace("{", "{{").replace("}", "}}")
    if words.startswith(_LOG):
        return Phrase(words.removeprefix(_LOG) + ": {}", Kind.LOG)
    if words.endswith(_PER_LINE):
        return Phrase(words.removesuffix(_PER_LINE) + "per 100 lines of code: {}", Kind.PER_LINE)
    if words.startswith("whether "):
        return Phrase(words.removeprefix("whether ") + ": {}", Kind.FLAG)
    if " preferred " in words:
        return Phrase(words + ": {}", Kind.PREFERENCE)
    return Phrase(words + ": {}", Kind.SHARE if _SHARE.search(words) else Kind.NUMBER)


def write_value(kind: Kind, value: float) -> str:
    """Return a sample's own value in words."""
    if kind is Kind.FLAG and value in (0, 1):
        return "yes" if value else "no"
    if kind is Kind.PREFERENCE and value == 0.5:
        return "no preference"
    return write_typical(kind, value)


def write_typical(kind: Kind, value: float) -> str:
    """Return the mean of a column over many samples in words, "unknown" where it is not finite."""
    if not math.isfinite(value):
        return "unknown"
    match kind:
        case Kind.NUMBER:
            return _number_words(value)
        case Kind.PER_LINE:
            return _number_words(100 * value)
        case Kind.LOG:
            return _number_words(round(math.expm1(min(value, 700.0))))
        case _:
            return _percent_words(value)


def _percent_words(value: float) -> str:
    if 0 < value < 0.0005:
        return "under 0.1 %"
    return f"{100 * value:.1f} %" if 0 < value < 0.0095 else f"{100 * value:.0f} %"


def _number_words(value: float) -> str:
    if 0 < abs(value) < 0.005:
        return "almost 0"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
