from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_training.chatter import chatter, fences, is_sentence
from fingerprint_training.cleaning import DEFAULT, Rule, clean
from fingerprint_training.cleaning_rules import (
    complexity_lines,
    control_tokens,
    edges,
    empty_docstring,
    file_banner,
    licence_head,
    marker_comments,
    newlines,
    package_line,
    tokenised,
    too_short,
)
from fingerprint_training.corpora import SCHEMA, Corpus

MakeCorpus = Callable[[Sequence[Mapping[str, Any]]], Corpus]
CODE = "def add(a, b):\n    total = a + b\n    return total\n"
SAYS = "This function adds the two numbers and returns their sum."


@pytest.mark.parametrize(
    ("rule", "language", "before", "after"),
    [
        (newlines, "c", "\ufeffa\r\nb\rc\n", "a\nb\nc\n"),
        (control_tokens, "c", "<s|a<|im_end|>\nmore", "<s|a"),
        (control_tokens, "go", "x<｜begin▁of▁sentence｜>y", "xy"),
        (control_tokens, "python", "<think>Hm.</think>a = 1</s>\n", "a = 1"),
        (control_tokens, "html", "<s>old</s> new", "<s>old</s> new"),
        (fences, "python", f"Here it is:\n```python\n{CODE}```\n{SAYS}\n", CODE.rstrip("\n")),
        (fences, "python", f"```\n```\n{CODE}```", CODE.rstrip("\n")),
        (fences, "python", f"{CODE}```\n{SAYS}", CODE.rstrip("\n")),
        (fences, "python", f'"""\n```\nx\n```\n"""\n{CODE}', None),
        (chatter, "python", f"Here is the code you asked for:\n{CODE}", CODE),
        (
            chatter,
            "python",
            f"{CODE}\n### Explanation\n1. **Adds**: it adds.\n\n{SAYS}",
            CODE.rstrip("\n"),
        ),
        (chatter, "python", f'x = """\n{SAYS}\n"""\n{CODE}', None),
        (chatter, "python", f'Cut off in the middle of words.\n"""\n{CODE}', None),
        (chatter, "python", "N, M = map(int, input().split())\nprint(N)\n", None),
        (complexity_lines, "python", f"# Time:  O(n)\n# Space: O(1)\n{CODE}", CODE),
        (complexity_lines, "python", "def f():\n    # Time: O(n)\n", None),
        (file_banner, "rust", "// gemini_answer.rs\nfn a() {}\n", "fn a() {}\n"),
        (file_banner, "c", "/*\n * main.c\n * Reads.\n */\n", "/*\n * Reads.\n */\n"),
        (file_banner, "python", '"""\npackage.api\n"""\n', None),
        (file_banner, "go", "// Adds.\n// main.go\n", None),
        (package_line, "java", "package a.b.claude;\n\nclass A {}", "\nclass A {}"),
        (package_line, "java", "package a.b;// Steps\nclass A {}", "// Steps\nclass A {}"),
        (package_line, "go", "package main\n", None),
        (licence_head, "c", "/*\n * Copyright 2012 A\n */\n\nint a;", "\nint a;"),
        (licence_head, "python", "#!/bin/sh\n# Copyright (c) 2012 A\na = 1", "#!/bin/sh\na = 1"),
        (licence_head, "php", "<?php\n/* This file is part of X. */\n$a;", "<?php\n$a;"),
        (licence_head, "python", "# costs O(c) chars\na = 1", None),
        (marker_comments, "python", "a = 1\n# Written by ChatGPT\nb = 2", "a = 1\nb = 2"),
        (marker_comments, "c", "int a; // Gemini 2.5 wrote this\n", "int a;\n"),
        (marker_comments, "java", "/**\n * Adds.\n * @author Bo\n */\n", "/**\n * Adds.\n */\n"),
        (marker_comments, "java", "/**\n * @author Bo\n */\nint a;", "int a;"),
        (marker_comments, "python", "# This is a generated script.\na = 1", "a = 1"),
        (marker_comments, "python", "client = openai.Client()\n# llama el método\n", None),
        (marker_comments, "python", '"""By Claude.\n\nAdds."""\na', '"""\n\nAdds."""\na'),
        (empty_docstring, "python", 'def f():\n    """\n\n    """\n    a', "def f():\n    a"),
        (empty_docstring, "python", 'def f():\n    """A\n    """\n\n    """B\n    """', None),
        (tokenised, "python", "f ( a , b , c )", None),
        (edges, "python", "\n\n    a\n      b\n\n\n", "a\n  b\n"),
    ],
)
def test_rule_takes_what_was_given_and_keeps_what_was_written(
    rule: Callable[[str, str | None, int], str | None],
    language: str,
    before: str,
    after: str | None,
) -> None:
    """Each rule changes its own artefact, and leaves alone what merely resembles it."""
    assert rule(before, language, 0) == (before if after is None else after)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (chatter, f"I apologize, but I cannot provide such code.\n\n{SAYS}\n"),
        (too_short, "a = 1\nb = 2\n"),
        (too_short, "a\nb\nc\nd\n"),
        (tokenised, "a = f ( x , y )\nprint ( g ( a , b ) , h ( a ) )\n"),
    ],
)
def test_rule_drops_what_is_no_sample(
    rule: Callable[[str, str | None, int], str | None], code: str
) -> None:
    """Prose, stumps and token streams are dropped."""
    assert rule(code, "python", 0) is None


