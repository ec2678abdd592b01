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
    """Add `--code` and an option for each of some roles of `USUAL`, called as the role is."""
    group = parser.add_argument_group("columns of a corpus", about)
    group.add_argument("--code", default="code", metavar="COLUMN", help="default: code")
    for role in roles:
        group.add_argument(f"--{role}", metavar="COLUMN", help=f"default: {USUAL[role]}, if there")
