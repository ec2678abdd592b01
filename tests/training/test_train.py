"""The whole road: same input, same model; killed, it goes on; bad corpora are named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fingerprint_models.errors import ExistingModelError
from fingerprint_models.model import Model
from fingerprint_training import fold_model
from fingerprint_training.errors import (
    CorpusError,
    MissingColumnsError,
    TooFewSamplesError,
    UnreadableCorpusError,
)
from fingerprint_training.recipe import Columns, CorpusRecipe, Recipe, load_recipe
from fingerprint_training.train import prepare, train

Row = dict[str, Any]
COLUMNS = Columns(label="team", source="repository")


def silent(_: str) -> None:
    """Drop a message."""


@pytest.fixture(scope="session")
def rows(trained: Any) -> list[Row]:
    """Return the rows of the example corpus."""
    text = trained.recipe.corpora[0].path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes rows as JSON Lines."""

    def write(rows: list[Row], name: str = "corpus") -> Path:
        file = tmp_path / f"{name}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return file

    return write


def on(
    recipe: Recipe, path: Path, *, label: str | None = None, leave_out: tuple[str, ...] = ()
) -> CorpusRecipe:
    columns = COLUMNS if label is None else replace(COLUMNS, label=None)
    return replace(
        recipe.corpora[0], path=path, columns=columns, label=label, exclude_labels=leave_out
    )


def prepared(recipe: Recipe, *corpora: CorpusRecipe) -> Any:
    material, _ = prepare(replace(recipe, corpora=corpora), cache=None, workers=1, log=silent)
    return material


def test_same_input_same_model(trained: Any, tmp_path: Path) -> None:
    """Trained once more without a cache, elsewhere: the same manifest."""
    found = train(trained.recipe, tmp_path / "other", cache=None, workers=1, log=silent)
    assert found == trained.manifest


def test_another_seed_another_model(trained: Any, material: Any) -> None:
    """The seed matters, or the same manifest twice would say nothing."""
    one, other = (
        fold_model.Fitter(material, replace(trained.recipe, seed=seed), None, silent)
        for seed in (0, 1)
    )
    rows = np.arange(len(material.truth))
    assert one.heads(rows).booster.text != other.heads(rows).booster.text


def untested(recipe: Recipe) -> Recipe:
    """Return a recipe that sets nothing aside, and so fits one model alone."""
    return replace(recipe, split=replace(recipe.split, test_tasks=0.0, test_sources=0.0))


