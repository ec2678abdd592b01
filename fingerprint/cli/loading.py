"""Load a model for a command, or end it with a message."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fingerprint import api
from fingerprint.cli.errors import UsageError

if TYPE_CHECKING:
    from fingerprint_models.model import Model


def load_model(folder: str | None) -> Model:
    """Return the model in `folder`, or the shipped one; raises `UsageError` for a bad one."""
    if folder is not None and not os.path.isdir(folder):  # noqa: PTH112 - no access is no
        raise UsageError(f"no model folder at {folder}: name one that `fingerprint train` wrote")
    try:
        return api.load(folder)
    except (OSError, ValueError) as error:
        raise UsageError(str(error)) from error
