"""What the report says of made-up figures, in words and in tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from fingerprint.drift.diversity.records import MEASURES, Cell, Contrast, Diversity, Figure
from fingerprint.report.diversity_text import lines, markdown, verdict

FEW = "8 samples, fewer than 30"


def figure(value: float | None, why: str = FEW) -> Figure:
    if value is None:
        return Figure(math.nan, math.nan, math.nan, 8, 8, "task", why)
    return Figure(value, value - 0.25, value + 0.25, 60, 6, "task", p=0.01)


def cell(family: str, period: str, samples: int = 60, language: str = "python") -> Cell:
    value = 1.5 if samples >= 30 else None
    figures = {name: figure(value, f"{samples} samples, fewer than 30") for name in MEASURES}
    return Cell(language, family, period, samples, 2, 6, 40.0, figures)


def contrast(kind: str, family: str, period: str, q: float, **values: float | None) -> Contrast:
    against = {"human": ("human", "all"), "first": (family, "2024-H1"), "family": ("qwen", "all")}
    figures = {name: figure(value) for name, value in values.items()}
    known = {name: q for name, each in figures.items() if each.shown}
    return Contrast(kind, "python", family, period, *against[kind], "task", figures, known)


def record(cells: Sequence[Cell], contrasts: Sequence[Contrast], **more: int | str) -> Diversity:
    whole: dict[str, int | str] = {"by": "release", "rows": 200, "measured": 120}
    whole |= {"unlabelled": 0, "undated": 0, **more}
    return Diversity(
        corpus="made",
        each=15,
        least=30,
        seed=0,
        cells=tuple(cells),
        contrasts=tuple(contrasts),
        **whole,  # type: ignore[arg-type]
    )


GPT = [cell("gpt", "all"), cell("gpt", "2024-H1"), cell("gpt", "2025-H1")]
HUMAN = [cell("human", "all")]


def test_verdict_says_whether_diversity_fell() -> None:
    """Less of a measure, and more likeness, is less varied; both questions are answered first."""
    told = list(
        verdict(
            record(
                GPT + HUMAN,
                [
                    contrast("first", "gpt", "2025-H1", 0.01, vendi=-1.0, self_similarity=0.5),
                    contrast("human", "gpt", "all", 0.01, names=0.4, vendi=None),
                ],
            )
        )
    )
    assert told[0] == ("Did diversity fall between a family's periods? By some measures, in gpt.")
    assert told[1] == (
        "Is it lower than that of human code? Not shown. It is higher by some measures in gpt."
    )
    assert told[2] == (
        "gpt: against human code more varied by type-token ratio over samples: equally many "
        "identifiers of each (python); between its periods less varied by Vendi score of token "
        "n-grams (python 2024-H1 → 2025-H1) and similarity of two answers to one task by "
        "different models (python 2024-H1 → 2025-H1)."
    )


def test_what_does_not_hold_is_not_shown() -> None:
    """A difference whose q is above the bar says nothing, and the reason is its number."""
    found = record(GPT + HUMAN, [contrast("first", "gpt", "2025-H1", 0.06, vendi=-1.0, names=-1.0)])
    told = list(verdict(found))
    assert told[0] == "Did diversity fall between a family's periods? Not shown."
    assert told[2].endswith(
        "between its periods not shown (of 2 differences none holds once all are counted)."
    )
    assert "Differences that hold" not in "\n".join(lines(found))


@pytest.mark.parametrize(
    ("cells", "contrasts", "by", "human", "periods"),
    [
        (GPT[:1], [], "release", "no language has 30 samples of both", "no known release of its "),
        (GPT[:1], [], "quarter", "no language has 30 samples of both", "no dates"),
        (GPT[:2], [], "quarter", "no language has 30 samples of both", "no language has two peri"),
        (
            GPT[:1], [contrast("human", "gpt", "all", 1, vendi=None)], "half",
            "fewer than 30 samples", "no dates",
        ),
    ],
)  # fmt: skip
def test_verdict_says_what_is_missing(
    cells: list[Cell], contrasts: list[Contrast], by: str, human: str, periods: str
) -> None:
    """In place of an answer stands what the corpus would need."""
    told = list(verdict(record([*cells, cell("human", "all", 9)], contrasts, by=by)))
    assert told[0].endswith("Not shown.")
    assert told[2].startswith(
        f"gpt: against human code not shown ({human}); between its periods not shown ({periods}"
    )


def test_what_all_families_lack_is_said_once() -> None:
    """Without human code, or without periods, the question is answered for all of them."""
    told = list(verdict(record([*GPT, cell("qwen", "all")], [], by="none")))
    assert told == [
        "Did diversity fall between a family's periods? Not shown: no periods were asked for.",
        "Is it lower than that of human code? Not shown: no row is labelled human.",
    ]
    told = list(verdict(record(GPT, [])))
    assert (
        told[2] == "gpt: between its periods not shown (no language has two periods of 30 samples)."
    )


def test_small_families_and_the_control_have_their_lines() -> None:
    """Families of few samples share one line; human periods tell how much projects alone differ."""
    found = record(
        [*GPT, *HUMAN, cell("grok", "all", 3), cell("kimi", "all", 29)],
        [contrast("first", "human", "2019-Q2", 0.01, vendi=-1.0)],
        by="quarter",
    )
    told = list(verdict(found))
    assert "Fewer than 30 samples of any language: grok, kimi." in told
    assert told[-1].startswith("Human code, as a control: between its periods less varied by Vendi")
    assert told[0].endswith("Not shown.")


def test_tables_are_aligned_and_leave_out_what_is_not_shown() -> None:
    """Columns begin at one place in all rows; what is not shown is counted, by reason.

    Single periods of human code are a control, and fill no tables either.
    """
    found = record(
        [*GPT, *HUMAN, *(cell("human", f"2008-Q{at}", at) for at in (1, 2, 30))],
        [contrast("human", "gpt", "all", 0.01, vendi=-1.0, tail_apis=None)],
    )
    told = list(lines(found))
    assert not any("2008" in line for line in told)
    assert "Not shown: 22 of 77 figures (fewer than 30 samples: 22); " in "\n".join(told)
    assert "1 of 2 differences (fewer than 30 samples: 1)." in "\n".join(told)
    at = told.index("python: whole samples")
    head, *rows, end = told[at + 1 : at + 7]
    assert [row[head.index("vendi") :][:10] for row in rows] == ["1.50 ±0.25"] * 4
    assert end == ""
    assert told[told.index("python, against human code: whole samples") + 2].endswith(
        "-1.00 ±0.25*"
    )


def test_rows_left_out_are_told() -> None:
    """Without a family or a period, or beyond what a cell takes: each is said."""
    told = "\n".join(lines(record(GPT, [], unlabelled=7, undated=1200)))
    assert "120 of 200 rows measured; 7 name no family or no language; 1,200 have no known " in told
    assert "release of their model and are of no period; large cells are measured by a part" in told
    told = "\n".join(lines(record(GPT, [], rows=120, by="none")))
    assert "120 of 120 rows measured. Periods: none." in told


def test_page_has_the_verdict_first_and_all_tables() -> None:
    """Markdown has all measures side by side, and nothing from outside is markup there."""
    found = record(
        [cell("a|b", "all", language="c<i>"), *HUMAN],
        [contrast("human", "a|b", "all", 0.01, vendi=-1.0)],
    )
    page = list(markdown(found))
    assert page[:3] == [
        "# Diversity",
        "",
        "- Did diversity fall between a family's periods? Not shown.",
    ]
    text = "\n".join(page)
    assert "## Differences that hold (q ≤ 0.05)" in text
    assert "## c&lt;i>: all measures" in text
    assert "| a\\|b | all | human | same tasks | -1.00 ±0.25* |" in text
    assert len([line for line in page if line.startswith("| family |")]) == 3
