"""`fingerprint drift`: whether what comes in is still what the model was trained on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from fingerprint.cli.corpus_columns import add_columns
from fingerprint.cli.drift_sides import ROLES, sides
from fingerprint.cli.errors import UsageError
from fingerprint.cli.formats import REPORTS, report_format
from fingerprint.cli.loading import log
from fingerprint.cli.output import opened
from fingerprint.cli.report_extra import check_report_extra

if TYPE_CHECKING:
    from fingerprint.drift.measured import Measured
    from fingerprint.drift.monitor import Drift
    from fingerprint.drift.stream import Watched

HELP = "tell whether what comes in has drifted from a reference"
ABOUT = """Compare what comes in with what a model was trained on, or with a corpus: languages,
features, families and sureness, within languages, with one alarm that rings in 5 % of comparisons
without drift. Corpora need no column but the code. With --changes, commits and pull requests are
compared in the same way: mined files, tables and JSON files of pull requests, git repositories."""
EPILOG = """With --state, what comes in is the next window of a stream. Example: fingerprint drift
--reference shipped --current incoming.parquet --fail-on drift; or fingerprint drift --changes
--reference .@v1.0 --current .@v1.0..HEAD. Exit codes: 0 done; 1 what --fail-on
names was found; 2 wrong usage, or files that cannot be read or written."""

KINDS = ("drift", "families", "features", "confidence", "languages", "calibration")
BY_HELP = (
    "what is shuffled to learn what is usual: rows, so that any other source alarms, or whole "
    "sources, so that only what differs more than sources do alarms (default: sources where the "
    "reference has 20 and most current rows are of others, else rows)"
)
FOUND, OK = 1, 0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("drift", help=HELP, description=ABOUT, epilog=EPILOG)
    add = parser.add_argument
    add(
        "--reference",
        metavar="MODEL|CORPUS",
        required=True,
        help="shipped, the folder of a model that keeps a sample of its training, or a corpus",
    )
    add(
        "--current",
        metavar="CORPUS",
        nargs="+",
        required=True,
        help="what comes in: files, folders of them, or globs",
    )
    add(
        "--changes",
        action="store_true",
        help="compare commits and pull requests, by the model of agents; a corpus may be a git "
        "repository, also as PATH@REVISIONS",
    )
    add("--model", metavar="FOLDER", help="scores both corpora (default: the shipped one)")
    add("--by", choices=("rows", "sources"), help=BY_HELP)
    add("--fail-on", choices=KINDS, help="exit with 1 if it was found")
    add("--state", metavar="FILE", type=Path, help="a stream's file, begun where there is none")
    add("--most", type=int, default=4000, metavar="N", help="rows of a corpus (default: 4000)")
    add("--seed", type=int, default=0, metavar="N", help="for what is left to chance (default: 0)")
    add("--cache", type=Path, metavar="DIR", help="keeps measured features")
    add("--workers", type=int, default=1, metavar="N", help="processes that measure (default: 1)")
    add("--format", choices=REPORTS, help="default: by the name of FILE, else text")
    add("--json", dest="format", action="store_const", const="json", help="--format json")
    add("-o", "--output", metavar="FILE", help="write there, whole or not at all")
    add_columns(parser, ROLES, "two names with a comma between: the reference's and the current's")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare, write what was found, and return the exit code."""
    for name in ("most", "workers"):
        if getattr(arguments, name) < 1:
            raise UsageError(f"--{name} is {getattr(arguments, name)}, and must be at least 1")
    if arguments.seed < 0:
        raise UsageError(f"--seed is {arguments.seed}, and must be at least 0")
    if arguments.state is not None:
        _check_stream(arguments)
    form = report_format(arguments.format, arguments.output)
    if form == "html":
        check_report_extra()
    try:
        import fingerprint.drift.changes
        import fingerprint.drift.monitor  # noqa: F401 - whether all they need is there
        from fingerprint.drift.errors import DriftError
        from fingerprint.labeling.errors import LabelError
        from fingerprint_training.errors import CorpusError
    except ImportError as error:
        raise UsageError(
            f"drift needs more packages ({error.name}): pip install 'code-fingerprint[train]'"
        ) from error
    try:
        # Opened first: a stream's window is taken in once, and what it told must not be lost.
        with opened(arguments.output) as stream:
            return _run(arguments, form, stream)
    except (DriftError, LabelError, CorpusError) as error:
        raise UsageError(str(error)) from error


def _check_stream(arguments: argparse.Namespace) -> None:
    if report_format(arguments.format, arguments.output) == "html":
        raise UsageError("--format html does not go with --state: a stream has no page")
    if arguments.by is not None:
        raise UsageError("--by does not go with --state: a stream is compared by rows")
    if arguments.fail_on not in (None, "drift", "languages"):
        raise UsageError(
            f"--fail-on {arguments.fail_on} does not go with --state: a stream tells drift and "
            "languages apart, and no more"
        )


def _run(arguments: argparse.Namespace, form: str, stream: TextIO) -> int:
    reference, current, notes = sides(arguments)
    for note in notes:
        log(f"fingerprint: {note}")
    if arguments.state is not None:
        return _append(reference, current, arguments, form, stream)
    from fingerprint.drift.monitor import compare

    found = compare(reference, current, by=arguments.by, seed=arguments.seed, notes=notes)
    _write(found, _told(found, form), form, stream)
    return FOUND if _fails(found, arguments.fail_on) else OK


def _told(found: Drift, form: str) -> Iterable[str]:
    """Return the lines of a format that has lines."""
    if form == "html":
        from fingerprint.report.drift_page import page

        return page(found).splitlines()
    from fingerprint.report.drift_text import lines, markdown

    return markdown(found) if form == "markdown" else lines(found)


def _append(
    reference: Measured, window: Measured, arguments: argparse.Namespace, form: str, stream: TextIO
) -> int:
    from fingerprint.drift.stream import append_window
    from fingerprint.drift.stream.record import LANGUAGES
    from fingerprint.report.stream_text import lines, markdown

    watched = append_window(arguments.state, reference, window, seed=arguments.seed)
    _write(watched, (markdown if form == "markdown" else lines)(watched), form, stream)
    asked = {"drift": watched.alarm, "languages": LANGUAGES in watched.raised}
    return FOUND if asked.get(arguments.fail_on, False) else OK


def _write(found: Drift | Watched, told: Iterable[str], form: str, stream: TextIO) -> None:
    if form == "json":
        json.dump(found.to_dict(), stream, ensure_ascii=False, indent=1, allow_nan=False)
        stream.write("\n")
    else:
        stream.writelines(f"{line}\n" for line in told)


def _fails(found: Drift, asked: str | None) -> bool:
    if asked == "calibration":
        if found.calibration is None:
            raise UsageError(
                "--fail-on calibration needs labels that are classes of the model, 50 on each side"
            )
        return found.calibration.worse
    return asked in found.kinds or (asked == "drift" and found.drifted)
