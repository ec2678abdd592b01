"""`fingerprint label`: label data sets of any size where they lie."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.cli.errors import UsageError
from fingerprint.cli.loading import lean_imports, log
from fingerprint.cli.settings import MODES, read_settings

if TYPE_CHECKING:
    from fingerprint.labeling.engine import Engine
    from fingerprint.labeling.plan import Job
    from fingerprint.labeling.run import Outcome

HELP = "label a data set of any size: who wrote each row's code"
ABOUT = """Label data sets of any size: each row gets columns that say who wrote its code
(fp_family, fp_ai_probability, ...).

An INPUT is a Parquet, JSON Lines or CSV file (the last two also .gz or .zst), a folder of such
shards, a glob of them, a saved `datasets` folder, or a folder of code (one with any code in it).
OUT is one file, if its name ends in .parquet, .jsonl or .csv (the last two also .gz or .zst), else
a folder of shards. The same command goes on where it was stopped, whatever stopped it.
"""
EPILOG = """examples:
  fingerprint label corpus.parquet -o labelled.parquet --code content --language lang
  fingerprint label 'shards/*.jsonl.gz' -o labelled --code text --workers 8
  fingerprint label corpus.parquet -o human.parquet --rejected rest.parquet \\
      --where "fp_ai_probability < 0.1 and fp_status == 'ok'"
  fingerprint label my-repository -o files.jsonl --columns path,language,fp_family

--where knows the input's columns and fp_family, fp_raw_family, fp_confidence, fp_ai_probability,
fp_prediction_set, fp_probabilities, fp_reason, fp_status and fp_model; and, or, not, comparisons,
in, is None; len(x), lower(x), float(x), column('a name'); fp_probabilities.human. A comparison
with a null does not match.

Exit codes: 0 done; 2 wrong usage, or an input could not be read (the others are done; mend it and
run the same command); 130 stopped by Ctrl-C.
"""
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "label",
        help=HELP,
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("inputs", nargs="+", metavar="INPUT", help="files, folders or globs, in this order")
    add("-o", "--output", dest="out", metavar="OUT", required=True, help="a file, or a folder")
    add("--code", metavar="COLUMN", default="code", help="the code (default: code)")
    add("--language", metavar="COLUMN", help="its language (default: told by path or content)")
    add("--path", metavar="COLUMN", help="its path, which may tell the language")
    add("--mode", choices=MODES, help="how sure an answer must be (default: balanced)")
    add("--model", metavar="FOLDER", help="another model than the shipped one")
    add(
        "--workers",
        type=int,
        metavar="N",
        help="processes (default: 1; on Ray as many as the cluster has room for)",
    )
    add(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="where they run: on this machine (default), or on the Ray cluster of RAY_ADDRESS",
    )
    out = parser.add_argument_group("what is written")
    add = out.add_argument
    add(
        "--columns",
        metavar="A,B",
        type=_names,
        help="input columns to write (default: all); "
        "name fp_ columns too, and only these are added",
    )
    add("--keep", metavar="A,B", type=_names, default=(), help="rows of these families only")
    add("--where", metavar="EXPR", help="rows that meet this only; see below")
    add("--rejected", metavar="OUT2", help="the other rows, with fp_rejected_because")
    add("--format", metavar="NAME", help="of shards: parquet (default), jsonl, csv, jsonl.gz, ...")
    add(
        "--rows-per-shard",
        dest="rows",
        type=int,
        metavar="N",
        help="at most (default: 10000); shards end earlier at some 32 MiB",
    )
    add("--overwrite", action="store_true", help="start over; replace what is at OUT")
    add("-q", "--quiet", action="store_true", help="no progress and no summary on stderr")
    add("--json", action="store_true", help="the summary as JSON on standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Label, and say what was found; return the exit code."""
    _check(arguments)
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # workers share the cores already
    try:
        from fingerprint.labeling.errors import LabelError
    except ImportError as error:
        raise UsageError(str(error)) from error
    try:
        return _told(arguments, _labelled(arguments))
    except (LabelError, ValueError) as error:
        raise UsageError(str(error)) from error
    except KeyboardInterrupt:
        log("\nfingerprint: stopped; the same command goes on from here")
        raise


def _labelled(arguments: argparse.Namespace) -> Outcome:
    from fingerprint.labeling.progress import Progress
    from fingerprint.labeling.run import label_files

    progress = Progress(None if arguments.quiet else sys.stderr)
    return label_files(_job(arguments), _engine(arguments), _say, progress, lean_imports)


def _job(arguments: argparse.Namespace) -> Job:
    from fingerprint.labeling.plan import Job

    settings = read_settings(Path.cwd())
    given = {each.name: getattr(arguments, each.name, None) for each in fields(Job)}
    given |= {"default_language": settings.language, "ignore": settings.ignore}
    given["mode"] = arguments.mode or settings.mode
    given["model"] = arguments.model or settings.model
    given["inputs"] = tuple(arguments.inputs)
    return Job(**{name: value for name, value in given.items() if value is not None})


def _engine(arguments: argparse.Namespace) -> Engine:
    """Return what runs the workers."""
    if arguments.engine == "ray":
        from fingerprint.labeling.ray_engine import RayEngine

        return RayEngine(arguments.workers)
    from fingerprint.labeling.engine import LocalEngine

    return LocalEngine(arguments.workers or 1)


def _told(arguments: argparse.Namespace, outcome: Outcome) -> int:
    if not arguments.quiet:
        if outcome.already:
            _say(f"{arguments.out} is finished already: nothing to do")
        for line in outcome.summary.lines(sorted_out=bool(arguments.where or arguments.keep)):
            _say(line)
    for message in outcome.bad:
        _say(f"not labelled: {message}")
    if outcome.bad:
        _say("mend these inputs and run the same command: it does only them")
    if arguments.json:
        record = {**outcome.summary.to_dict(), "bad": list(outcome.bad)}
        print(json.dumps(record, ensure_ascii=False))
    return 2 if outcome.bad else 0


def _check(arguments: argparse.Namespace) -> None:
    for name, option in (("workers", "--workers"), ("rows", "--rows-per-shard")):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            raise UsageError(f"{option} is {value}, but it takes at least one")
    if arguments.rejected and not (arguments.where or arguments.keep):
        raise UsageError("--rejected is for the rows that --where or --keep leave out: add one")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)


def _say(message: str) -> None:
    log(f"fingerprint: {message}")
