"""`fingerprint mine`: from git histories to a labelled corpus."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.cli.errors import UsageError
from fingerprint.cli.loading import log

if TYPE_CHECKING:
    from fingerprint_training.mining import Mined

HELP = "mine git histories into labelled code samples and changes"
ABOUT = """Mine git histories into a labelled corpus.

Code that a commit adds is labelled by what the commit declares (trailers, bots, notes), as human
where it is older than June 2021, and as undeclared otherwise. OUT.parquet holds code samples,
OUT.changes.parquet the changes, OUT.md the data card. Finished repositories stay in OUT.parts: the
same command goes on where it was stopped, and later reads again only what moved. Repositories are
only read. Exit code 2: something is missing, and standard error says what.
"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("mine", help=HELP, description=ABOUT)
    parser.add_argument(
        "repositories",
        metavar="REPO",
        nargs="+",
        type=Path,
        help="a work tree, a bare repository, or a folder of mirrors OWNER+NAME or OWNER+NAME/repo",
    )
    parser.add_argument(
        "-o", "--output", metavar="OUT.parquet", type=Path, required=True, help="the corpus"
    )
    for name, side in (("since", "from"), ("until", "up to")):
        parser.add_argument(
            f"--{name}", metavar="DATE", type=_day, help=f"changes {side} a day, YYYY-MM-DD, UTC"
        )
    parser.add_argument("--branch", metavar="REV", help="one revision (default: all refs)")
    parser.add_argument(
        "--only",
        choices=("all", "declared", "undeclared"),
        default="all",
        help="changes that declare an agent, or those that do not (default: all)",
    )
    parser.add_argument(
        "--samples-per-change", metavar="N", type=int, default=6, help="cap (default: 6)"
    )
    parser.add_argument(
        "--per-repository",
        metavar="N",
        type=int,
        default=300,
        help="cap for each repository, agent, label and language (default: 300)",
    )
    parser.add_argument(
        "--workers", metavar="N", type=int, default=1, help="repositories at a time (default: 1)"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Mine, print what was written, say what is missing; return the exit code."""
    try:
        from fingerprint_training.mining import Settings, changes_path, mine
    except ImportError as error:
        raise UsageError(
            f"mining needs more packages ({error.name}): pip install 'code-fingerprint[train]'"
        ) from error
    _check(arguments)
    settings = Settings(
        since=arguments.since,
        until=arguments.until,
        revision=arguments.branch or Settings().revision,
        only=arguments.only,
        samples_per_change=arguments.samples_per_change,
        per_repository=arguments.per_repository,
    )
    out: Path = arguments.output
    try:
        mined = mine(
            arguments.repositories,
            out,
            settings,
            workers=arguments.workers,
            log=_silent if arguments.quiet else log,
            progress=not arguments.quiet,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    print(f"{out}\t{mined.samples} samples")
    print(f"{changes_path(out)}\t{mined.changes} changes")
    return _told(mined)


def _told(mined: Mined) -> int:
    for each in mined.missing:
        log(f"fingerprint: missing: {each}")
    return 2 if mined.missing else 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what would fail only after the work is done."""
    for name in ("workers", "samples_per_change", "per_repository"):
        if getattr(arguments, name) < 1:
            option = name.replace("_", "-")
            raise UsageError(f"--{option} is {getattr(arguments, name)}, and must be at least 1")
    out: Path = arguments.output
    if out.suffix != ".parquet" or out.is_dir() or not out.parent.is_dir():
        raise UsageError(f"cannot write {out}: name a .parquet file in a folder that exists")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _silent(_message: str) -> None:
    """Drop a message."""
