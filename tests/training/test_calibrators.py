"""Comparing calibrators: judged on owners that were not fitted, and taken only beyond noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fingerprint_models.transfer import log_softmax
from fingerprint_training.answers import Answers
from fingerprint_training.calibrator_fits import AS_IT_IS, CANDIDATES, LeftOutAnswers
from fingerprint_training.calibrators import (
    compare,
    left_out_answers,
    main,
    read_answers,
    render,
    winner,
    write_answers,
)
from fingerprint_training.errors import CorpusError, SplitError

CLASSES = ("human", "claude", "gpt")
CALIBRATORS = [name for name in CANDIDATES if name != AS_IT_IS]


def answers(
    sharpness: float = 1.0, *, n: int = 1200, owners: int = 20, seed: int = 0
) -> LeftOutAnswers:
    """Return answers whose log-probabilities are `sharpness` times what they should be."""
    rng = np.random.default_rng(seed)
    logs = log_softmax(rng.normal(size=(n, 3)) * 1.5)
    truth = np.array([rng.choice(3, p=row / row.sum()) for row in np.exp(logs)])
    told = np.exp(log_softmax(logs * sharpness))
    owner = np.array([f"o{at % owners}" for at in range(n)])
    return LeftOutAnswers(CLASSES, told, truth, owner, np.full(n, "python"), np.ones(n))


def loss(told: Any, given: LeftOutAnswers) -> float:
    return float(-np.log(told[np.arange(len(given.truth)), given.truth]).mean())


@pytest.mark.parametrize("name", CALIBRATORS)
def test_each_mends_what_is_too_sure(name: str) -> None:
    """Fitted on answers three times too sharp, each lowers the log-loss of others like them."""
    fitted, asked = answers(3.0), answers(3.0, seed=1)
    told = CANDIDATES[name](fitted)(asked.probabilities, asked.language)
    np.testing.assert_allclose(told.sum(axis=1), 1.0)
    assert (told > 0).all()
    assert loss(told, asked) < loss(asked.probabilities, asked) - 0.1


def test_temperatures_are_found() -> None:
    """The divisor that was put in comes out: tempered answers are the right ones."""
    sharp, right = answers(3.0, n=4000), answers(1.0, n=4000)
    told = CANDIDATES["temperature"](sharp)(sharp.probabilities, sharp.language)
    np.testing.assert_allclose(told, right.probabilities, atol=0.05)


def test_a_language_has_a_temperature_of_its_own_if_known_well() -> None:
    """Two languages go wrong in opposite ways; one of few owners falls back to what all have."""
    sharp, flat = answers(3.0, n=1500), answers(0.4, n=1500)
    rare = answers(0.4, n=600, owners=7)
    names = np.repeat(["go", "java", "rare"], (1500, 1500, 600))
    mixed = LeftOutAnswers(
        CLASSES,
        *(
            np.concatenate([getattr(each, part) for each in (sharp, flat, rare)])
            for part in ("probabilities", "truth", "owner")
        ),
        language=names,
        weights=np.ones(3600),
    )
    told = CANDIDATES["temperature by language"](mixed)(mixed.probabilities, names)
    everywhere = CANDIDATES["temperature"](mixed)(mixed.probabilities, names)
    right = answers(1.0, n=1500).probabilities
    np.testing.assert_allclose(told[names == "go"], right, atol=0.08)
    np.testing.assert_allclose(told[names == "java"], right, atol=0.08)
    np.testing.assert_array_equal(told[names == "rare"], everywhere[names == "rare"])


def test_weights_count() -> None:
    """Samples of no weight have no say."""
    good, bad = answers(1.0), answers(4.0, seed=1)
    both = LeftOutAnswers(
        CLASSES,
        *(
            np.concatenate([getattr(each, part) for each in (good, bad)])
            for part in ("probabilities", "truth", "owner", "language")
        ),
        weights=np.repeat([1.0, 0.0], 1200),
    )
    for name in ("temperature", "vector scaling", "isotonic"):
        one, other = (
            CANDIDATES[name](given)(good.probabilities, good.language) for given in (both, good)
        )
        np.testing.assert_allclose(one, other, atol=1e-3)


def test_no_calibrator_sees_the_owners_it_is_judged_on() -> None:
    """Every owner is judged once, by a fit that had none of its samples."""
    judged: list[str] = []

    def spy(given: LeftOutAnswers) -> Callable[[Any, Any], Any]:
        fitted = set(given.owner.tolist())

        def told(probabilities: Any, language: Any) -> Any:
            asked = set(language.tolist())  # each sample's language is its owner here
            assert not asked & fitted
            judged.extend(asked)
            return probabilities

        return told

    given = answers(n=200)
    compare(replace(given, language=given.owner), candidates={"spy": spy}, draws=2)
    assert sorted(judged) == sorted(set(given.owner.tolist()))


def cheap() -> Any:
    return {name: CANDIDATES[name] for name in (AS_IT_IS, "temperature", "vector scaling")}


def test_a_gain_beyond_noise_is_taken() -> None:
    """Of answers that are far too sure the mended ones win, and by a change below 0."""
    compared = compare(answers(3.0), candidates=cheap(), draws=50)
    assert [each.name for each in compared] == list(cheap())
    assert winner(compared) != AS_IT_IS
    assert compared[1].change.log_loss.high < 0
    assert compared[1].figures.ece.value < compared[0].figures.ece.value
    assert f'A gain is beyond noise: "{winner(compared)}" is to be taken' in render(compared)


def test_nothing_is_added_to_answers_that_are_right() -> None:
    """Where there is nothing to mend, "as it is" stays, whatever the other figures' luck."""
    compared = compare(answers(1.0), candidates=cheap(), draws=50)
    assert winner(compared) == AS_IT_IS
    assert "No gain exceeds noise" in render(compared)
    for figure in ("ece", "brier", "log_loss", "macro_f1"):
        change = getattr(compared[0].change, figure)
        assert (change.value, change.low, change.high) == (0, 0, 0)


