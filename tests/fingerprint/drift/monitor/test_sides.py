"""Sides of which little is known: few sources, none named, labels of some, other languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor import compare
from fingerprint.drift.monitor.draws import by_sources
from fingerprint.drift.monitor.members import calibration
from fingerprint.drift.monitor.panel import stepped_down
from fingerprint.drift.monitor.pooled import centred, pooled
from fingerprint.drift.monitor.statistics import shift

Make = Callable[..., Measured]

FEW = 100
RUNS = 100
MOST_ALARMS = 11
"""Of 100 runs at 5 %, more are alarms in 0.4 % of cases."""


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _labelled(side: Measured, first: int) -> Measured:
    return replace(side, label=np.where(np.arange(len(side)) < first, side.label, ""))


def _answering(side: Measured, sure: np.ndarray, right: np.ndarray, seed: int) -> Measured:
    """Return the side with answers that are so sure, and right so often (n,)."""
    random = np.random.default_rng(seed)
    truth = np.array([side.classes.index(each) for each in side.label])
    told = np.where(random.random(len(side)) < right, truth, (truth + 1) % len(side.classes))
    rest = (1 - sure) / (len(side.classes) - 1)
    p = np.repeat(rest[:, None], len(side.classes), axis=1)
    p[np.arange(len(side)), told] = sure
    return replace(side, probabilities=p)


def test_without_named_sources_all_samples_are_compared_by_rows(made: Make) -> None:
    """A bare corpus against a reference of many sources is not taken for one source of it."""
    reference = made(600, seed=1, sources=30)
    values = (bare := made(200, seed=2)).values.copy()
    values[:, 0] += 2
    found = compare(reference, replace(bare, values=values), draws=FEW)
    assert (found.by, found.current.compared) == ("rows", 200)
    assert "stylometry" in [each.name for each in found.members if each.found]
    assert any("200 of 200 samples name no source" in note for note in found.notes)


def test_samples_without_a_source_are_left_out_by_sources(made: Make) -> None:
    """By sources, what names none counts neither as a source nor as samples, and a note says so."""
    reference = made(600, seed=1, sources=30)
    current = made(300, seed=2, sources=15, name="new")
    current = replace(current, source=np.where(np.arange(300) < 40, "", current.source))
    found = compare(reference, current, draws=FEW)
    assert (found.by, found.current.sources) == ("sources", 15)
    assert found.current.compared <= 260
    assert "new: 40 samples without a named source left out." in found.notes


def test_too_little_of_a_side_is_refused(made: Make) -> None:
    """A source that is cut to fewer samples than a comparison needs goes by rows, unless asked."""
    reference, one = made(300, seed=1, sources=30), made(300, seed=2, sources=1, name="new")
    with pytest.raises(DriftError, match=r"new names 1 source, and by sources .* of its 300"):
        compare(reference, one, by="sources", draws=FEW)
    found = compare(reference, one, draws=FEW)
    assert (found.by, found.current.compared) == ("rows", 300)
    assert any("too little of its 1 source can be compared" in note for note in found.notes)
    with pytest.raises(DriftError, match="made names 0 sources, and by sources 0 of its 100"):
        compare(reference, made(100, seed=3), by="sources", draws=FEW)


def test_labels_of_some_samples_keep_the_rate_of_calibration(made: Make) -> None:
    """However few samples of one side have labels, calibration differs in 5 % without drift."""
    for before, now in ((125, 125), (1000, 60)):
        alarms = 0
        for seed in range(RUNS):
            whole = made(1125, seed=seed)
            reference = _labelled(whole.take(np.arange(1000)), before)
            current = _labelled(whole.take(np.arange(1000, 1125)), now)
            table = pooled(reference, current, by="rows", draws=FEW, random=_random(seed))
            found = calibration(reference, current, table)
            assert found is not None
            alarms += stepped_down({"": found})[""][0] <= 0.05
        assert 1 <= alarms <= MOST_ALARMS, (before, now)


def test_one_current_source_keeps_the_rate() -> None:
    """A single source of one language alarms in 5 % of cases, where sources have but one each."""
    alarms = 0
    source = np.repeat(np.arange(132), 10)
    for seed in range(2 * RUNS):
        random = _random(seed)
        values = random.normal(size=(132, 3))[source].astype(np.float32)
        one = random.integers(132)
        drawn = by_sources(
            source == one, source % 6, np.arange(6) == one % 6, source,
            fewest=10, draws=FEW, random=random,
        )  # fmt: skip
        panel = stepped_down({"": shift(drawn.coefficients, centred(values, source % 6))})
        alarms += panel[""][0] <= 0.05
    # 200 runs at 5 % give from 3 to 19 alarms in 99.4 % of cases.
    assert 3 <= alarms <= 19


def test_a_mix_is_estimated_whatever_the_languages(made: Make) -> None:
    """Answers that lean one way in a language do not look like more of a class when it grows."""
    for seed in range(3):
        sides = []
        for at, share in enumerate((0.9, 0.1)):
            shares = {"python": share, "java": 1 - share}
            side = made(1500, seed=10 * seed + at, languages=shares, mix=(0.5, 0.3, 0.2))
            leaning = np.where(side.language == "java", 2.5, 1.0)
            p = side.probabilities * np.stack((leaning, *np.ones((2, 1500))), axis=1)
            sides.append(replace(side, probabilities=p / p.sum(axis=1, keepdims=True)))
        human = compare(*sides, draws=FEW).mix[0]
        assert human.name == "human"
        assert human.estimate == pytest.approx(0.5, abs=0.08)


def test_a_mix_of_sources_is_less_certain(made: Make) -> None:
    """Where samples of a source are of one class, intervals by sources are wider than by rows."""
    sides = []
    for at, name in enumerate(("made", "new")):
        random = np.random.default_rng(at)
        side = made(3000, seed=at, name=name, mix=(0.34, 0.33, 0.33))
        truth = np.array([side.classes.index(each) for each in side.label])
        source = 40 * truth + random.integers(11 if at else 40, size=3000)
        sides.append(replace(side, source=np.char.add(name, source.astype(np.str_))))
    ends = {by: compare(*sides, by=by, draws=FEW).mix[0] for by in ("rows", "sources")}
    width = {by: each.high - each.low for by, each in ends.items()}
    assert width["sources"] > 1.3 * width["rows"]


def test_gaps_that_cancel_are_worse_calibration(made: Make) -> None:
    """Too sure here and too unsure there is found and told as worse, at the same mean gap."""
    random = np.random.default_rng(0)
    sure = np.where(random.random(500) < 0.5, 0.55, 0.85)
    good = [_answering(made(500, seed=s), sure, sure, seed=s) for s in (1, 2)]
    bad = _answering(made(500, seed=3), sure, np.full(500, 0.7), seed=3)
    found = compare(good[0], bad, draws=FEW)
    assert found.calibration is not None
    assert abs(found.calibration.current.over - found.calibration.reference.over) < 0.05
    assert "calibration" in found.kinds
    assert found.calibration.worse
    mended = compare(bad, good[1], draws=FEW)
    assert mended.calibration is not None
    assert "calibration" in mended.kinds
    assert not mended.calibration.worse
    assert "calibration differs" in [each.kind for each in mended.verdict]


def test_few_labels_do_not_look_worse(made: Make) -> None:
    """ECE reads higher of fewer labels; a side that got better is not told as worse for that."""
    sure = np.full(1000, 0.8)
    bad = _answering(made(1000, seed=1), sure, np.full(1000, 0.62), seed=1)
    many = np.random.default_rng(2).uniform(0.5, 0.99, size=100)
    good = _answering(made(100, seed=3), many, many, seed=3)
    found = compare(bad, good, draws=FEW).calibration
    assert found is not None
    assert not found.worse


def test_no_classifier_tells_equal_sides_apart(made: Make) -> None:
    """Without drift its AUROC is 0.5, whichever side names its sources."""
    found = []
    for seed in range(10):
        whole = made(600, seed=seed, sources=30)
        reference, current = whole.take(np.arange(400)), whole.take(np.arange(400, 600))
        found.append(compare(reference, replace(current, source=np.full(200, "")), draws=FEW))
    assert np.mean([each.classifier for each in found]) == pytest.approx(0.5, abs=0.025)


def test_distances_are_those_of_the_sides_exchanged(made: Make) -> None:
    """No side has the bins: else a small reference would lie further off than chance deals it."""
    sides = [made(count, seed=count, languages={"go": 1.0}) for count in (20, 300)]
    there, back = (compare(*pair, draws=FEW).divergences for pair in (sides, sides[::-1]))
    assert [each.ks for each in there[1:5]] == pytest.approx([each.ks for each in back[1:5]])
    assert [each.js for each in there[1:5]] == pytest.approx([each.js for each in back[1:5]])


def test_ranges_are_of_what_can_be(made: Make) -> None:
    """A share that would be usual is neither below 0 nor above 1."""
    sides = [made(40, seed=seed, mix=(0.96, 0.02, 0.02)) for seed in (1, 2)]
    found = compare(*sides, draws=FEW)
    ends = [end for each in found.predicted for end in (each.low, each.high)]
    assert 0 <= min(ends) <= max(ends) <= 1
    assert all(each.low >= 0 for each in found.confidence)
