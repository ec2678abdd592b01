"""Shift: no head saw the languages, owners and quarters that it is tested on."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from fingerprint_models.model import Model
from fingerprint_training import shift
from fingerprint_training.errors import SplitError
from fingerprint_training.fold_model import Fitter
from fingerprint_training.material import Material
from fingerprint_training.shift import (
    language_folds,
    run_languages,
    run_quarters,
    run_shifts,
    with_heads,
)
from fingerprint_training.shift_report import render_shift
from fingerprint_training.split import holdout

LANGUAGES = ("python", "typescript", "tsx", "c", "cpp", "go")
QUARTERS = (date(2026, 1, 5), date(2026, 2, 9), date(2026, 5, 1), date(2026, 8, 31))


@pytest.fixture(scope="session")
def model(trained: Any) -> Model:
    """Return the tiny model, told that its first class is human."""
    made = Model.load(trained.folder)
    return replace(made, decision=replace(made.decision, human="north"))


@pytest.fixture
def shifting(trained: Any, material: Any) -> Material:
    """Return the tiny material with languages; two sources of the training side are undated."""
    corpus = material.corpus
    source, n = corpus.column("source"), len(corpus)
    sides = holdout(corpus, "sources", trained.recipe.seed, shift.UNSEEN_OWNERS)
    undated = sorted({source[row] for row in sides.train})[:2]
    turns = {name: cycle(QUARTERS) for name in source}
    ages = [
        next(turns[name]) if truth else date(2019, 1, 1)
        for name, truth in zip(source, material.truth.tolist(), strict=True)
    ]
    when = [None if s in undated else age for s, age in zip(source, ages, strict=True)]
    language = tuple(LANGUAGES[at % 6] for at in range(n))
    features = replace(material.features, language=language)
    corpus = corpus.with_column("date", when).with_column("language", language)
    return replace(material, corpus=corpus, features=features, has_human=True)


@pytest.fixture
def fitter(trained: Any, shifting: Material) -> Fitter:
    """Return a fitter that keeps nothing, and has seen nothing."""
    return Fitter(shifting, trained.recipe, None, lambda _: None)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[set[int], set[int]]]:
    """Return what fills with the rows that were fitted, and those that were scored by them."""
    pairs: list[tuple[set[int], set[int]]] = []
    fitted: dict[int, set[int]] = {}
    heads_of, score = Fitter.heads, shift.score

    def heads(self: Fitter, rows: Any) -> Any:
        made = heads_of(self, rows)
        fitted[id(made.booster)] = set(rows.tolist())
        kept.append(made)
        return made

    def scored(model: Model, material: Material, rows: Any, *, batch: bool) -> Any:
        pairs.append((fitted[id(model.booster)], set(rows.tolist())))
        return score(model, material, rows, batch=batch)

    kept: list[Any] = []  # or an id might come twice
    monkeypatch.setattr(Fitter, "heads", heads)
    monkeypatch.setattr(shift, "score", scored)
    return pairs


def test_languages_are_scored_by_heads_that_did_not_see_them(
    fitter: Fitter, model: Model, seen: Any
) -> None:
    """Each row is scored once, by heads without its language and the language's kin."""
    found = run_languages(fitter, model)
    language = fitter.material.features.language
    kin = {"tsx": "typescript", "cpp": "c"}
    for fitted, tested in seen:
        names = [
            {kin.get(str(language[row]), language[row]) for row in side}
            for side in (fitted, tested)
        ]
        assert not names[0] & names[1]
        assert len(fitted) + len(tested) == len(language)
    assert sorted(row for _, tested in seen for row in tested) == list(range(len(language)))
    whole, *folds = found
    assert whole.part == "all languages"
    assert whole.assessment.samples == len(language)
    assert sum(each.assessment.samples for each in folds) == len(language)
    assert sorted(", ".join(each.part for each in folds).split(", ")) == sorted(LANGUAGES)
    assert [each.assessment.train_rows for each in folds] == [len(fitted) for fitted, _ in seen]


def test_language_folds_are_even(shifting: Material) -> None:
    """Four languages with their kin are four folds; one language alone is an error."""
    sizes = np.bincount(language_folds(shifting))
    assert sorted(sizes.tolist()) == [12, 12, 24, 24]
    alone = replace(shifting, features=replace(shifting.features, language=("go",) * 72))
    with pytest.raises(SplitError, match="1 languages"):
        language_folds(alone)


