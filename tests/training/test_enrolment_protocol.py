"""The enrolment protocol: what is enrolled or tested was not fitted, and figures are finite."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fingerprint_features.extract import concatenate, extract
from fingerprint_features.sample import Sample
from fingerprint_models.model import Model
from fingerprint_training.enrolment_protocol import (
    enrolled_figures,
    held_out,
    known_of,
    outsiders,
    run,
    without,
)
from fingerprint_training.errors import CorpusError


def test_a_class_taken_out(material: Any) -> None:
    """The class is no class any more, and its rows are told apart from the others'."""
    part, rows = without(material, "south")
    assert part.classes == ("north",)
    labels = material.corpus.column("label")
    assert {labels[i] for i in rows} == {"south"}
    assert len(rows) == labels.count("south")


def test_held_out_tasks(material: Any) -> None:
    """What may be enrolled is of other tasks than what is tested."""
    tasks = material.corpus.column("task")
    family = held_out("x", material.features, tasks, {tasks[0]})
    assert {tasks[i] for i in family.test} == {tasks[0]}
    assert tasks[0] not in {tasks[i] for i in family.pool}


@pytest.fixture
def figures(material: Any, enrollable: Path, west: dict[str, str]) -> dict[str, list[float]]:
    """Return the figures of a third team, tested on code of its own."""
    model = Model.load(enrollable)
    own = concatenate([extract([Sample(code, "python")]) for code in west.values()])
    family = held_out("west", own, [f"t{n}" for n in range(len(own))], {"t0", "t5", "t9", "t13"})
    known = known_of(model, material, np.arange(len(material.corpus)))
    return enrolled_figures(model, known, family, 10, seed=0, draws=5)


def test_figures(figures: dict[str, list[float]]) -> None:
    """A team that writes unlike the others is found, at no cost; every figure has its interval."""
    assert figures["f1"][0] > 0.5
    assert figures["cost"][0] <= 0.01
    for name, (value, low, high) in figures.items():
        assert np.isnan(value) or low <= value <= high, name


def test_outsiders(tmp_path: Path, west: dict[str, str]) -> None:
    """Rows whose model bears the name are read under it; the others are left alone."""
    rows = [
        {"code": code, "family": "other", "model": model}
        for code, model in zip(west.values(), ["x/Grok-4", "phi", "grok3"], strict=False)
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps({**row, "language": "python"}) for row in rows))
    corpus, features = outsiders(file, ["grok"], None)
    assert corpus.column("label") == ["grok", "grok"]
    assert len(features) == 2


def test_strangers_need_a_corpus(material: Any, trained: Any) -> None:
    """A family that is no class of the recipe, without a corpus to look in, is named."""
    recipe = replace(trained.recipe, version="0.1.1")
    with pytest.raises(CorpusError, match="grok is no class"):
        next(run(material, recipe, ["grok"], None, cache=None))
