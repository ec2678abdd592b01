"""`fingerprint evaluate`: figures of a model on tasks or sources that it did not see."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from fingerprint.cli.errors import UsageError
from fingerprint.cli.loading import load_model, log
from fingerprint.cli.output import opened

PROTOCOLS = ("tasks", "sources", "languages", "quarters", "robustness")
WITHOUT_BASELINES = PROTOCOLS[2:]

HELP = "measure a model on unseen tasks or sources of a corpus, or on transformed code"
ABOUT = """Measure a model on unseen tasks or unseen sources, its robustness, or under shift.

The corpus is split by the protocol, a model is fitted on one side with the settings of MODEL and
scored on the other, beside baselines on the same folds: the figures of a model on samples it was
trained on say nothing. `robustness` splits by tasks and scores the test samples beside copies that
mean the same: without comments, with other names, layout or order. `languages` leaves languages out
in turn, `quarters` trains on what is old and scores what came later. Where MODEL never saw the
corpus, --as-is scores it as it stands.
"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("evaluate", help=HELP, description=ABOUT)
    parser.add_argument("model", metavar="MODEL", help="a model folder, or `shipped`")
    parser.add_argument("--corpus", required=True, metavar="FILE", help="Parquet, JSONL or CSV")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="sources")
    for name in ("code", "label", "language", "source", "task"):
        parser.add_argument(f"--{name}", metavar="COLUMN", help=f"the column of the {name}")
    parser.add_argument("--exclude-label", action="append", default=[], metavar="LABEL")
    parser.add_argument("--as-is", action="store_true", help="score MODEL itself, on all rows")
    parser.add_argument(
        "--baseline",
        action="append",
        default=[],
        choices=("majority", "tfidf_lightgbm", "embedding"),
        help="run a baseline on the same folds (may be given several times)",
    )
    parser.add_argument("--cache", metavar="DIR", type=Path, default=Path(".fingerprint-cache"))
    parser.add_argument("--workers", metavar="N", type=int, default=2)
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="save figures as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print tables and save figures; return the exit code."""
    try:
        from fingerprint_training.evaluate import Request, evaluate
    except ImportError as error:
        raise UsageError(
            f"evaluating needs more packages ({error.name}): pip install 'code-fingerprint[train]'"
        ) from error
    _check(arguments)
    model = load_model(None if arguments.model == "shipped" else arguments.model)
    columns = {
        name: getattr(arguments, name)
        for name in ("code", "label", "language", "source", "task")
        if getattr(arguments, name)
    }
    request = Request(
        corpus=Path(arguments.corpus),
        columns=columns,
        exclude_labels=tuple(arguments.exclude_label),
        protocol=arguments.protocol,
        baselines=tuple(arguments.baseline),
        as_is=arguments.as_is,
    )
    try:
        text, figures = evaluate(
            model, request, cache=arguments.cache, workers=arguments.workers, log=log
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    print(text)
    if arguments.output:
        with opened(str(arguments.output)) as stream:
            stream.write(json.dumps(figures, indent=1) + "\n")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what would fail only after the work is done."""
    if arguments.workers < 1:
        raise UsageError(f"--workers is {arguments.workers}, and must be at least 1")
    if arguments.protocol in WITHOUT_BASELINES and arguments.baseline:
        raise UsageError(f"--baseline is not run with {arguments.protocol}: leave it out")
    if arguments.protocol in ("languages", "quarters") and arguments.as_is:
        raise UsageError(f"{arguments.protocol} fits models of its own: leave --as-is out")
    path: Path | None = arguments.output
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise UsageError(f"cannot write {path}: name a file in a folder that exists")
