"""Evidence: signed contributions become sentences a developer can check against the code."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features import registry
from fingerprint_features.sample import Sample
from fingerprint_features.source import prepare
from fingerprint_models import evidence
from fingerprint_models.attribution import Evidence
from fingerprint_models.errors import ModelError
from fingerprint_models.evidence import explain
from fingerprint_models.phrases import Kind, Phrase, write_value
from fingerprint_models.reference import Reference

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
    """A preference is told in per cent beside that of humans and of the family.

    Laplace's estimate is nearer to one half than what a reader counts: hence "at least".
    """
    assert tell({"comments.full_stop": 0.92}) == (
        "comments that end in a full stop: at least 92 %; typical of human 41 %, of claude 83 % "
        "(50 % where there are none)"
    )


def test_preference_the_other_way() -> None:
    """A preference below one half is told from its other side, all numbers turned."""
    assert tell({"comments.full_stop": 0.1}, typical=(0.41, 0.2, 0.6)).startswith(
        "comments that end without a full stop: at least 90 %; typical of human 59 %, of claude 80"
    )


def test_preference_without_a_sighting() -> None:
    """Exactly one half, which means nothing was seen, is not told as 50 %."""
    assert "no preference; typical" in tell({"comments.full_stop": 0.5}, typical=(0.1, 0.6, 0.6))


def measured(code: str) -> str:
    """Return what is told of the documentation of Python code, without a reference."""
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


DOCUMENTED = "documented, by a docstring or a comment right above: "


def test_share_of_functions_is_counted() -> None:
    """Where the number of functions is known, a share of them is told as a count too."""
    coverage = {"comments.docstring_coverage": 0.9}
    assert tell(coverage | sized(120, 20, 10)).startswith(
        f"{DOCUMENTED}90 % of functions and classes (9 of 10 functions); typical"
    )
    assert "100 % of functions (1 of 1 function);" in tell(
        {"tree.tries_share": 1.0} | sized(9, 2, 1)
    )


def test_share_of_functions_that_cannot_be_counted() -> None:
    """With classes among the documented, or counts that are not whole, only the share is told."""
    sample = {"comments.docstring_coverage": 0.9} | sized(120, 20, 10)
    percent = f"{DOCUMENTED}90 % of functions and classes; typical"
    assert tell(sample | {"roles.role_class": 1.0}).startswith(percent)
    assert tell(sample | {"tree.functions": 10.4}).startswith(percent)
    assert tell({"comments.docstring_coverage": 0.9}).startswith(percent)


def test_counts_agree_with_the_features() -> None:
    """On real code the number told is the number of functions that a reader counts."""
    code = 'def f(a):\n    """Add."""\n    return a\n\n\ndef g(b):\n    return b\n'
    assert measured(code) == f"{DOCUMENTED}50 % of functions and classes (1 of 2 functions)"


def test_functions_of_a_cut_sample_are_not_counted() -> None:
    """Only the head of a long file is measured, so no count is told that a reader would miss."""
    body = "    a = a + 1\n" * 10
    code = f'def f(a):\n    """Add."""\n{body}' * 200
    assert measured(code) == f"{DOCUMENTED}100 % of functions and classes"


def test_numbers_by_kind() -> None:
    """Counts are numbers, rates are per 100 lines, logarithms are undone, flags are yes or no."""
    assert tell({"naming.identifier_length": 12.34}, typical=(4, 11.6, 0)) == (
        "average length of a name or keyword: 12 characters; typical of human 4, of claude 12"
    )
    assert tell({"comments.count": 0.83}).startswith(
        "comments: 83 per 100 lines; typical of human 41"
    )
    assert tell({"layout.lines": math.log1p(80)}, typical=(1, 5, 1)).startswith(
        "length of the text: 80 lines; typical of human 1.7, of claude 147"
    )
    assert tell({"tree.main_guard": 1.0}) == (
        "an entry point (main function or main guard): yes; "
        "share of samples: human 41 %, claude 83 %"
    )


def test_nothing_to_measure_is_said() -> None:
    """A 0 that stands for "there are none" is told as such, of the sample and of the means."""
    sample = {"naming.class_length": 0.0, "naming.class_count": 0.0}
    assert tell(sample, typical=(3.7, 1.2, 2)) == (
        "length of a class name, on average: 0 characters (no classes here); "
        "typical of human 3.7, of claude 1.2 (0 where there are none)"
    )


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Kind.SHARE, 0.0, "0 %"),
        (Kind.SHARE, 0.0001, "under 0.1 %"),
        (Kind.SHARE, 0.004, "0.4 %"),
        (Kind.SHARE, 1.0, "100 %"),
        (Kind.NUMBER, 0.001, "almost 0"),
        (Kind.NUMBER, 100.0, "100"),
        (Kind.NUMBER, 1234.6, "1,235"),
        (Kind.NUMBER, 0.52, "0.52"),
        (Kind.NUMBER, 4.26, "4.3"),
        (Kind.NUMBER, 40.7, "41"),
        (Kind.SHARE, 0.996, "99.6 %"),
        (Kind.PREFERENCE, 0.939, "at least 93 %"),
        (Kind.FLAG, 0.0, "no"),
        (Kind.LOG, math.log1p(1234.0), "1,234"),
        (Kind.NUMBER, math.nan, "unknown"),
    ],
)
def test_written_values(kind: Kind, value: float, words: str) -> None:
    """Small, large and missing values read well."""
    assert write_value(Phrase("x", kind), value) == words


def test_human_is_set_against_the_models() -> None:
    """For human code the mean of the models stands beside that of humans."""
    told = tell({"comments.share": 0.3}, family="human", typical=(0.4, 0.8, 0.6))
    assert told.endswith("30 % of the text; typical of human 40 %, of models 70 %")


def test_classes_without_human() -> None:
    """A team's own classes are set against one another; a lone class against nothing."""
    sample = {"comments.share": 0.3}
    told = tell(sample, family="ann", classes=("ann", "bob"), typical=(0.4, 0.8))
    assert told.endswith("30 % of the text; typical of ann 40 %, of others 80 %")


