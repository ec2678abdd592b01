"""Names and words as numbers: what is counted is what a plain count of the names finds."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.batch import Batch
from fingerprint_features.names import (
    FACTS,
    WORD_SIGNS,
    Numbered,
    distinct,
    facts_of,
    facts_table,
    names_of,
    words_of,
)
from fingerprint_features.sample import Sample
from fingerprint_features.source import IDENTIFIER, prepare

RUNS = st.lists(
    st.lists(st.sampled_from([b"ab", b"aB", b"x", b"1x", b"42", b"$y", b"snake_case"]), max_size=9),
    min_size=1,
    max_size=6,
)


@given(RUNS)
def test_names_are_counted_for_each_sample(found: list[list[bytes]]) -> None:
    """Distinct names and how often each is used, samples without any included."""
    names = names_of(found)
    spelled = list(names.numbers)
    for sample, runs in enumerate(found):
        first, size = names.per_sample.start[sample], names.per_sample.size[sample]
        own = slice(first, first + size)
        counted = Counter(run.decode().lstrip("0123456789") for run in runs)
        del counted[""]
        used = [spelled[number] for number in names.used[own]]
        assert dict(zip(used, names.times[own].tolist(), strict=True)) == counted
        asked = [*counted, "never"]
        assert names.uses([sample] * len(asked), asked).tolist() == [*counted.values(), 0]


@given(RUNS)
def test_words_are_those_of_the_names_of_each_sample(found: list[list[bytes]]) -> None:
    """Every distinct word of a sample's names stands there once."""
    names = names_of(found)
    spelled, words = list(names.numbers), list(names.words)
    for sample in range(len(found)):
        of_names = names.used[names.per_sample.owner == sample]
        own = [words[number] for number in names.spoken[names.of_words.owner == sample]]
        expected = {word for number in of_names for word in words_of(spelled[number])}
        assert sorted(own) == sorted(expected)


@given(st.lists(st.text("aB1$_ .(é\n", max_size=30), min_size=1, max_size=5))
def test_a_batch_has_the_names_that_its_samples_have(texts: list[str]) -> None:
    """Names are found in a batch's bytes as the pattern for identifiers finds them in each."""
    sources = [prepare(Sample(text, "text")) for text in texts]
    names = Batch.of(sources).names
    for at, source in enumerate(sources):
        uses = names.uses([at] * len(source.uses), [*source.uses])
        assert uses.tolist() == [*source.uses.values()]
        assert names.per_sample.size[at] == len(source.uses)


def test_the_signs_of_words_are_those_of_identifiers() -> None:
    """Cutting at all other bytes loses no identifier."""
    fit = [c for c in range(128) if IDENTIFIER.fullmatch("a" + chr(c))]
    assert sorted(WORD_SIGNS) == fit


def test_facts_are_told_in_their_order() -> None:
    """Each column of the table is what its name says."""
    table = facts_table(["_parseHTTPUrl2", "x"])
    assert dict(zip(FACTS, table[0].tolist(), strict=True)) == {
        "style": 3, "length": 14, "words": 4, "short": 3, "long": 0, "underscore": 1, "digit": 1,
    }  # fmt: skip
    assert table[1].tolist() == list(facts_of("x"))
    assert facts_table([]).shape == (0, len(FACTS))


def test_numbers_go_up_in_the_order_of_asking() -> None:
    """A key keeps its number."""
    numbers: Numbered[str] = Numbered()
    assert numbers.of(["b", "a", "b"]).tolist() == [0, 1, 0]
    assert numbers.of(["c", "a"]).tolist() == [2, 1]


@pytest.mark.parametrize("most", [3, 1 << 33])
def test_distinct_pairs_are_counted_in_order(most: int) -> None:
    """Small pairs, which fit into 32 bits, and large ones are told alike."""
    owner, number = np.array([0, 0, 0, 2, 2]), np.array([2, 0, 2, 1, 1])
    owners, numbers, times = distinct(owner, number, most)
    assert owners.tolist() == [0, 0, 2]
    assert numbers.tolist() == [0, 2, 1]
    assert times.tolist() == [1, 2, 2]
