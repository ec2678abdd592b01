from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from fingerprint_features.grammars import grammar, grammar_for
from fingerprint_features.languages import PARSED
from fingerprint_training.transforms import TRANSFORMS, Transform, apply_all

LANGUAGES = (
    "python",
    "javascript",
    "typescript",
    "tsx",
    "java",
    "go",
    "c",
    "cpp",
    "csharp",
    "rust",
)
PAIRS = [(each, language) for each in TRANSFORMS for language in LANGUAGES]
COVERED = [(each, language) for each, language in PAIRS if language in each.languages]
MAIN = {"python", "javascript", "typescript", "tsx", "java", "go"}
ROOT = Path(__file__).parents[3]
SCRIPT = """
import sys, zlib
from fingerprint_training.transforms import apply_all
code, language = sys.argv[1:]
print(zlib.crc32(repr(apply_all(code, language, 5)).encode()))
"""


def _title(value: object) -> str:
    return value.name if isinstance(value, Transform) else str(value)


@pytest.mark.parametrize(("transform", "language"), COVERED, ids=_title)
def test_a_supported_language_is_changed_and_still_parses(
    transform: Transform, language: str, samples: Mapping[str, str]
) -> None:
    """Every transformation changes the sample of each of its languages into code that parses."""
    code = samples[language]
    copy = transform.apply(code, language, 1)
    assert copy is not None
    assert copy != code
    tree = grammar(grammar_for(language, copy)).parser.parse(copy.encode())
    assert not tree.root_node.has_error


@pytest.mark.parametrize(("transform", "language"), COVERED, ids=_title)
def test_same_seed_same_copy(
    transform: Transform, language: str, samples: Mapping[str, str]
) -> None:
    """A copy depends on code, language and seed alone; any whole number is a seed."""
    code = samples[language]
    for seed in (0, -7, 1 << 70):
        assert transform.apply(code, language, seed) == transform.apply(code, language, seed)


@pytest.mark.parametrize(("transform", "language"), PAIRS, ids=_title)
def test_what_cannot_be_changed_gives_none(
    transform: Transform, language: str, samples: Mapping[str, str]
) -> None:
    """Blank and broken code, carriage returns, half characters, other languages: None."""
    code = samples[language]
    broken = code.replace("(", "((", 1)
    for text in ("", " \n\t\n", broken, code.replace("\n", "\r\n"), code + "// \ud800\n"):
        assert transform.apply(text, language, 1) is None
    if language not in transform.languages:
        assert transform.apply(code, language, 1) is None
    assert transform.apply(code, "haskell", 1) is None


@pytest.mark.parametrize(("transform", "language"), COVERED, ids=_title)
def test_nothing_to_change_gives_none(transform: Transform, language: str) -> None:
    """Plain code gives None: no transformation hands back its input."""
    bare = {"python": "pass\n", "go": "package p\n", "rust": "struct A;\n", "csharp": "using A;\n"}
    code = bare.get(language, ";\n")
    assert transform.apply(code, language, 1) is None


def test_names_are_unique_and_languages_known() -> None:
    """Names tell transformations apart, and languages are named as everywhere else."""
    names = [each.name for each in TRANSFORMS]
    assert len(names) == len(set(names))
    assert all(each.languages and each.languages <= set(PARSED) for each in TRANSFORMS)
    for name in ("comments-stripped", "identifiers-renamed", "functions-reordered"):
        assert next(each for each in TRANSFORMS if each.name == name).languages >= MAIN


def test_all_at_once_gives_each_copy_that_applies(samples: Mapping[str, str]) -> None:
    """`apply_all` holds what each transformation gives alone, in order, and no None."""
    for language in LANGUAGES:
        code = samples[language]
        alone = {each.name: each.apply(code, language, 2) for each in TRANSFORMS}
        copies = apply_all(code, language, 2)
        assert list(copies.items()) == [(k, v) for k, v in alone.items() if v is not None]
    assert apply_all("", "python", 2) == {}


def test_copies_do_not_hang_on_the_hashes_of_a_process(samples: Mapping[str, str]) -> None:
    """Two processes with other hash seeds give the same copies."""
    floors = [str(ROOT / floor) for floor in ("", "features", "models", "training")]
    said = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(floors)}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, samples["python"], "python"],
            env=environment,
            check=True,
            capture_output=True,
        )
        said.add(done.stdout)
    assert len(said) == 1
