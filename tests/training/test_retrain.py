"""A challenger replaces the champion where it knows more, and nothing is written where not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fingerprint_models.enrolment import Enrolment
from fingerprint_models.model import Model
from fingerprint_training import fold_model
from fingerprint_training.champion import Champion, RetrainingError, owner_of
from fingerprint_training.fold_model import Fitter
from fingerprint_training.recipe import Recipe
from fingerprint_training.retrain import Retrained, retrain
from fingerprint_training.retrain_checks import LEAST_GAIN
from fingerprint_training.retrain_warm import further_rounds, warm_start

Row = dict[str, Any]
OWNERS = tuple(f"new{n}/code" for n in range(6))


def silent(_: str) -> None:
    """Drop a message."""


@pytest.fixture(scope="module")
def champion(trained: Any) -> Model:
    """Return the example model as the champion."""
    return Model.load(trained.folder)


@pytest.fixture(scope="module")
def challenge(trained: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Recipe]:
    """Return what makes a recipe of the example corpus and of new rows in a file of their own."""

    def make(rows: list[Row], *, new: bool = True, name: str = "fresh", **settings: Any) -> Recipe:
        file = tmp_path_factory.mktemp("rows") / f"{name}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        recipe: Recipe = trained.recipe
        known = recipe.corpora[0]
        return replace(
            recipe,
            version="0.2.0",
            corpora=(known, replace(known, path=file, new=new)),
            cleaning=replace(recipe.cleaning, enabled=False, near_duplicates=False),
            split=replace(recipe.split, test_tasks=0.0, test_sources=0.0),
            **settings,
        )

    return make


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache of finished stages, for all tests but those of resuming."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def better(
    champion: Model,
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    cache: Path,
) -> tuple[Recipe, Path, Retrained]:
    """Return a challenger of habits that the champion does not know: recipe, folder, outcome."""
    recipe, out = challenge(newcomers(OWNERS)), cache.parent / "better" / "model"
    out.parent.mkdir(exist_ok=True)
    return recipe, out, retrain(recipe, champion, out, cache=cache, workers=1, log=silent)


@pytest.fixture
def attempt(champion: Model, cache: Path, tmp_path: Path) -> Callable[[Recipe], Retrained]:
    """Return what challenges the champion, with the shared cache, to write `model`."""

    def run(recipe: Recipe) -> Retrained:
        return tried(recipe, champion, tmp_path / "model", cache)

    return run


def tried(recipe: Recipe, champion: Model, out: Path, cache: Path | None = None) -> Retrained:
    return retrain(recipe, champion, out, cache=cache, workers=1, log=silent)


def test_one_that_helps_is_published(better: tuple[Recipe, Path, Retrained]) -> None:
    """A challenger that tells new habits apart is written, with what it was judged by."""
    recipe, out, done = better
    assert done.manifest is not None
    assert done.verdict.warm
    model = Model.load(out)
    assert (model.id.name, model.id.version) == (recipe.name, "0.2.0")
    figures: Any = model.figures["retraining"]
    assert figures["published"]
    assert [side["owners"] for side in figures["sides"]] == [6, 6]
    assert figures["sides"][0]["figures"][0]["gain"]["low"] > 0.1
    assert "Challenger teams-0.2.0 against champion teams-0.1.0: published" in model.card
    assert "fresh.jsonl" in model.card
    assert figures == done.verdict.to_dict()


def test_it_goes_on_from_the_champion(
    better: tuple[Recipe, Path, Retrained], champion: Model
) -> None:
    """The columns are the champion's, its trees come first as they were, and more follow."""
    recipe, out, done = better
    model = Model.load(out)
    assert model.design.columns == champion.design.columns
    assert done.verdict.rounds == (5, further_rounds(recipe)) == (5, 1)
    assert Champion(model).rounds == 6

    def trees(text: str) -> list[str]:
        return [part.split("\nend of trees")[0] for part in text.split("\nTree=")[1:]]

    before, after = trees(champion.booster.text), trees(model.booster.text)
    leaves = [
        [part.split("leaf_value=")[1].split("\n")[0] for part in side] for side in (before, after)
    ]
    assert leaves[1][: len(leaves[0])] == leaves[0]
    assert len(leaves[1]) > len(leaves[0])


def test_the_published_model_can_be_gone_on_from(
    better: tuple[Recipe, Path, Retrained], tmp_path: Path
) -> None:
    """A published challenger is a champion like any other: there, the same rows are nothing new."""
    recipe, out, _ = better
    with pytest.raises(RetrainingError, match="nothing is new"):
        tried(replace(recipe, version="0.3.0"), Model.load(out), tmp_path / "model")


