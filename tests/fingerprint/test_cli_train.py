"""`fingerprint train` and `fingerprint evaluate`: from a recipe to a folder, or to a message."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fingerprint
from fingerprint.cli import main

COLUMNS = ("--label", "team", "--source", "repository", "--workers", "1")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder: caches and models have relative defaults."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def command(trained: Any, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Return what runs a command with the training's cache: code, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        cached = [*map(str, arguments), "--cache", str(trained.cache)]
        code = main(cached)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def altered(example_recipe: Path, tmp_path: Path) -> Callable[[str, str], Path]:
    """Return what writes the recipe with one change."""

    def alter(old: str, new: str) -> Path:
        text = example_recipe.read_text(encoding="utf-8")
        assert old in text
        file = tmp_path / "altered.toml"
        file.write_text(text.replace(old, new), encoding="utf-8")
        return file

    return alter


def test_train(command: Callable[..., Any], trained: Any, tmp_path: Path) -> None:
    """A recipe becomes a model folder, named and hashed on standard output, progress beside it."""
    code, out, err = command("train", trained.recipe_file, "--workers", "1")
    assert code == 0
    assert out == f"teams-0.1.0\tmanifest {trained.manifest}\n"
    assert "protocol sources" in err
    assert fingerprint.load(tmp_path / "teams-0.1.0").classes == ("north", "south")


def test_train_quietly_elsewhere(command: Callable[..., Any], trained: Any, tmp_path: Path) -> None:
    """The folder has the name that was asked for, and standard error stays empty."""
    code, out, err = command("train", trained.recipe_file, "-q", "-o", "a/b", "--workers", "1")
    assert (code, err) == (0, "")
    assert out.startswith("a/b\tmanifest ")
    assert (tmp_path / "a" / "b" / "manifest.json").is_file()
    assert not (tmp_path / ".fingerprint-cache").exists()


def refused(found: tuple[int, str, str], *words: str) -> None:
    code, out, err = found
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    for word in ("fingerprint: ", *words):
        assert word in err


def test_missing_recipe(command: Callable[..., Any]) -> None:
    """A recipe that is not there is named."""
    refused(command("train", "nowhere.toml"), "nowhere.toml does not exist: name a recipe")


def test_bad_key(command: Callable[..., Any], altered: Callable[[str, str], Path]) -> None:
    """A key that is not known is named, with the one that was meant."""
    refused(command("train", altered("rounds =", "round =")), "altered.toml", "round", "rounds")


def test_bad_value(command: Callable[..., Any], altered: Callable[[str, str], Path]) -> None:
    """A value out of range is named with the range."""
    recipe = altered("leaves = 4", "leaves = 1")
    refused(command("train", recipe), "booster.leaves", "[2, 131072]")


def test_missing_corpus(command: Callable[..., Any], altered: Callable[[str, str], Path]) -> None:
    """A corpus that is not there is named before anything is done."""
    refused(command("train", altered("corpus.jsonl", "gone.jsonl")), "gone.jsonl", "mend the path")


def test_missing_column(
    command: Callable[..., Any], altered: Callable[[str, str], Path], tmp_path: Path
) -> None:
    """A label column that is not there is named, and no folder appears."""
    recipe = altered('label = "team"', 'label = "author"')
    refused(command("train", recipe, "-q"), "no column 'author'", "'team'")
    assert not (tmp_path / "teams-0.1.0").exists()


def test_output_that_is_no_model(command: Callable[..., Any], trained: Any, tmp_path: Path) -> None:
    """A folder that holds something else is left alone."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("words")
    found = command("train", trained.recipe_file, "-q", "-o", "mine", "--workers", "1")
    refused(found, "mine", "no model folder")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "words"


@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_no_workers(command: Callable[..., Any], trained: Any, name: str) -> None:
    """Fewer than one worker is refused by the option's name."""
    corpus = trained.recipe.corpora[0].path
    given = [trained.recipe_file] if name == "train" else [trained.folder, "--corpus", corpus]
    refused(command(name, *given, "--workers", "0"), "--workers is 0")


