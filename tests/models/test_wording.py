"""Wording: every column of the registry reads as something that a reviewer would say."""

import re

import pytest

from fingerprint_features import registry
from fingerprint_models import phrases
from fingerprint_models.phrases import Kind, told, write_told, write_typical
from fingerprint_models.wording import PHRASES, phrase_of


def test_every_column_is_worded() -> None:
    """Each registered column has words of its own, and nothing else has."""
    assert set(PHRASES) == set(registry.COLUMNS)


def test_words_are_for_readers() -> None:
    """No name of a column, no jargon of statistics, and every number has its unit."""
    for column, phrase in PHRASES.items():
        check_words(column, phrase)


def check_words(column: str, phrase: phrases.Phrase) -> None:
    """Assert that one column reads well."""
    for words in (phrase.what, phrase.other, phrase.unit, phrase.lack):
        assert not re.search(r"\b(?:layout|spacing|naming|idiom|roles|tree|comments)\.\w", words)
        assert not re.search(r"\b(?:entropy|logarithm|quantile|hapax|role|z-score)\b", words)
        assert "\n" not in words
    assert phrase.what
    if phrase.kind in (Kind.NUMBER, Kind.PER_LINE, Kind.LOG, Kind.SHARE):
        assert phrase.unit or column.endswith("_words"), column
    assert bool(phrase.other) == (phrase.kind is Kind.PREFERENCE)
    assert bool(phrase.base) == bool(phrase.lack)
    assert phrase.base in {"", *registry.COLUMNS}
    assert set(phrase.counts) <= set(registry.COLUMNS)


def test_no_two_columns_read_the_same() -> None:
    """What is told tells which column is meant."""
    said = [(phrase.what, phrase.unit) for phrase in PHRASES.values()]
    twice = {each for each in said if said.count(each) > 1}
    assert not twice


KINDS = {
    "natural logarithm": Kind.LOG,
    "per line of code": Kind.PER_LINE,
    "whether ": Kind.FLAG,
    " preferred to": Kind.PREFERENCE,
}


UNLIKE = {"spacing.uppercase", "tree.nodes", "tree.tokens"}
"""A plain share that is called a preference, and what there are several of in every line."""


def test_kinds_agree_with_the_features() -> None:
    """A column is written as the sort of number that the features say they measure."""
    for column, description in registry.DESCRIPTIONS.items():
        kinds = [kind for words, kind in KINDS.items() if words in description]
        if column not in UNLIKE and kinds:
            assert [PHRASES[column].kind] == kinds, column
        if description.startswith("share of "):
            assert PHRASES[column].kind is Kind.SHARE, column


def test_told_numbers() -> None:
    """Shares are told in per cent, rates for a hundred lines, logarithms as what they are of."""
    assert told(Kind.SHARE, 0.31) == pytest.approx(31)
    assert told(Kind.PER_LINE, 0.125) == pytest.approx(12.5)
    assert told(Kind.LOG, 0.0) == 0
    assert told(Kind.NUMBER, 6.5) == 6.5
    assert write_told(Kind.SHARE, 31.0) == write_typical(Kind.SHARE, 0.31) == "31 %"


def test_a_column_that_nobody_worded() -> None:
    """A column of some other registry still reads as words, not as its name."""
    assert "unheard" not in phrase_of("unheard.of").what
    assert isinstance(phrase_of("unheard.of"), phrases.Phrase)
