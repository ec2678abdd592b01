"""Evidence: signed contributions become sentences a developer can check against the code."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features import registry
from fingerprint_features.sample import Sample
from fingerprint_features.source import prepare
from fingerprint_models import evidence, phrases
from fingerprint_models.arrays import npz_bytes, read_npz
from fingerprint_models.attribution import Evidence
from fingerprint_models.errors import ModelError
from fingerprint_models.evidence import explain
from fingerprint_models.phrases import PHRASES, Kind, phrase_of, write_value
from fingerprint_models.reference import Reference, measure_reference

CLASSES = ("human", "claude", "gpt")


def tell(
    sample: dict[str, float],
    *,
    family: str = "claude",
    typical: tuple[float, ...] = (0.41, 0.83, 0.6),
    classes: tuple[str, ...] = CLASSES,
) -> str:
    """Return the sentence of a sample's first column."""
    columns = tuple(sample)
    mean = np.repeat(np.array(typical)[:, None], len(columns), axis=1)
    reference = Reference(columns, classes, mean, np.ones(len(columns)))
    pull = np.zeros(len(columns))
    pull[0] = 1.0
    (item,) = explain(pull, np.array(list(sample.values())), family, columns, reference)
    return item.text


def test_preference_with_what_is_typical() -> None:
    """A preference is told in per cent beside that of humans and of the family."""
    assert tell({"comments.full_stop": 0.92}) == (
        "comments that end in a full stop: 92 % (human 41 %, claude 83 %)"
    )


def test_preference_the_other_way() -> None:
    """A preference below one half is told from its other side, all numbers turned."""
    assert tell({"comments.full_stop": 0.1}) == (
        "comments that end without a full stop: 90 % (human 59 %, claude 17 %)"
    )


def test_preference_without_a_sighting() -> None:
    """Exactly one half, which means nothing was seen, is not told as 50 %."""
    assert "no preference (human" in tell({"comments.full_stop": 0.5})


def measured(code: str) -> str:
    """Return what is told of the docstrings of Python code, without a reference."""
    values = registry.measure(prepare(Sample(code=code, language="python")))
    pull = np.zeros(len(values))
    pull[registry.COLUMNS.index("comments.docstring_coverage")] = 1.0
    reference = Reference((), CLASSES, np.zeros((3, 0)), np.zeros(0))
    (item,) = explain(pull, values, "claude", registry.COLUMNS, reference)
    return item.text


def sized(lines: int, blank: int, functions: int) -> dict[str, float]:
    """Return the columns that give a sample's number of functions, as the floor below stores."""
    sizes = {
        "layout.lines": math.log1p(lines),
        "layout.blank_share": blank / lines,
        "tree.functions": 100 * functions / (lines - blank),
        "roles.role_class": 0.0,
    }
    return {name: float(np.float32(value)) for name, value in sizes.items()}


def test_share_of_functions_is_counted() -> None:
    """Where the number of functions is known, a share of them is told as a count."""
    coverage = {"comments.docstring_coverage": 0.9}
    assert tell(coverage | sized(120, 20, 10)).startswith("docstrings on 9 of 10 functions (human")
    assert "1 of 1 function (" in tell({"tree.tries_share": 1.0} | sized(9, 2, 1))


def test_share_of_functions_that_cannot_be_counted() -> None:
    """With classes among the documented, or counts that are not whole, the share is told."""
    sample = {"comments.docstring_coverage": 0.9} | sized(120, 20, 10)
    percent = "docstrings on 90 % of functions and classes ("
    assert tell(sample | {"roles.role_class": 1.0}).startswith(percent)
    assert tell(sample | {"tree.functions": 10.4}).startswith(percent)
    assert tell({"comments.docstring_coverage": 0.9}).startswith(percent)


def test_counts_agree_with_the_features() -> None:
    """On real code the number told is the number of functions that a reader counts."""
    code = 'def f(a):\n    """Add."""\n    return a\n\n\ndef g(b):\n    return b\n'
    assert measured(code) == "docstrings on 1 of 2 functions"


def test_functions_of_a_cut_sample_are_not_counted() -> None:
    """Only the head of a long file is measured, so no count is told that a reader would miss."""
    body = "    a = a + 1\n" * 10
    code = f'def f(a):\n    """Add."""\n{body}' * 200
    assert measured(code) == "docstrings on 100 % of functions and classes"


