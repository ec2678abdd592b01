"""The options that name a corpus's columns, where a command reads corpora to compare them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

USUAL = {
    "language": "language or lang",
    "label": "label or family",
    "model": "model",
    "date": "date or created_at",
    "source": "source, repo, repository or repo_name",
    "task": "task",
}
"""Role of a column, and the names under which it is found; as `drift.rows.USUAL`."""


def add_columns(
    parser: argparse.ArgumentParser, roles: Iterable[str] = USUAL, about: str | None = None
) -> None:
    """Add `--code` and an option for each of some roles of `USUAL`, called as `option_of` tells."""
    group = parser.add_argument_group("columns of a corpus", about)
    group.add_argument("--code", default="code", metavar="COLUMN", help="default: code")
    for role in roles:
        name = option_of(role).replace("_", "-")
        group.add_argument(f"--{name}", metavar="COLUMN", help=f"default: {USUAL[role]}, if there")


def option_of(role: str) -> str:
    """Return where the name of a role's column is kept; `--model` is the folder of a model."""
    return "model_column" if role == "model" else role