def test_a_lower_log_loss_at_the_cost_of_f1_is_not_taken() -> None:
    """A gain in both proper scores does not pay for answers that are wrong more often."""
    (base, better) = compare(answers(3.0), candidates=dict(list(cheap().items())[:2]), draws=50)
    worse = replace(better.change.macro_f1, value=-0.1, low=-0.2, high=-0.05)
    spoilt = replace(better, change=replace(better.change, macro_f1=worse))
    assert winner([base, better]) == "temperature"
    assert winner([base, spoilt]) == AS_IT_IS


def test_too_few_owners() -> None:
    """Five folds of three owners cannot be, and the message speaks of owners."""
    with pytest.raises(SplitError, match="3 owners"):
        compare(answers(n=60, owners=3))


def test_answers_of_a_training() -> None:
    """What training leaves out is taken over as it is, a missing language as ""."""
    given = answers(n=40)
    side = Answers(given.probabilities, given.truth, given.weights, np.arange(40) % 8)
    made = left_out_answers(side, CLASSES, ["go", None] * 20)
    assert made.language.tolist() == ["go", ""] * 20
    assert len(set(made.owner.tolist())) == 8
    assert made.probabilities is given.probabilities


def test_answers_come_back_from_their_file(tmp_path: Path) -> None:
    """Written and read, the answers are the same; nothing else is left in the folder."""
    given, path = answers(n=40), tmp_path / "answers.npz"
    write_answers(path, given)
    found = read_answers(path)
    assert found.classes == CLASSES
    for name in ("probabilities", "truth", "owner", "language", "weights"):
        np.testing.assert_array_equal(getattr(found, name), getattr(given, name))
    assert list(tmp_path.iterdir()) == [path]


def test_the_command_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file in, a row for each calibrator and a verdict out."""
    path = tmp_path / "answers.npz"
    write_answers(path, answers(n=300))
    assert main([str(path)]) == 0
    told = capsys.readouterr().out
    for name in CANDIDATES:
        assert f"| {name} |" in told
    assert "is to be taken" in told


def test_the_command_names_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of something else and a missing argument end with 2 and a line on stderr."""
    path = tmp_path / "strange.npz"
    np.savez(path, classes=np.array(["a"]), surprise=np.zeros(3))
    assert main([str(path)]) == 2
    assert "strange.npz holds no left-out answers" in capsys.readouterr().err
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
    with pytest.raises(CorpusError, match="write it with write_answers"):
        read_answers(tmp_path / "none.npz")


def test_numpy_still_warns_after_venn_abers() -> None:
    """The library turns warnings off when it is imported; they are on again after a fit."""
    before = np.geterr()
    CANDIDATES["Venn-Abers"](answers(n=60))(answers(n=10).probabilities, np.full(10, "go"))
    assert np.geterr() == before