def test_numbers_by_kind() -> None:
    """Counts are numbers, rates are per 100 lines, logarithms are undone, flags are yes or no."""
    assert tell({"naming.variable_length": 6.25}, typical=(4, 12.34, 0)) == (
        "variable names of 6.25 characters on average (human 4, claude 12.3)"
    )
    assert tell({"comments.count": 0.125}).startswith("12.5 comments per 100 lines of code (human")
    assert tell({"layout.lines": math.log1p(80)}).startswith("80 lines were measured (")
    assert "main guard: yes (human 41 %" in tell({"tree.main_guard": 1.0})


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Kind.SHARE, 0.0, "0 %"),
        (Kind.SHARE, 0.0001, "under 0.1 %"),
        (Kind.SHARE, 0.004, "0.4 %"),
        (Kind.SHARE, 1.0, "100 %"),
        (Kind.NUMBER, 0.001, "almost 0"),
        (Kind.NUMBER, 100.0, "100"),
        (Kind.NUMBER, 1234.6, "1235"),
        (Kind.FLAG, 0.0, "no"),
        (Kind.LOG, 1e9, write_value(Kind.LOG, 700.0)),
        (Kind.NUMBER, math.nan, "unknown"),
    ],
)
def test_written_values(kind: Kind, value: float, words: str) -> None:
    """Small, large and missing values read well."""
    assert write_value(kind, value) == words


def test_human_is_set_against_the_models() -> None:
    """For human code the mean of the models stands beside that of humans."""
    assert tell({"comments.full_stop": 0.9}, family="human", typical=(0.4, 0.8, 0.6)).endswith(
        "(models 70 %, human 40 %)"
    )


def test_classes_without_human() -> None:
    """A team's own classes are set against one another; a lone class against nothing."""
    sample = {"comments.full_stop": 0.9}
    told = tell(sample, family="ann", classes=("ann", "bob"), typical=(0.4, 0.8))
    assert told.endswith("(others 80 %, ann 40 %)")
    assert tell(sample, family="ann", classes=("ann",), typical=(0.4,)).endswith("(ann 40 %)")


def test_loudest_first_with_sign() -> None:
    """Items are ordered by strength whatever their sign, cut at `top`, silent ones left out."""
    columns = ("layout.lines", "layout.line_max", "naming.with_digit", "idiom.any")
    reference = Reference(columns, CLASSES, np.zeros((3, 4)), np.ones(4))
    pull, values = np.array([0.2, -0.7, 0.0, 0.1]), np.zeros(4)
    items = explain(pull, values, "claude", columns, reference)
    assert [item.contribution for item in items] == [-0.7, 0.2, 0.1]
    assert items[0].columns == ("layout.line_max",)
    assert {item.family for item in items} == {"claude"}
    assert explain(pull, values, "claude", columns, reference, top=1) == items[:1]
    assert explain(pull * 0, values, "claude", columns, reference) == ()


def test_the_lexicon_is_one_item() -> None:
    """Hashed n-grams cannot be put into words: their sum is one item, the loudest named first."""
    columns = ("lexicon.tokens.5", "lexicon.characters.7", "lexicon.tree.1", "lexicon.tokens.9")
    reference = Reference((), CLASSES, np.zeros((3, 0)), np.zeros(0))
    pull = np.array([0.5, 1.0, -0.3, -0.25])
    words, syntax = explain(pull, np.ones(4), "gpt", columns, reference)
    assert words == Evidence(
        "choice of words and character patterns",
        "gpt",
        1.25,
        ("lexicon.characters.7", "lexicon.tokens.5", "lexicon.tokens.9"),
    )
    assert (syntax.text, syntax.contribution) == ("patterns of syntax", -0.3)


def test_columns_behind_an_item_are_bounded() -> None:
    """Of thousands of n-grams only those that contribute most are named."""
    columns = tuple(f"lexicon.tokens.{n}" for n in range(1000))
    reference = Reference((), CLASSES, np.zeros((3, 0)), np.zeros(0))
    (item,) = explain(np.arange(1000.0), np.ones(1000), "gpt", columns, reference)
    assert len(item.columns) == evidence.MAX_COLUMNS
    assert item.columns[0] == "lexicon.tokens.999"


def test_one_fact_is_told_once() -> None:
    """Columns that say the same are summed, and told by the one that pulls the sum's way."""
    columns = ("spacing.char_28", "spacing.char_29")
    reference = Reference(columns, CLASSES, np.zeros((3, 2)), np.ones(2))
    (item,) = explain(np.array([0.9, -1.0]), np.ones(2), "gpt", columns, reference)
    assert item.contribution == pytest.approx(-0.1)
    assert item.columns == ("spacing.char_29", "spacing.char_28")
    assert item.text.startswith("`)` per 100")