def test_noise_is_not_published(
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    attempt: Callable[[Recipe], Retrained],
    tmp_path: Path,
) -> None:
    """Random labels teach caution, which lowers log-loss, and nothing is written for it."""
    recipe = challenge(newcomers(OWNERS, guessed=True))
    done = attempt(replace(recipe, retraining=replace(recipe.retraining, tolerance=5.0)))
    assert done.manifest is None
    assert [check.passed for check in done.verdict.checks[:3]] == [True, False, True]
    new = done.verdict.sides[0]
    assert new["log_loss"].gain.low > 1
    assert new["refitted"].gain.low < LEAST_GAIN
    assert list(tmp_path.iterdir()) == []


def test_more_of_the_same_is_not_published(
    trained: Any,
    challenge: Callable[..., Recipe],
    attempt: Callable[[Recipe], Retrained],
    tmp_path: Path,
) -> None:
    """New owners who write as the known ones do leave nothing to gain, and nothing is written."""
    lines = trained.recipe.corpora[0].path.read_text(encoding="utf-8").splitlines()
    done = attempt(
        challenge(
            [
                {**row, "repository": f"new-{row['repository']}", "code": f"{row['code']}\n# {n}\n"}
                for n, row in enumerate(map(json.loads, lines))
            ]
        )
    )
    assert done.manifest is None
    assert [check.passed for check in done.verdict.checks[:3]] == [False, False, True]
    assert list(tmp_path.iterdir()) == []


def test_same_input_same_challenger(
    better: tuple[Recipe, Path, Retrained], champion: Model, tmp_path: Path
) -> None:
    """Elsewhere and without a cache: the same verdict, the same manifest."""
    recipe, _, done = better
    again = tried(recipe, champion, tmp_path / "model")
    told = again.verdict.to_dict(), again.manifest
    assert told == (done.verdict.to_dict(), done.manifest)


