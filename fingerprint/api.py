"""The few calls a user makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint_models.shipped_models import AGENTS, CODE, shipped_folder

if TYPE_CHECKING:
    from fingerprint_models.agent_model import AgentModel
    from fingerprint_models.model import Model


def load(folder: str | Path | None = None) -> Model:
    """Return the model in `folder`, or the shipped one.

    Raises a `ValueError` or `OSError` that names the file and the mend where the folder is
    missing, damaged, or written for other columns or by a newer version.
    """
    from fingerprint_models.model import Model  # noqa: PLC0415 - brings numpy: for users only

    return Model.load(Path(folder) if folder is not None else shipped_folder(CODE))


def load_agents(folder: str | Path | None = None) -> AgentModel:
    """Return the agent model in `folder`, or the shipped one: for commits and pull requests.

    It answers many at once (`predict_changes`), and together (`pool`). Raises as `load` does.
    """
    from fingerprint_models.agent_model import AgentModel  # noqa: PLC0415 - see `load`

    return AgentModel.load(Path(folder) if folder is not None else shipped_folder(AGENTS))
