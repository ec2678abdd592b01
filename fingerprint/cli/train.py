"""`fingerprint train`: from a recipe to a model folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from fingerprint.cli.errors import UsageError
from fingerprint.cli.loading import log

HELP = "train a model on labelled corpora by a recipe"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("train", help=HELP, description=HELP)
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
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train and print the folder and its manifest's hash; return the exit code."""
    try:
        from fingerprint_training.agents.recipe import is_agent_recipe, load_agent_recipe
        from fingerprint_training.agents.train import train_agents
        from fingerprint_training.recipe import load_recipe
        from fingerprint_training.train import train
    except ImportError as error:
        raise UsageError(
            f"training needs more packages ({error.name}): pip install 'code-fingerprint[train]'"
        ) from error
    if arguments.workers < 1:
        raise UsageError(f"--workers is {arguments.workers}, and must be at least 1")
    ways = {
        "cache": arguments.cache,
        "workers": arguments.workers,
        "log": _silent if arguments.quiet else log,
        "progress": not arguments.quiet,
    }
    try:
        if is_agent_recipe(arguments.recipe):
            agents = load_agent_recipe(arguments.recipe)
            out = arguments.output or Path(f"{agents.name}-{agents.version}")
            found = train_agents(agents, out, **ways)
        else:
            recipe = load_recipe(arguments.recipe)
            out = arguments.output or Path(f"{recipe.name}-{recipe.version}")
            found = train(recipe, out, **ways)
    except ValueError as error:
        raise UsageError(str(error)) from error
    print(f"{out}\tmanifest {found}")
    return 0


def _silent(_message: str) -> None:
    """Drop a message."""
