"""Why the model answered so: signed contributions, told in words a developer understands.

A reason is told with the sample's own value and what is typical, and only where the two bear it
out: a value that pulls towards a family has to lie nearer to that family's mean than to what it
is set against. Where it does not, the model judged by columns together; such reasons are summed
into one item that says so, never dressed up with numbers that speak for the other side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_models.attribution import Evidence
from fingerprint_models.errors import ModelError
from fingerprint_models.families import HUMAN
from fingerprint_models.reasons import Averages, Reason, reason_of
from fingerprint_models.reference import Reference
from fingerprint_models.spelling import Spell, loudest_here
from fingerprint_models.wording import phrase_of

AnyFloat = npt.NDArray[np.floating[Any]]

LEXICON = {
    "lexicon.tree.": "patterns of syntax (hashed n-grams)",
    "lexicon.": "choice of words and spelling (hashed n-grams)",
}
"""Columns that start so are hashed n-grams, which have no words of their own: one item for all."""

TOGETHER_ONLY = "judged only together with other features"
"""Leads the item of columns whose value, taken by itself, does not bear out where it pulls."""

MAX_COLUMNS = 10
"""Columns named behind one item, those that contribute most; the lexicon has thousands."""

FAINT = 0.05
"""Less than this, in log-odds, moves the odds by under 5 %: no reason, unless it is the loudest."""

NAMED = 3
"""Columns that the item of `TOGETHER_ONLY` names."""

TOGETHER = (
    ("comments.count", "comments.line_count", "comments.share"),
    ("comments.doc_count", "comments.docstring_coverage", "comments.function_documented"),
    ("idiom.arrow", "idiom.function", "idiom.arrow_over_function"),
    ("idiom.await", "idiom.then_call", "idiom.await_over_then"),
    ("idiom.const", "idiom.let", "idiom.var", "idiom.const_over_let", "idiom.const_over_var"),
    ("idiom.enumerate", "idiom.range_len", "idiom.enumerate_over_range"),
    ("idiom.except_wide", "idiom.except_named", "idiom.wide_over_named_except"),
    ("idiom.for_each", "idiom.for_of", "idiom.for_each_over_for_of"),
    (
        "idiom.fstring",
        "idiom.format_call",
        "idiom.percent_format",
        "idiom.fstring_over_format",
        "idiom.fstring_over_percent",
    ),
    ("idiom.if_not", "idiom.len_zero", "idiom.if_not_over_len"),
    ("idiom.increment", "idiom.plus_one", "idiom.increment_over_plus_one"),
    ("idiom.is_none", "idiom.equals_none", "idiom.is_none_over_equals"),
    ("idiom.logging", "idiom.print", "idiom.logging_over_print"),
    ("idiom.std", "idiom.std_prefix", "idiom.using_namespace", "idiom.std_over_using"),
    ("idiom.strict_equals", "idiom.loose_equals", "idiom.strict_over_loose"),
    ("idiom.ternary_mark", "idiom.true_false", "idiom.ternary_over_boolean"),
    ("idiom.typing_lower", "idiom.typing_upper", "idiom.lower_over_upper_types"),
    (
        "layout.indent_unit_2",
        "layout.indent_unit_3",
        "layout.indent_unit_4",
        "layout.indent_unit_8",
    ),
    ("layout.blank_run_2", "layout.blank_run_mean"),
    ("idiom.main", "tree.main_guard"),
    ("layout.line_max", "layout.line_over_79", "layout.line_over_99"),
    ("layout.line_mean", "layout.line_q50", "layout.line_q90"),
    ("naming.all_camel", "naming.all_snake"),
    ("naming.all_single", "naming.variable_single"),
    ("naming.class_length", "naming.class_words"),
    ("naming.function_length", "naming.function_words"),
    ("naming.parameter_length", "naming.parameter_words"),
    ("naming.variable_length", "naming.variable_words"),
    ("naming.function_camel", "naming.function_snake"),
    ("naming.variable_camel", "naming.variable_snake"),
    ("spacing.char_28", "spacing.char_29"),
    ("spacing.char_3b", "spacing.semicolon_end"),
    ("spacing.char_5b", "spacing.char_5d"),
    ("spacing.char_7b", "spacing.char_7d"),
    ("tree.depth_mean", "tree.depth_q90", "tree.depth_max"),
    ("tree.function_lines", "tree.function_max"),
    ("tree.string_length", "tree.string_spread"),
)
"""Columns that say one thing twice, or count the two ways of one choice: one item, told by the
column that contributes most to it among those whose value bears it out."""


def explain(
    contributions: AnyFloat,
    values: AnyFloat,
    family: str,
    columns: Sequence[str],
    reference: Reference,
    *,
    human: str | None = HUMAN,
    top: int = 5,
    spell: Spell | None = None,
) -> tuple[Evidence, ...]:
    """Return the `top` items that speak loudest for or against a family, loudest first.

    Where all of them pull one way, the loudest that pulls the other way follows, if any is more
    than `FAINT`. `contributions` (log-odds towards `family`) and `values` have shape (columns,),
    in the order of `columns`. `human` is the class that families are set against. `reference`
    may know more or fewer columns. `spell` gives the n-grams of the sample, so that the loudest
    can be named. Raises `ModelError` if the reference does not know the family.
    """
    if family not in reference.classes:
        raise ModelError(f"no reference for family {family!r}; measure it with the model's classes")
    names = tuple(columns)
    sample = dict(zip(names, values.tolist(), strict=True))
    averages = Averages(reference, family, human)
    told, alone = [], []
    items = _items(contributions, names)
    for at, (total, behind) in enumerate(items):
        if at and abs(total) < FAINT:
            break
        words = _lexicon_words(behind[0])
        reason = None if words else _bearing_out(behind, total, sample, averages)
        if words:
            loudest = behind[:MAX_COLUMNS]
            here = loudest_here(loudest, sample, spell) if spell else []
            named = f"; loudest here: {', '.join(f'“{text}”' for text in here)}" if here else ""
            told.append(Evidence(words + named, family, total, loudest))
        elif reason:
            told.append(_evidence(reason, total, behind))
        else:
            alone.append((total, behind[0]))
    return _choose([*told, *_together_only(alone, family)], top)


def _items(contributions: AnyFloat, names: tuple[str, ...]) -> list[tuple[float, tuple[str, ...]]]:
    """Return what every item contributes and its columns, the loudest items first.

    Of an item's columns those come first that pull its way most; silent ones are left out.
    """
    owner = _owners(names)
    totals = np.bincount(owner, weights=contributions)
    order = np.argsort(owner, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(owner[order])) + 1)
    found = []
    for item in np.argsort(-np.abs(totals), kind="stable").tolist():
        members = parts[item][contributions[parts[item]] != 0]
        ranked = members[np.argsort(-contributions[members] * np.sign(totals[item]), kind="stable")]
        if totals[item]:
            found.append((float(totals[item]), tuple(names[at] for at in ranked)))
    return found


@lru_cache(maxsize=8)
def _owners(columns: tuple[str, ...]) -> npt.NDArray[np.intp]:
    """Return which item each column belongs to, shape (columns,); items count from 0."""
    lead = {name: group[0] for group in TOGETHER for name in group}
    keys = [_lexicon_words(name) or lead.get(name, name) for name in columns]
    items = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    return np.array([items[key] for key in keys], dtype=np.intp)


def _lexicon_words(column: str) -> str | None:
    return next((words for start, words in LEXICON.items() if column.startswith(start)), None)


def _bearing_out(
    behind: Sequence[str], pull: float, sample: Mapping[str, float], averages: Averages
) -> Reason | None:
    """Return the first column's reason whose value lies on the side that the item pulls to."""
    reasons = (reason_of(name, sample, averages) for name in behind)
    borne_out = [reason for reason in reasons if reason.bears_out(pull)]
    return min(borne_out, key=lambda reason: reason.one_sided, default=None)


