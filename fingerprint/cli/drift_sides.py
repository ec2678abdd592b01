"""The two sides that `fingerprint drift` compares: a model's own sample or corpora, measured."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerprint.cli.corpus_columns import option_of
from fingerprint.cli.errors import UsageError
from fingerprint.cli.loading import load_model
from fingerprint.cli.loading_agents import load_agents

if TYPE_CHECKING:
    from fingerprint.drift.measured import Measured

SHIPPED = "shipped"
ROLES = ("language", "label", "source", "model")
"""What columns of a corpus tell, beside the code."""

_MANIFEST = "manifest.json"

Sides = tuple["Measured", "Measured", list[str]]
"""The reference, the current side, and what is to be warned of."""


def sides(arguments: argparse.Namespace) -> Sides:
    """Read and measure what the arguments name."""
    named = arguments.reference == SHIPPED or _is_model(Path(arguments.reference, _MANIFEST))
    if named and arguments.model is not None:
        raise UsageError("--model goes with a corpus as --reference: a model scores by itself")
    folder = arguments.model if arguments.reference == SHIPPED or not named else arguments.reference
    return (_of_changes if arguments.changes else _of_code)(arguments, folder, named)


def _is_model(manifest: Path) -> bool:
    """Tell whether a file is a model's manifest, or one that is damaged; other things have some."""
    try:
        found = json.loads(manifest.read_bytes())
    except OSError:
        return False
    except ValueError:
        return True
    return isinstance(found, dict) and "schema_hash" in found


def _of_code(arguments: argparse.Namespace, folder: str | None, named: bool) -> Sides:
    from fingerprint.drift.measured import measured, reference_of
    from fingerprint.drift.monitor.seen import AS_CURRENT, seen_note
    from fingerprint.drift.rows import Columns, read_rows

    model = load_model(folder)

    def corpus(inputs: list[str], side: int) -> Measured:
        names = {role: _of_side(arguments, option_of(role), side) for role in ROLES}
        columns = Columns(code=_of_side(arguments, "code", side) or "code", **names)
        rows = read_rows(inputs, columns, most=arguments.most, seed=arguments.seed)
        return measured(rows, model, **_how(arguments))

    reference = reference_of(model) if named else corpus([arguments.reference], 0)
    current = corpus(arguments.current, 1)
    notes = seen_note(reference, model), seen_note(current, model, mend=AS_CURRENT)
    return reference, current, [note for note in notes if note]


def _of_changes(arguments: argparse.Namespace, folder: str | None, named: bool) -> Sides:
    from fingerprint.drift.changes import (
        measured_changes,
        read_change_rows,
        reference_of_agents,
    )
    from fingerprint.drift.monitor.seen import AS_CURRENT, seen_note

    for name in map(option_of, ROLES):
        if getattr(arguments, name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} does not go with --changes: changes have no such column")
    model = load_agents(folder)

    def corpus(inputs: list[str]) -> Measured:
        rows = read_change_rows(inputs, most=arguments.most, seed=arguments.seed)
        return measured_changes(rows, model, **_how(arguments))

    reference = reference_of_agents(model) if named else corpus([arguments.reference])
    current = corpus(arguments.current)
    notes = seen_note(reference, model), seen_note(current, model, mend=AS_CURRENT)
    return reference, current, [note for note in notes if note]


def _of_side(arguments: argparse.Namespace, option: str, side: int) -> str | None:
    """Return the name of a column in the reference (0) or in what comes in (1); None: the usual."""
    given = getattr(arguments, option)
    names = given.split(",") if given else [None]
    if len(names) > 2 or "" in names:
        raise UsageError(
            f"--{option.replace('_', '-')} is {given!r}: give one name for both sides, or the "
            "reference's and the current one's with a comma between"
        )
    return names[min(side, len(names) - 1)]


def _how(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "workers": arguments.workers,
        "cache": arguments.cache,
        "progress": sys.stderr.isatty(),
    }
