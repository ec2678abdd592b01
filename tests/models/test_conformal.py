"""Prediction sets: never empty, the likeliest first, at the level of the sample's language."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fingerprint_models.conformal import PredictionSets, smallest_sets
from fingerprint_models.transfer import log_softmax

CLASSES = ("human", "claude", "gpt")
Array = npt.NDArray[np.float64]

distributions = hnp.arrays(
    np.float64,
    st.integers(1, 12).map(lambda n: (n, len(CLASSES))),
    elements=st.floats(-8.0, 8.0),
).map(lambda scores: np.exp(log_softmax(scores)))
share = st.floats(0.0, 1.0)
by_language = st.dictionaries(st.sampled_from(["python", "java", "go"]), share)
sets = st.builds(PredictionSets, share, by_language)


@given(distributions, share, share)
def test_smallest_sets(probabilities: Array, one: float, other: float) -> None:
    """Sets are never empty, hold the best class, reach their level, and grow with it."""
    low, high = sorted((one, other))
    small = smallest_sets(probabilities, low, CLASSES)
    large = smallest_sets(probabilities, high, CLASSES)
    for p, few, many in zip(probabilities, small, large, strict=True):
        assert few[0] == CLASSES[int(p.argmax())]
        assert many[: len(few)] == few
        reached = sum(p[CLASSES.index(name)] for name in many)
        assert reached >= high - 1e-9
        # One class less, and the level would be missed.
        assert len(many) == 1 or reached - p[CLASSES.index(many[-1])] < high


@given(distributions, st.data())
def test_each_sample_may_have_its_level(probabilities: Array, data: st.DataObject) -> None:
    """Levels of n samples give each the set that its level alone would give it."""
    levels = data.draw(hnp.arrays(np.float64, len(probabilities), elements=share))
    found = smallest_sets(probabilities, levels, CLASSES)
    for at, level in enumerate(levels.tolist()):
        assert found[at] == smallest_sets(probabilities[at : at + 1], level, CLASSES)[0]


def test_no_samples_no_sets() -> None:
    """No samples have no sets, with or without levels by language."""
    nothing = np.zeros((0, len(CLASSES)))
    assert smallest_sets(nothing, 0.9, CLASSES) == []
    assert PredictionSets(0.9, {"python": 0.5})(nothing, [], CLASSES) == []


def test_languages_have_their_level() -> None:
    """A language with a level gets it; one without, and none, get the level of all."""
    p = np.tile([0.6, 0.3, 0.1], (3, 1))
    found = PredictionSets(0.8, {"python": 0.5})(p, ["python", "cobol", None], CLASSES)
    assert found == [("human",), ("human", "claude"), ("human", "claude")]


@given(sets, distributions, st.data())
def test_samples_do_not_meet(made: PredictionSets, p: Array, data: st.DataObject) -> None:
    """A sample's set is the same whoever else is asked about in the same call."""
    names = st.sampled_from(["python", "java", "sql", None])
    languages = data.draw(st.lists(names, min_size=len(p), max_size=len(p)))
    together = made(p, languages, CLASSES)
    assert together == [
        made(p[at : at + 1], [name], CLASSES)[0] for at, name in enumerate(languages)
    ]


@given(sets)
def test_round_trip(made: PredictionSets) -> None:
    """Levels come back from JSON as they were."""
    config = json.loads(json.dumps({"sets": made.to_dict()}, allow_nan=False))
    assert PredictionSets.from_config(config) == made


@given(share)
def test_the_older_format_is_read(level: float) -> None:
    """A configuration with one level has it for every language."""
    assert PredictionSets.from_config({"set_level": level}) == PredictionSets(level)


def test_a_configuration_without_levels_is_refused() -> None:
    """Where neither format is found, the error names the key, for the folder's own error."""
    with pytest.raises(KeyError, match="set_level"):
        PredictionSets.from_config({})
