import pytest

from fingerprint.drift.diversity.items import modules, uses
from fingerprint_features.sample import Sample
from fingerprint_features.source import prepare


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os, numpy as np", ["os", "numpy"]),
        ("from a.b import c, d", ["a.b"]),
        ("from . import c", []),
        ("import { x } from 'react';", ["react"]),
        ("import y from './local';", []),
        ("#include <stdio.h>", ["stdio.h"]),
        ("use std::collections::{HashMap, HashSet};", ["std::collections"]),
        ("import java.util.List;", ["java.util.List"]),
        ("using System.Text;", ["System.Text"]),
        ("require 'json'", ["json"]),
    ],
)
def test_imports_name_modules_and_no_files_of_their_project(text: str, expected: list[str]) -> None:
    """Each language's imports give what they bring in; relative paths give nothing."""
    assert modules(text) == expected


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", "def own(x):\n    return own(x.strip().split(','))\n", {"strip": 1, "split": 1}),
        (
            "javascript",
            "const a = fetch(b).then(c => c.json());\n",
            {"fetch": 1, "then": 1, "json": 1},
        ),
        ("java", "class A { void f() { list.add(new Foo(1)); } }\n", {"add": 1, "Foo": 1}),
    ],
)
def test_calls_are_told_by_their_last_name(
    language: str, code: str, expected: dict[str, int]
) -> None:
    """Methods, chains and constructors count under their own name; what the sample defines not."""
    assert dict(uses(prepare(Sample(code, language)).syntax)["apis"]) == expected


def test_text_without_a_tree_uses_nothing() -> None:
    """Languages without a grammar have no items, rather than wrong ones."""
    found = uses(prepare(Sample("<script>let a = b()</script>", "svelte")).syntax)
    assert not any(found.values())
