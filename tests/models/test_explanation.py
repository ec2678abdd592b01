"""A whole explanation of real code, as a reader gets it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fingerprint_features import lexicon, registry
from fingerprint_features.sample import Sample
from fingerprint_features.source import prepare
from fingerprint_models.evidence import explain
from fingerprint_models.model import Model
from fingerprint_models.phrases import told
from fingerprint_models.reference import Reference
from fingerprint_models.spelling import LONGEST, loudest_here, speller
from fingerprint_models.wording import phrase_of

CODE = '''"""Totals of orders."""


def total(orders: list[int], rate: float = 0.2) -> float:
    """Return the sum of all orders, tax included."""
    # Check the rate first.
    if rate < 0:
        raise ValueError(f"rate is {rate}")
    result = sum(orders)
    return result * (1 + rate)  # We add the tax.


def mean(orders: list[int]) -> float:
    result = total(orders)
    return result / len(orders)
'''
SAMPLE = Sample(CODE, "python", "orders.py")

# Column: (log-odds towards the family, mean of human code, of the family, of another family)
PULLS = {
    "comments.function_documented": (0.5, 0.3, 0.7, 0.6),
    "comments.full_stop": (0.4, 0.45, 0.6, 0.5),
    "idiom.result": (0.3, 2.6, 9.0, 8.0),
    "comments.we": (-0.25, 0.2, 0.01, 0.0),
    "tree.annotated": (0.2, 0.9, 0.4, 0.5),
    "layout.line_mean": (-0.01, 30.0, 40.0, 35.0),
}

GOLDEN = [
    "+0.90 choice of words and spelling (hashed n-grams); loudest here: “result”",
    "+0.50 documented, by a docstring or a comment right above: 50 % of functions "
    "(1 of 2 functions); typical of human 30 %, of claude 70 % (0 where there are none)",
    "+0.40 comments that end in a full stop: at least 83 %; typical of human 45 %, of claude 60 % "
    "(50 % where there are none)",
    "+0.30 names for the result (`result`, `results`, `res`, `ans` …): 36 per 100 lines; "
    "typical of human 2.6, of claude 9",
    "-0.25 comments that say “we”, “us”, “our” or “let's”: 25 % of comments and docstrings; "
    "typical of human 20 %, of claude 1 % (0 where there are none)",
]


def test_golden() -> None:
    """Numbers agree with the code above, and what human code has more of is no reason for.

    One of two functions is documented, one of four comments says "we", and `result` stands four
    times in the eleven lines that are not blank.
    """
    source = prepare(SAMPLE)
    word = lexicon.count(prepare(Sample("result", "text")))[lexicon.VIEWS.index("tokens")]
    columns = (*registry.COLUMNS, f"lexicon.tokens.{word.buckets[0]}")
    values = np.append(registry.measure(source), 1.0)
    pulls = np.zeros(len(columns))
    mean = np.zeros((3, len(columns)))
    for name, (pull, *typical) in PULLS.items():
        pulls[columns.index(name)], mean[:, columns.index(name)] = pull, typical
    pulls[-1] = 0.9
    reference = Reference(columns, ("human", "claude", "gpt"), mean, np.full(len(columns), 0.1))
    found = explain(pulls, values, "claude", columns, reference, spell=speller(SAMPLE))
    assert [f"{item.contribution:+.2f} {item.text}" for item in found] == GOLDEN


@pytest.fixture(scope="module")
def model(trained: Any) -> Model:
    """Return the tiny model."""
    return Model.load(trained.folder)


def test_of_the_tiny_model(model: Model) -> None:
    """What a real model tells has the sample's own numbers, and no name of a column."""
    evidence = model.predict(CODE, "python").evidence
    measured = dict(zip(registry.COLUMNS, registry.measure(prepare(SAMPLE)).tolist(), strict=True))
    assert evidence
    for item in evidence:
        assert not any(column in item.text for column in registry.COLUMNS)
        if item.value is None:
            continue
        phrase, raw = phrase_of(item.columns[0]), measured[item.columns[0]]
        raw = 1 - raw if phrase.other and raw < 0.5 else raw
        assert item.value == pytest.approx(told(phrase.kind, raw))
        assert item.unit == phrase.written_unit
        assert item.typical_human is None  # both teams of the example are human
        assert "typical of" in item.text or "share of samples" in item.text


def test_what_is_spelled() -> None:
    """Neither absent n-grams, nor bare white space, nor parts of others, nor secrets are told."""
    key = "x" * (LONGEST + 1)
    texts = {1: "result", 2: "res", 3: "⏎␣␣", 4: key, 5: "absent", 6: "; //"}
    columns = [f"lexicon.tokens.{at}" for at in texts] + ["lexicon.characters.6"]
    sample = dict.fromkeys(columns, 1.0) | {"lexicon.tokens.5": 0.0}
    assert loudest_here(columns, sample, lambda _: texts) == ["result", "; //"]
