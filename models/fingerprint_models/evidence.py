"""Why the model answered so: signed contributions, told in words a developer understands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_features.source import MAX_BYTES
from fingerprint_models.attribution import Evidence
from fingerprint_models.errors import ModelError
from fingerprint_models.families import HUMAN
from fingerprint_models.phrases import Kind, Phrase, phrase_of, write_typical, write_value
from fingerprint_models.reference import Reference

AnyFloat = npt.NDArray[np.floating[Any]]

LEXICON = {
    "lexicon.tree.": "patterns of syntax",
    "lexicon.": "choice of words and character patterns",
}
"""Columns that start so are hashed n-grams, which have no words of their own: one item for all."""

MAX_COLUMNS = 10
"""Columns named behind one item, those that contribute most; the lexicon has thousands."""

TOGETHER = (
    ("comments.count", "comments.line_count", "comments.share"),
    ("comments.doc_count", "comments.docstring_coverage", "comments.function_documented"),
    (
        "layout.indent_unit_2",
        "layout.indent_unit_3",
        "layout.indent_unit_4",
        "layout.indent_unit_8",
    ),
    ("layout.line_mean", "layout.line_q50", "layout.line_q90"),
    ("naming.all_camel", "naming.all_snake"),
    ("naming.function_camel", "naming.function_snake"),
    ("naming.variable_camel", "naming.variable_snake"),
    ("spacing.char_28", "spacing.char_29"),
    ("spacing.char_3b", "spacing.semicolon_end"),
    ("spacing.char_5b", "spacing.char_5d"),
    ("spacing.char_7b", "spacing.char_7d"),
    ("tree.function_lines", "tree.function_max"),
)
"""Columns that say one thing twice: one item, told by the column that contributes most to it."""

# Functions are counted up to this number; a share of more cannot be told as a count.
_COUNTED = 300

# A sample of about this size, in bytes, was probably cut, at a line's end before `MAX_BYTES`.
_CUT = 0.9 * MAX_BYTES


def explain(
    contributions: AnyFloat,
    values: AnyFloat,
    family: str,
    columns: Sequence[str],
    reference: Reference,
    *,
    human: str | None = HUMAN,
    top: int = 5,
) -> tuple[Evidence, ...]:
    """Return the `top` items that speak loudest for or against a family, loudest first.

    `contributions` (log-odds towards `family`) and `values` have shape (columns,), in the order
    of `columns`. `human` is the class that families are set against. `reference` may know more or
    fewer columns. Items without any contribution are
    left out. Raises `ModelError` if the reference does not know the family.
    """
    if family not in reference.classes:
        raise ModelError(f"no reference for family {family!r}; measure it with the model's classes")
    names = tuple(columns)
    owner = _owners(names)
    totals = np.bincount(owner, weights=contributions)
    loudest = np.argsort(-np.abs(totals), kind="stable")[:top]
    sample = dict(zip(names, values.tolist(), strict=True))
    found = []
    for item in loudest[totals[loudest] != 0]:
        members = np.flatnonzero(owner == item)
        pull = contributions[members] * np.sign(totals[item])
        ranked = members[np.argsort(-pull, kind="stable")]
        behind = tuple(names[at] for at in ranked if contributions[at] != 0)
        text = _lexicon_words(behind[0]) or _tell(behind[0], sample, family, reference, human)
        found.append(Evidence(text, family, float(totals[item]), behind[:MAX_COLUMNS]))
    return tuple(found)


@lru_cache(maxsize=8)
def _owners(columns: tuple[str, ...]) -> npt.NDArray[np.intp]:
    """Return which item each column belongs to, shape (columns,); items count from 0."""
    lead = {name: group[0] for group in TOGETHER for name in group}
    keys = [_lexicon_words(name) or lead.get(name, name) for name in columns]
    items = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    return np.array([items[key] for key in keys], dtype=np.intp)


def _lexicon_words(column: str) -> str | None:
    return next((words for start, words in LEXICON.items() if column.startswith(start)), None)


def _tell(
    column: str,
    sample: Mapping[str, float],
    family: str,
    reference: Reference,
    human: str | None,
) -> str:
    """Return a column's sentence: its words, the sample's value, and what is typical."""
    phrase, value = phrase_of(column), sample[column]
    typical = _typical(column, family, reference, human)
    text = phrase.text
    if phrase.other and value < 0.5:
        text, value = phrase.other, 1 - value
        typical = {name: 1 - mean for name, mean in typical.items()}
    told = text.format(_own_words(phrase, value, sample))
    aside = ", ".join(f"{name} {write_typical(phrase.kind, v)}" for name, v in typical.items())
    return f"{told} ({aside})" if aside else told


def _own_words(phrase: Phrase, value: float, sample: Mapping[str, float]) -> str:
    if not phrase.unit:
        return write_value(phrase.kind, value)
    return (
        _count_words(phrase, value, sample) or f"{write_value(Kind.SHARE, value)} of {phrase.unit}"
    )


def _count_words(phrase: Phrase, value: float, sample: Mapping[str, float]) -> str | None:
    """Return "9 of 10 functions" where columns give the number of functions, else None.

    Of a long sample only the head is measured, so its functions are not all counted.
    """
    lines = math.expm1(sample.get("layout.lines", 0.0))
    code_lines = lines * (1 - sample.get("layout.blank_share", 0.0))
    size = code_lines * sample.get("layout.line_mean", 0.0) + lines
    functions = sample.get("tree.functions", 0.0) / 100 * code_lines
    whole = round(functions)
    classes = phrase.unit != "functions" and sample.get("roles.role_class", 1.0) != 0
    if classes or not 0 < whole < _COUNTED or size > _CUT:
        return None
    # Both must come out whole, or the columns count something else than we think.
    if abs(functions - whole) > 0.02 or abs(value * whole - round(value * whole)) > 0.02:
        return None
    return f"{round(value * whole)} of {whole} function{'s' if whole > 1 else ''}"


def _typical(column: str, family: str, reference: Reference, human: str | None) -> dict[str, float]:
    """Return the mean of what a family is set against, then of the family itself.

    A family is set against human code, human code against all models; where no class is called
    human, a class is set against all others.
    """
    if column not in reference.columns:
        return {}
    mean = reference.mean[:, reference.columns.index(column)]
    at = reference.classes.index(family)
    if human in reference.classes and family != human:
        against = {str(human): float(mean[reference.classes.index(str(human))])}
    elif len(mean) > 1:
        name = "models" if family == human else "others"
        against = {name: float(np.delete(mean, at).mean())}
    else:
        against = {}
    return {**against, family: float(mean[at])}
