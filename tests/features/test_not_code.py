"""What is no code is told in clear cases only: prose, JSON and tables, never a program."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features import languages
from fingerprint_features.extract import extract
from fingerprint_features.not_code import MIN_ROWS, MIN_WORDS, is_not_code
from fingerprint_features.sample import Sample
from fingerprint_features.source import MAX_BYTES, prepare

PROSE = """\
The committee met on the first Monday of the month, and it was agreed that the bridge should be
closed until the repairs are done. Those who live on the other side of the river will have to take
the longer road, which is in a poor state as well. It was not an easy decision, but there is no
other way to keep the people safe. We hope that the work can be finished by the end of the summer.
"""

DATA = {"people": [{"name": "Ada", "born": 1815, "tags": ["a", "b"]}] * 3, "ok": True, "no": None}
JSON = (json.dumps(DATA), json.dumps(DATA, indent=2), json.dumps(list(range(30))), "{}", "[1e-3]")

TABLES = (
    "name,age,town\nAda,36,London\nBob,41,New York\nCy,9,Oslo\nDee,77,Rome\n",
    "id\tword\tcount\n1\tapple\t4\n2\tpear\t9\n3\tplum\t16\n",
    "| name | age |\n| --- | --- |\n| Ada | 36 |\n| Bob | 41 |\n",
)

CODE = {
    "python": (
        "def total(items):\n    result = 0\n    for item in items:\n"
        "        if item is not None:\n            result += item.price\n    return result\n"
    ),
    "javascript": (
        "const total = (items) => {\n  let sum = 0;\n  for (const item of items) {\n"
        "    sum += item.price;\n  }\n  return sum;\n};\nmodule.exports = { total };\n"
    ),
    "typescript": (
        "interface Item { price: number }\nexport function total(items: Item[]): number {\n"
        "  return items.reduce((sum, item) => sum + item.price, 0);\n}\n"
    ),
    "tsx": (
        "export const Price = (props: { value: number }) => {\n"
        "  return <p className=\"price\">The price of this is {props.value}</p>;\n};\n"
    ),
    "java": (
        "public class Cart {\n  private int sum = 0;\n\n  public void add(int price) {\n"
        "    this.sum += price;\n  }\n}\n"
    ),
    "go": (
        "package cart\n\nfunc Total(prices []int) int {\n\tsum := 0\n"
        "\tfor _, p := range prices {\n\t\tsum += p\n\t}\n\treturn sum\n}\n"
    ),
    "rust": (
        "pub fn total(prices: &[u32]) -> u32 {\n    let mut sum = 0;\n    for p in prices {\n"
        "        sum += p;\n    }\n    sum\n}\n"
    ),
    "c": (
        "#include <stdio.h>\n\nint total(const int *p, int n) {\n    int sum = 0;\n"
        "    for (int i = 0; i < n; i++)\n        sum += p[i];\n    return sum;\n}\n"
    ),
    "cpp": (
        "#include <vector>\n\nint total(const std::vector<int>& prices) {\n    int sum = 0;\n"
        "    for (auto p : prices) sum += p;\n    return sum;\n}\n"
    ),
    "csharp": (
        "using System.Linq;\n\npublic class Cart\n{\n    public int Total(int[] prices)\n    {\n"
        "        return prices.Sum();\n    }\n}\n"
    ),
    "ruby": (
        "class Cart\n  def total(items)\n    items.map(&:price).sum\n  end\n\n"
        "  def empty?\n    total([]) == 0 and not @frozen\n  end\nend\n"
    ),
    "php": (
        "<?php\nfunction total(array $items): int {\n    $sum = 0;\n"
        "    foreach ($items as $item) {\n        $sum += $item->price;\n    }\n"
        "    return $sum;\n}\n"
    ),
    "kotlin": (
        "class Cart(private val items: List<Int>) {\n    fun total(): Int {\n"
        "        return items.fold(0) { sum, price -> sum + price }\n    }\n}\n"
    ),
}  # fmt: skip


def told(code: str, language: str | None = None, path: str | None = None) -> bool:
    return is_not_code(prepare(Sample(code, language, path)))


def test_every_parsed_language_has_its_snippet() -> None:
    """A language that gets a grammar gets a snippet here."""
    assert set(CODE) == set(languages.PARSED)


@pytest.mark.parametrize("name", sorted(CODE))
def test_code_is_code(name: str) -> None:
    """Code is code, whether its language is said or not, and below a long comment too."""
    assert not told(CODE[name], name)
    assert not told(CODE[name])
    sign = "#" if name in {"python", "ruby"} else "//"
    comment = "".join(f"{sign} {line}\n" for line in PROSE.splitlines())
    opening = "<?php\n" if name == "php" else ""
    assert not told(opening + comment * 3 + CODE[name].removeprefix(opening), name)


@pytest.mark.parametrize("text", [*JSON, *TABLES, PROSE])
def test_data_and_prose_are_no_code(text: str) -> None:
    """JSON, rows of columns and English sentences are no code where no language is known."""
    assert told(text)
    assert told(text.replace("\n", "\r\n"))
    assert told("\n\n" + text)


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_cut_json_is_no_code(indent: int | None) -> None:
    """JSON longer than what is read of a sample is told by what was read, in one line too."""
    text = json.dumps([DATA] * 300, indent=indent)
    source = prepare(Sample(text))
    assert source.truncated
    assert is_not_code(source)
    for shift in range(60):  # wherever the cut falls
        assert told("[" + " " * shift + text[1:]), shift


def test_cut_text_that_only_starts_as_json_is_code() -> None:
    """A cut text with a sign of no JSON in it is given up at once, however long its numbers."""
    started = time.perf_counter()
    for start in ("[" + "1" * 9_000, "[" + "12345 " * 2_000, "{" + '"a", ' * 2_000):
        assert not told(start + "; 1," * MAX_BYTES)
    assert time.perf_counter() - started < 2.0


@pytest.mark.parametrize(
    "text",
    [
        "{ return 1; }",
        "[x for x in range(3)]",
        "[1, 2",  # not cut by us: no whole document
        "42",
        '"a string"',
        "a, b = b, a\n" * 2,
        "\n".join(TABLES[0].split("\n")[: MIN_ROWS - 1]),
        "f(a, b, c);\ng(a, b, c);\nh(a, b, c);\ni(a, b, c);\n",
        "call(a, b, c)\n" * 6,
        "x = [\n" + "    1, 2, 3,\n" * 6 + "]\n",
        " ".join(["the"] * (MIN_WORDS - 1)),
        "if not found:\n    return the_other_way(and_this, or_that)\n" * 10,
    ],
)
def test_what_is_not_clear_is_code(text: str) -> None:
    """Fragments, short texts, calls in columns and what only looks like data are left as code."""
    assert not told(text)


def test_prose_in_a_file_said_to_be_python() -> None:
    """An essay is no code whatever its file is called, or its caller says."""
    assert told(PROSE, "python")
    assert told(PROSE, path="essay.py")
    assert told(PROSE, "sql")


def test_a_file_of_docstrings_is_code() -> None:
    """Prose in docstrings and comments does not count against the code around it."""
    indented = "".join(f"    {line}\n" for line in PROSE.splitlines())
    code = f'"""{PROSE}"""\n\n\n' + "".join(
        f'def step_{n}(value):\n    """Step {n}.\n\n{indented}    """\n    return value + {n}\n\n'
        for n in range(4)
    )
    assert not told(code, "python")
    assert not told(f'"""{PROSE}"""\n', "python")


@pytest.mark.parametrize("text", [TABLES[0], "1, 2, 3,\n" * 40, JSON[1]])
def test_a_table_in_a_known_language_is_code(text: str) -> None:
    """Rows of numbers may be a part of a program: included in C, a module in JavaScript."""
    assert not told(text, "c")
    assert not told(text, path="table.js")


texts = st.one_of(
    st.text(max_size=400),
    st.text(alphabet='{}[]",:\\ \n\t|e-1t', max_size=200),
    st.lists(st.sampled_from(PROSE.split()), max_size=60).map(" ".join),
)


@given(texts, st.sampled_from([None, "python", "c", "php", "sql", "no-such-language"]))
def test_it_never_raises(text: str, language: str | None) -> None:
    """Any text has an answer, the same each time, and cut off in the middle too."""
    source = prepare(Sample(text, language))
    first = is_not_code(source)
    assert isinstance(first, bool)
    assert is_not_code(source) == first
    told("[" + text + "\n" + "1, " * MAX_BYTES, language)


@pytest.mark.parametrize("text", [JSON[1], TABLES[1], PROSE])
def test_it_is_a_status_with_no_columns(text: str) -> None:
    """Where code alone is asked for, other text is not measured, and its neighbours are."""
    code = CODE["python"]
    found = extract([Sample(code), Sample(text), Sample(code)], only_code=True)
    assert found.status == ("ok", "not_code", "ok")
    assert not found.dense[1].any()
    assert all(np.diff(view.indptr)[1] == 0 for view in found.lexicon)
    assert (int(found.lines[1]), bool(found.parsed[1])) == (0, False)
    assert np.array_equal(found.dense[0], found.dense[2])


def test_corpora_are_believed() -> None:
    """Unless code alone is asked for, everything is measured: what a corpus holds is a sample."""
    found = extract([Sample(PROSE), Sample(JSON[1])])
    assert found.status == ("ok", "ok")
    assert found.dense.any(axis=1).all()