def test_training_extra_is_missing(
    command: Callable[..., Any], trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the packages for training are not installed, the command to get them is told."""
    for name in [name for name in sys.modules if name.startswith("fingerprint_training")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    mend = "pip install 'code-fingerprint[train]'"
    refused(command("train", trained.recipe_file), "pyarrow", mend)
    corpus = trained.recipe.corpora[0].path
    refused(command("evaluate", trained.folder, "--corpus", corpus), "pyarrow", mend)


@pytest.fixture
def challenger(
    altered: Callable[[str, str], Path], newcomers: Callable[..., Any], tmp_path: Path
) -> Callable[..., Path]:
    """Return what writes a recipe of the example corpus and of new samples."""

    def write(repositories: int = 6, *, guessed: bool = False) -> Path:
        rows = newcomers([f"new{n}" for n in range(repositories)], guessed=guessed)
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / "fresh.jsonl").write_text(text, encoding="utf-8")
        added = (
            '[[corpus]]\npath = "fresh.jsonl"\nnew = true\n[corpus.columns]\nlabel = "team"\n'
            'source = "repository"\n[cleaning]\nenabled = false\n'
            "[split]\ntest_tasks = 0\ntest_sources = 0\n"
        )
        recipe = altered("[split]\n", added)
        text = recipe.read_text(encoding="utf-8")
        assert '"0.1.0"' in text
        recipe.write_text(text.replace('"0.1.0"', '"0.2.0"'), encoding="utf-8")
        return recipe

    return write


def test_challenger_is_published(
    command: Callable[..., Any], challenger: Callable[..., Path], trained: Any, tmp_path: Path
) -> None:
    """A better one is written: exit code 0, the comparison on standard output and in the report."""
    given = ("train", challenger(), "--warm-from", trained.folder, "-o", "next", "--workers", "1")
    code, out, err = command(*given, "--report", "report.json")
    assert code == 0
    assert "warm start: 1 rounds on top of 5" in err
    assert "against champion teams-0.1.0: published" in out
    assert out.splitlines()[-1].startswith("next\tmanifest ")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    model = fingerprint.load(tmp_path / "next")
    assert model.figures["retraining"] == report
    assert report["published"]


def test_challenger_is_not_published(
    command: Callable[..., Any], challenger: Callable[..., Path], trained: Any, tmp_path: Path
) -> None:
    """One trained on noise is not: exit code 1, the comparison all the same, and no folder."""
    recipe = challenger(guessed=True)
    given = ("train", recipe, "--warm-from", trained.folder, "-o", "next", "--workers", "1", "-q")
    code, out, err = command(*given, "--report", "report.json")
    assert (code, err) == (1, "")
    assert "not published" in out
    assert "FAILED: new side" in out
    assert not (tmp_path / "next").exists()
    assert not json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["published"]


def test_challenges_that_cannot_be(
    command: Callable[..., Any], challenger: Callable[..., Path], trained: Any, tmp_path: Path
) -> None:
    """No champion, a damaged one, its own version, too few owners, agents: named, exit code 2."""
    recipe, warm = challenger(5), ("--warm-from", trained.folder)
    refused(command("train", recipe, "-q", *warm), "5 owner(s)", "6 owners are needed")
    refused(command("train", recipe, "--warm-from", "gone"), "no model folder at gone")
    refused(command("train", trained.recipe_file, *warm), "raise `version`")
    damaged = shutil.copytree(trained.folder, tmp_path / "damaged")
    (damaged / "booster.txt").write_text("tree")
    refused(command("train", recipe, "--warm-from", damaged), "booster.txt")
    agents = tmp_path / "agents.toml"
    agents.write_text('kind = "agent"\n', encoding="utf-8")
    refused(command("train", agents, *warm), "agent model, which cannot be gone on from")
    refused(command("train", recipe, "--report", "r.json"), "give --warm-from too")
    refused(command("train", recipe, *warm, "--report", "no/r.json"), "cannot write no/r.json")
    assert not (tmp_path / "teams-0.2.0").exists()


def evaluated(command: Callable[..., Any], trained: Any, *more: object) -> Any:
    corpus = trained.recipe.corpora[0].path
    return command("evaluate", trained.folder, "--corpus", corpus, *COLUMNS, *more)


def test_evaluate(command: Callable[..., Any], trained: Any, tmp_path: Path) -> None:
    """Tables go to standard output, figures as JSON to a file, whole and alone in its folder."""
    (tmp_path / "made").mkdir()
    output = tmp_path / "made" / "figures.json"
    more = ("--protocol", "tasks", "--baseline", "majority", "-o", output)
    code, out, _ = evaluated(command, trained, *more)
    assert code == 0
    assert "macro-F1" in out
    found = json.loads(output.read_text(encoding="utf-8"))
    assert found["protocol"] == "tasks"
    assert set(found["others"]) == {
        *("majority", "without comment columns"),
        *("high-precision, alone", "high-precision, by source"),
    }
    assert list(output.parent.iterdir()) == [output]


def test_evaluate_as_is(command: Callable[..., Any], trained: Any) -> None:
    """The model itself is scored when asked for, by sources unless told otherwise."""
    code, out, err = evaluated(command, trained, "--as-is")
    assert code == 0
    assert "by source" in out
    assert "fitting" not in err


def test_evaluate_on_nothing(command: Callable[..., Any], trained: Any) -> None:
    """A missing model, a missing corpus and a missing column are each named."""
    corpus = trained.recipe.corpora[0].path
    refused(command("evaluate", "nowhere", "--corpus", corpus), "nowhere", "fingerprint train")
    refused(command("evaluate", trained.folder, "--corpus", "gone.csv"), "gone.csv")
    found = command("evaluate", trained.folder, "--corpus", corpus, "--workers", "1")
    refused(found, "no column 'label'", "'team'")


def test_evaluate_into_nowhere(command: Callable[..., Any], trained: Any, tmp_path: Path) -> None:
    """A file that cannot be written is named before the work is done, and nothing is left."""
    (tmp_path / "taken").mkdir()
    for target in ("taken", "no/folder.json"):
        code, out, err = evaluated(command, trained, "--as-is", "-o", target)
        assert code == 2
        assert target in err
        assert out == ""
    assert [entry.name for entry in tmp_path.rglob("*")] == ["taken"]


def test_evaluate_robustness(command: Callable[..., Any], trained: Any, tmp_path: Path) -> None:
    """Copies are scored on request: a table on standard output, figures in a file."""
    output = tmp_path / "robustness.json"
    code, out, err = evaluated(command, trained, "--protocol", "robustness", "-o", output)
    assert code == 0
    assert "| identifiers-renamed | " in out
    assert "robustness: " in err
    found = json.loads(output.read_text(encoding="utf-8"))
    assert found["protocol"] == "robustness"
    assert found["transforms"][-1]["transform"] == "all in a row"


def test_robustness_has_no_baselines(command: Callable[..., Any], trained: Any) -> None:
    """A baseline is refused before the work is done, not passed over."""
    more = ("--protocol", "robustness", "--baseline", "majority")
    refused(evaluated(command, trained, *more), "--baseline", "leave it out")