@pytest.mark.parametrize(
    "line",
    ["MOD = 10 ** 9 + 7", "    This stands inside a body of code.", "import os, sys, re, io as x"],
)
def test_code_is_no_sentence(line: str) -> None:
    """Lines of code are not taken for English."""
    assert not is_sentence(line)


def test_prompt_shared_by_labels_goes_and_the_signature_stays(make_corpus: MakeCorpus) -> None:
    """A docstring that several labels have alike was given; their own code is theirs."""
    given = (
        'def add(a, b):\n    """Add two numbers as the task describes it.\n    >>> add(1, 2)\n'
        '    """\n'
    )
    bodies = ["    return a + b", "    total = a + b\n    return total", "    return sum([a, b])"]
    rows = [
        {
            "code": given + body + "  # own words here, long enough\n",
            "label": label,
            "task": "t",
            "language": "python",
            "model": label,
        }
        for body, label in zip(bodies, ["gpt", "claude", "gpt"], strict=True)
    ]
    own = '    """Return the sum of both arguments, whatever they are."""\n    return a + b\n'
    rows.append(rows[0] | {"code": "def add(a, b):\n" + own})
    corpus, report = clean(make_corpus(rows), [r for r in DEFAULT if r.name == "shared_head"])
    codes = corpus.column("code")
    assert all('"""' not in code and code.startswith("def add(a, b):\n") for code in codes[:3])
    assert codes[3] == "def add(a, b):\n" + own
    assert report.rules[0].changed == 3


@pytest.mark.parametrize("labels", [["gpt", "gpt", "gpt"], ["gpt", "claude"]])
def test_heads_of_one_label_or_of_few_stay(make_corpus: MakeCorpus, labels: list[str]) -> None:
    """What only one label or only two samples share may be style."""
    head = '"""Solve the puzzle in the way that seems best to me."""\n'
    rows = [
        {"code": f"{head}x = {n}\n", "label": label, "task": "t", "language": "python"}
        for n, label in enumerate(labels)
    ]
    _, report = clean(make_corpus(rows), [r for r in DEFAULT if r.name == "shared_head"])
    assert report.rules[0].changed == 0


def test_shared_driver_goes(make_corpus: MakeCorpus) -> None:
    """A test driver that several labels have alike was asked for; the answer above it stays."""
    driver = (
        "# Test the function\nfor case in [1, 2, 3, 4]:\n"
        "    assert add(case, case) == 2 * case, case\nprint('all tests have passed')\n"
    )
    rows = [
        {
            "code": f"def add(a, b):\n    v{n} = a\n    return v{n} + b\n\n{driver}",
            "task": "t",
            "label": "ab"[n % 2],
            "language": "python",
        }
        for n in range(3)
    ]
    corpus, _ = clean(make_corpus(rows), [r for r in DEFAULT if r.name == "shared_tail"])
    assert not any("Test" in code for code in corpus.column("code"))
    assert all("return" in code for code in corpus.column("code"))


