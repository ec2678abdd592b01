"""`fingerprint train`: from a recipe to a model folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerprint.cli.errors import UsageError
from fingerprint.cli.loading import load_model, log
from fingerprint.cli.output import opened

if TYPE_CHECKING:
    from fingerprint_training.recipe import Recipe

HELP = "train a model on labelled corpora by a recipe"
ABOUT = """Train a model on labelled corpora by a recipe, and write its folder.

With --warm-from, MODEL is the champion, and a challenger is trained from it on, on the corpora that
it was trained on and on new ones. Both answer the same samples of owners that neither has seen.
Only a challenger is written that is better on the new corpora beyond noise, no worse on the others
to within a tolerance, and tells no more humans to be AI, or is shown to stay within one in a
hundred; else nothing is, and the exit code is 1.
"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("train", help=HELP, description=ABOUT)
    parser.add_argument("recipe", metavar="RECIPE", type=Path, help="a TOML recipe")
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, help="model folder (default: NAME-VERSION)"
    )
    parser.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        default=Path(".fingerprint-cache"),
        help="finished stages, so that a killed run goes on (default: %(default)s)",
    )
    parser.add_argument(
        "--workers", metavar="N", type=int, default=2, help="processes (default: 2)"
    )
    parser.add_argument(
        "--warm-from", metavar="MODEL", help="a model folder, or `shipped`: go on from it"
    )
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help="with --warm-from: save the comparison as JSON"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train and print the folder and its manifest's hash; return the exit code.

    It is 1 where a challenger did not pass, which is the only gate here.
    """
    try:
        from fingerprint_training.agents.recipe import is_agent_recipe, load_agent_recipe
        from fingerprint_training.agents.train import train_agents
        from fingerprint_training.recipe import load_recipe
        from fingerprint_training.train import train
    except ImportError as error:
        raise UsageError(
            f"training needs more packages ({error.name}): pip install 'code-fingerprint[train]'"
        ) from error
    _check(arguments)
    ways = {
        "cache": arguments.cache,
        "workers": arguments.workers,
        "log": _silent if arguments.quiet else log,
        "progress": not arguments.quiet,
    }
    try:
        if is_agent_recipe(arguments.recipe):
            if arguments.warm_from:
                raise UsageError(
                    f"{arguments.recipe} is a recipe of the agent model, which cannot be gone on "
                    "from: leave --warm-from out"
                )
            agents = load_agent_recipe(arguments.recipe)
            out = arguments.output or Path(f"{agents.name}-{agents.version}")
            found = train_agents(agents, out, **ways)
        else:
            recipe = load_recipe(arguments.recipe)
            out = arguments.output or Path(f"{recipe.name}-{recipe.version}")
            if arguments.warm_from:
                return _retrain(arguments, recipe, out, ways)
            found = train(recipe, out, **ways)
    except ValueError as error:
        raise UsageError(str(error)) from error
    print(f"{out}\tmanifest {found}")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what would fail only after the work is done."""
    if arguments.workers < 1:
        raise UsageError(f"--workers is {arguments.workers}, and must be at least 1")
    path: Path | None = arguments.report
    if path is None:
        return
    if not arguments.warm_from:
        raise UsageError("--report saves a comparison: give --warm-from too, or leave it out")
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: name a file in a folder that exists")


def _retrain(arguments: argparse.Namespace, recipe: Recipe, out: Path, ways: dict[str, Any]) -> int:
    """Train a challenger, print the comparison, and return 0 if it was published, else 1."""
    from fingerprint_training.retrain import retrain
    from fingerprint_training.retrain_report import render_retraining

    champion = arguments.warm_from
    done = retrain(recipe, load_model(None if champion == "shipped" else champion), out, **ways)
    print(render_retraining(done.verdict).strip())
    if arguments.report:
        with opened(str(arguments.report)) as stream:
            stream.write(json.dumps(done.verdict.to_dict(), indent=1) + "\n")
    if done.manifest is None:
        return 1
    print(f"\n{out}\tmanifest {done.manifest}")
    return 0


def _silent(_message: str) -> None:
    """Drop a message."""
