"""A recipe: which corpora, how they are cleaned and split, how the model is fitted and judged.

A recipe and its corpora decide the model: the same two give the same model.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from fingerprint_training.strict_toml import (
    RecipeError,
    build,
    one_of,
    read_toml,
    setting,
    within,
)

__all__ = [
    "Augmentation",
    "Booster",
    "Cleaning",
    "Columns",
    "CorpusRecipe",
    "Evaluation",
    "Lexicon",
    "Recipe",
    "RecipeError",
    "Retraining",
    "SplitRecipe",
    "Transfer",
    "load_recipe",
    "section_from",
]

BASELINES = ("majority", "tfidf_lightgbm", "embedding")
VARIABLE = re.compile(r"\$\{(\w+)\}")
MOST = 2**31 - 1  # LightGBM's settings are 32-bit integers


def _named(value: str) -> str | None:
    fits = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", value)
    return None if fits else "has letters, digits, '.', '_' and '-' only: it names a folder"


def _numbered(value: str) -> str | None:
    return None if re.fullmatch(r"\d+(\.\d+)*", value) else "is numbers with dots, as in '1.0.2'"


def _not_empty(value: str) -> str | None:
    return None if value else "cannot be empty"


def _folds(value: int) -> str | None:
    return None if value == 0 or 2 <= value <= 100 else "is 0 (rows in turn) or lies in [2, 100]"


@dataclass(frozen=True, slots=True)
class Columns:
    """What a corpus calls its columns; None: the canonical name if it has that, else nothing."""

    code: str = setting("code", check=_not_empty)
    label: str | None = setting(None, check=_not_empty)
    language: str | None = setting(None, check=_not_empty)
    source: str | None = setting(None, check=_not_empty)
    task: str | None = setting(None, check=_not_empty)
    model: str | None = setting(None, check=_not_empty)
    variant: str | None = setting(None, check=_not_empty)
    path: str | None = setting(None, check=_not_empty)
    date: str | None = setting(None, check=_not_empty)


@dataclass(frozen=True, slots=True)
class CorpusRecipe:
    """One `[[corpus]]`: a file that exists, its columns, labels to leave out.

    `label` is the class of all rows, for a corpus of one class, and `columns.label` is None then;
    otherwise `label` is None and `columns.label` names a column. At most `per_source` samples of
    one label are drawn from one source, where that is given. `new` marks what a champion has not
    seen, for retraining alone.
    """

    path: Path
    columns: Columns
    label: str | None
    exclude_labels: tuple[str, ...]
    per_source: int = MOST
    new: bool = False


@dataclass(frozen=True, slots=True)
class _CorpusTable:
    path: str = setting(check=_not_empty)
    label: str | None = setting(None, check=_not_empty)
    exclude_labels: tuple[str, ...] = setting(())
    per_source: int = setting(MOST, check=within(1, MOST))
    new: bool = setting(False)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What is done to the rows before anything is measured.

    `on_contradiction` says what happens to rows with the same code and different labels.
    """

    enabled: bool = setting(True)
    near_duplicates: bool = setting(True)
    on_contradiction: str = setting("error", check=one_of(("error", "drop")))


@dataclass(frozen=True, slots=True)
class SplitRecipe:
    """Parts of the corpus, as whole tasks and whole sources, that only the evaluation reads.

    Folds are of what is left, for choosing and calibrating on rows that a booster did not see;
    0 sets nothing aside; with 0 folds, rows in turn are left out instead of groups.
    """

    test_tasks: float = setting(0.2, check=within(0, 0.9))
    test_sources: float = setting(0.2, check=within(0, 0.9))
    folds_tasks: int = setting(3, check=_folds)
    folds_sources: int = setting(4, check=_folds)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How many hashed n-gram columns are selected, of each view."""

    tokens: int = setting(600, check=within(0, 32_768))
    characters: int = setting(300, check=within(0, 32_768))
    tree: int = setting(150, check=within(0, 32_768))


@dataclass(frozen=True, slots=True)
class Booster:
    """LightGBM's settings; `leaves` is its num_leaves, `threads` its num_threads."""

    rounds: int = setting(120, check=within(1, 100_000))
    learning_rate: float = setting(0.12, check=within(0.0001, 1))
    leaves: int = setting(31, check=within(2, 131_072))
    min_data_in_leaf: int = setting(20, check=within(1, MOST))
    feature_fraction: float = setting(0.15, check=within(0.001, 1))
    bagging_fraction: float = setting(0.7, check=within(0.001, 1))
    lambda_l2: float = setting(2.0, check=within(0, 1e6))
    max_bin: int = setting(63, check=within(2, 65_535))
    threads: int = setting(1, check=within(1, 1024))


