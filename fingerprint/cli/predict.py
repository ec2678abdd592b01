"""`fingerprint predict`: tell who wrote files, a tree of them, what is piped in, or changes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.cli import render
from fingerprint.cli.change_options import AUTHOR, GROUPS, PARTS, add_options, changes_asked
from fingerprint.cli.errors import UsageError
from fingerprint.cli.file_pools import FilePools
from fingerprint.cli.formats import FORMATS, chosen_format
from fingerprint.cli.loading import lean_imports, load_model
from fingerprint.cli.output import opened
from fingerprint.cli.scoring import attribute, attribute_parts
from fingerprint.cli.settings import MODES, Settings, known_language, read_settings
from fingerprint.cli.tally import Tally
from fingerprint.files import discover
from fingerprint.ignore import IgnoreFileError
from fingerprint.items import Item, item_of
from fingerprint.reading import MAX_BYTES
from fingerprint_models.attribution import Attribution
from fingerprint_models.file_parts import FileParts

if TYPE_CHECKING:
    from fingerprint_models.model import Model
    from fingerprint_models.pooling import PooledAttribution

HELP = "tell who wrote code: a human or which LLM family"
ABOUT = """Tell who wrote code: a human or which LLM family. Or tell who made a commit or a pull
request, a human or which agent: what it declares, and beside it what its style says."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "predict",
        help=HELP,
        description=ABOUT,
        epilog="Exit codes: 0 done, whatever was found; 2 wrong usage, a bad model folder, or "
        "none of the files or changes could be read.",
    )
    add = parser.add_argument
    add(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files, folders (with -r), or - for stdin; each once",
    )
    add("-r", "--recursive", action="store_true", help="enter folders")
    add("--language", metavar="NAME", help="language of the files named and of stdin")
    add("--mode", choices=MODES, help="how sure an answer must be (default: balanced)")
    add("--explain", action="store_true", help="add the reasons for and against each answer")
    add(
        "--by",
        action=Once,
        choices=(*PARTS, *GROUPS, AUTHOR),
        help="of files: tell their parts too, functions or windows of lines, or pool those of each "
        "directory or language; of changes: one more answer for those of each author",
    )
    add(
        "--pool",
        action="store_true",
        help="one more answer for all files, or all changes, together, on the premise that one "
        "author wrote them; the mix of authors beside it, from 30 files on, needs no such premise",
    )
    add("--format", choices=FORMATS, help="default: table on a terminal, else plain lines")
    add("--json", dest="format", action="store_const", const="json", help="--format json")
    add("--jsonl", dest="format", action="store_const", const="jsonl", help="--format jsonl")
    add("-o", "--output", metavar="FILE", help="write there, whole or not at all")
    add(
        "--batch",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="score the files of a folder as one source (default) or each by itself",
    )
    add("--workers", type=int, default=1, metavar="N", help="processes that measure code")
    add("--model", metavar="FOLDER", help="another model than the shipped one")
    add_options(parser)
    parser.set_defaults(run=run)


class Once(argparse.Action):
    """Store a value, and refuse a second one: taking the last in silence would drop the first."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Store the value; ends with a usage error where there is one already."""
        if getattr(namespace, self.dest) is not None:
            parser.error(f"{option_string} is given twice: choose one")
        setattr(namespace, self.dest, values)


def run(arguments: argparse.Namespace) -> int:
    """Print an attribution for each file or change; return the exit code."""
    if changes_asked(arguments):
        from fingerprint.cli.predict_changes import run as run_changes

        return run_changes(arguments)
    if arguments.workers < 1:
        raise UsageError(f"--workers is {arguments.workers}, but it takes at least one")
    settings = read_settings(Path.cwd())
    language = known_language(arguments.language) if arguments.language else None
    model = load_model(arguments.model or settings.model)
    mode = arguments.mode or settings.mode
    tally = Tally()
    items = tally.worth_reporting(_items(arguments, language, settings))
    answers, pools = _answers(arguments, items, model, mode)
    try:
        with lean_imports(), opened(arguments.output) as stream:
            writer = _writer(chosen_format(arguments.format, arguments.output))
            progress = arguments.recursive and sys.stderr.isatty()
            writer(chain(tally.counting(answers, progress=progress), pools), stream)
    except IgnoreFileError as error:
        raise UsageError(str(error)) from error
    if arguments.recursive or len(arguments.paths) > 1:
        print(f"fingerprint: {tally.summary()}", file=sys.stderr)
    return 2 if tally.all_failed() else 0


def _answers(
    arguments: argparse.Namespace, items: Iterator[Item], model: Model, mode: str
) -> tuple[Iterator[Attribution | FileParts], Iterator[PooledAttribution]]:
    """Return the answers for files, and those for pools, to be read when the first are through."""
    by: str | None = arguments.by
    how = {
        "mode": mode,
        "batch": arguments.batch,
        "workers": arguments.workers,
        "explain": arguments.explain,
    }
    if by in PARTS:
        return attribute_parts(items, model, by=by, **how), iter(())
    answers = attribute(items, model, **how)
    if not arguments.pool and by is None:
        return answers, iter(())
    pools = FilePools(by)
    return pools.filled(answers), pools.answers(model, mode)


def _items(
    arguments: argparse.Namespace, language: str | None, settings: Settings
) -> Iterator[Item]:
    # Named twice, a file is still one piece of evidence.
    for path in dict.fromkeys(arguments.paths):
        if path == "-":
            yield _piped(language, settings.language)
        else:
            yield from discover(
                [path],
                recursive=arguments.recursive,
                language=language,
                default_language=settings.language,
                patterns=settings.ignore,
            )


def _piped(language: str | None, default_language: str | None) -> Item:
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    return item_of(
        "-",
        data[:MAX_BYTES],
        partial=len(data) > MAX_BYTES,
        language=language,
        default_language=default_language,
    )


def _writer(name: str) -> render.Writer:
    if name == "table":
        from fingerprint.cli.table import write_table

        return write_table
    return {
        "json": render.write_json,
        "jsonl": render.write_jsonl,
        "plain": render.write_plain,
    }[name]
