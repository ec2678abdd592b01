"""`fingerprint card`: the data card of a labelled corpus, written or brought up to date."""

from __future__ import annotations

import argparse
import shlex
import sys
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.cli.curate import SOURCE_HELP, missing_extra, told_on_stderr
from fingerprint.cli.errors import UsageError

if TYPE_CHECKING:
    from fingerprint.curation.survey import Survey

HELP = "write or update the data card of a labelled corpus"
ABOUT = """Write or update the Hugging Face data card of a corpus that `fingerprint label` has
labelled: who wrote it, languages, copies, licences. In a card that is there, one block between two
comments is written anew, with the key size_categories; tags, task_categories and language get what
they lack, license and pretty_name where they are missing. All else stays as it is."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "card",
        help=HELP,
        description=ABOUT,
        epilog="Exit codes: 0 done; 2 wrong usage, or files that cannot be read or written.",
    )
    add = parser.add_argument
    add("inputs", nargs="+", metavar="CORPUS", help="Parquet files, folders of them, or globs")
    add(
        "-o",
        "--output",
        metavar="CARD",
        type=Path,
        help="default: README.md in the folder CORPUS, NAME.md beside the file NAME.parquet",
    )
    add("--code", default="code", metavar="COLUMN", help="the code (default: code)")
    add("--language", metavar="COLUMN", help="the language (default: language or lang, if there)")
    add("--licence", "--license", metavar="COLUMN", help="the licence (default: license, if there)")
    add("--source", metavar="COLUMN", help=SOURCE_HELP)
    add("--model", metavar="FOLDER", help="that labelled the rows, unless it is a shipped one")
    add("-q", "--quiet", action="store_true", help="no progress on stderr")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure the corpus and write its card; return the exit code."""
    try:
        from fingerprint.curation import cards, survey
        from fingerprint.curation.writing import whole
    except ImportError as error:
        raise missing_extra(error) from error
    path = _output(arguments)
    try:
        text = cards.read_card(path)  # now rather than after an hour
        cards.check_card(text, path, name="card")
        found = survey.survey(
            arguments.inputs,
            code=arguments.code,
            language=arguments.language,
            licence=arguments.licence,
            source=arguments.source,
            model=arguments.model,
            progress=told_on_stderr(quiet=arguments.quiet),
        )
        made = _made(found, text, path, arguments)
        with whole(path) as partial:
            partial.write_bytes(made.encode())
    except (ValueError, OSError) as error:
        raise UsageError(str(error)) from error
    print(f"{path}\t{found.rows} rows\t{'new' if text is None else 'updated'}")
    _remark(found, text, path)
    return 0


def _output(arguments: argparse.Namespace) -> Path:
    if arguments.output is not None:
        named: Path = arguments.output
    else:
        corpus = Path(arguments.inputs[0])
        if not corpus.exists() and not has_magic(arguments.inputs[0]):
            raise UsageError(
                f"{corpus} does not exist: name Parquet files, folders of them, or a glob"
            )
        if len(arguments.inputs) > 1 or not corpus.exists():
            raise UsageError("name the card with -o: of several files or a glob it lies nowhere")
        named = corpus / "README.md" if corpus.is_dir() else corpus.with_suffix(".md")
    if named.is_dir() or not named.absolute().parent.is_dir():
        raise UsageError(f"cannot write {named}: name a file in a folder that exists")
    return named


def _made(found: Survey, text: str | None, path: Path, arguments: argparse.Namespace) -> str:
    from fingerprint.curation import card_text, cards

    name = Path(arguments.inputs[0]).absolute().stem
    return cards.updated_card(
        text,
        path=path,
        title=name,
        front=card_text.front_of(
            found.rows,
            name=name,
            licence=card_text.licence_of(found.licences),
            languages=found.languages,
        ),
        name="card",
        block=card_text.block_of(found, _command(arguments)),
    )


def _command(arguments: argparse.Namespace) -> str:
    """Return the command that measures this, without folders."""
    words = ["fingerprint", "card", *(Path(each).absolute().name for each in arguments.inputs)]
    if arguments.output is not None:
        words += ["-o", arguments.output.name]
    if arguments.code != "code":
        words += ["--code", arguments.code]
    for option in ("language", "licence", "source"):
        if getattr(arguments, option) is not None:
            words += [f"--{option}", getattr(arguments, option)]
    return shlex.join(words)


def _remark(found: Survey, text: str | None, path: Path) -> None:
    """Say where the card's head and the corpus disagree, which is not ours to settle."""
    from fingerprint.curation.card_text import licence_of
    from fingerprint.curation.front_matter import split, value_of

    stated = value_of(split(text.replace("\r\n", "\n"))[0], "license") if text else []
    measured = licence_of(found.licences)
    if stated and measured and stated != [measured]:
        print(
            f"fingerprint: {path} says license: {', '.join(stated)}, the column "
            f"{found.licence_column} says {measured}: left as it is",
            file=sys.stderr,
        )
    if found.mix.corpus is not None and not found.mix.corrected and not found.chosen:
        print(
            "fingerprint: shares are not corrected: nothing is known of the errors of "
            f"{' and '.join(found.models)}; name its folder with --model",
            file=sys.stderr,
        )
