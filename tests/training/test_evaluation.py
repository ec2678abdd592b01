from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_training.assessment import Assessment, Estimate
from fingerprint_training.evaluation import assess
from fingerprint_training.evaluation_report import render_markdown, render_text
from fingerprint_training.predictions import Predictions, PredictionsError, answered_by

CLASSES = ("gpt", "human", "qwen")
Make = Callable[..., Predictions]


def predictions(
    truth: list[str], told: list[str] | None = None, *, sure: float = 0.8, **given: Any
) -> Predictions:
    """Answer every row with `told` at `sure`; "unknown" and "ai" stand over a raw right answer."""
    told = truth if told is None else told
    count = len(truth)
    raw = [
        CLASSES.index(t if a in ("unknown", "ai") else a) for t, a in zip(truth, told, strict=True)
    ]
    probabilities = np.full((count, 3), (1 - sure) / 2)
    probabilities[np.arange(count), raw] = sure
    plain: dict[str, Any] = {
        "source": np.array([f"s{n % 3}" for n in range(count)]),
        "task": np.array([f"t{n}" for n in range(count)]),
        "language": np.array(["python"] * count),
        "lines": np.full(count, 30),
    }
    return Predictions(
        classes=CLASSES,
        truth=np.array([CLASSES.index(each) for each in truth]),
        probabilities=probabilities,
        told=np.array(told),
        **plain | given,
    )


def drawn(seed: int, count: int = 200) -> Predictions:
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet([0.6] * 3, count)
    truth = np.array([rng.choice(3, p=row) for row in probabilities])
    told = np.array(CLASSES)[probabilities.argmax(axis=1)].astype("<U8")
    told[probabilities.max(axis=1) < 0.5] = "unknown"
    return Predictions(
        classes=CLASSES,
        truth=truth,
        probabilities=probabilities,
        told=told,
        source=rng.choice(["a", "b", "c", "d"], count),
        task=rng.choice([f"t{n}" for n in range(40)], count),
        language=rng.choice(["python", "java", "c"], count),
        lines=rng.integers(1, 300, count),
    )


def estimates(assessment: Assessment) -> list[Estimate]:
    plain = [getattr(assessment, field.name) for field in fields(assessment)]
    return [
        *(each for each in plain if isinstance(each, Estimate)),
        *(score.f1 for score in assessment.families),
        *(score.accuracy for score in assessment.lengths),
    ]


def test_perfect_answers() -> None:
    """All right: F1, accuracy, AUROC, precision and coverage are 1, nobody is accused."""
    found = assess(predictions(["gpt", "human", "qwen"] * 4, sure=1.0), group="task")
    for figure in ("macro_f1", "accuracy", "human_auroc", "coverage", "answered_precision"):
        assert getattr(found, figure) == Estimate(1, 1, 1)
    assert found.ece.value == found.brier.value == found.false_positive_rate.value == 0
    assert found.confusion == ((4, 0, 0), (0, 4, 0), (0, 0, 4))
    assert (found.samples, found.groups, found.group) == (12, 12, "task")


def test_told_answers_are_judged_as_told() -> None:
    """Told "unknown" is no answer, "ai" is right on a model's code and wrong on a human's."""
    found = assess(
        predictions(
            ["gpt", "gpt", "gpt", "human", "human", "qwen", "qwen", "qwen"],
            ["gpt", "ai", "unknown", "ai", "human", "gpt", "unknown", "ai"],
        ),
        group="source",
    )
    assert found.answered.value == 6 / 8
    assert found.answered_precision.value == 4 / 6  # gpt, ai, human, ai right; ai, gpt wrong
    assert found.named.value == 3 / 8
    assert found.named_precision.value == 2 / 3
    assert found.accuracy.value == 7 / 8  # the raw answer is judged without the withholding


