"""`fingerprint predict` of commits and pull requests: what they declare, what style says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.changes import COMMIT, PULL_REQUEST, RANGE, Found, discover
from fingerprint.cli import render_changes
from fingerprint.cli.formats import chosen_format
from fingerprint.cli.loading import lean_imports
from fingerprint.cli.loading_agents import load_agents
from fingerprint.cli.output import opened
from fingerprint.cli.pools import Pools
from fingerprint.cli.render import printable
from fingerprint.cli.settings import read_settings
from fingerprint.cli.tally_changes import ChangeTally
from fingerprint_features.change import Change
from fingerprint_models.change_attribution import ChangeAttribution

if TYPE_CHECKING:
    from fingerprint_models.agent_model import AgentModel

CHUNK_CHANGES = 256
"""Changes that are held and scored at once."""

MAX_CHARACTERS = 1 << 24
"""A chunk is cut earlier at this much text (16 Mi characters): some commits are whole trees."""


def run(arguments: argparse.Namespace) -> int:
    """Print an attribution for each change, then for the pools; return the exit code."""
    mode = arguments.mode or read_settings(Path.cwd()).mode
    model = load_agents(arguments.model)
    tally, pools = ChangeTally(), Pools(arguments.pool, arguments.by == "author")
    found = _worth_reporting(discover(arguments.changes, Path(arguments.repo or ".")))
    answers = pools.filled(attribute(found, model, mode=mode, explain=arguments.explain))
    many = len(arguments.changes) > 1 or arguments.changes[0][0] == RANGE
    with lean_imports(), opened(arguments.output) as stream:
        writer = _writer(chosen_format(arguments.format, arguments.output))
        counted = tally.counting(answers, progress=many and sys.stderr.isatty())
        writer(_followed(counted, pools, model, mode), stream)
    if many or tally.total() > 1:
        print(f"fingerprint: {tally.summary()}", file=sys.stderr)
    return 2 if tally.all_failed() else 0


def attribute(
    found: Iterable[Found], model: AgentModel, *, mode: str, explain: bool = False
) -> Iterator[tuple[Found, ChangeAttribution]]:
    """Yield what was found with its attribution, in order; what was not read keeps its status."""
    for chunk in _chunks(found):
        read = [(item.change, item.style) for item in chunk if item.change is not None]
        changes, styles = [change for change, _ in read], [style for _, style in read]
        scored = iter(model.predict_changes(changes, styles=styles, mode=mode, explain=explain))
        for item in chunk:
            path = item.asked if item.kind == PULL_REQUEST else None
            if item.change is not None:
                yield item, replace(next(scored), path=path)
            else:
                kind = PULL_REQUEST if path is not None else COMMIT
                name = None if path is not None else item.asked
                yield (
                    item,
                    ChangeAttribution(
                        item.status, model.id, kind=kind, id=name, path=path, reason=item.problem
                    ),
                )


def _worth_reporting(found: Iterable[Found]) -> Iterator[Found]:
    """Yield what has an answer or failed; say on standard error what is wrong."""
    for item in found:
        if item.change is None:
            about = f"{printable(item.asked)}: {printable(item.problem)}"
            print(f"fingerprint: {about}", file=sys.stderr)
        if item.status != "empty":
            yield item


def _followed(
    answers: Iterable[ChangeAttribution], pools: Pools, model: AgentModel, mode: str
) -> Iterator[ChangeAttribution]:
    yield from answers
    yield from pools.answers(model, mode)


def _chunks(found: Iterable[Found]) -> Iterator[list[Found]]:
    chunk: list[Found] = []
    characters = 0
    for item in found:
        chunk.append(item)
        characters += _characters(item.change) if item.change is not None else 0
        if len(chunk) == CHUNK_CHANGES or characters > MAX_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def _characters(change: Change) -> int:
    hunks = (hunk for file in change.files or () for hunk in file.hunks)
    lines = (line for hunk in hunks for side in (hunk.added, hunk.removed) for line in side)
    return len(change.message) + sum(map(len, lines)) + sum(map(_characters, change.commits))


def _writer(name: str) -> render_changes.Writer:
    if name == "table":
        from fingerprint.cli.table_changes import write_table

        return write_table
    return {
        "json": render_changes.write_json,
        "jsonl": render_changes.write_jsonl,
        "plain": render_changes.write_plain,
    }[name]