@dataclass(frozen=True, slots=True)
class Transfer:
    """The linear heads for unseen sources: what is added to the diagonal of their covariance."""

    shrinkage: float = setting(0.1, check=within(0.001, 100))


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What a transformed copy of a sample weighs beside it in fitting; 0: no copies are made."""

    weight: float = setting(0.0, check=within(0, 1))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Baselines fitted on the same folds, and how often whole groups are resampled."""

    baselines: tuple[str, ...] = setting(("majority", "tfidf_lightgbm"), check=one_of(BASELINES))
    bootstrap: int = setting(200, check=within(0, 100_000))


@dataclass(frozen=True, slots=True)
class Retraining:
    """What `--warm-from` adds to the champion, and what it may cost on the reference side.

    `rounds` trees of each class are added to the champion's; 0: a third of the booster's rounds.
    `tolerance` (nats of log-loss) is how much worse the challenger may be on reference samples,
    at the worse end of the interval.
    """

    rounds: int = setting(0, check=within(0, 100_000))
    tolerance: float = setting(0.05, check=within(0, 10))


@dataclass(frozen=True, slots=True)
class _Head:
    name: str = setting(check=_named)
    version: str = setting(check=_numbered)
    seed: int = setting(0, check=within(0, MOST))
    human: str = setting("human")


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that `fingerprint train` is told; `human` is None where no label means human."""

    name: str
    version: str
    seed: int
    human: str | None
    corpora: tuple[CorpusRecipe, ...]
    cleaning: Cleaning
    split: SplitRecipe
    lexicon: Lexicon
    booster: Booster
    transfer: Transfer
    augmentation: Augmentation
    evaluation: Evaluation
    retraining: Retraining = Retraining()


SECTIONS: Mapping[str, type[Any]] = {
    "cleaning": Cleaning,
    "split": SplitRecipe,
    "lexicon": Lexicon,
    "booster": Booster,
    "transfer": Transfer,
    "augmentation": Augmentation,
    "evaluation": Evaluation,
    "retraining": Retraining,
}


def load_recipe(path: str | Path) -> Recipe:
    """Read and check a recipe; what it leaves out has its default.

    Paths of corpora are relative to the recipe's folder; `${NAME}` in them is an environment
    variable. Raises RecipeError that names the key and the mend: for an unknown key, a wrong
    type, a value out of range, a variable that is not set, a corpus that is not there.
    """
    file = Path(path)
    tables = read_toml(file)
    try:
        return _recipe(tables, file.parent)
    except RecipeError as error:
        raise RecipeError(f"{file}: {error}") from error


def _recipe(tables: dict[str, Any], folder: Path) -> Recipe:
    head = build(_Head, tables, "", also=("corpus", *SECTIONS))
    if not isinstance(tables.get("corpus"), list) or not tables["corpus"]:
        raise RecipeError("corpus is missing: add a [[corpus]] table with the path of a file")
    return Recipe(
        name=head.name,
        version=head.version,
        seed=head.seed,
        human=head.human or None,
        corpora=tuple(
            _corpus(table, f"corpus[{at}]", folder) for at, table in enumerate(tables["corpus"])
        ),
        **{key: build(record, tables.get(key, {}), key) for key, record in SECTIONS.items()},
    )


def _corpus(table: Any, where: str, folder: Path) -> CorpusRecipe:
    settings = build(_CorpusTable, table, where, also=("columns",))
    named = table.get("columns", {})
    columns = build(Columns, named, f"{where}.columns")
    if settings.label is not None and columns.label is not None:
        raise RecipeError(
            f"{where}.label and {where}.columns.label are both given: keep the first for one "
            "class in all rows, the second for a column that tells the class"
        )
    if settings.label is None and columns.label is None:
        columns = build(Columns, {"label": "label"} | named, f"{where}.columns")
    path = resolve_path(settings.path, f"{where}.path", folder)
    return CorpusRecipe(
        path,
        columns,
        settings.label,
        settings.exclude_labels,
        settings.per_source,
        settings.new,
    )


def section_from(kind: type[Any], stored: Mapping[str, Any]) -> Any:
    """Return a section as a model's figures hold it; settings newer than the model: the default."""
    values = {field.name: stored[field.name] for field in fields(kind) if field.name in stored}
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def resolve_path(written: str, where: str, folder: Path) -> Path:
    """Return a file that a recipe names, ${NAME} read from the environment; RecipeError if none."""
    for name in VARIABLE.findall(written):
        if not os.environ.get(name):
            raise RecipeError(f"{where} needs the environment variable {name}: set it")
    path = folder / VARIABLE.sub(lambda found: os.environ[found[1]], written)
    if not path.is_file():
        raise RecipeError(f"{where} is {written!r}, and there is no file {path}: mend the path")
    return path
