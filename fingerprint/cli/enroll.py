"""`fingerprint enroll`: a family or a person joins a model from a few samples, and leaves it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.cli.errors import UsageError
from fingerprint.cli.loading import lean_imports
from fingerprint.cli.settings import read_settings
from fingerprint.enrolling import PRIOR, enroll, remove_enrolled
from fingerprint.files import discover
from fingerprint.ignore import IgnoreFileError

if TYPE_CHECKING:
    from fingerprint_features.sample import Sample
    from fingerprint_models.newcomer import Joined

HELP = "add a family or a person to a model, from 10 to 200 samples"
ABOUT = """Add a family of models, or a person, to a model from 10 to 200 samples. Nothing is
trained again: the classes of the model keep their calibration, and --remove undoes it."""
TABLES = (".parquet", ".jsonl", ".jsonl.gz", ".csv")
WEAK = 0.8
"""Below this AUROC on left-out samples a class is hardly ever told, and we say so."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("enroll", help=HELP, description=ABOUT)
    add = parser.add_argument
    add("name", metavar="NAME", help="what the class is to be called in answers")
    add("--into", metavar="FOLDER", required=True, help="model folder; made where it is missing")
    add("--samples", metavar="PATH", help="folder of code files, or a table with a column `code`")
    add("--model", metavar="BASE", help="model that a new FOLDER begins as (default: shipped)")
    add("--person", action="store_true", help="a human author, not a family of models")
    add("--prior", type=float, default=PRIOR, metavar="P", help="presumed share (default: 0.1)")
    add("--remove", action="store_true", help="take NAME out of FOLDER again")
    add("--workers", type=int, default=1, metavar="N", help="processes that measure code")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Enrol or remove a class, and say what became of it; return the exit code."""
    if arguments.remove == (arguments.samples is not None):
        raise UsageError("give --samples to enroll, or --remove alone to undo it")
    if arguments.remove and arguments.model:
        raise UsageError("--model is for a new FOLDER: leave it out with --remove")
    if arguments.workers < 1:
        raise UsageError(f"--workers is {arguments.workers}, but it takes at least one")
    try:
        with lean_imports():
            if arguments.remove:
                remove_enrolled(arguments.name, into=arguments.into)
                print(f"{arguments.into}\t{arguments.name}\tremoved")
            else:
                _enroll(arguments)
    except (OSError, ValueError) as error:
        raise UsageError(str(error)) from error
    return 0


def _enroll(arguments: argparse.Namespace) -> None:
    joined = enroll(
        arguments.name,
        list(_samples(arguments.samples)),
        into=arguments.into,
        base=arguments.model,
        person=arguments.person,
        prior=arguments.prior,
        workers=arguments.workers,
    )
    print(f"{arguments.into}\t{joined.name}\tenrolled from {joined.samples} samples")
    for line in _remarks(joined):
        print(f"fingerprint: {line}", file=sys.stderr)


def _remarks(joined: Joined) -> Iterator[str]:
    """Yield what a user should know of the samples and of how well the class is told."""
    languages = ", ".join(f"{name or 'unknown'} {n}" for name, n in joined.languages.items())
    yield f"{joined.name} is told in these languages only: {languages}"
    if joined.near_copies or joined.not_scored:
        yield f"left out: {joined.near_copies} near copies, {joined.not_scored} not scored"
    yield f"left-out samples: AUROC {joined.auroc:.2f} against the other classes"
    if joined.auroc < WEAK or not joined.told:
        yield (
            f"{joined.name} is hardly told apart: expect it as `raw` or in the prediction set, "
            "and seldom or never as the answer; more samples, of more kinds of tasks, may help"
        )


def _samples(path: str) -> Iterator[Sample]:
    if path.endswith(TABLES) and Path(path).is_file():
        yield from _rows(path)
        return
    from fingerprint_features.sample import Sample

    settings = read_settings(Path.cwd())
    items = discover(
        [path],
        recursive=True,
        default_language=settings.language,
        patterns=settings.ignore,
    )
    try:
        for item in items:
            if item.status == "ok":
                yield Sample(item.code, language=item.language, path=item.path)
            elif item.status != "not_code":
                why = f"{item.status} ({item.reason})" if item.reason else item.status
                print(f"fingerprint: {item.path}: {why}", file=sys.stderr)
    except IgnoreFileError as error:
        raise UsageError(str(error)) from error


def _rows(path: str) -> Iterator[Sample]:
    """Yield the rows of a table with a column `code`, perhaps `language` and `path` too."""
    from fingerprint_features.sample import Sample

    try:
        from fingerprint_training.tables import read_table
    except ImportError as error:
        raise UsageError(
            f"tables need more packages ({error.name}): pip install 'code-fingerprint[data]'"
        ) from error
    table, origin = read_table(path, text_columns=("code", "language", "path"))
    names = [name for name in ("code", "language", "path") if name in table.column_names]
    if "code" not in names:
        raise UsageError(f"{origin} has no column `code`: rename the one that holds the code")
    for row in table.select(names).to_pylist():
        if isinstance(row["code"], str):
            yield Sample(row["code"], language=row.get("language"), path=row.get("path"))
