"""Protocols: what is tested was not fitted; and evaluation of a model on request."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fingerprint_features.registry import GROUPS
from fingerprint_models.model import Model
from fingerprint_training.errors import CorpusError
from fingerprint_training.evaluate import Request, evaluate, recipe_of
from fingerprint_training.fold_model import Fitter
from fingerprint_training.material import by_owner
from fingerprint_training.protocol import run, score
from fingerprint_training.split import holdout


def silent(_: str) -> None:
    """Drop a message."""


@pytest.fixture(scope="session")
def model(trained: Any) -> Model:
    """Return the tiny model."""
    return Model.load(trained.folder)


@pytest.fixture
def fitter(trained: Any, material: Any) -> Fitter:
    """Return a fitter with the finished stages of the training."""
    return Fitter(material, trained.recipe, trained.cache / "stages", silent)


@pytest.mark.parametrize("protocol", ["tasks", "sources"])
def test_the_test_side_is_never_fitted(
    fitter: Fitter, protocol: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No head of a protocol is fitted on a sample of the task, or source, that is tested."""
    seen: set[int] = set()
    heads_of = Fitter.heads
    monkeypatch.setattr(
        Fitter, "heads", lambda self, rows: seen.update(rows.tolist()) or heads_of(self, rows)
    )
    outcome = run(fitter, protocol)
    corpus, split = fitter.material.corpus, fitter.recipe.split
    fraction = split.test_tasks if protocol == "tasks" else split.test_sources
    sides = holdout(by_owner(corpus), protocol, fitter.recipe.seed, fraction)
    assert seen == set(sides.train.tolist())
    groups = corpus.column("task" if protocol == "tasks" else "source")
    assert not {groups[i] for i in seen} & {groups[i] for i in sides.test}
    strict = {"high-precision, alone", "high-precision, by source"}
    assert set(outcome.others) == {"majority", "without comment columns"} | strict
    assert outcome.protocol == outcome.to_dict()["protocol"] == protocol
    json.dumps(outcome.to_dict(), allow_nan=False)


def test_scores_are_the_models_answers(model: Model, material: Any) -> None:
    """What a protocol scores is what `predict_many` would tell of the same samples."""
    from fingerprint_features.sample import Sample

    rows = np.array([5, 3, 40, 41])
    found = score(model, material, rows, batch=False)
    samples = [
        Sample(code, language)
        for code, language in zip(
            material.corpus.take(rows.tolist()).column("code"),
            material.corpus.take(rows.tolist()).column("language"),
            strict=True,
        )
    ]
    answers = model.predict_many(samples)
    assert found.told.tolist() == [a.family for a in answers]
    np.testing.assert_allclose(
        found.probabilities, [list(a.probabilities.values()) for a in answers], rtol=1e-9
    )
    assert found.truth.tolist() == material.truth[rows].tolist()


def test_there_are_comment_columns() -> None:
    """The group that "without comment columns" sets to 0 is there, and is not all there is."""
    groups = set(GROUPS.values())
    assert "comments" in groups
    assert len(groups) > 1


@pytest.fixture
def request_of(trained: Any) -> Callable[..., Request]:
    """Return what makes a request on the example corpus."""

    def make(**changes: Any) -> Request:
        plain = Request(
            corpus=trained.recipe.corpora[0].path,
            columns={"label": "team", "source": "repository"},
            exclude_labels=(),
            protocol="sources",
            baselines=("majority",),
            as_is=False,
        )
        return replace(plain, **changes)

    return make


def figures(model: Model, request: Request, trained: Any) -> tuple[str, Any]:
    return evaluate(model, request, cache=trained.cache, workers=1, log=silent)


def test_evaluating_a_refit(model: Model, request_of: Callable[..., Request], trained: Any) -> None:
    """On its own corpus a model's settings give the figures that its card has."""
    text, found = figures(model, request_of(), trained)
    protocols: Any = model.figures["protocols"]
    assert json.loads(json.dumps(found)) == protocols["sources"]
    assert "macro-F1" in text
    assert "majority" in text


def test_evaluating_as_is(model: Model, request_of: Callable[..., Request]) -> None:
    """As it is, the model itself is scored, on every row, and nothing is fitted."""
    said: list[str] = []
    text, found = evaluate(model, request_of(as_is=True), cache=None, workers=1, log=said.append)
    assert not any("fitting" in line for line in said)
    assert set(found) == {"protocol", "alone", "batch"}
    assert "by source" in text
    corpus: Any = model.figures["corpus"]
    assert str(corpus["samples"]) in text


def test_as_is_on_other_classes(
    model: Model, request_of: Callable[..., Request], material: Any, tmp_path: Path, trained: Any
) -> None:
    """Classes that the model does not know are named, and can be left out."""
    lines = trained.recipe.corpora[0].path.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    rng = np.random.default_rng(0)
    stranger = [
        {**row, "team": "east", "code": "".join(f"w{n} = {n}\n" for n in rng.integers(0, 9999, 20))}
        for row in rows
    ]
    corpus = tmp_path / "three.jsonl"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in [*stranger, *rows]))
    asked = request_of(corpus=corpus, as_is=True)
    with pytest.raises(CorpusError, match=r"east, which the model does not know.*--exclude-label"):
        figures(model, asked, trained)
    _, left = figures(model, replace(asked, exclude_labels=("east",)), trained)
    _, plain = figures(model, request_of(as_is=True), trained)
    assert left == plain
    assert len(material.classes) == 2


def test_recipe_of_a_model(model: Model, request_of: Callable[..., Request], trained: Any) -> None:
    """The recipe comes back from the model but for the corpus and the baselines asked for."""
    found = recipe_of(model, request_of(baselines=()))
    evaluation = replace(trained.recipe.evaluation, baselines=())
    assert replace(found, corpora=()) == replace(trained.recipe, corpora=(), evaluation=evaluation)


def test_model_without_a_recipe(model: Model, request_of: Callable[..., Request]) -> None:
    """A model that does not say how it was trained cannot be refitted, and that is said."""
    with pytest.raises(CorpusError, match="teams does not say how it was trained"):
        recipe_of(replace(model, figures={}), request_of())