def items_of(
    sample: dict[str, float],
    pull: dict[str, float],
    typical: tuple[float, ...],
    spread: float = 1.0,
) -> tuple[Evidence, ...]:
    """Return the evidence for claude of columns that all have the same means."""
    columns = tuple(sample)
    mean = np.repeat(np.array(typical)[:, None], len(columns), axis=1)
    reference = Reference(columns, CLASSES, mean, np.full(len(columns), spread))
    pulls = np.array([pull.get(name, 0.0) for name in columns])
    return explain(pulls, np.array(list(sample.values())), "claude", columns, reference)


def test_numbers_stand_beside_their_sentence() -> None:
    """Value and typical values are given as numbers too, in the unit that the sentence tells."""
    (item,) = items_of({"comments.share": 0.31}, {"comments.share": 0.4}, (0.12, 0.24, 0.1), 0.1)
    assert item.text == (
        "text inside comments: 31 % of the text; typical of human 12 %, of claude 24 %"
    )
    assert (item.unit, item.value) == ("% of the text", pytest.approx(31.0))
    assert item.typical_family == pytest.approx(24.0)
    assert item.typical_human == pytest.approx(12.0)
    assert item.typical_others == pytest.approx(10.0)


def test_a_value_that_speaks_for_the_other_side() -> None:
    """No reason is dressed up with numbers that contradict it: it is told without any."""
    pull = {"comments.share": 0.4, "comments.we": -0.1}
    (item,) = items_of({"comments.share": 0.1, "comments.we": 0.9}, pull, (0.12, 0.24, 0.3), 0.1)
    assert item == Evidence(
        f"{evidence.TOGETHER_ONLY}: text inside comments; comments that say “we”, “us”, “our” or "
        "“let's”",
        "claude",
        pytest.approx(0.3),
        ("comments.share", "comments.we"),
    )


def test_means_that_are_about_equal_are_no_reason() -> None:
    """Where the classes hardly differ, the value explains nothing."""
    (item,) = items_of({"layout.line_mean": 40.0}, {"layout.line_mean": 0.4}, (33, 34, 33), 20.0)
    assert item.text == f"{evidence.TOGETHER_ONLY}: average length of a line"
    assert item.value is None


def test_a_matter_between_families() -> None:
    """A reason that only the other families bear out says that it does not concern humans."""
    (item,) = items_of({"layout.line_mean": 40.0}, {"layout.line_mean": 0.4}, (33, 33.2, 22), 9.0)
    assert item.text.endswith(
        "typical of human 33, of claude 33, of other families 22 "
        "(a matter between families: human is no different)"
    )


@given(
    st.sampled_from(registry.COLUMNS),
    st.floats(0, 1),
    st.tuples(*[st.floats(0, 1)] * 3),
    st.sampled_from((-1.0, 1.0)),
)
def test_signs_agree_with_the_numbers(
    column: str, value: float, typical: tuple[float, ...], pull: float
) -> None:
    """Where human code differs, a reason for is nearer to the family, one against to human."""
    (item,) = items_of({column: value}, {column: pull}, typical, 0.3)
    assert item.contribution == pull
    if item.value is None or abs(typical[0] - typical[1]) < 0.03:
        return
    human, claude = abs(value - typical[0]), abs(value - typical[1])
    assert "between families" in item.text or (claude < human) == (pull > 0)


