"""Robustness: the figures are of the very samples, and nothing but the test side is copied."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fingerprint_features.sample import Sample
from fingerprint_models.model import Model
from fingerprint_training import copies, metrics, robustness
from fingerprint_training.assessment import Estimate
from fingerprint_training.copies import NAMES, copied
from fingerprint_training.coverage import SetScore
from fingerprint_training.evaluate import Request, evaluate
from fingerprint_training.fold_model import Fitter
from fingerprint_training.model_card import render_card
from fingerprint_training.protocol import Outcome, assess_fold, score
from fingerprint_training.robustness import Robustness, robustness_of
from fingerprint_training.robustness_report import TITLE, render_robustness
from fingerprint_training.split import holdout
from fingerprint_training.transforms import TRANSFORMS, Transform

ROWS = np.arange(30)
(strip,) = (each for each in TRANSFORMS if each.name == "comments-stripped")


def stripped(code: str) -> str | None:
    """Return the code without its comments."""
    return strip.apply(code, "python", 0)


def silent(_: str) -> None:
    """Drop a message."""


@pytest.fixture(scope="session")
def model(trained: Any) -> Model:
    """Return the tiny model, to which one team is human."""
    plain = Model.load(trained.folder)
    return replace(plain, decision=replace(plain.decision, human="south"))


@pytest.fixture(scope="session")
def fitter(trained: Any, material: Any) -> Fitter:
    """Return a fitter without a cache."""
    return Fitter(material, trained.recipe, None, silent)


@pytest.fixture(scope="session")
def found(fitter: Fitter, model: Model) -> Robustness:
    """Return the robustness of the tiny model on a part of its corpus."""
    return robustness_of(fitter, model, ROWS)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], str | None]], None]:
    """Return what puts one function in the place of all transforms, called "fake"."""

    def put(apply: Callable[[str], str | None]) -> None:
        fake = Transform("fake", frozenset(), lambda code, _language, _seed: apply(code))
        monkeypatch.setattr(copies, "_BY_NAME", {"fake": fake})
        monkeypatch.setattr(robustness, "NAMES", ("fake",))

    return put


def test_every_transform_has_its_row(found: Robustness) -> None:
    """Each transform is there once, in order, with the row that composes several at the end."""
    assert [each.transform for each in found.transforms] == list(NAMES)
    assert found.not_run == ()
    assert found.samples == len(ROWS)
    for each in found.transforms:
        assert each.share == pytest.approx(each.samples / found.samples)


def test_figures_are_of_the_samples_that_were_transformed(
    found: Robustness, fitter: Fitter, model: Model
) -> None:
    """Before is the model's answer on the originals alone, after what it says of the copies."""
    material = fitter.material
    renamed = next(each for each in found.transforms if each.transform == "identifiers-renamed")
    made = copied(material, ROWS, "identifiers-renamed", seed=fitter.recipe.seed)
    before = score(model, material, made.of, batch=False).probabilities
    samples = [Sample(code, "python") for code in made.material.corpus.column("code")]
    after = np.array([list(a.probabilities.values()) for a in model.predict_many(samples)])
    truth = material.truth[made.of]
    assert 0 < renamed.samples == len(truth) <= len(ROWS)
    for side, probabilities in ((renamed.before, before), (renamed.after, after)):
        raw = probabilities.argmax(axis=1)
        sure = probabilities.max(axis=1)
        human = model.classes.index("south")
        assert side.macro_f1.value == pytest.approx(metrics.macro_f1(truth, raw, 2))
        assert side.accuracy.value == pytest.approx((raw == truth).mean())
        assert side.ece.value == pytest.approx(metrics.ece(sure, raw == truth))
        assert side.human_auroc.value == pytest.approx(
            metrics.auroc(truth != human, 1 - probabilities[:, human])
        )
    lost = renamed.before.macro_f1.value - renamed.after.macro_f1.value
    assert renamed.loss.value == pytest.approx(100 * lost)
    assert renamed.loss.low <= renamed.loss.value <= renamed.loss.high


def test_a_copy_that_is_the_sample_loses_nothing(
    fitter: Fitter, model: Model, only: Callable[..., None]
) -> None:
    """Copies that say the same have the same figures, and a loss of 0 in every resample."""
    only(lambda code: code)
    each = robustness_of(fitter, model, ROWS).transforms[0]
    assert each.before == each.after
    assert (each.loss.value, each.loss.low, each.loss.high) == (0, 0, 0)


def test_a_copy_of_the_other_team_loses_all(
    fitter: Fitter, model: Model, only: Callable[..., None]
) -> None:
    """Copies that look like the other class are told as that class: the loss is of that size."""
    code, label = (fitter.material.corpus.column(name) for name in ("code", "label"))
    of = {team: code[label.index(team)] for team in ("north", "south")}
    other = {
        text: of["south" if team == "north" else "north"]
        for text, team in zip(code, label, strict=True)
    }
    only(other.get)
    each = robustness_of(fitter, model, ROWS).transforms[0]
    assert each.before.accuracy.value > 0.9
    assert each.after.accuracy.value < 0.1
    assert each.loss.value > 80


