"""The recipe of an agent model: which changes, which classes, how they are fitted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fingerprint_training.recipe import Booster, resolve_path
from fingerprint_training.strict_toml import RecipeError, build, read_toml, setting, within

KIND = "agent"
"""The value of a recipe's key `kind` that says that an agent model is asked for."""


@dataclass(frozen=True)
class _Top:
    kind: str = setting()
    name: str = setting()
    version: str = setting()
    classes: tuple[str, ...] = setting()
    changes: tuple[str, ...] = setting()
    pull_requests: tuple[str, ...] = setting(())
    open_set: tuple[str, ...] = setting(())
    human: str = setting("human")
    seed: int = setting(0)
    per_repository: int = setting(300, check=within(1, 1e9))
    single_commit: int = setting(0, check=within(0, 1e9))
    folds: int = setting(5, check=within(2, 50))
    test: float = setting(0.25, check=within(0.01, 0.9))
    words_c: float = setting(10.0, check=within(1e-6, 1e6))


@dataclass(frozen=True)
class AgentRecipe:
    """What a recipe of kind "agent" says.

    `changes` are files that mining wrote, `pull_requests` tables as `rows.read_pull_requests`
    reads them. `classes` are agents, and `human` for changes before the assistants; changes by
    any other agent are left out, and those of `open_set` are what "unknown" is measured on. At
    most `per_repository` changes of one class come from one repository, and `single_commit` of
    them stand once more as pull requests of one commit. `test` is the share of owners set aside,
    `folds` how many folds the rest is cross-fitted in; `words_c` the inverse strength of the word
    head's penalty.
    """

    name: str
    version: str
    classes: tuple[str, ...]
    human: str
    changes: tuple[Path, ...]
    pull_requests: tuple[Path, ...]
    open_set: tuple[str, ...]
    seed: int
    per_repository: int
    single_commit: int
    folds: int
    test: float
    words_c: float
    booster: Booster = field(default_factory=Booster)


def is_agent_recipe(path: Path) -> bool:
    """Tell whether a recipe asks for an agent model."""
    return read_toml(path).get("kind") == KIND


def load_agent_recipe(path: Path) -> AgentRecipe:
    """Return the recipe in a TOML file; RecipeError names the key that is wrong and the mend."""
    tables = read_toml(path)
    try:
        return _recipe(tables, path.parent)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from error


def _recipe(tables: dict[str, Any], folder: Path) -> AgentRecipe:
    top = build(_Top, {k: v for k, v in tables.items() if k != "booster"}, "")
    if top.human not in top.classes:
        raise RecipeError(f"classes lack {top.human!r}: add it, or name another class as human")
    if not top.changes and not top.pull_requests:
        raise RecipeError("changes and pull_requests are both empty: name a file")
    return AgentRecipe(
        name=top.name,
        version=top.version,
        classes=(top.human, *(name for name in top.classes if name != top.human)),
        human=top.human,
        changes=tuple(resolve_path(each, "changes", folder) for each in top.changes),
        pull_requests=tuple(
            resolve_path(each, "pull_requests", folder) for each in top.pull_requests
        ),
        open_set=top.open_set,
        seed=top.seed,
        per_repository=top.per_repository,
        single_commit=top.single_commit,
        folds=top.folds,
        test=top.test,
        words_c=top.words_c,
        booster=build(Booster, tables.get("booster", {}), "booster"),
    )
