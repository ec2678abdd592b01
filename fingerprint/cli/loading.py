"""Load a model for a command, or end it with a message."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def lean_imports() -> Iterator[None]:
    """Keep lightgbm from importing scikit-learn and pandas, which it does where they are.

    They take over a second, and prediction uses neither. Only the command line may do so: in
    somebody else's process lightgbm would lose its scikit-learn classes.
    """
    hidden = [name for name in ("sklearn", "pandas") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: "not there"
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


def log(message: str) -> None:
    """Write a line to standard error, in one piece: fits run side by side."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
