"""Copies: what is drawn, what a copy says, and that it stands wherever its sample stands."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.extract import extract
from fingerprint_features.sample import Sample
from fingerprint_training import copies, extraction
from fingerprint_training.copies import (
    ALL_IN_A_ROW,
    CHAIN,
    NAMES,
    Copies,
    NotRunError,
    copied,
    draw,
    drawn_copies,
)
from fingerprint_training.corpora import concat
from fingerprint_training.material import Material, by_owner
from fingerprint_training.split import holdout, source_folds, task_folds
from fingerprint_training.transforms import TRANSFORMS, Transform

ROWS = np.array([3, 8, 9, 20, 41, 60, 71])
BY_NAME = {each.name: each for each in TRANSFORMS}


@pytest.fixture(scope="session")
def reworded(material: Material) -> Copies:
    """Return copies of all samples with their comments reworded."""
    return copied(material, np.arange(len(material.corpus)), "comments-reworded", seed=0)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abc")), min_size=1), st.data())
def test_every_class_and_language_keeps_its_share(rows: Any, data: Any) -> None:
    """Of each class and language its share is drawn, give or take one; a seed draws the same."""
    truth = np.array([label for label, _ in rows])
    features = replace(extract([]), language=tuple(language for _, language in rows))
    material: Any = Material(None, features, ("x", "y", "z"), truth, False)  # type: ignore[arg-type]
    given_rows = np.array(data.draw(st.permutations(range(len(rows)))))
    most = data.draw(st.integers(1, len(rows) + 2))
    found = draw(material, given_rows, most, 7)
    assert len(set(found.tolist())) == len(found) == min(most, len(rows))
    assert found.tolist() == sorted(found.tolist())
    assert found.tolist() == draw(material, given_rows, most, 7).tolist()
    there, drawn = Counter(rows), Counter(rows[at] for at in found.tolist())
    for group, count in there.items():
        assert abs(drawn[group] - count * len(found) / len(rows)) < 1 + 1e-9


def test_another_seed_draws_others(material: Material) -> None:
    """Which samples are drawn is left to the seed."""
    rows = np.arange(len(material.corpus))
    assert draw(material, rows, 20, 0).tolist() != draw(material, rows, 20, 1).tolist()


@pytest.mark.parametrize("name", NAMES[:-1])
def test_a_copy_is_what_the_transform_makes(material: Material, name: str) -> None:
    """Copies are of the samples that the transform applies to, in order, measured as such."""
    found = copied(material, ROWS, name, seed=5)
    code = material.corpus.column("code")
    texts = {row: BY_NAME[name].apply(code[row], "python", 5) for row in ROWS.tolist()}
    wanted = {row: text for row, text in texts.items() if text is not None}
    assert found.of.tolist() == list(wanted)
    assert found.material.corpus.column("code") == list(wanted.values())
    measured = extract(Sample(text, "python") for text in wanted.values())
    np.testing.assert_array_equal(found.material.features.dense, measured.dense)


def test_all_in_a_row_composes_what_applies(material: Material) -> None:
    """Each transform of the chain gets what the one before left, and skips where it is not."""
    found = copied(material, ROWS, ALL_IN_A_ROW, seed=0)
    text = material.corpus.column("code")[int(found.of[0])]
    for name in CHAIN:
        text = BY_NAME[name].apply(text, "python", 0) or text
    assert found.material.corpus.column("code")[0] == text
    assert len(found.of) >= len(copied(material, ROWS, "reformatted", seed=0).of)


def test_a_copy_has_the_task_source_and_label_of_its_sample(
    material: Material, reworded: Copies
) -> None:
    """All columns but the code are the sample's, and so is the class."""
    assert 10 < len(reworded.of) < len(material.corpus)  # south hardly comments
    samples = material.corpus.take(reworded.of.tolist())
    for column in ("label", "task", "source", "language", "row", "origin"):
        assert reworded.material.corpus.column(column) == samples.column(column)
    assert reworded.material.truth.tolist() == material.truth[reworded.of].tolist()
    assert reworded.material.corpus.column("code") != samples.column("code")


def test_no_split_parts_a_copy_from_its_sample(material: Material, reworded: Copies) -> None:
    """Samples and copies split together: a copy lies on its sample's side, in its fold."""
    whole = concat([material.corpus, reworded.material.corpus])
    n = len(material.corpus)
    for side in (
        task_folds(whole, 3),
        source_folds(by_owner(whole), 2),
        np.isin(np.arange(len(whole)), holdout(whole, "tasks").test),
        np.isin(np.arange(len(whole)), holdout(by_owner(whole), "sources").test),
    ):
        assert len(set(side.tolist())) > 1
        assert side[n:].tolist() == side[reworded.of].tolist()


def test_a_copy_that_cannot_be_measured_is_left_out(
    material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no sample any more does not count as transformed, and the others keep their place."""
    spoilt = material.corpus.column("code")[int(ROWS[0])]
    odd = Transform("odd", frozenset(), lambda code, _l, _s: "\0" if code == spoilt else code)
    monkeypatch.setattr(copies, "_BY_NAME", {"odd": odd})
    found = copied(material, ROWS, "odd", seed=0)
    assert found.of.tolist() == ROWS[1:].tolist()
    assert found.material.truth.tolist() == material.truth[ROWS[1:]].tolist()


def test_workers_change_nothing(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes give the copies that one gives."""
    monkeypatch.setattr(copies, "CHUNK", 2)
    one, two = (copied(material, ROWS[:4], "reformatted", seed=1, workers=n) for n in (1, 2))
    assert one.of.tolist() == two.of.tolist()
    assert one.material.corpus.column("code") == two.material.corpus.column("code")


def test_measured_copies_are_kept(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy in the cache is neither made nor measured again; another seed makes others."""
    first = copied(material, ROWS, "reformatted", seed=1, cache=tmp_path)
    other = copied(material, ROWS, "reformatted", seed=2, cache=tmp_path)
    monkeypatch.setattr(extraction, "_measured", None)
    monkeypatch.setattr(copies, "_text", None)
    again = copied(material, ROWS, "reformatted", seed=1, cache=tmp_path)
    np.testing.assert_array_equal(first.material.features.dense, again.material.features.dense)
    assert first.material.corpus.column("code") == again.material.corpus.column("code")
    assert first.material.corpus.column("code") != other.material.corpus.column("code")


def test_one_drawn_copy_a_sample(material: Material) -> None:
    """Each sample is copied at most once, by the transform drawn for it; a seed draws the same."""
    found, again, other = (drawn_copies(material, seed) for seed in (0, 0, 1))
    assert len(set(found.of.tolist())) == len(found.of) > 20
    assert found.of.tolist() == again.of.tolist() != other.of.tolist()
    assert found.material.truth.tolist() == material.truth[found.of].tolist()
    code = material.corpus.column("code")
    for row, text in zip(found.of.tolist(), found.material.corpus.column("code"), strict=True):
        assert text in [each.apply(code[row], "python", 0) for each in TRANSFORMS]


def test_a_missing_formatter_is_named(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a formatter nothing is copied, what to install is said, and installing it helps."""
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "black", None)
        for name in ("reformatted", ALL_IN_A_ROW):
            with pytest.raises(NotRunError, match=r"^the.*needs black: install it with pip"):
                copied(material, ROWS, name, seed=0, cache=tmp_path)
    assert len(copied(material, ROWS, "reformatted", seed=0, cache=tmp_path).of)
