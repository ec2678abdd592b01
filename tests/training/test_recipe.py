from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from fingerprint_training import recipe as recipes
from fingerprint_training.baselines import BASELINES as KNOWN_BASELINES
from fingerprint_training.cleaning import clean
from fingerprint_training.corpora import read_corpus
from fingerprint_training.recipe import RecipeError, load_recipe

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "training" / "recipes"
Write = Callable[[str], Path]
SMALLEST = """
name = "m"
version = "1.0"
[[corpus]]
path = "c.jsonl"
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    (tmp_path / "c.jsonl").write_text("")

    def write(text: str) -> Path:
        file = tmp_path / "recipe.toml"
        file.write_text(text)
        return file

    return write


def test_shipped_recipe_leaves_nothing_to_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shipped recipe loads and names every setting: a new default never changes the model."""
    (tmp_path / "llm_code.parquet").touch()
    for name in ("human", "agents", "humans"):
        (tmp_path / f"{name}.parquet").touch()
    monkeypatch.setenv("FINGERPRINT_MINED", str(tmp_path))
    monkeypatch.setenv("FINGERPRINT_CORPORA", str(tmp_path))
    monkeypatch.setenv("FINGERPRINT_HUMAN", str(tmp_path / "human.parquet"))
    recipe = load_recipe(RECIPES / "shipped.toml")
    assert [corpus.path.parent for corpus in recipe.corpora] == [tmp_path] * 4
    models, human, agents, humans = recipe.corpora
    assert (models.columns.label, models.label, models.exclude_labels) == (
        "family",
        None,
        ("other",),
    )
    assert (human.columns.label, human.label, recipe.human) == (None, "human", "human")
    assert agents.per_source > humans.per_source
    assert {"undeclared", "unresolved"} <= set(agents.exclude_labels)
    written = tomllib.loads((RECIPES / "shipped.toml").read_text())
    for section, record in recipes.SECTIONS.items():
        assert set(written[section]) == {each.name for each in dataclasses.fields(record)}


def test_example_recipe_reads_a_corpus_that_survives_cleaning() -> None:
    """The tutorial's corpus is there, has two teams, and keeps at least 60 samples."""
    recipe = load_recipe(RECIPES / "example.toml")
    assert recipe.human is None
    (entry,) = recipe.corpora
    corpus = read_corpus(
        entry.path, label=entry.columns.label or "", source=entry.columns.source, path="path"
    )
    cleaned, _ = clean(corpus)
    labels = cleaned.column("label")
    assert len(cleaned) >= 60
    assert len(set(labels)) == 2
    assert min(labels.count(label) for label in set(labels)) >= 25
    assert len(set(cleaned.column("source"))) >= 4
    assert len(set(cleaned.column("task"))) >= 10


def test_what_is_left_out_has_its_default(write: Write) -> None:
    """A recipe of a name, a version and a path is enough; its label column is "label"."""
    recipe = load_recipe(write(SMALLEST))
    assert recipe.booster == recipes.Booster()
    assert recipe.corpora[0].columns == recipes.Columns(label="label")
    assert (recipe.seed, recipe.human) == (0, "human")


