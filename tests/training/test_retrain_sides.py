"""Nobody is judged on what was seen, and nothing is forgotten unseen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fingerprint_models.model import Model
from fingerprint_training.champion import Champion, RetrainingError
from fingerprint_training.material import Material
from fingerprint_training.retrain_sides import Sides, sides_of
from fingerprint_training.train import prepare

Row = dict[str, Any]
OWNERS = tuple(f"new{n}/code" for n in range(6))


def silent(_: str) -> None:
    """Drop a message."""


@pytest.fixture
def sorted_out(trained: Any, tmp_path: Path) -> Callable[..., tuple[Material, Sides]]:
    """Return what reads known and new rows and sorts them; `cleaned` by exact copies too."""

    def sort(known: list[Row], new: list[Row], *, cleaned: bool = False) -> tuple[Material, Sides]:
        recipe, corpora = trained.recipe, []
        for name, rows in (("old", known), ("fresh", new)):
            file = tmp_path / f"{name}.jsonl"
            file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            corpora.append(replace(recipe.corpora[0], path=file, new=name == "fresh"))
        cleaning = replace(recipe.cleaning, enabled=cleaned, near_duplicates=False)
        recipe = replace(recipe, version="0.2.0", corpora=tuple(corpora), cleaning=cleaning)
        material, _ = prepare(recipe, cache=trained.cache, workers=1, log=silent)
        return material, sides_of(material, Champion(Model.load(trained.folder)), recipe)

    return sort


@pytest.fixture(scope="module")
def known(trained: Any) -> list[Row]:
    """Return the rows that the champion was trained on."""
    lines = trained.recipe.corpora[0].path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_reference_sample_in_new_hands_is_not_judged(
    sorted_out: Callable[..., tuple[Material, Sides]],
    known: list[Row],
    newcomers: Callable[..., list[Row]],
) -> None:
    """A challenger that is trained on the copy would know the original: neither is judged."""
    copy = {**known[0], "repository": OWNERS[0], "code": known[0]["code"] + "\n"}
    material, sides = sorted_out(known, [*newcomers(OWNERS), copy])
    code = material.corpus.column("code")
    assert len(sides.reference) == len(sides.sampled) == len(known) - 1
    assert known[0]["code"] not in {code[i] for i in sides.reference}
    assert len(sides.new) == 72
    assert sides.notes[-3:-1] == (
        "1 new samples are copies of another owner's: not judged",
        "1 reference samples are copies of another owner's: not judged",
    )
    assert "72 are in the recipe's corpora, and 71 are judged" in sides.notes[-1]


def test_a_known_sample_that_cleaning_left_to_a_new_owner_is_not_judged(
    sorted_out: Callable[..., tuple[Material, Sides]],
    known: list[Row],
    newcomers: Callable[..., list[Row]],
) -> None:
    """Of two copies cleaning keeps the new owner's here; the champion was trained on the other."""
    copy = {**known[0], "repository": "aaa/code", "code": f"```python\n{known[0]['code']}\n```"}
    material, sides = sorted_out(known, [*newcomers(OWNERS), copy], cleaned=True)
    source = material.corpus.column("source")
    assert "aaa/code" in source
    assert "aaa/code" not in {source[i] for i in sides.new}
    assert len(sides.new) >= 60
    assert any("1 new samples are copies" in note for note in sides.notes)


def test_an_incomplete_reference_is_refused(
    sorted_out: Callable[..., tuple[Material, Sides]],
    known: list[Row],
    newcomers: Callable[..., list[Row]],
) -> None:
    """Six owners are not enough where most of their samples, or most of a class, are left out."""
    fresh, place, kept = newcomers(OWNERS), Counter[tuple[str, str]](), []
    for row in known:
        cell = (row["repository"], row["team"])
        place[cell] += 1
        kept.append(place[cell] <= 2)
    few = [row for row, chosen in zip(known, kept, strict=True) if chosen]
    with pytest.raises(RetrainingError, match=r"of the 72 samples .* 24 are .*name all corpora"):
        sorted_out(few, fresh)
    thin = [
        row for row, chosen in zip(known, kept, strict=True) if chosen or row["team"] == "north"
    ]
    with pytest.raises(RetrainingError, match=r"48 are .*\(south the least\)"):
        sorted_out(thin, fresh)
