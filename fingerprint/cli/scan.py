"""`fingerprint scan`: who wrote a whole history, as far as it says and as far as style tells."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from fingerprint.cli.errors import UsageError
from fingerprint.cli.loading import lean_imports, log
from fingerprint.cli.output import opened
from fingerprint.cli.report_extra import check_report_extra

if TYPE_CHECKING:
    from fingerprint.scanning import Scan

HELP = "scan a git history: what its commits declare, and an estimate of the rest"
ABOUT = """Scan a git history: which agents its commits declare, by month and directory, and an
estimate, with an interval, of who wrote the commits that declare nothing. These are never counted
as human. The repository is only read. Exit code 2: wrong usage, nothing could be read, or the
history breaks off; what was read of it is told all the same."""
FORMATS = ("table", "plain", "json", "html")
_SUFFIXES = {".json": "json", ".html": "html", ".htm": "html"}
_OFTEN = 500


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("scan", help=HELP, description=ABOUT)
    add = parser.add_argument
    add("repository", metavar="REPO", type=Path, help="a work tree or a bare repository")
    add("--branch", metavar="REV", default="HEAD", help="a revision (default: HEAD), or all")
    for name, side in (("since", "from"), ("until", "up to")):
        add(f"--{name}", metavar="DATE", type=_day, help=f"commits {side} a day, YYYY-MM-DD, UTC")
    add("--format", choices=FORMATS, help="default: table on a terminal, else plain lines")
    add("--json", dest="format", action="store_const", const="json", help="--format json")
    add("-o", "--output", metavar="FILE", help="write there, whole or not at all")
    add(
        "--sample",
        metavar="N",
        type=int,
        default=600,
        help="undeclared commits that the model looks at (default: 600; 0: none, no estimate)",
    )
    add("--seed", metavar="N", type=int, default=0, help="of the sample (default: 0)")
    add(
        "--directory-depth",
        metavar="N",
        type=int,
        default=1,
        help="folders of a path that name a directory (default: 1)",
    )
    add("--model", metavar="FOLDER", help="another agent model than the shipped one")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Scan, print, and return the exit code."""
    for name, least in (("sample", 0), ("directory_depth", 1)):
        if (found := getattr(arguments, name)) < least:
            raise UsageError(f"--{name.replace('_', '-')} is {found}, and must be at least {least}")
    form = _format(arguments.format, arguments.output)
    if form == "html":
        check_report_extra()
    with lean_imports():
        scanned = _scan(arguments)
        with opened(arguments.output) as stream:
            _write(scanned, form, stream)
    if scanned.missing:
        log(f"fingerprint: {scanned.missing}")
    return 2 if scanned.missing else 0


def _scan(arguments: argparse.Namespace) -> Scan:
    from fingerprint.cli.loading_agents import load_agents
    from fingerprint.scanning import Settings, scan
    from fingerprint_features.history import HistoryError, git_dir_of

    settings = Settings(
        revision="--all" if arguments.branch == "all" else arguments.branch,
        since=arguments.since,
        until=arguments.until,
        sample=arguments.sample,
        depth=arguments.directory_depth,
        seed=arguments.seed,
    )
    try:
        git_dir = git_dir_of(arguments.repository)
        model = load_agents(arguments.model) if arguments.sample else None
        return scan(git_dir, model, settings, progress=_progress)
    except HistoryError as error:
        raise UsageError(str(error)) from error
    finally:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _write(scanned: Scan, form: str, stream: TextIO) -> None:
    if form == "json":
        json.dump(scanned.to_dict(), stream, ensure_ascii=False, indent=1)
        stream.write("\n")
    elif form == "html":
        from fingerprint.report.scan_page import page

        stream.write(page(scanned))
    elif form == "table":
        from fingerprint.report.scan_table import write_table

        write_table(scanned, stream)
    else:
        from fingerprint.report.scan_text import lines

        stream.writelines(f"{line}\n" for line in lines(scanned))


def _format(name: str | None, output: str | None) -> str:
    """Return the format; unless it is named, where the output goes tells."""
    if name is not None:
        return name
    if output is not None:
        return _SUFFIXES.get(Path(output).suffix.lower(), "plain")
    return "table" if sys.stdout.isatty() else "plain"


def _progress(done: int) -> None:
    if done % _OFTEN == 0 and sys.stderr.isatty():
        print(f"\r{done:,} commits read", end="", file=sys.stderr, flush=True)


def _day(text: str) -> date:
    return date.fromisoformat(text)
