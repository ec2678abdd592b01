"""`fingerprint curate`: from a labelled corpus to a training mix."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.cli.errors import UsageError

if TYPE_CHECKING:
    from fingerprint.curation.curate import Curated
    from fingerprint.curation.rules import Rules

HELP = "build a training mix from a labelled corpus"
ABOUT = """Build a training mix from a corpus that `fingerprint label` has labelled. What a rule
removes is counted, and no rule that changes who wrote the mix applies unless you ask for it:
without options, rows that were not scored and copies are left out."""
EPILOG = """Rules apply in the order above. The mix depends on the rows, not on their order; it
appears whole or not at all, with its data card: README.md in a folder, NAME.md beside NAME.parquet.
Example: fingerprint curate labelled/ -o mix.parquet --max-ai 0.2 --cap claude=0.05 --removed
gone.parquet. Exit codes: 0 done; 2 wrong usage, or files that cannot be read or written."""

SOURCE_HELP = (
    "where a row comes from; the fewer sources, the wider the intervals (default: source, repo, "
    "repository or repo_name, where there is one; else all rows count as of one)"
)
SOURCE_OR_TOGETHER_HELP = SOURCE_HELP.replace("default: ", "default: that of --together, or ")
TOGETHER_HELP = (
    "judge rows with one value of it, as of a repository, together: rules, and --weight, go by the "
    "mean of a row's own answer and what its group's answers make together, which is added as "
    "fp_ai_together; rows without a value, and groups of one or two, are judged alone"
)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("curate", help=HELP, description=ABOUT, epilog=EPILOG)
    add = parser.add_argument
    add("inputs", nargs="+", metavar="LABELLED", help="Parquet files, folders of them, or globs")
    add("-o", "--output", metavar="OUT", type=Path, required=True, help="a .parquet file or folder")
    add("--removed", metavar="FILE", type=Path, help="the other rows, with the rule of each")
    add("--replace", action="store_true", help="OUT and FILE may exist")
    add("--seed", type=int, default=0, metavar="N", help="for what is left to chance (default: 0)")
    add("--model", metavar="FOLDER", help="that labelled the rows, unless it is a shipped one")
    add("-q", "--quiet", action="store_true", help="no progress on stderr")
    _add_rules(parser.add_argument_group("rules, in the order in which they apply"))
    _add_columns(parser.add_argument_group("columns of the corpus"))
    parser.set_defaults(run=run)


def _add_rules(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--unscored",
        choices=("drop", "keep"),
        default="drop",
        help="rows whose fp_status is not ok (default: drop)",
    )
    add("--max-ai", type=_share, metavar="P", help="drop rows with fp_ai_probability above P")
    add(
        "--copies",
        choices=("near", "exact", "none"),
        default="near",
        help="drop copies but for white space, and near copies (default), or the former alone",
    )
    add(
        "--cap",
        action="append",
        type=_cap,
        default=[],
        metavar="FAMILY=SHARE",
        help="at most this share of the mix by rows whose likeliest author is FAMILY; post-review "
        "code stays first, else chance decides",
    )
    add(
        "--human-floor",
        type=_share,
        metavar="SHARE",
        help="at least this share of human rows, as the probabilities expect it: probable AI rows "
        "are dropped by chance until it is reached, human ones never",
    )
    add(
        "--weight",
        action="store_true",
        help="add a column fp_weight = 1 - the probability of AI: sample or weigh the loss by it",
    )


def _add_columns(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--code", default="code", metavar="COLUMN", help="the code (default: code)")
    add(
        "--merged",
        metavar="COLUMN",
        help="whether code passed review: boolean, number, or date of the merge "
        "(default: merged, where there is one)",
    )
    add(
        "--survived",
        metavar="COLUMN",
        help="days it has survived (default: survived_days, where there is one)",
    )
    add(
        "--least-days",
        type=float,
        default=14.0,
        metavar="N",
        help="days from which on code counts as post-review (default: 14)",
    )

    add("--source", metavar="COLUMN", help=SOURCE_OR_TOGETHER_HELP)
    add("--together", metavar="COLUMN", help=TOGETHER_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Write the mix and print what it contains; return the exit code."""
    try:
        from fingerprint.curation import report
        from fingerprint.curation.curate import curate
        from fingerprint.curation.places import card_path
    except ImportError as error:
        raise missing_extra(error) from error
    card = card_path(arguments.output)
    try:
        told = curate(
            arguments.inputs,
            arguments.output,
            _rules(arguments),
            card=lambda made: _card(made, card, arguments),
            code=arguments.code,
            merged=arguments.merged,
            survived=arguments.survived,
            source=arguments.source,
            together=arguments.together,
            least_days=arguments.least_days,
            removed=arguments.removed,
            replace=arguments.replace,
            model=arguments.model,
            seed=arguments.seed,
            progress=told_on_stderr(quiet=arguments.quiet),
        )
    except (ValueError, OSError) as error:
        raise UsageError(str(error)) from error
    print(report.text(told))
    for line in report.warnings(told):
        print(f"fingerprint: {line}", file=sys.stderr)
    return 0


