"""The command line. One file a command; exit codes and printing live here and nowhere else.

argparse rather than typer: typer 0.29 brings pydantic and takes 0.15 s to read its arguments,
almost twice what `import numpy, tree_sitter` takes, and a cold `predict` has five of those.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import fingerprint
from fingerprint.cli import (
    card,
    converge,
    curate,
    diversity,
    drift,
    enroll,
    evaluate,
    info,
    label,
    mine,
    predict,
    scan,
    train,
)
from fingerprint.cli.errors import UsageError

COMMANDS = (
    predict,
    scan,
    label,
    curate,
    card,
    info,
    enroll,
    mine,
    train,
    evaluate,
    diversity,
    drift,
    converge,
)
"""Modules with `register(subparsers)`, which sets `run(arguments) -> exit code`, in help order."""

OK, ERROR, INTERRUPTED = 0, 2, 130
"""Exit codes; 1 is for gates that found something, and `predict` is none."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="fingerprint", description=fingerprint.__doc__)
    parser.add_argument("--version", action="version", version=fingerprint.__version__)
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.register(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command in `argv` (default: the process's arguments) and return its exit code.

    As argparse does, usage errors, `--help` and `--version` raise `SystemExit`.
    """
    arguments = build_parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except UsageError as error:
        print(f"fingerprint: {error}", file=sys.stderr)
        return ERROR
    except BrokenPipeError:  # the reader, `head` for one, has seen enough
        _give_up_output()
        return OK
    except OSError as error:  # a full disk behind standard output, for one
        _give_up_output()
        print(f"fingerprint: {error}", file=sys.stderr)
        return ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _give_up_output() -> None:
    """Let what is still buffered go nowhere, or the interpreter would fail on it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