def test_false_accusations_are_of_long_human_code_told_to_be_ai() -> None:
    """Short files, "unknown" and mistakes among families accuse nobody; languages stand apart."""
    rows = [
        ("human", "gpt", "python", 20),
        ("human", "ai", "java", 25),
        ("human", "human", "python", 99),
        ("human", "unknown", "python", 99),
        ("human", "gpt", "python", 19),
        ("gpt", "qwen", "python", 99),
    ]
    truth, told, language, lines = map(list, zip(*rows, strict=True))
    given = predictions(truth, told, language=np.array(language), lines=np.array(lines))
    found = assess(given, group="task")
    counted = {each.language: (each.samples, each.accused) for each in found.accusations}
    assert counted == {None: (4, 2), "python": (3, 1), "java": (1, 1)}
    assert found.false_positive_rate.value == found.accusations[0].rate == 0.5
    assert found.accusations[0].low == pytest.approx(0.0676, abs=1e-4)  # exact, 2 of 4


def test_macro_f1_is_over_classes_that_occur() -> None:
    """A class without rows has no F1 and does not drag the mean; calling it costs the others."""
    found = assess(predictions(["gpt", "gpt", "human"], ["gpt", "qwen", "human"]), group="task")
    scores = {each.family: (each.samples, each.f1.value) for each in found.families}
    assert (scores["gpt"][0], scores["qwen"][0]) == (2, 0)
    assert scores["gpt"][1] == pytest.approx(2 / 3)
    assert math.isnan(scores["qwen"][1])
    assert found.macro_f1.value == pytest.approx((2 / 3 + 1) / 2)


def test_a_label_set_without_human() -> None:
    """Teams or people as classes: no AUROC, no accusations, all other figures."""
    plain = predictions(["gpt", "qwen"] * 3)
    told = np.array(["ann", "bob"] * 3)
    found = assess(replace(plain, classes=("ann", "eve", "bob"), told=told), group="task")
    assert math.isnan(found.human_auroc.value)
    assert math.isnan(found.false_positive_rate.value)
    assert found.macro_f1.value == found.answered_precision.value == 1
    assert found.to_dict()["human_auroc"] == {"value": None, "low": None, "high": None}


def test_lengths_hold_every_row_once() -> None:
    """Buckets begin at their number of lines, and the last one has no end."""
    lines = np.array([0, 9, 10, 19, 20, 199, 200, 5000])
    found = assess(predictions(["gpt"] * 8, lines=lines), group="task")
    assert [(each.shortest, each.samples) for each in found.lengths] == [
        *((0, 2), (10, 2), (20, 1), (50, 0), (100, 1), (200, 2)),
    ]
    assert found.lengths[-1].longest is None
    assert math.isnan(found.lengths[3].accuracy.value)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 500), group=st.sampled_from(["task", "source"]))
def test_intervals_hold_their_values_and_row_order_is_nothing(seed: int, group: Any) -> None:
    """Low ≤ value ≤ high for each figure, bins and lengths sum up, a shuffle changes nothing."""
    given = drawn(seed)
    found = assess(given, group=group, seed=seed, draws=40)
    assert found.groups == len(set(getattr(given, group)))
    for each in estimates(found):
        assert math.isnan(each.value) or each.low <= each.value <= each.high
    assert sum(each.samples for each in found.reliability) == found.samples == 200
    assert sum(each.samples for each in found.lengths) == 200
    assert sum(map(sum, found.confusion)) == 200
    order = np.random.default_rng(seed).permutation(200)
    arrays = {
        name: getattr(given, name)[order]
        for name in ("truth", "probabilities", "told", "source", "task", "language", "lines")
    }
    shuffled = assess(replace(given, **arrays), group=group, seed=seed, draws=40)
    assert shuffled.confusion == found.confusion
    assert shuffled.accusations == found.accusations
    for one, other in zip(estimates(found), estimates(shuffled), strict=True):
        assert [other.value, other.low, other.high] == pytest.approx(
            [one.value, one.low, one.high], nan_ok=True
        )


def test_intervals_are_over_the_groups_asked_for() -> None:
    """Where one source errs and another does not, intervals over sources are the wider ones."""
    truth = ["gpt", "human"] * 50
    told = truth[:50] + ["qwen", "human"] * 25
    given = predictions(truth, told, source=np.repeat(["right", "wrong"], 50))
    by_task, by_source = (assess(given, group=group).accuracy for group in ("task", "source"))
    assert by_task.value == by_source.value == 0.75
    assert (by_source.low, by_source.high) == (0.5, 1)
    assert 0.6 < by_task.low < by_task.high < 0.9