def test_nothing_but_the_given_rows_is_copied_and_nothing_is_fitted(
    fitter: Fitter, model: Model, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Transforms see the test side alone, and no head is fitted on what they make."""
    seen: set[str] = set()
    only(seen.add)
    monkeypatch.setattr(Fitter, "heads", None)
    none = robustness_of(fitter, model, ROWS[:9])
    code = fitter.material.corpus.column("code")
    assert seen == {code[row] for row in ROWS[:9].tolist()}
    assert [each.samples for each in none.transforms] == [0]
    json.dumps(none.to_dict(), allow_nan=False)
    assert "– → –" in render_robustness(none.to_dict())


def test_at_most_so_many_are_copied(
    fitter: Fitter, model: Model, only: Callable[..., None]
) -> None:
    """No more samples are drawn than asked for."""
    only(lambda _: None)
    assert robustness_of(fitter, model, ROWS, most=11).samples == 11


def test_nobody_is_human(fitter: Fitter, model: Model, only: Callable[..., None]) -> None:
    """Without a class that means human there is no AUROC, and JSON says null."""
    only(lambda _: None)
    plain = replace(model, decision=replace(model.decision, human=None))
    figures: Any = robustness_of(fitter, plain, ROWS[:9]).to_dict()
    assert figures["unchanged"]["human_auroc"]["value"] is None
    assert figures["unchanged"]["accuracy"]["value"] > 0


def test_a_missing_formatter_is_no_failure(
    fitter: Fitter, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What needs a formatter is listed with what to install, and all else is measured."""
    monkeypatch.setitem(sys.modules, "black", None)
    left = robustness_of(fitter, model, ROWS[:9])
    assert [each.transform for each in left.not_run] == ["reformatted", "all in a row"]
    assert len(left.transforms) == len(NAMES) - 2
    assert "- reformatted: not run: " in (text := render_robustness(left.to_dict()))
    assert "needs black: install it with pip install" in text


def test_section(found: Robustness) -> None:
    """The section has a row for each transform, all rows as wide as the head."""
    text = render_robustness(json.loads(json.dumps(found.to_dict(), allow_nan=False)))
    assert text.startswith(f"{TITLE}\n\n30 samples of ")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert [row.split(" | ")[0] for row in rows[2:]] == [f"| {n}" for n in ("none", *NAMES)]


def test_card(found: Robustness, fitter: Fitter, model: Model) -> None:
    """The card has the section where there are figures for it, and only there."""
    predictions = score(model, fitter.material, ROWS, batch=False)
    alone = assess_fold(predictions, "sources", fitter.recipe, None)
    sets = SetScore(*[Estimate(0.9, 0.8, 1.0)] * 3)
    outcome = Outcome("sources", alone, alone, {}, sets)
    figures = {name: each for name, each in model.figures.items() if name != "robustness"}
    without = render_card(model, figures, [outcome], outcome)
    card = render_card(model, {**figures, "robustness": found.to_dict()}, [outcome], outcome)
    section = f"\n{render_robustness(found.to_dict())}\n"
    assert TITLE not in without
    assert card.replace(section, "", 1).split() == without.split()
    assert card.index("## Unseen sources") < card.index(TITLE) < card.index("## Left-out")


@pytest.fixture
def request_of(trained: Any) -> Callable[[bool], Request]:
    """Return what makes a request on the example corpus, of the model as it is or fitted anew."""

    def make(as_is: bool) -> Request:
        return Request(
            corpus=trained.recipe.corpora[0].path,
            columns={"label": "team", "source": "repository"},
            exclude_labels=(),
            protocol="robustness",
            baselines=(),
            as_is=as_is,
        )

    return make


def test_evaluating_fits_on_the_training_tasks(
    fitter: Fitter,
    trained: Any,
    request_of: Callable[[bool], Request],
    only: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The figures are of the test side of the protocol of tasks, of which no head is fitted."""
    only(stripped)
    model = Model.load(trained.folder)
    fitted: set[int] = set()
    heads_of = Fitter.heads
    monkeypatch.setattr(
        Fitter, "heads", lambda self, rows: fitted.update(rows.tolist()) or heads_of(self, rows)
    )
    _, figures = evaluate(model, request_of(False), cache=trained.cache, workers=1, log=silent)
    recipe, corpus = fitter.recipe, fitter.material.corpus
    split = holdout(corpus, "tasks", recipe.seed, recipe.split.test_tasks)
    assert fitted == set(split.train.tolist())
    staged = replace(fitter, cache=trained.cache / "stages")
    wanted = robustness_of(fitter, staged.model(split.train), split.test).to_dict()
    assert figures == {"protocol": "robustness", **wanted}


def test_evaluating_as_is(
    fitter: Fitter,
    model: Model,
    trained: Any,
    request_of: Callable[[bool], Request],
    only: Callable[..., None],
) -> None:
    """As it is, the model itself is scored, on copies of all samples."""
    only(stripped)
    said: list[str] = []
    plain = replace(model, decision=replace(model.decision, human=None))
    text, figures = evaluate(
        plain, request_of(True), cache=trained.cache, workers=1, log=said.append
    )
    rows = np.arange(len(fitter.material.corpus))
    wanted = robustness_of(fitter, plain, rows).to_dict()
    assert figures == {"protocol": "robustness", **wanted}
    assert text == render_robustness(wanted)
    assert not any("fitting" in line for line in said)