def _evidence(reason: Reason, total: float, behind: tuple[str, ...]) -> Evidence:
    columns = tuple(dict.fromkeys((reason.column, *behind)))
    return Evidence(
        reason.text(),
        reason.averages.family,
        total,
        columns[:MAX_COLUMNS],
        value=reason.value,
        unit=reason.phrase.written_unit,
        typical_family=reason.typical_family,
        typical_human=reason.typical_human,
        typical_others=reason.typical_others,
    )


def _together_only(items: list[tuple[float, str]], family: str) -> list[Evidence]:
    """Return one item for all that no single value bears out, or none."""
    total = sum(pull for pull, _ in items)
    if not total:
        return []
    ranked = sorted(items, key=lambda item: -item[0] * total)
    columns = tuple(column for _, column in ranked)
    names = "; ".join(phrase_of(name).short for name in columns[:NAMED])
    more = f"; and {len(columns) - NAMED} more" if len(columns) > NAMED else ""
    return [Evidence(f"{TOGETHER_ONLY}: {names}{more}", family, total, columns[:MAX_COLUMNS])]


def _choose(items: list[Evidence], top: int) -> tuple[Evidence, ...]:
    """Return the loudest items, and at least one of each side that is more than faint."""
    ranked = sorted(items, key=lambda item: -abs(item.contribution))
    heard = [item for item in ranked if abs(item.contribution) >= FAINT] or ranked[:1]
    chosen = heard[:top]
    if len({item.contribution > 0 for item in chosen}) == 1:
        side = chosen[0].contribution > 0
        chosen += [item for item in heard[top:] if (item.contribution > 0) != side][:1]
    return tuple(chosen)
