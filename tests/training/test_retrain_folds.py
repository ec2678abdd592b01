"""Either side is spread over the folds for itself, owners whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fingerprint_models.model import Model
from fingerprint_training import retrain as retraining
from fingerprint_training.material import by_owner
from fingerprint_training.retrain_folds import folds_apart
from fingerprint_training.retrain_sides import Sides
from fingerprint_training.split import source_folds


def test_neither_side_lies_in_one_fold(make_corpus: Callable[..., Any]) -> None:
    """One large owner fills a fold and crowds all new ones into the other: not here."""
    sizes = {"huge": 400, **{f"old{n}": 10 for n in range(5)}, **{f"new{n}": 8 for n in range(6)}}
    corpus = make_corpus(
        [
            {"source": f"{owner}/code", "label": ("human", "gpt")[n % 2], "code": f"{owner} {n}"}
            for owner, count in sizes.items()
            for n in range(count)
        ]
    )
    owner = np.array([source.split("/")[0] for source in corpus.column("source")])
    new = np.char.startswith(owner, "new")
    old = np.char.startswith(owner, "old")
    none = np.array([], dtype=np.int64)
    reference = np.flatnonzero(old)[::2]  # part of what its owners have
    sides = Sides(np.flatnonzero(~new), np.flatnonzero(new), reference, none, ())
    assert len(set(source_folds(corpus, 2)[new].tolist())) == 1

    fold = folds_apart(corpus, sides, 2, 0)
    for side in (new, old):
        assert set(fold[side].tolist()) == {0, 1}
    for name in sizes:
        assert len(set(fold[owner == name].tolist())) == 1
    assert len(set(folds_apart(corpus, sides, 10, 0)[new].tolist())) == 6  # no more than owners


def test_a_challenger_is_judged_on_such_folds(
    trained: Any,
    newcomers: Callable[..., list[dict[str, str]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With one large known owner in the corpora, the new owners are still on both sides."""
    rows = newcomers([*(f"new{n}" for n in range(6)), *["billing/more"] * 12])
    file = tmp_path / "fresh.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    known = trained.recipe.corpora[0]
    recipe = replace(
        trained.recipe,
        version="0.2.0",
        corpora=(known, replace(known, path=file, new=True)),
        cleaning=replace(trained.recipe.cleaning, enabled=False, near_duplicates=False),
        split=replace(trained.recipe.split, folds_tasks=2, folds_sources=2),
    )

    class JudgedError(Exception):
        """The run need not go on."""

    def judged(material: Any, _champion: Any, fitted: Any, sides: Sides) -> None:
        plain = source_folds(by_owner(material.corpus), 2, recipe.seed)
        raise JudgedError([len(set(fold[sides.new].tolist())) for fold in (plain, fitted.fold)])

    monkeypatch.setattr(retraining, "judged_sides", judged)
    champion, ways = Model.load(trained.folder), {"cache": None, "workers": 1}
    with pytest.raises(JudgedError, match=r"\[1, 2\]"):
        retraining.retrain(recipe, champion, tmp_path / "m", log=lambda _: None, **ways)
