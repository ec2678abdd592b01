"""Load an agent model for a command, or end it with a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerprint import api
from fingerprint.cli.errors import UsageError

if TYPE_CHECKING:
    from fingerprint_models.agent_model import AgentModel


def load_agents(folder: str | None) -> AgentModel:
    """Return the agent model in `folder`, or the shipped one; raises `UsageError` for a bad one.

    The `model` of a project's settings is the model of code, so it is not asked.
    """
    try:
        return api.load_agents(folder)
    except (OSError, ValueError) as error:
        raise UsageError(str(error)) from error
