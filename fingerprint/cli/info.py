"""`fingerprint info`: the model's card, classes and figures."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.cli.loading import load_model
from fingerprint.cli.settings import read_settings

if TYPE_CHECKING:
    from fingerprint_models.agent_model import AgentModel
    from fingerprint_models.model import Model

HELP = "show the model's card, classes and figures"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("info", help=HELP, description=HELP)
    parser.add_argument("--model", metavar="FOLDER", help="another model than the shipped one")
    parser.add_argument("--agents", action="store_true", help="the model of commits' authors")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is known of the model; return the exit code."""
    model = _model(arguments)
    if arguments.json:
        print(json.dumps(_facts(model), ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(_page(model, arguments.agents)))
    else:
        print(_page(model, arguments.agents))
    return 0


def _model(arguments: argparse.Namespace) -> Model | AgentModel:
    if arguments.agents:
        from fingerprint.cli.loading_agents import load_agents

        return load_agents(arguments.model)
    return load_model(arguments.model or read_settings(Path.cwd()).model)


def _facts(model: Model | AgentModel) -> dict[str, object]:
    return {
        "model": {"name": model.id.name, "version": model.id.version},
        "classes": list(model.classes),
        "figures": model.figures,
        "card": model.card,
    }


def _page(model: Model | AgentModel, agents: bool) -> str:
    command = "fingerprint info --agents --json" if agents else "fingerprint info --json"
    head = f"{model.id.name} {model.id.version}\n\nClasses: {', '.join(model.classes)}\n"
    return f"{head}\n{_body(model.card)}\n\nAll figures as data: `{command}`."


def _body(card: str) -> str:
    """Return a model card without its front matter, which is for programs."""
    if not card.startswith("---\n"):
        return card.strip()
    return card[4:].partition("\n---\n")[2].strip()