def test_a_killed_run_goes_on(
    trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was fitted before the kill is not fitted again; no folder stands before the end."""
    recipe = untested(trained.recipe)
    expected = train(recipe, tmp_path / "whole", cache=trained.cache, workers=1, log=silent)
    fitted: list[int] = []
    fit_heads = fold_model.fit_heads
    limit = 2

    def counting(*given: Any, **settings: Any) -> Any:
        if len(fitted) == limit:
            raise KeyboardInterrupt
        fitted.append(len(given[0]))
        return fit_heads(*given, **settings)

    monkeypatch.setattr(fold_model, "fit_heads", counting)
    out, cache = tmp_path / "model", tmp_path / "cache"
    with pytest.raises(KeyboardInterrupt):
        train(recipe, out, cache=cache, workers=1, log=silent)
    assert not out.exists()
    assert len(list((cache / "stages").iterdir())) == len(fitted) == 2

    limit = 10_000
    assert train(recipe, out, cache=cache, workers=1, log=silent) == expected
    assert len(fitted) == 5  # on all rows, without each of two folds by task and two by source
    assert train(recipe, out, cache=cache, workers=1, log=silent) == expected
    assert len(fitted) == 5


def test_the_target_is_checked_first(trained: Any, tmp_path: Path) -> None:
    """A folder that may not be replaced is refused before anything is read."""
    (tmp_path / "thesis.txt").write_text("words")
    said: list[str] = []
    with pytest.raises(ExistingModelError, match="no model folder"):
        train(trained.recipe, tmp_path, cache=None, workers=1, log=said.append)
    assert said == []


def test_it_says_what_it_does(trained: Any) -> None:
    """The log tells how much was read, each fit, and both protocols."""
    said = "\n".join(trained.messages)
    for words in ("read 72 samples of 2 classes", "protocol tasks", "protocol sources"):
        assert words in said
    assert "on all 72 samples" in said


def test_human_leads_the_classes(
    trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label that means human comes first, and answers have an AI probability then."""
    monkeypatch.chdir(tmp_path)
    recipe = replace(untested(trained.recipe), human="south")
    train(recipe, Path("model"), cache=trained.cache, workers=1, log=silent)
    model = Model.load(Path("model"))
    assert model.classes == ("south", "north")
    answer = model.predict("x = 1\n", "python")
    assert answer.ai_probability == pytest.approx(answer.probabilities["north"])
    assert model.figures["protocols"] == {}  # nothing was set aside for them


def test_a_corpus_without_sources_and_tasks(
    trained: Any, rows: list[Row], write: Callable[..., Path], tmp_path: Path
) -> None:
    """One source and rows for tasks: the protocol of sources is left out, and that is said."""
    plain = [{"code": row["code"], "team": row["team"]} for row in rows]
    columns = Columns(label="team")
    split = replace(trained.recipe.split, test_tasks=0.0)
    corpora = (CorpusRecipe(write(plain), columns, None, ()),)
    recipe = replace(trained.recipe, corpora=corpora, split=split)
    said: list[str] = []
    train(recipe, tmp_path / "model", cache=None, workers=1, log=said.append)
    assert any("protocol sources left out" in line for line in said)
    model = Model.load(tmp_path / "model")
    assert model.figures["protocols"] == {}
    assert model.predict(rows[0]["code"], "python").raw_family == rows[0]["team"]


def test_one_class(trained: Any, rows: list[Row], write: Callable[..., Path]) -> None:
    """A corpus of one class is refused by that class's name."""
    path = write([row for row in rows if row["team"] == "north"])
    with pytest.raises(TooFewSamplesError, match=r"1 class\(es\) \('north'\), and 2 are needed"):
        prepared(trained.recipe, on(trained.recipe, path))


def test_too_few_samples(trained: Any, rows: list[Row], write: Callable[..., Path]) -> None:
    """A class too small to be calibrated is refused by its name, with its rows."""
    few = [row for n, row in enumerate(rows) if row["team"] == "north" or n < 10]
    with pytest.raises(TooFewSamplesError, match=r"'south' has 5 sample\(s\) \(rows 1, 3"):
        prepared(trained.recipe, on(trained.recipe, write(few)))


def test_class_that_cannot_be_measured(
    trained: Any, rows: list[Row], write: Callable[..., Path]
) -> None:
    """A class whose samples are all binary is refused by name, not lost on the way."""
    spoilt = [
        {**row, "code": f"\0{n}\0\0"} if row["team"] == "south" else row
        for n, row in enumerate(rows)
    ]
    cleaning = replace(trained.recipe.cleaning, enabled=False)
    with pytest.raises(TooFewSamplesError, match=r"the corpus has 1 class\(es\) \('north'\)"):
        prepared(replace(trained.recipe, cleaning=cleaning), on(trained.recipe, write(spoilt)))


def test_missing_column(trained: Any, rows: list[Row], write: Callable[..., Path]) -> None:
    """A column that is not there is named, with those that are."""
    path = write([{k: v for k, v in row.items() if k != "team"} for row in rows])
    with pytest.raises(MissingColumnsError, match=r"corpus.jsonl has no column 'team'.*'code'"):
        prepared(trained.recipe, on(trained.recipe, path))


def test_unreadable_corpus(trained: Any, tmp_path: Path) -> None:
    """A file that is not what its name says is named."""
    path = tmp_path / "broken.parquet"
    path.write_bytes(b"no parquet")
    with pytest.raises(UnreadableCorpusError, match=r"broken\.parquet"):
        prepared(trained.recipe, on(trained.recipe, path))


def test_contradictions(trained: Any, rows: list[Row], write: Callable[..., Path]) -> None:
    """The same code under two labels is an error that names rows, or dropped if so asked."""
    path = write([*rows, {**rows[0], "team": "south"}])
    with pytest.raises(CorpusError, match=r"north, south\) in rows 0, 72"):
        prepared(trained.recipe, on(trained.recipe, path))
    cleaning = replace(trained.recipe.cleaning, on_contradiction="drop")
    kept = prepared(replace(trained.recipe, cleaning=cleaning), on(trained.recipe, path))
    assert len(kept.corpus) == len(rows) - 1


def test_excluded_labels(trained: Any, rows: list[Row], write: Callable[..., Path]) -> None:
    """Labels that are to be left out leave, the others stay as they are."""
    more = [
        {**row, "team": "west", "code": f"{row['code']}west = {n}\n"} for n, row in enumerate(rows)
    ]
    path = write([*rows, *more])
    made = prepared(trained.recipe, on(trained.recipe, path, leave_out=("west", "nobody")))
    assert made.classes == ("north", "south")
    assert len(made.corpus) == len(rows)


def test_samples_per_source(trained: Any, rows: list[Row], write: Callable[..., Path]) -> None:
    """No source gives more than `per_source` samples of a label, and the seed alone draws them."""
    few = replace(on(trained.recipe, write(rows)), per_source=8)
    first, again = (prepared(trained.recipe, few).corpus for _ in range(2))
    groups = Counter(zip(first.column("source"), first.column("label"), strict=True))
    assert max(groups.values()) == 8
    assert first.column("code") == again.column("code")


def test_corpus_of_one_label(trained: Any, rows: list[Row], write: Callable[..., Path]) -> None:
    """A corpus with a label of its own joins another, and its other columns are kept."""
    north = write([row for row in rows if row["team"] == "north"])
    south = write([row for row in rows if row["team"] == "south"], "south")
    made = prepared(
        trained.recipe, on(trained.recipe, north), on(trained.recipe, south, label="them")
    )
    assert made.classes == ("north", "them")
    assert made.truth.sum() == 36
    assert set(made.corpus.column("source")) == {row["repository"] for row in rows}


def test_truth_is_the_label(material: Any) -> None:
    """Class indices say what the labels say, and every sample was measured."""
    named = np.array(material.classes)[material.truth]
    assert named.tolist() == material.corpus.column("label")
    assert set(material.features.status) == {"ok"}


def test_card(trained: Any) -> None:
    """The card has front matter, the classes with their samples, and figures of each protocol."""
    card = (trained.folder / "README.md").read_text(encoding="utf-8")
    _, front, body = card.split("---\n", 2)
    assert "library_name: code-fingerprint" in front
    assert "license" not in front  # a model of somebody's own corpus is not ours to license
    assert "# teams 0.1.0" in body
    assert "| north | 36 |" in body
    for title in ("## Unseen tasks", "## Unseen sources", "macro-F1", "majority", "by source"):
        assert title in body
    assert "Not for" in body


def test_figures(trained: Any) -> None:
    """Figures hold corpus, cleaning, recipe and protocols, and no path of this machine."""
    text = (trained.folder / "figures.json").read_text(encoding="utf-8")
    figures: Mapping[str, Any] = json.loads(text)
    assert figures["corpus"]["samples"] == 72
    assert figures["corpus"]["label"] == {"north": 36, "south": 36}
    assert sum(figures["corpus"]["source"].values()) == 72
    assert figures["recipe"]["booster"]["rounds"] == trained.recipe.booster.rounds
    assert set(figures["protocols"]) == {"tasks", "sources"}
    assert {"rule", "changed", "dropped"} == set(figures["cleaning"][0])
    assert str(trained.recipe.corpora[0].path.parent) not in text
    assert str(trained.folder.parent) not in text


def test_strange_model_names_are_listed(tmp_path: Path) -> None:
    """Model names that the registry does not know are told, those that it knows are not."""
    names = ["gpt-4o", "claude-3-opus-20240229", "no-such-model-9"]
    rows = [
        {
            "code": f"def f{i}(a{i}):\n    return a{i} + {i}\n",
            "label": "xy"[i % 2],
            "model": names[i % 3],
        }
        for i in range(60)
    ]
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        'name = "m"\nversion = "1"\nhuman = ""\n[[corpus]]\npath = "corpus.jsonl"\n'
        "[cleaning]\nenabled = false\n",
        encoding="utf-8",
    )
    said: list[str] = []
    prepare(load_recipe(recipe), cache=None, workers=1, log=said.append)
    (told,) = [line for line in said if "registry" in line]
    assert told == "1 model names are not in the registry: no-such-model-9"
