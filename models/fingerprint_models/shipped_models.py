"""The models that come with the package: `shipped/NAME-VERSION`, the newest version of each."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import fingerprint_models

if TYPE_CHECKING:
    from fingerprint_models.agent_model import AgentModel

CODE = "code-family"
"""Name of the model that tells who wrote code."""

AGENTS = "agent"
"""Name of the model that tells who made a commit or a pull request."""

_VERSION = re.compile(r"\d+(?:\.\d+)*")


def shipped_folder(name: str) -> Path:
    """Return the folder of the newest shipped version of the model `name`, counted as numbers.

    Raises `FileNotFoundError` where there is none.
    """
    homes = [Path(home) / "shipped" for home in fingerprint_models.__path__]
    folders = [entry for home in homes if home.is_dir() for entry in home.glob(f"{name}-*")]
    models = [
        (version, entry)
        for entry in folders
        if entry.is_dir() and (version := _version_of(entry, name))
    ]
    if not models:
        raise FileNotFoundError(
            f"no model {name}-VERSION in {homes[0]}: reinstall code-fingerprint, "
            "or name a model folder"
        )
    return max(models)[1]


@cache
def shipped_agents() -> AgentModel:
    """Return the shipped agent model, opened once in a process.

    Raises as `AgentModel.load` and `shipped_folder` do.
    """
    from fingerprint_models.agent_model import AgentModel  # noqa: PLC0415 - code needs none of it

    return AgentModel.load(shipped_folder(AGENTS))


def _version_of(folder: Path, name: str) -> tuple[int, ...]:
    """Return the version in a folder's name; empty where another word stands there."""
    version = folder.name.removeprefix(f"{name}-")
    return tuple(map(int, version.split("."))) if _VERSION.fullmatch(version) else ()
