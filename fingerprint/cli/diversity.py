"""`fingerprint diversity`: how varied the code of each family is, and what it lost over time."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.cli.corpus_columns import USUAL, add_columns, option_of
from fingerprint.cli.errors import UsageError
from fingerprint.cli.formats import report_format
from fingerprint.cli.loading import log
from fingerprint.cli.output import opened

if TYPE_CHECKING:
    from fingerprint.drift.rows import Rows

HELP = "tell how diverse each family's code is"
ABOUT = """Measure how varied the code of each family is, by language and period: type-token ratios,
entropy of syntax-tree paths, Vendi score, rare imports, calls and nodes, and how alike answers to
one task are. All at equal sizes and with intervals; what the rows cannot tell is not shown. The
verdict comes first: whether diversity fell between a family's periods, and is below people's."""
EPILOG = """Rows labelled "human" are what the others are held against; a second corpus may bring
them along. Example: fingerprint diversity commits.parquet people.parquet --by quarter --no-tasks.
Exit codes: 0 done; 2 wrong usage, or files that cannot be read or written."""

FORMATS = ("text", "markdown", "json")

ROLES = ("code", *USUAL)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "diversity", help=HELP, description=ABOUT, epilog=EPILOG, allow_abbrev=False
    )
    add = parser.add_argument
    add("inputs", nargs="+", metavar="CORPUS", help="files, folders of them, or globs")
    add(
        "--by",
        choices=("release", "quarter", "none"),
        default="release",
        help="periods: half-years in which the stated models came out (default), quarters of the "
        "rows' dates, or none",
    )
    add(
        "--each",
        type=int,
        default=15,
        metavar="N",
        help="samples of a draw; cells of fewer than 2 N are not shown (default: 15)",
    )
    add(
        "--no-tasks",
        action="store_true",
        help="samples of one task are no answers to it, as where it is the path of a file",
    )
    add(
        "--recursion",
        type=int,
        metavar="N",
        help="instead: what a small model of N samples loses that learns from its own output",
    )
    add("--most", type=int, default=100_000, metavar="N", help="rows read (default: 100000)")
    add("--seed", type=int, default=0, metavar="N", help="for what is left to chance (default: 0)")
    add("--format", choices=FORMATS, help="default: by the name of FILE, else text")
    add("--json", dest="format", action="store_const", const="json", help="--format json")
    add("-o", "--output", metavar="FILE", help="default: standard output")
    add("-q", "--quiet", action="store_true", help="no progress on stderr")
    add_columns(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure the corpus and write what was found; return the exit code."""
    form = report_format(arguments.format, arguments.output)
    _check(arguments, form)
    try:
        import fingerprint.drift.diversity.diversity
        import fingerprint.drift.diversity.recursion  # noqa: F401 - whether all they need is there
        from fingerprint.drift.errors import DriftError
        from fingerprint.labeling.errors import LabelError
        from fingerprint_training.errors import CorpusError
    except ImportError as error:
        raise UsageError(
            f"diversity needs more packages ({error.name}): pip install 'code-fingerprint[train]'"
        ) from error
    try:
        lines = _told(arguments, form)
    except (DriftError, LabelError, CorpusError) as error:
        raise UsageError(str(error)) from error
    with opened(arguments.output) as stream:
        stream.writelines(f"{line}\n" for line in lines)
    return 0


def _check(arguments: argparse.Namespace, form: str) -> None:
    """Refuse what would fail only after the work is done."""
    demo = arguments.recursion is not None
    if arguments.most < 1 or arguments.seed < 0 or (demo and arguments.recursion < 1):
        raise UsageError("--most and --recursion are 1 or more, --seed is 0 or more")
    if form not in FORMATS:
        raise UsageError(f"{arguments.output}: diversity writes no page: name it .md, or .json")
    if demo and form == "json":
        raise UsageError("--recursion writes tables: choose --format markdown, or leave it out")
    path = Path(arguments.output or "-")
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: name a file in a folder that exists")


def _told(arguments: argparse.Namespace, form: str) -> Iterable[str]:
    """Read the corpus, and return the lines of what was asked for."""
    from fingerprint.drift.rows import Columns, read_rows

    demo = arguments.recursion is not None
    most = arguments.recursion if demo else arguments.most
    columns = Columns(**{role: getattr(arguments, option_of(role)) for role in ROLES})
    rows = read_rows(arguments.inputs, columns, most=most, seed=arguments.seed)
    if demo:
        return _recursion(rows, arguments)
    if rows.seen > len(rows) + sum(rows.flawed.values()):
        log(f"fingerprint: read {len(rows):,} of {rows.seen:,} rows, by chance: see --most")
    return _diversity(rows, arguments, form)


def _diversity(rows: Rows, arguments: argparse.Namespace, form: str) -> Iterable[str]:
    from fingerprint.drift.diversity.diversity import diversity
    from fingerprint.report import diversity_text

    found = diversity(
        rows,
        by=arguments.by,
        each=arguments.each,
        tasks=not arguments.no_tasks,
        seed=arguments.seed,
        progress=not arguments.quiet and sys.stderr.isatty(),
    )
    if form == "json":
        return [json.dumps(found.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)]
    write = {"text": diversity_text.lines, "markdown": diversity_text.markdown}
    return write[form](found)


def _recursion(rows: Rows, arguments: argparse.Namespace) -> Iterable[str]:
    from fingerprint.drift.diversity.recursion import GENERATIONS, recursion
    from fingerprint.drift.diversity.variance import checks
    from fingerprint.report import diversity_text

    found = recursion(rows.code, seed=arguments.seed)
    return diversity_text.recursion(found, checks(GENERATIONS, 100, seed=arguments.seed))