def test_quarters_are_of_unseen_owners_and_later(fitter: Fitter, model: Model, seen: Any) -> None:
    """Heads saw no tested owner and nothing after the cut; quarters hold what their names say."""
    found = {each.part: each.assessment for each in run_quarters(fitter, model)}
    ((fitted, tested),) = seen
    corpus, truth = fitter.material.corpus, fitter.material.truth
    when, source = corpus.column("date"), corpus.column("source")
    cut = date(2026, 5, 1)
    assert all(when[row] is None or when[row] <= cut for row in fitted)
    assert any(when[row] is None for row in fitted)
    assert not {source[row] for row in fitted} & {source[row] for row in tested}
    late = [row for row in tested if truth[row] and when[row] > cut]
    people = [row for row in tested if not truth[row]]
    assert late
    assert list(found) == [
        "all later quarters",
        "control: unseen owners until 2026-05-01",
        "2026-Q3",
    ]
    for part in ("all later quarters", "2026-Q3"):
        human, ai = (each.samples for each in found[part].families)
        assert (human, ai) == (min(len(late), len(people)), len(late))
        assert not math.isnan(found[part].human_auroc.value)


def test_the_quarter_of_the_cut_is_named_as_cut(
    fitter: Fitter, model: Model, shifting: Material
) -> None:
    """What is later in the very quarter of the cut stands apart, and says from when it is."""
    spring = (date(2026, 4, 1), date(2026, 5, 2), date(2026, 6, 3), date(2026, 6, 20))
    moved = dict(zip(QUARTERS, spring, strict=True))
    when = [moved.get(each, each) for each in shifting.corpus.column("date")]
    corpus = shifting.corpus.with_column("date", when)
    parts = [
        each.part
        for each in run_quarters(replace(fitter, material=replace(shifting, corpus=corpus)), model)
    ]
    assert parts[1:] == ["control: unseen owners until 2026-06-03", "2026-Q2 after 2026-06-03"]


def test_models_of_after_the_cut_are_not_fitted(
    fitter: Fitter, model: Model, shifting: Material, seen: Any
) -> None:
    """An undated sample of a model that was released after the cut is left out of training."""
    undated = [when is None for when in shifting.corpus.column("date")]
    newer = "claude-opus-4-6"  # February 2026
    early = [when and when.replace(year=when.year - 1) for when in shifting.corpus.column("date")]
    corpus = shifting.corpus.with_column("model", [newer if u else "gpt-4o" for u in undated])
    for dates, kept in ((shifting.corpus.column("date"), True), (early, False)):
        seen.clear()
        made = replace(shifting, corpus=corpus.with_column("date", dates))
        run_quarters(replace(fitter, material=made), model)
        ((fitted, _),) = seen
        assert any(undated[row] for row in fitted) is kept


def test_what_a_corpus_does_not_allow_is_said(trained: Any, material: Any, model: Model) -> None:
    """Without dates and with one language nothing is run, and both reasons are told."""
    said: list[str] = []
    assert run_shifts(Fitter(material, trained.recipe, None, said.append), model) == ()
    assert any("languages left out: " in line for line in said)
    assert any("quarters left out: no AI sample is dated" in line for line in said)


def test_no_unseen_owner_after_the_cut(fitter: Fitter, model: Model, shifting: Material) -> None:
    """Where all dated code is of one day nothing is later, which is an error with the mend."""
    when = [each and date(2026, 1, 1) for each in shifting.corpus.column("date")]
    same = replace(shifting, corpus=shifting.corpus.with_column("date", when))
    with pytest.raises(SplitError, match="after 2026-01-01: add dated samples"):
        run_quarters(replace(fitter, material=same), model)


def test_only_the_heads_are_others(fitter: Fitter, model: Model) -> None:
    """Calibration and decision stay the model's, the four parts that score are the fold's."""
    heads = fitter.heads(np.arange(40))
    made = with_heads(model, heads)
    assert made.calibration is model.calibration
    assert made.decision is model.decision
    for part in ("design", "transfer", "familiarity", "booster"):
        assert getattr(made, part) is getattr(heads, part)


def test_the_card_shows_every_part(fitter: Fitter, model: Model) -> None:
    """Both sections hold a row for each part, the caveat, whole tables, and plain data is JSON."""
    found = run_shifts(fitter, model)
    card = render_shift(found)
    assert card.index("## Unseen languages") < card.index("## Later quarters")
    assert card.count("those of the model in this folder") == 2
    for each in found:
        assert f"| {each.part} | " in card
        value = each.assessment.macro_f1.value
        assert f"{value:.3f} [" in card
        json.dumps(each.to_dict(), allow_nan=False)
    for block in card.split("\n\n"):
        lines = [line for line in block.split("\n") if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1
    assert render_shift(()) == ""