def missing_extra(error: ImportError) -> UsageError:
    """Return what to tell where a package is missing that only data sets need."""
    return UsageError(
        f"corpora need more packages ({error.name}): pip install 'code-fingerprint[data]'"
    )


def told_on_stderr(*, quiet: bool) -> Callable[[str, int, int], None]:
    """Return what shows progress in one line of a terminal, and nothing where there is none."""
    if quiet or not sys.stderr.isatty():
        return lambda *_: None
    start = shown = time.monotonic()

    def show(doing: str, done: int, total: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown < 0.5 and done < total:
            return
        shown = now
        rate = done / max(now - start, 1e-9)
        line = f"{doing} {done:,} of {total:,} rows, {rate:,.0f} a second since the start"
        print(f"\r\x1b[K{line}", end="\n" if done >= total else "", file=sys.stderr, flush=True)

    return show


def _rules(arguments: argparse.Namespace) -> Rules:
    from fingerprint.curation.rules import Rules

    families = [family for family, _ in arguments.cap]
    if len(set(families)) < len(families):
        raise UsageError("--cap names a family twice: give each one share")
    return Rules(
        max_ai=arguments.max_ai,
        human_floor=arguments.human_floor,
        caps=dict(arguments.cap),
        copies=arguments.copies,
        keep_unscored=arguments.unscored == "keep",
        weight=arguments.weight,
    )


def _card(told: Curated, path: Path, arguments: argparse.Namespace) -> str:
    from fingerprint.curation import report
    from fingerprint.curation.card_text import front_of
    from fingerprint.curation.cards import read_card, updated_card

    name = arguments.output.stem
    return updated_card(
        read_card(path),
        path=path,
        title=name,
        front=front_of(told.kept, name=name, licence=None, languages={}),
        name="curate",
        block=report.block(told, _command(arguments)),
    )


def _command(arguments: argparse.Namespace) -> str:
    """Return the command that makes this mix, with what its result depends on, and no folders."""
    words = ["fingerprint", "curate", *(Path(each).name for each in arguments.inputs)]
    words += ["-o", arguments.output.name]
    given = {
        "--max-ai": arguments.max_ai,
        "--human-floor": arguments.human_floor,
        "--merged": arguments.merged,
        "--survived": arguments.survived,
        "--source": arguments.source,
        "--together": arguments.together,
    }
    for option, value in given.items():
        words += [] if value is None else [option, str(value)]
    for family, share in arguments.cap:
        words += ["--cap", f"{family}={share}"]
    usual = {
        "--unscored": (arguments.unscored, "drop"),
        "--copies": (arguments.copies, "near"),
        "--code": (arguments.code, "code"),
        "--least-days": (arguments.least_days, 14.0),
        "--seed": (arguments.seed, 0),
    }
    for option, (value, default) in usual.items():
        words += [] if value == default else [option, str(value)]
    return shlex.join(words + (["--weight"] if arguments.weight else []))


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share: it lies between 0 and 1")
    return share


def _cap(text: str) -> tuple[str, float]:
    family, sign, share = text.partition("=")
    if not sign or not family:
        raise argparse.ArgumentTypeError(f"{text!r} is not FAMILY=SHARE, as in claude=0.05")
    return family.strip().lower(), _share(share)