def test_unknown_family() -> None:
    """A family that the reference does not hold is refused by name."""
    with pytest.raises(ModelError, match="'ai'"):
        tell({"layout.lines": 1.0}, family="ai")


@given(st.sampled_from(registry.COLUMNS), st.floats(0, 1), st.sampled_from(CLASSES))
def test_every_column_has_a_sentence(column: str, value: float, family: str) -> None:
    """Any column at any value becomes one line with no gap left open."""
    text = tell({column: value}, family=family)
    assert text.endswith(")")
    assert "\n" not in text
    assert "{}" not in text
    assert "logarithm" not in text


def test_tables_name_real_columns() -> None:
    """Every column with a sentence form, or told together with others, is measured."""
    assert set(PHRASES) <= set(registry.COLUMNS)
    assert {name for group in evidence.TOGETHER for name in group} <= set(registry.COLUMNS)
    grouped = [name for group in evidence.TOGETHER for name in group]
    assert len(grouped) == len(set(grouped))


def test_sentence_forms_are_whole() -> None:
    """Every form has one gap, and exactly the preferences have another side."""
    for phrase in PHRASES.values():
        assert phrase.text.count("{}") == 1
        assert (phrase.other.count("{}") == 1) == (phrase.kind is Kind.PREFERENCE)


def test_fall_back_to_the_description() -> None:
    """A column without a sentence form reads as its description, its kind told by the words."""
    kinds = {
        "layout.line_over_99": Kind.SHARE,
        "idiom.enumerate": Kind.NUMBER,
        "spacing.keyword_paren": Kind.PREFERENCE,
        "comments.head": Kind.FLAG,
        "tree.function_max": Kind.LOG,
        "layout.blank_runs": Kind.PER_LINE,
    }
    for column, kind in kinds.items():
        assert column not in PHRASES
        assert phrase_of(column).kind is kind
    assert phrase_of("idiom.enumerate").text == "`enumerate`, per 100 lines: {}"
    assert phrase_of("relative.new").text == "relative.new: {}"


def test_descriptions_match_kinds() -> None:
    """A sentence form writes the same kind of number that the column's description states."""
    for column, phrase in PHRASES.items():
        assert phrase.kind is phrases._described(column).kind, column


def test_reference_is_measured() -> None:
    """Means are weighted by class, the spread is that of all, an empty class has all's mean."""
    values = np.array([[0.0, 1.0], [2.0, 1.0], [8.0, 5.0]], dtype=np.float32)
    weights = np.array([3.0, 1.0, 4.0])
    mean, spread = measure_reference(values, np.array([0, 0, 1]), 3, weights)
    np.testing.assert_allclose(mean, [[0.5, 1.0], [8.0, 5.0], [4.25, 3.0]])
    overall = np.average(values, axis=0, weights=weights)
    expected = np.sqrt(np.average((values - overall) ** 2, axis=0, weights=weights))
    np.testing.assert_allclose(spread, expected)


def test_reference_without_weights() -> None:
    """Without weights every sample counts once; without samples there is nothing to measure."""
    values = np.array([[1.0], [3.0]])
    mean, spread = measure_reference(values, np.array([0, 0]), 1)
    assert (mean.tolist(), spread.tolist()) == ([[2.0]], [1.0])
    with pytest.raises(ValueError, match="no samples"):
        measure_reference(values[:0], np.zeros(0, dtype=int), 1)


def test_reference_survives_its_file() -> None:
    """A reference is the same after it went through an npz file."""
    before = Reference(("a.b", "c.d"), ("human", "gpt"), np.eye(2), np.array([1.0, 2.0]))
    after = Reference.from_arrays(read_npz(npz_bytes(before.to_arrays())))
    assert (after.columns, after.classes) == (before.columns, before.classes)
    np.testing.assert_array_equal(after.mean, before.mean)
    np.testing.assert_array_equal(after.spread, before.spread)


def test_reference_that_does_not_fit() -> None:
    """Missing arrays and shapes that do not fit the names are refused."""
    whole = Reference(("a",), ("x",), np.ones((1, 1)), np.ones(1)).to_arrays()
    with pytest.raises(ModelError, match="lack mean"):
        Reference.from_arrays({name: whole[name] for name in whole if name != "mean"})
    with pytest.raises(ModelError, match="do not fit 1 classes and 1 columns"):
        Reference.from_arrays(whole | {"mean": np.ones((2, 1))})