def program(name: str, lines: int = 40) -> str:
    return "".join(f"{name}_{n} = compute({name}, {n}, mode={n % 7})\n" for n in range(lines))


def test_copies_leave_one_a_label_and_none_across_labels(make_corpus: MakeCorpus) -> None:
    """Copies and near copies of one label leave one; where labels agree none is left."""
    near = program("a").replace("a_3 =", "b_3 =")
    texts = [
        (program("a"), "gpt"),
        (program("a").replace("\n", "\n\n"), "gpt"),
        (near, "gpt"),
        (program("q"), "gpt"),
        (program("q"), "human"),
        (program("z"), "gpt"),
        (program("z").replace("z_5 =", "y_5 ="), "human"),
        (program("own"), "human"),
    ]
    rows = [{"code": code, "label": label, "language": "c"} for code, label in texts]
    rows.append({"code": near, "label": "human", "language": "java"})
    corpus, report = clean(make_corpus(rows), DEFAULT[-1:])
    assert corpus.column("label") == ["gpt", "human", "human"]
    assert corpus.column("row")[1:] == [7, 8]
    assert report.rules[0].dropped == 6


def test_copies_do_not_depend_on_the_order_of_rows(make_corpus: MakeCorpus) -> None:
    """The same texts stay however the rows are ordered."""
    texts = [program(name).replace("_3 =", f"_{k}3 =") for name in "abcd" for k in range(4)]
    corpus = make_corpus([{"code": code, "language": "c"} for code in texts])
    turned = corpus.take(list(range(len(corpus)))[::-1])
    kept, kept_turned = (clean(c, DEFAULT[-2:])[0].column("code") for c in (corpus, turned))
    assert sorted(kept) == sorted(kept_turned)
    assert len(kept) == 4


def test_report_counts_by_rule_and_source(make_corpus: MakeCorpus) -> None:
    """The report tells for every rule, in order, what it changed and dropped, by source."""
    rows = [
        {"code": f"```\n{program('a')}```", "source": "x"},
        {"code": "a = 1", "source": "x"},
        {"code": program("c"), "source": "y"},
    ]
    corpus, report = clean(make_corpus(rows))
    counts = {count.rule: count for count in report.rules}
    assert [count.rule for count in report.rules] == [rule.name for rule in DEFAULT]
    assert counts["fences"].changed_by_source == {"x": 1}
    assert counts["too_short"].dropped_by_source == {"x": 1}
    assert (report.before, report.after, len(corpus)) == (3, 2, 2)
    assert corpus.column("row") == [0, 2]
    assert corpus.table.schema.equals(SCHEMA)


def test_rules_are_the_callers_choice_and_input_stays(make_corpus: MakeCorpus) -> None:
    """clean() applies the rules it is given, in order, and does not touch its input."""
    upper = Rule("upper", 1, lambda code, _language, _context: code.upper())
    corpus = make_corpus([{"code": "a"}])
    mark = Rule("x", 1, lambda code, _language, _context: code + "x")
    cleaned, _ = clean(corpus, [upper, mark])
    assert cleaned.column("code") == ["Ax"]
    assert corpus.column("code") == ["a"]


def test_rule_names_are_unique() -> None:
    """A report can be read by rule name."""
    assert len({rule.name for rule in DEFAULT}) == len(DEFAULT)


PIECES = [
    "```",
    "# Time: O(n)",
    '"""',
    "def f(a):",
    "    return a",
    "",
    "/*",
    "*/",
    SAYS,
    "// x.py",
    "# by Claude",
    "<|end|>",
    "package a.b;",
    "x = f ( a , b )",
    "\r",
]


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(st.sampled_from(PIECES), max_size=14),
    language=st.sampled_from(["python", "java", "html", None]),
)
def test_single_rules_take_any_text_and_invent_nothing(
    lines: list[str], language: str | None
) -> None:
    """Whatever the text, a rule returns None or text whose words all stood in its input."""
    code = "\n".join(lines)
    words = set(code.split())
    for rule in (rule for rule in DEFAULT if rule.survey is None):
        result = rule.apply(code, language, 0)
        assert result is None or set(result.split()) <= words
