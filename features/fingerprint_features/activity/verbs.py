"""In which form a title or an item opens: imperative, -ing, past, third person."""

from __future__ import annotations

from collections.abc import Iterable

from fingerprint_features.ratios import share
from fingerprint_features.voice import IMPERATIVES as CODE_IMPERATIVES

IMPERATIVES = CODE_IMPERATIVES | frozenset(
    """
    address adjust adopt align allow apply avoid bring bump catch change clarify cleanup complete
    consolidate correct customize decouple deduplicate delegate deprecate detect disable
    document drop emit enable enforce enhance expand explain expose extend fallback finish fix
    force forbid harden hide honor honour implement improve include inline integrate introduce
    invoke leave let limit lint localize lock log lower make map mention migrate mock modernize
    omit optimise optimize order override pass pin polish port prefer prepare preserve prevent
    propagate provide publish quote rebuild redirect reduce refactor refine register reject
    relax release remember rename reorder reorganize reorganise repair replace report require
    resolve respect restore restrict restructure retry reuse revert revise rework rewrite
    rollback scope separate serve share show silence simplify skip speed standardize stop
    streamline strip support suppress switch sync synchronize tag target test tidy tighten
    toggle tweak type unify unpin upgrade upload verify warn wire wrap
    """.split()  # noqa: SIM905  # a list of a hundred words reads better as text
)
"""Verbs that commit titles open with, in the imperative."""

FORMS = ("imperative", "ing", "past", "third")
"""The forms that are told apart; any other opening has none."""

_IRREGULAR = frozenset(
    (
        "made",
        "built",
        "wrote",
        "brought",
        "ran",
        "set",
        "began",
        "chose",
        "did",
        "got",
        "kept",
        "left",
        "let",
    )
)
_NO_PAST = frozenset(
    ("embed", "feed", "need", "seed", "speed", "shed", "red", "bed", "proceed", "exceed")
)
_NO_ING = frozenset(
    ("string", "thing", "nothing", "bring", "ping", "ring", "king", "spring", "during", "missing")
)
_AT_LEAST = 4


def form_of(word: str) -> str | None:
    """Return the form of a word in lower case, one of `FORMS`, or None."""
    if word in IMPERATIVES:
        return "imperative"
    if word.endswith("ing") and len(word) > _AT_LEAST and word not in _NO_ING:
        return "ing"
    if word in _IRREGULAR or (
        word.endswith("ed") and len(word) >= _AT_LEAST and word not in _NO_PAST
    ):
        return "past"
    if word.endswith("s") and (word[:-1] in IMPERATIVES or word[:-2] in IMPERATIVES):
        return "third"
    return None


def form_shares(words: Iterable[str]) -> dict[str, float]:
    """Return the share of the words that have each form, all 0 where there are no words."""
    forms = [form_of(word) for word in words]
    return {form: share(forms.count(form), len(forms)) for form in FORMS}