def test_a_killed_run_goes_on(
    better: tuple[Recipe, Path, Retrained],
    champion: Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was fitted before the kill, stand-ins too, is not fitted again, and no folder stands."""
    recipe, _, done = better
    fitted: list[int] = []
    fit_heads, limit = fold_model.fit_heads, 4

    def counting(*given: Any, **settings: Any) -> Any:
        if len(fitted) == limit:
            raise KeyboardInterrupt
        fitted.append(len(given[0]))
        return fit_heads(*given, **settings)

    monkeypatch.setattr(fold_model, "fit_heads", counting)
    out, cache = tmp_path / "model", tmp_path / "cache"
    with pytest.raises(KeyboardInterrupt):
        tried(recipe, champion, out, cache)
    assert not out.exists()
    assert len(list((cache / "stages").iterdir())) == 4

    limit = 1000
    assert tried(recipe, champion, out, cache).manifest == done.manifest
    assert len(fitted) == 9  # on all, and twice (a stand-in first) without each of four folds


def test_no_start_has_seen_what_is_left_out(champion: Model, material: Any, trained: Any) -> None:
    """All known rows start at the champion, fewer at trees that saw these alone."""
    cold = Fitter(material, trained.recipe, None, silent)
    every = np.arange(len(material.truth))
    known = every[:60]
    warm = warm_start(Champion(champion), cold, known)
    whole = warm.start(every, None)
    assert whole is not None
    assert whole.booster.text == champion.booster.text
    part = warm.start(every[10:], None)
    assert part is not None
    assert part.booster.text == cold.heads(every[10:60]).booster.text
    assert warm.start(every[60:], None) is None


def test_no_start_has_seen_what_is_hidden(champion: Model, material: Any, trained: Any) -> None:
    """Where columns are hidden, all known rows start at trees that were fitted without these."""
    cold = Fitter(material, trained.recipe, None, silent)
    every = np.arange(len(material.truth))
    start = warm_start(Champion(champion), cold, every).start(every, "stylometry")
    assert start is not None
    assert start.booster.text != champion.booster.text
    assert start.booster.text == replace(cold, hidden="stylometry").heads(every).booster.text


def test_plain_training_tells_nothing_of_it(trained: Any) -> None:
    """A model that was trained without a champion is as it always was."""
    figures = json.loads((trained.folder / "figures.json").read_text(encoding="utf-8"))
    assert "retraining" not in figures
    assert "retraining" not in figures["recipe"]
    assert "new" not in figures["recipe"]["corpora"][0]


def test_known_owners_are_not_judged_as_new(
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    attempt: Callable[[Recipe], Retrained],
) -> None:
    """Samples of an owner that the champion was trained on count on no side, and that is said."""
    rows = newcomers((*OWNERS, "billing/more"))
    done = attempt(challenge(rows))
    assert done.verdict.sides[0].samples == 72
    assert any(
        "12 samples of new corpora are of owners that" in note for note in done.verdict.notes
    )


def test_copies_between_owners_are_not_judged(
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    attempt: Callable[[Recipe], Retrained],
) -> None:
    """The same code at two owners would be known on one side of a fold: both are left out."""
    rows = newcomers(OWNERS)
    rows.append({**rows[0], "repository": OWNERS[1]})
    done = attempt(challenge(rows))
    assert done.verdict.sides[0].samples == 71
    assert any("2 new samples are copies" in note for note in done.verdict.notes)


def test_unmarked_corpora_are_new_by_their_sources(
    champion: Model,
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    tmp_path: Path,
    cache: Path,
) -> None:
    """Without a mark, what the champion does not know is new, and the log says which file."""
    recipe, said = challenge(newcomers(OWNERS), new=False), list[str]()
    retrain(recipe, champion, tmp_path / "model", cache=cache, workers=1, log=said.append)
    assert "new to teams-0.1.0: 72 samples of fresh.jsonl" in said
    assert "warm start: 1 rounds on top of 5" in said


def test_a_new_class_starts_cold(
    champion: Model,
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    tmp_path: Path,
    cache: Path,
) -> None:
    """Trees cannot be added for other classes: fitted cold, judged on the classes both know."""
    rows = newcomers(OWNERS)
    west = [
        {**row, "team": "west", "code": f"goto = {n}\n{'#' * n}\n"} for n, row in enumerate(rows)
    ]
    said: list[str] = []
    recipe = challenge([*rows, *west])
    done = retrain(recipe, champion, tmp_path / "m", cache=cache, workers=1, log=said.append)
    assert not done.verdict.warm
    assert done.verdict.classes == ("north", "south")
    assert done.verdict.sides[0].samples == 72
    assert any("cold start" in line and "lacks west" in line for line in said)


class ToldError(Exception):
    """What was logged, so that a run need not go on."""


def test_another_order_of_classes_starts_cold(
    champion: Model,
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    tmp_path: Path,
    cache: Path,
) -> None:
    """The same classes with another human first are told as that, not as classes that lack."""

    def log(line: str) -> None:
        if line.startswith("cold start"):
            raise ToldError(line)

    recipe = challenge(newcomers(OWNERS), human="south")
    with pytest.raises(
        ToldError, match=r"another order \(north, south, not south, north\).*`human`"
    ):
        retrain(recipe, champion, tmp_path / "m", cache=cache, workers=1, log=log)


def refused(words: str, recipe: Recipe, champion: Model, out: Path) -> None:
    with pytest.raises(RetrainingError, match=words):
        tried(recipe, champion, out)
    assert not out.exists()


def test_leaks_are_refused(
    champion: Model,
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    tmp_path: Path,
) -> None:
    """New corpora of owners that the champion knows, alone or under the old file's name."""
    out = tmp_path / "model"
    refused("nothing is new", challenge(newcomers(("billing/a", "search/b"))), champion, out)
    refused("rename a file", challenge(newcomers(OWNERS), name="corpus"), champion, out)


def test_too_little_to_judge_on(
    champion: Model,
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    tmp_path: Path,
) -> None:
    """Fewer owners than can tell a gain from chance, on either side, are refused with the need."""
    out = tmp_path / "model"
    words = r"new side has 60 samples of 5 owner\(s\) \(new0, new1, new2 and 2 more\).*6 owners"
    refused(words, challenge(newcomers(OWNERS[:5])), champion, out)
    recipe = challenge(newcomers(OWNERS))
    refused("no source of the recipe", replace(recipe, corpora=recipe.corpora[1:]), champion, out)
    folds = replace(recipe.split, folds_sources=0)
    refused("folds_sources is 0", replace(recipe, split=folds), champion, out)
    north = challenge([{**row, "team": "north"} for row in newcomers(OWNERS)])
    refused("all new samples are of the class 'north'", north, champion, out)


def test_champions_that_cannot_be_gone_on_from(
    champion: Model,
    challenge: Callable[..., Recipe],
    newcomers: Callable[..., list[Row]],
    tmp_path: Path,
) -> None:
    """No reference sample, no word of its training, enrolled classes, or its very own version."""
    recipe, out = challenge(newcomers(OWNERS)), tmp_path / "model"
    enrolled: Any = SimpleNamespace(name="west")  # only its name is asked for
    figures = dict(champion.figures)
    for words, changed in (
        ("holds no reference sample", replace(champion, sample=b"")),
        ("trained on: train it anew", replace(champion, figures={})),
        ("how it was trained", replace(champion, figures={**figures, "recipe": None})),
        (r"enrolled classes \(west\)", replace(champion, enrolment=Enrolment((enrolled,)))),
    ):
        refused(words, recipe, changed, out)
    refused("raise `version`", replace(recipe, version="0.1.0"), champion, out)


def test_owners() -> None:
    """OWNER/NAME is OWNER's; a source without a slash is its own owner."""
    assert owner_of("a/b/c") == "a"
    assert owner_of("billing") == "billing"
