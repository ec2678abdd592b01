"""Cleaning a corpus: an ordered tuple of rules, and a count of what each of them did.

What the harness gave goes, what the author wrote stays. The order matters: prose goes before
heads are compared, text is changed before copies are looked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from fingerprint_training import cleaning_rules as single
from fingerprint_training.chatter import chatter, fences
from fingerprint_training.corpora import SCHEMA, Corpus
from fingerprint_training.duplicates import drop_copies, survey_copies, survey_near_copies
from fingerprint_training.rows import Rows
from fingerprint_training.shared_blocks import (
    shared_head,
    shared_tail,
    survey_heads,
    survey_tails,
)

Apply = Callable[[str, str | None, int], str | None]
Survey = Callable[[Rows], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One step: `apply(code, language, context)` returns the code to go on with, None to drop it.

    `context` is what `survey` said of the row when it saw all rows before this step, 0 without
    a survey. `version` rises whenever the rule's outcome may change.
    """

    name: str
    version: int
    apply: Apply
    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What one rule did; `changed_by_source` and `dropped_by_source` break it down."""

    rule: str
    version: int
    changed: int
    dropped: int
    changed_by_source: Mapping[str, int]
    dropped_by_source: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CleaningReport:
    """What cleaning did: sample counts before and after, and every rule's count in order."""

    before: int
    after: int
    rules: tuple[RuleCount, ...]


DEFAULT: tuple[Rule, ...] = (
    Rule("newlines", 1, single.newlines),
    Rule("control_tokens", 1, single.control_tokens),
    Rule("fences", 1, fences),
    Rule("chatter", 1, chatter),
    Rule("complexity_lines", 1, single.complexity_lines),
    Rule("file_banner", 1, single.file_banner),
    Rule("package_line", 1, single.package_line),
    Rule("licence_head", 1, single.licence_head),
    Rule("marker_comments", 1, single.marker_comments),
    Rule("shared_head", 1, shared_head, survey_heads),
    Rule("shared_tail", 1, shared_tail, survey_tails),
    Rule("empty_docstring", 1, single.empty_docstring),
    Rule("tokenised", 1, single.tokenised),
    Rule("edges", 1, single.edges),
    Rule("too_short", 1, single.too_short),
    Rule("copies", 1, drop_copies, survey_copies),
    Rule("near_copies", 1, drop_copies, survey_near_copies),
)


def clean(corpus: Corpus, rules: Sequence[Rule] = DEFAULT) -> tuple[Corpus, CleaningReport]:
    """Apply the rules one after the other to the whole corpus; the input stays as it is.

    Row order, `row` and `origin` are kept, so that a sample can be found in its input.
    """
    rows = _rows(corpus)
    kept = list(range(len(corpus)))
    counts = []
    for rule in rules:
        rows, dropped, count = _step(rule, rows)
        kept = [place for at, place in enumerate(kept) if at not in dropped]
        counts.append(count)
    codes = pa.array(rows.codes, pa.large_string())
    table = corpus.take(kept).table.set_column(0, SCHEMA.field("code"), codes)
    return Corpus(table), CleaningReport(len(corpus), len(kept), tuple(counts))


def _step(rule: Rule, rows: Rows) -> tuple[Rows, set[int], RuleCount]:
    context = rule.survey(rows) if rule.survey else [0] * len(rows.codes)
    dropped: set[int] = set()
    changed: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for at, (code, language) in enumerate(zip(rows.codes, rows.languages, strict=True)):
        result = rule.apply(code, language, context[at])
        if result is None:
            dropped.add(at)
            lost[rows.sources[at]] += 1
        elif result != code:
            rows.codes[at] = result
            changed[rows.sources[at]] += 1
    count = RuleCount(
        rule.name, rule.version, changed.total(), lost.total(), dict(changed), dict(lost)
    )
    return rows.without(dropped) if dropped else rows, dropped, count


def _rows(corpus: Corpus) -> Rows:
    names = ("code", "language", "label", "model", "source", "task")
    return Rows(*(corpus.column(name) for name in names))
