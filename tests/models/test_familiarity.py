from __future__ import annotations

import numpy as np
import pytest

from fingerprint_models.familiarity import Familiarity
from fingerprint_training.fit import MIN_SOURCE, fit_familiarity


@pytest.fixture
def material() -> tuple[np.ndarray, np.ndarray]:
    """Two sources of 40 samples that lie apart in six columns."""
    rng = np.random.default_rng(3)
    source = np.repeat([0, 1], 40)
    return (rng.normal(size=(80, 6)) + 3.0 * source[:, None]).astype(np.float32), source


def test_a_batch_of_a_known_source_is_nearer_than_one_of_a_new_source(
    material: tuple[np.ndarray, np.ndarray],
) -> None:
    """The distance of a batch tells a source that was seen from one that was not."""
    dense, source = material
    known = fit_familiarity(dense, source, np.ones(len(dense)), 2)
    rng = np.random.default_rng(4)
    same = (rng.normal(size=(30, 6)) + 3.0).astype(np.float32)
    other = (rng.normal(size=(30, 6)) - 4.0).astype(np.float32)
    assert known.distance(same) < known.distance(other)
    assert known.distances(same).mean() < known.distances(other).mean()


def test_the_order_of_a_batch_plays_no_part(material: tuple[np.ndarray, np.ndarray]) -> None:
    """A batch is a set: its distance does not depend on its order."""
    dense, source = material
    known = fit_familiarity(dense, source, np.ones(len(dense)), 2)
    assert known.distance(dense[:20]) == pytest.approx(known.distance(dense[:20][::-1]))


def test_small_sources_say_nothing(material: tuple[np.ndarray, np.ndarray]) -> None:
    """A source with too few samples has no place of its own."""
    dense, source = material
    source = source.copy()
    source[: MIN_SOURCE - 1] = 2
    assert len(fit_familiarity(dense, source, np.ones(len(dense)), 3).sources) == 2


def test_round_trip(material: tuple[np.ndarray, np.ndarray]) -> None:
    """What a model folder keeps is all there is."""
    dense, source = material
    known = fit_familiarity(dense, source, np.ones(len(dense)), 2)
    again = Familiarity.from_arrays(known.to_arrays("f"), "f")
    np.testing.assert_array_equal(again.distances(dense), known.distances(dense))
