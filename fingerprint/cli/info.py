"""`fingerprint info`: the model's card, classes and figures, or what marks each class."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerprint.cli.errors import UsageError
from fingerprint.cli.loading import load_model
from fingerprint.cli.output import opened
from fingerprint.cli.settings import read_settings

if TYPE_CHECKING:
    from fingerprint_models.agent_model import AgentModel
    from fingerprint_models.model import Model

HELP = "show the model's card, classes and figures, or what marks each class"
FORMATS = ("markdown", "json", "html")
_SUFFIXES = {".json": "json", ".html": "html", ".htm": "html"}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("info", help=HELP, description=HELP)
    add = parser.add_argument
    add("--model", metavar="FOLDER", help="another model than the shipped one")
    add("--agents", action="store_true", help="the model of commits' authors")
    add("--marks", action="store_true", help="what sets each class apart, on average")
    add("--format", choices=FORMATS, help="default: Markdown; html is for --marks")
    add("--json", dest="format", action="store_const", const="json", help="--format json")
    add("-o", "--output", metavar="FILE", help="write there, whole or not at all")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is known of the model; return the exit code."""
    form = _format(arguments)
    if arguments.marks and arguments.agents:
        raise UsageError("--marks is for the model of code, not for --agents")
    if form == "html" and not arguments.marks:
        raise UsageError("only --marks has a page: add --marks, or name another format")
    text = _marks(arguments, form) if arguments.marks else _card(arguments, form)
    if form == "markdown" and arguments.output is None and sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
        return 0
    with opened(arguments.output) as stream:
        stream.write(text.rstrip("\n") + "\n")
    return 0


def _format(arguments: argparse.Namespace) -> str:
    """Return the format; unless it is named, where the output goes tells."""
    suffix = Path(arguments.output or "").suffix.lower()
    return str(arguments.format or _SUFFIXES.get(suffix, "markdown"))


def _code_model(arguments: argparse.Namespace) -> Model:
    return load_model(arguments.model or read_settings(Path.cwd()).model)


def _card(arguments: argparse.Namespace, form: str) -> str:
    model: Model | AgentModel
    if arguments.agents:
        from fingerprint.cli.loading_agents import load_agents

        model = load_agents(arguments.model)
    else:
        model = _code_model(arguments)
    return _json(_facts(model)) if form == "json" else _page(model, arguments.agents)


def _marks(arguments: argparse.Namespace, form: str) -> str:
    from fingerprint_models import marks

    found = marks.marks_of(_code_model(arguments))
    if form == "json":
        return _json(found.to_dict())
    if form == "html":
        from fingerprint.report.marks_page import page

        return page(found)
    from fingerprint.report.marks_text import lines

    return "\n".join(lines(found))


def _json(facts: dict[str, object]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=2)


def _facts(model: Model | AgentModel) -> dict[str, object]:
    return {
        "model": {"name": model.id.name, "version": model.id.version},
        "classes": list(_classes(model)),
        "enrolled": _enrolled(model),
        "figures": model.figures,
        "card": model.card,
    }


def _page(model: Model | AgentModel, agents: bool) -> str:
    command = "fingerprint info --agents --json" if agents else "fingerprint info --json"
    head = f"{model.id.name} {model.id.version}\n\nClasses: {', '.join(_classes(model))}\n"
    for each in _enrolled(model):
        head += f"\nEnrolled: {each['name']}, {_joined(each)}\n"
    return f"{head}\n{_body(model.card)}\n\nAll figures as data: `{command}`."


def _classes(model: Model | AgentModel) -> tuple[str, ...]:
    """Return the classes, those that were enrolled last."""
    found: tuple[str, ...] = getattr(model, "all_classes", model.classes)
    return found


def _enrolled(model: Model | AgentModel) -> list[dict[str, Any]]:
    """Return what is known of each enrolled class, nothing for a model that enrolls none."""
    enrolment = getattr(model, "enrolment", None)
    return [
        {
            "name": each.name,
            "kind": "person" if each.person else "family",
            "samples": len(each.samples),
            "languages": dict(each.languages),
            "prior": each.prior,
            "thresholds": dict(each.thresholds),
            "figures": dict(each.figures),
        }
        for each in (enrolment.classes if enrolment else ())
    ]


def _joined(each: dict[str, Any]) -> str:
    counts = ", ".join(f"{n} {name or 'unknown'}" for name, n in each["languages"].items())
    told = "can be told" if each["thresholds"]["balanced"] <= 1 else "cannot be told"
    return (
        f"a {each['kind']}, from {each['samples']} samples ({counts}); AUROC on left-out ones "
        f"{each['figures']['auroc']:.2f}; {told} in the mode `balanced`"
    )


def _body(card: str) -> str:
    """Return a model card without its front matter, which is for programs."""
    if not card.startswith("---\n"):
        return card.strip()
    return card[4:].partition("\n---\n")[2].strip()