def test_a_whole_number_serves_as_a_float_and_is_one(write: Write) -> None:
    """`lambda_l2 = 2` is 2.0, so that the way of writing it does not change a model's hash."""
    value = load_recipe(write(SMALLEST + "[booster]\nlambda_l2 = 2")).booster.lambda_l2
    assert isinstance(value, float)
    assert value == 2.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMALLEST + "[booster]\nround = 5", r"booster\.round is unknown: is 'rounds' meant"),
        (SMALLEST + "[boostr]\nrounds = 5", r"boostr is unknown: is 'booster' meant"),
        ("sed = 1\n" + SMALLEST, r"sed is unknown: is 'seed' meant"),
        (SMALLEST + "colums = {}", r"corpus\[0\]\.colums is unknown: is 'columns' meant"),
        (SMALLEST + "columns = {cod = 'x'}", r"corpus\[0\]\.columns\.cod is unknown"),
        (SMALLEST + "[booster]\nrounds = '5'", r"booster\.rounds is '5', .* a whole number"),
        (SMALLEST + "[booster]\nrounds = 2.5", r"booster\.rounds is 2\.5, .* a whole number"),
        (SMALLEST + "[booster]\nrounds = true", r"booster\.rounds is True, .* a whole number"),
        (SMALLEST + "[booster]\nlambda_l2 = nan", r"booster\.lambda_l2 is nan, but it lies in"),
        (SMALLEST + "[booster]\nrounds = 0", r"booster\.rounds is 0, but it lies in \[1,"),
        (SMALLEST + "[cleaning]\nenabled = 1", r"cleaning\.enabled is 1, .* true or false"),
        (SMALLEST + "[cleaning]\non_contradiction = 'x'", r"is one of 'error', 'drop'"),
        (SMALLEST + "[split]\ntest_tasks = 1.0", r"split\.test_tasks is 1\.0"),
        (SMALLEST + "[split]\nfolds_tasks = 1", r"split\.folds_tasks is 1, but it is 0"),
        (SMALLEST + "[evaluation]\nbaselines = ['x']", r"evaluation\.baselines .* is one of"),
        (SMALLEST + "[evaluation]\nbaselines = 'x'", r"evaluation\.baselines .* array of strings"),
        (SMALLEST + "exclude_labels = [1]", r"corpus\[0\]\.exclude_labels .* array of strings"),
        (SMALLEST + "columns = 3", r"corpus\[0\]\.columns is 3, and has to be a table"),
        (SMALLEST + "label = 'a'\ncolumns = {label = 'b'}", r"corpus\[0\]\.label and"),
        ("booster = 3\n" + SMALLEST, r"booster is 3, and has to be a table"),
        ("name = 'm'\nversion = '1'", r"corpus is missing: add a \[\[corpus\]\]"),
        ("name = 'm'\nversion = '1'\ncorpus = []", r"corpus is missing"),
        ("name = 'm'\nversion = '1'\ncorpus = ['c.jsonl']", r"corpus\[0\] is 'c.jsonl', .* table"),
        (
            "name = 'm'\nversion = '1'\n[[corpus]]",
            r"corpus\[0\]\.path is missing: give it a string",
        ),
        (SMALLEST.replace('"m"', '"../m"'), r"name is '\.\./m', but it has letters"),
        (SMALLEST.replace('"1.0"', '"1-0"'), r"version is '1-0', but it is numbers"),
        (SMALLEST.replace('name = "m"', ""), r"name is missing"),
        (
            SMALLEST.replace("c.jsonl", "d.jsonl"),
            r"corpus\[0\]\.path is 'd\.jsonl', .*mend the path",
        ),
        (
            SMALLEST.replace("c.jsonl", "${NO_SUCH_1}/c"),
            r"corpus\[0\]\.path needs .* NO_SUCH_1: set",
        ),
        ("name = ", r"cannot be read as TOML"),
    ],
)
def test_a_wrong_recipe_is_refused_by_key(write: Write, text: str, words: str) -> None:
    """Each error names the recipe, the key in it and the mend."""
    with pytest.raises(RecipeError, match=words) as caught:
        load_recipe(write(text))
    assert "recipe.toml" in str(caught.value)


def test_a_missing_recipe_is_named(tmp_path: Path) -> None:
    """A recipe that is not there is a RecipeError with its path."""
    with pytest.raises(RecipeError, match=r"none\.toml does not exist"):
        load_recipe(tmp_path / "none.toml")


def test_paths_are_relative_to_the_recipe_and_variables_are_expanded(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the command is run plays no part; absolute paths from variables stay absolute."""
    monkeypatch.chdir("/")
    assert load_recipe(write(SMALLEST)).corpora[0].path == tmp_path / "c.jsonl"
    monkeypatch.setenv("CORPORA", str(tmp_path))
    text = SMALLEST.replace("c.jsonl", "${CORPORA}/c.jsonl")
    assert load_recipe(write(text)).corpora[0].path == tmp_path / "c.jsonl"


def test_baselines_are_those_there_are() -> None:
    """A recipe may name every baseline, and no other."""
    assert set(recipes.BASELINES) == {spec.name for spec in KNOWN_BASELINES}