def test_an_assessment_is_json() -> None:
    """`to_dict` is what a JSON reader gives back, NaN being null."""
    found = assess(drawn(0), group="source", train_rows=7, draws=20).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["train_rows"] == 7
    assert found["reliability"][0]["accuracy"] is None  # three classes: no top label below 1/3


def test_a_baseline_is_assessed_on_its_rows() -> None:
    """Another model's answers take truth and groups from the rows it saw, and always tell."""
    given = drawn(3)
    rows = np.array([5, 0, 9])
    probabilities = np.eye(3)[[2, 1, 0]]
    other = answered_by(given, probabilities, rows)
    assert other.truth.tolist() == given.truth[rows].tolist()
    assert other.task.tolist() == given.task[rows].tolist()
    assert other.told.tolist() == ["qwen", "human", "gpt"]
    assert len(answered_by(given, given.probabilities)) == len(given)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"told": np.array(["gpt", "llama"])}, "row 1 has told neither"),
        ({"truth": np.array([0, 3])}, "row 1 has truth outside"),
        ({"truth": np.array([0])}, r"shape \(2, 3\), and 1 rows"),
        ({"probabilities": np.full((2, 3), 0.5)}, r"row 0 .* no distribution \(2 row"),
        ({"probabilities": np.array([[1, 0, 0], [np.nan, 0, 1]])}, "row 1 .* no distribution"),
        ({"lines": np.array([1, -1])}, "row 1 has a negative number"),
        ({"task": np.array(["t"])}, "task has shape"),
        ({"classes": ("ai", "human", "qwen")}, "answers that are no class"),
        ({"classes": ("gpt", "gpt", "qwen")}, "must differ"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    """The error names the row or the array, and what is wrong with it."""
    with pytest.raises(PredictionsError, match=message):
        replace(predictions(["gpt", "gpt"]), **change)


def test_nothing_to_assess_is_told() -> None:
    """No rows and an unknown grouping are errors that say so."""
    with pytest.raises(PredictionsError, match="no rows"):
        assess(predictions([]), group="task")
    with pytest.raises(PredictionsError, match="'repository'"):
        assess(predictions(["gpt"]), group="repository")  # type: ignore[arg-type]


@pytest.mark.parametrize("render", [render_text, render_markdown])
def test_reports_show_every_figure_beside_the_baselines(render: Callable[..., str]) -> None:
    """Both forms hold the model's and the baseline's figures, every class and every language."""
    given = drawn(1)
    model = assess(given, group="source", draws=20)
    plain = np.tile([0.2, 0.5, 0.3], (len(given), 1))
    baseline = assess(answered_by(given, plain), group="source", train_rows=321, draws=20)
    report = render(model, {"majority": baseline})
    for each in (model, baseline):
        figure = each.macro_f1
        assert f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]" in report
    for word in (*CLASSES, "python", "java", "majority", "321", "100–199", "unseen sources"):
        assert word in report
    assert "nan" not in report.lower()
    assert report.endswith("\n")
    assert not re.search(r"[ \t]\n", report)


def test_markdown_tables_are_whole() -> None:
    """Each table's lines have one number of cells, also when a class is called "a|b"."""
    given = predictions(["gpt", "human", "qwen"])
    names = np.array(["a|b", "human", "qwen"])
    found = assess(replace(given, classes=tuple(names), told=names), group="task")
    report = render_markdown(found, {})
    assert r"a\|b" in report
    for table in re.findall(r"(?:^\|.*\n)+", report, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_the_diagram_shows_gap_and_direction() -> None:
    """Bars reach to the accuracy and mark the confidence: overconfident is o beyond the bar."""
    truth = ["gpt"] * 10
    told = ["gpt"] * 5 + ["qwen"] * 5
    report = render_text(assess(predictions(truth, told, sure=0.9), group="task"), {})
    assert "#" * 15 + "." * 12 + "o.." in report


def test_a_baseline_of_other_classes_is_refused() -> None:
    """Figures of different label sets do not stand in one table."""
    one = assess(predictions(["gpt"]), group="task")
    with pytest.raises(ValueError, match="'other'"):
        render_text(one, {"other": replace(one, classes=("a", "b", "c"))})