def test_both_sides_are_heard() -> None:
    """A reason against is told behind louder ones for; none is made up, and no faint one told."""
    columns = ("comments.share", "layout.line_mean", "tree.parameters", "naming.with_digit")
    sample = dict.fromkeys(columns, 0.9) | {"naming.with_digit": 0.1}
    pull = dict(zip(columns, (0.9, 0.8, 0.7, -0.3), strict=True))
    mean = np.repeat(np.array([[0.1], [0.9], [0.1]]), 4, axis=1)
    reference = Reference(columns, CLASSES, mean, np.ones(4))
    values = np.array(list(sample.values()))

    def told(pulls: dict[str, float]) -> list[float]:
        found = explain(np.array(list(pulls.values())), values, "claude", columns, reference, top=2)
        return [item.contribution for item in found]

    assert told(pull) == [0.9, 0.8, -0.3]
    assert told(pull | {"naming.with_digit": -0.04}) == [0.9, 0.8]
    assert told(dict.fromkeys(columns, 0.0) | {"tree.parameters": 0.01}) == [0.01]


def test_the_choice_that_a_language_has_not() -> None:
    """Of a preference with one way seen only, the count is told: the other may not exist here."""
    columns = ("idiom.const_over_let", "idiom.const", "idiom.let")
    pull = {"idiom.const_over_let": 0.9, "idiom.const": 0.1}
    one_way = {"idiom.const_over_let": 0.9, "idiom.const": 7.0, "idiom.let": 0.0}
    (item,) = items_of(one_way, pull, (0.1, 0.8, 0.1))
    assert item.text.startswith("the word `const`: 7 per 100 lines")
    assert set(item.columns) <= set(columns)
    (item,) = items_of(one_way | {"idiom.let": 1.0}, pull, (0.1, 0.8, 0.1))
    assert item.text.startswith("`const`, not `let`: at least 90 %")


def test_loudest_first_with_sign() -> None:
    """Items are ordered by strength whatever their sign, cut at `top`, silent ones left out."""
    columns = ("layout.lines", "layout.line_max", "naming.with_digit", "idiom.any")
    reference = Reference((), CLASSES, np.zeros((3, 0)), np.zeros(0))
    pull, values = np.array([0.2, -0.7, 0.0, 0.1]), np.zeros(4)
    items = explain(pull, values, "claude", columns, reference)
    assert [item.contribution for item in items] == [-0.7, 0.2, 0.1]
    assert items[0].columns == ("layout.line_max",)
    assert {item.family for item in items} == {"claude"}
    assert explain(pull, values, "claude", columns, reference, top=1) == items[:2]
    assert explain(pull * 0, values, "claude", columns, reference) == ()


def test_the_lexicon_is_one_item() -> None:
    """Hashed n-grams cannot be put into words: their sum is one item, the loudest named first."""
    columns = ("lexicon.tokens.5", "lexicon.characters.7", "lexicon.tree.1", "lexicon.tokens.9")
    reference = Reference((), CLASSES, np.zeros((3, 0)), np.zeros(0))
    pull = np.array([0.5, 1.0, -0.3, -0.25])
    words, syntax = explain(pull, np.ones(4), "gpt", columns, reference)
    assert words == Evidence(
        "choice of words and spelling (hashed n-grams)",
        "gpt",
        1.25,
        ("lexicon.characters.7", "lexicon.tokens.5", "lexicon.tokens.9"),
    )
    assert (syntax.text, syntax.contribution) == (
        "patterns of syntax (hashed n-grams)",
        -0.3,
    )


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
    reference = Reference((), CLASSES, np.zeros((3, 0)), np.zeros(0))
    (item,) = explain(np.array([0.9, -1.0]), np.ones(2), "gpt", columns, reference)
    assert item.contribution == pytest.approx(-0.1)
    assert item.columns == ("spacing.char_29", "spacing.char_28")
    assert item.text == "the sign `)` in code: 1 per 100 visible bytes"


def test_unknown_family() -> None:
    """A family that the reference does not hold is refused by name."""
    with pytest.raises(ModelError, match="'ai'"):
        tell({"layout.lines": 1.0}, family="ai")


@given(st.sampled_from(registry.COLUMNS), st.floats(0, 1), st.sampled_from(CLASSES))
def test_every_sentence_is_whole(column: str, value: float, family: str) -> None:
    """Any column at any value becomes one line with its value and no name of a column."""
    columns, mean = (column,), np.array([[value - 0.3], [value + 0.2], [value - 0.1]])
    reference = Reference(columns, CLASSES, mean, np.ones(1))
    for pull in (1.0, -1.0):
        (item,) = explain(np.array([pull]), np.array([value]), family, columns, reference)
        assert "\n" not in item.text
        assert column not in item.text
        assert column.partition(".")[2] not in item.text or "_" not in column
        if item.value is not None:
            assert item.typical_family is not None
            assert "typical of" in item.text or "share of samples" in item.text
            assert family in item.text


def test_groups_name_real_columns() -> None:
    """Columns told together are measured, and each is told once."""
    grouped = [name for group in evidence.TOGETHER for name in group]
    assert set(grouped) <= set(registry.COLUMNS)
    assert len(grouped) == len(set(grouped))
