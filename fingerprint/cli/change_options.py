"""How changes are asked about on the command line. Light: every `predict` reads it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from fingerprint.cli.errors import UsageError

_KINDS = (
    ("commit", "REV", "one commit"),
    ("range", "A..B", "the commits of a range; a name alone: all that lead to it"),
    ("pull-request", "FILE", "JSON of GitHub's REST interface or of gh; - for stdin"),
)
_ASKED = "--commit, --range or --pull-request"

AUTHOR = "author"
PARTS = ("function", "window")
GROUPS = ("directory", "language")
"""What `--by` takes: of changes the author, of files their parts, or what they are pooled by."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options; what was asked for is kept in `changes`, as (kind, name) in order."""
    group = parser.add_argument_group(
        "commits and pull requests, instead of PATH",
        "The first three may be given several times, and mixed.",
    )
    for name, metavar, about in _KINDS:
        group.add_argument(
            f"--{name}",
            dest="changes",
            action="append",
            type=_kept(name.replace("-", "_")),
            metavar=metavar,
            help=about,
        )
    add = group.add_argument
    add("--repo", metavar="DIR", help="where revisions are (default: the current directory)")


def changes_asked(arguments: argparse.Namespace) -> bool:
    """Tell whether changes are asked about, or files.

    Raises `UsageError` where neither is, and for options of the one beside the other.
    """
    if not arguments.changes and not arguments.paths:
        raise UsageError(f"nothing to read: name a PATH, or use {_ASKED}")
    _check_by(arguments.by, changes=bool(arguments.changes), pool=arguments.pool)
    of_changes = {"--repo": arguments.repo}
    of_files = {
        "PATH": arguments.paths,
        "-r": arguments.recursive,
        "--language": arguments.language,
        "--workers": arguments.workers != 1,
        "--no-batch": not arguments.batch,
    }
    for option, given in (of_files if arguments.changes else of_changes).items():
        if given and arguments.changes:
            raise UsageError(f"{option} is for files, and does not go with {_ASKED}")
        if given:
            raise UsageError(f"{option} goes with {_ASKED}, not with PATH")
    return bool(arguments.changes)


def _check_by(by: str | None, *, changes: bool, pool: bool) -> None:
    if by == AUTHOR and not changes:
        known = " or ".join((*PARTS, *GROUPS))
        raise UsageError(f"--by {by} goes with {_ASKED}: of a PATH, --by {known}")
    if by in (*PARTS, *GROUPS) and changes:
        raise UsageError(f"--by {by} is for files: with {_ASKED}, --by {AUTHOR}")
    if by in PARTS and pool:
        raise UsageError(
            f"--pool takes files as a whole, and --by {by} takes them apart: "
            f"leave one of them out, or pool --by {' or '.join(GROUPS)}"
        )


def _kept(kind: str) -> Callable[[str], tuple[str, str]]:
    return lambda name: (kind, name)
