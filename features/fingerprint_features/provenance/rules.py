"""The table of markers: which text declares which agent, and on what ground we say so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from fingerprint_features.provenance.records import Strength

FORMS = (
    "mail", "login", "id", "whole", "name", "bare", "trailer", "url", "footer", "subject", "branch",
    "mention", "tool",
)  # fmt: skip
"""Where a pattern is looked for; the head of rules.tsv tells them apart."""

KINDS = ("role", "review-bot", "author", "co-author", "wrapper", "reviewer", "mention")
"""What a rule yields. `role`: the place decides, author or co-author. `review-bot`: an author where
it is one, a reviewer where it is only credited."""

_COLUMNS = (
    "name", "agent", "form", "kind", "strength", "family", "hint", "pattern", "example", "commits",
    "repositories", "source",
)  # fmt: skip
_WHOLE = frozenset({"mail", "login", "id", "whole", "bare", "tool"})
"""Forms whose pattern must cover all of its text; the others are searched for."""

_WORD = re.compile(r"[a-z0-9]+")
_LOWER_WORDS = "".join(chr(c).lower() if chr(c).isalnum() else " " for c in range(128))


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of rules.tsv. `family` is that of a harness that runs one family by design."""

    name: str
    agent: str
    form: str
    kind: str
    strength: Strength
    family: str | None
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    example: str
    commits: int
    repositories: int
    source: str

    def match(self, text: str) -> re.Match[str] | None:
        """Return the match of the rule in a text of its form, or None."""
        return self.pattern.fullmatch(text) if self.form in _WHOLE else self.pattern.search(text)


class RuleError(ValueError):
    """A line of rules.tsv breaks its format; the message names the line and the mend."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"rules.tsv, line {line}: {problem}")


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return the rules that ship with the package, in the order of the file."""
    text = files(__package__).joinpath("rules.tsv").read_text(encoding="utf-8")
    return parse_rules(text.splitlines())


def parse_rules(lines: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules that tab-separated lines spell out; ``#`` starts a comment line.

    Raises `RuleError` on a wrong header, a wrong number of cells, an unknown form, kind or
    strength, a broken pattern, or a name that is given twice.
    """
    rows = [(number, line) for number, line in enumerate(lines, 1) if line and line[0] != "#"]
    if not rows or tuple(rows[0][1].split("\t")) != _COLUMNS:
        raise RuleError(rows[0][0] if rows else 1, f"write the header {' '.join(_COLUMNS)}")
    rules: dict[str, Rule] = {}
    for number, line in rows[1:]:
        rule = _parse_row(number, line)
        if rule.name in rules:
            raise RuleError(number, f"{rule.name!r} is already the name of a rule; rename one")
        rules[rule.name] = rule
    return tuple(rules.values())


def _parse_row(number: int, line: str) -> Rule:
    cells = line.split("\t")
    if len(cells) != len(_COLUMNS):
        raise RuleError(number, f"has {len(cells)} cells; write {len(_COLUMNS)}")
    row = dict(zip(_COLUMNS, cells, strict=True))
    if row["form"] not in FORMS or row["kind"] not in KINDS:
        raise RuleError(number, f"knows no form {row['form']!r} or no kind {row['kind']!r}")
    try:
        strength = Strength[row["strength"].upper()]
        pattern = re.compile(row["pattern"], re.IGNORECASE | re.MULTILINE)
        counts = int(row["commits"]), int(row["repositories"])
    except (KeyError, re.error, ValueError) as problem:
        raise RuleError(number, f"mend the strength, pattern or counts: {problem}") from problem
    return Rule(
        row["name"], row["agent"], row["form"], row["kind"], strength, row["family"] or None,
        tuple(row["hint"].split("|")), pattern, row["example"], *counts, row["source"],
    )  # fmt: skip


@cache
def _by_hint() -> MappingProxyType[str, tuple[Rule, ...]]:
    table: dict[str, list[Rule]] = {}
    for rule in load_rules():
        for hint in rule.hints if rule.form != "tool" else ():
            table.setdefault(hint, []).append(rule)
    return MappingProxyType({hint: tuple(rules) for hint, rules in table.items()})


def candidates(text: str) -> dict[str, list[Rule]]:
    """Return the rules that can match in a text, by form, in the table's order; often none.

    Every match of a rule holds one of its hints as a whole word. Looking up the words of a text,
    some 20 ns a word, spares the patterns.
    """
    by_hint = _by_hint()
    hints = by_hint.keys() & _words(text)
    if not hints:
        return {}
    names = {rule.name for hint in hints for rule in by_hint[hint]}
    table: dict[str, list[Rule]] = {}
    for rule in load_rules():
        if rule.name in names:
            table.setdefault(rule.form, []).append(rule)
    return table


def _words(text: str) -> set[str]:
    """Return the runs of ASCII letters and digits of a text, in lower case."""
    if text.isascii():
        return set(text.translate(_LOWER_WORDS).split())
    return set(_WORD.findall(text.lower()))


@cache
def tools() -> MappingProxyType[str, Rule]:
    """Return the rule for each name by which record formats call a tool, in lower case."""
    return MappingProxyType(
        {hint: rule for rule in load_rules() if rule.form == "tool" for hint in rule.hints}
    )
