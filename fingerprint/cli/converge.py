"""`fingerprint converge`: whether model families converge, and how fast a model ages."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from fingerprint.cli.corpus_columns import USUAL, add_columns, option_of
from fingerprint.cli.errors import UsageError
from fingerprint.cli.formats import REPORTS, report_format
from fingerprint.cli.loading import load_model, log
from fingerprint.cli.output import opened
from fingerprint.cli.report_extra import check_report_extra

if TYPE_CHECKING:
    from fingerprint.drift.convergence import Convergence
    from fingerprint.drift.measured import Measured

HELP = "tell whether model families converge, and how fast a model ages"
ABOUT = """Compare families over time by answers to the same tasks: how well a classifier refitted
in each period tells them apart, how far their centroids lie apart, what a model frozen in the first
period loses, and when to retrain. All with intervals; what cannot be told is not shown."""
EPILOG = """Rows labelled "human" stand beside every period. Example: fingerprint converge
answers.parquet --by release --only-source owner/benchmark --format markdown -o converge.md. Exit
codes: 0 done; 2 wrong usage, or files that cannot be read or written."""

ROLES = ("code", *USUAL)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("converge", help=HELP, description=ABOUT, epilog=EPILOG)
    add = parser.add_argument
    add("inputs", nargs="+", metavar="CORPUS", help="files, folders of them, or globs")
    add(
        "--by",
        choices=("release", "quarter", "half"),
        default="release",
        help="periods: half-years in which the stated models came out (default), or quarters or "
        "half-years of the rows' dates",
    )
    add("--only-source", action="append", default=[], metavar="NAME", help="may be given again")
    add("--model", metavar="FOLDER", help="the model beside them (default: the shipped one)")
    add("--most", type=int, default=100_000, metavar="N", help="rows compared (default: 100000)")
    add("--cache", type=Path, metavar="FOLDER", help="where measured features are kept")
    add("--workers", type=int, default=1, metavar="N", help="processes that measure (default: 1)")
    add("--seed", type=int, default=0, metavar="N", help="for what is left to chance (default: 0)")
    add("--format", choices=REPORTS, help="default: by the name of FILE, else text")
    add("-o", "--output", metavar="FILE", help="default: standard output")
    add("-q", "--quiet", action="store_true", help="no progress on stderr")
    add_columns(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare, and write what was found; return the exit code."""
    if arguments.most < 1 or arguments.workers < 1 or arguments.seed < 0:
        raise UsageError("--most and --workers are 1 or more, --seed is 0 or more")
    form = report_format(arguments.format, arguments.output)
    if form == "html":
        check_report_extra()
    try:
        import fingerprint.drift.convergence  # noqa: F401 - whether all it needs is there
        from fingerprint.drift.errors import DriftError
        from fingerprint.labeling.errors import LabelError
        from fingerprint_training.errors import CorpusError
    except ImportError as error:
        raise UsageError(
            f"converge needs more packages ({error.name}): pip install 'code-fingerprint[train]'"
        ) from error
    try:
        # Opened first: minutes of work must not end at a file that cannot be written.
        with opened(arguments.output) as stream:
            _run(arguments, form, stream)
    except (DriftError, LabelError, CorpusError) as error:
        raise UsageError(str(error)) from error
    return 0


def _run(arguments: argparse.Namespace, form: str, stream: TextIO) -> None:
    from fingerprint.drift.convergence import converge

    found = converge(
        _samples(arguments),
        by=arguments.by,
        seed=arguments.seed,
        log=(lambda _: None) if arguments.quiet else log,
    )
    if form == "json":
        json.dump(found.to_dict(), stream, ensure_ascii=False, indent=1)
        stream.write("\n")
    else:
        stream.writelines(f"{line}\n" for line in _told(found, form))


def _told(found: Convergence, form: str) -> Iterable[str]:
    """Return the lines of a format that has lines."""
    if form == "html":
        from fingerprint.report.converge_page import page

        return page(found).splitlines()
    from fingerprint.report.converge_text import lines, markdown

    return markdown(found) if form == "markdown" else lines(found)


def _samples(arguments: argparse.Namespace) -> Measured:
    """Read and measure the rows of the sources that are asked for."""
    from fingerprint.drift.measured import measured
    from fingerprint.drift.rows import Columns, read_rows

    columns = Columns(**{role: getattr(arguments, option_of(role)) for role in ROLES})
    wanted = frozenset(arguments.only_source)
    most = sys.maxsize if wanted else arguments.most  # of all sources only to choose among them
    rows = read_rows(arguments.inputs, columns, most=most, seed=arguments.seed)
    if wanted:
        from fingerprint.drift.convergence.chosen import of_sources

        rows = of_sources(rows, wanted, most=arguments.most, seed=arguments.seed)
    return measured(
        rows,
        load_model(arguments.model),
        workers=arguments.workers,
        cache=arguments.cache,
        progress=not arguments.quiet and sys.stderr.isatty(),
    )
