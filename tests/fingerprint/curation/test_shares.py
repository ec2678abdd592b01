"""Shares of a corpus and a mix: corrected where they can be, wider where less is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from fingerprint.curation.content import draw_of
from fingerprint.curation.shares import Sample, estimate_mix

CLASSES = ("human", "claude", "gpt")
APART = 0.7
"""How far from 0 the two sides' scores lie, in standard deviations."""


def calibrated(truth: npt.NDArray[np.bool_], seed: int) -> npt.NDArray[np.float64]:
    """Return answers that are calibrated where half of the code is human."""
    score = np.random.default_rng(seed).normal(np.where(truth, APART, -APART))
    human = 1 / (1 + np.exp(-2 * APART * score))
    return np.column_stack((human, (1 - human) * 0.6, (1 - human) * 0.4))


MEANS = np.array(
    [calibrated(np.full(50_000, side), 9).mean(axis=0) for side in (True, False, False)]
)


def sample(
    n: int, human: float, sources: int, seed: int = 1
) -> tuple[Sample, npt.NDArray[np.bool_]]:
    """Return answers whose means are `MEANS`, and which rows a human wrote."""
    truth = np.arange(n) < n * human
    source = draw_of([str(i % sources) for i in range(n)])
    return Sample(calibrated(truth, seed), source), truth


def test_corpus_is_corrected() -> None:
    """Of 20 % human code the mean answer makes 39 %; the estimate says 20, within its interval."""
    found, _ = sample(6_000, 0.2, 200)
    mix = estimate_mix(found, found, CLASSES, MEANS, 0)
    assert found.answers[:, 0].mean() == pytest.approx(0.39, abs=0.01)
    assert mix.corpus is not None
    assert mix.corpus.share[0] == pytest.approx(0.2, abs=0.03)
    assert mix.corpus.low[0] < 0.2 < mix.corpus.high[0]
    assert sum(mix.corpus.share) == pytest.approx(1.0)


def test_mix_kept_by_its_answers_is_told_truly() -> None:
    """What was kept because it looks human is no more human than it is."""
    found, truth = sample(20_000, 0.2, 400)
    kept = found.answers[:, 0] > 0.8
    chosen = Sample(found.answers[kept], found.source[kept])
    mix = estimate_mix(found, chosen, CLASSES, MEANS, 0)
    assert mix.mix is not None
    assert mix.weighted is not None
    assert mix.mix.share[0] == pytest.approx(truth[kept].mean(), abs=0.05)
    assert mix.weighted.share[0] >= mix.mix.share[0]


def test_fewer_sources_tell_less() -> None:
    """The interval of the human share is wider the fewer sources there are."""
    widths = []
    for sources in (1, 10, 100):
        found, _ = sample(2_000, 0.4, sources)
        assert found.sources == pytest.approx(sources)
        told = estimate_mix(found, found, CLASSES, MEANS, 0).corpus
        assert told is not None
        widths.append(told.high[0] - told.low[0])
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0.8


@pytest.mark.parametrize("sources", [1, 3, 20])
@pytest.mark.parametrize("means", [MEANS, None])
@pytest.mark.parametrize("told", [0.0, 0.3, 1.0])
def test_no_interval_is_shut(
    sources: int, means: npt.NDArray[np.float64] | None, told: float
) -> None:
    """Answers all alike, or beyond those of either side, are no certainty: few sources are few."""
    source = sample(400, 0.5, sources)[0].source
    alike = Sample(np.tile([told, (1 - told) * 0.9, (1 - told) * 0.1], (400, 1)), source)
    mix = estimate_mix(alike, alike, CLASSES, means, 0)
    edge = 0.025 ** (1 / sources)  # exact: all of n sources are of the class
    for found in (mix.corpus, mix.mix):
        assert found is not None
        for share, low, high in zip(found.share, found.low, found.high, strict=True):
            assert 0 <= low <= share <= high <= 1
            assert high - low > 0.002
            if share > 0.9999:
                assert low <= edge + 1e-3
            if share < 1e-4:
                assert high >= 1 - edge - 1e-3


def test_unknown_model_gives_mean_answers() -> None:
    """Without mean answers the shares are the plain means, and say so; few rows give none."""
    found, _ = sample(500, 0.5, 5)
    mix = estimate_mix(found, Sample(found.answers[:10], found.source[:10]), CLASSES, None, 0)
    assert not mix.corrected
    assert mix.corpus is not None
    assert mix.corpus.share == pytest.approx(found.answers.mean(axis=0))
    assert mix.mix is None
    few = Sample(found.answers[:10], found.source[:10])
    assert estimate_mix(few, few, CLASSES, MEANS, 0).corpus is None


def test_whole_sources_widen_the_interval() -> None:
    """Where rules kept whole sources, a few wrong ones may be: wider, about the same value."""
    found, _ = sample(4_000, 0.5, 12)
    kept = found.answers[:, 0] > 0.8
    chosen = Sample(found.answers[kept], found.source[kept])
    rows, sources = (
        estimate_mix(found, chosen, CLASSES, MEANS, 0, by_source=by_source)
        for by_source in (False, True)
    )
    assert rows.corpus == sources.corpus
    assert rows.mix is not None
    assert sources.mix is not None
    assert sources.mix.share == rows.mix.share
    widths = [each.mix.high[0] - each.mix.low[0] for each in (rows, sources) if each.mix]
    assert widths[1] > widths[0]
    assert sum(sources.mix.share) == pytest.approx(1.0)


def test_weights_may_be_others_than_the_answers() -> None:
    """Rows that weigh nothing are not in the shares by weight."""
    found, truth = sample(2_000, 0.5, 40)
    weighed = Sample(found.answers, found.source, truth.astype(np.float64))
    only = Sample(found.answers[truth], found.source[truth])
    by_weight = estimate_mix(found, weighed, CLASSES, MEANS, 0).weighted
    by_choice = estimate_mix(found, only, CLASSES, MEANS, 0).mix
    assert by_weight is not None
    assert by_choice is not None
    assert by_weight.share == pytest.approx(by_choice.share)
