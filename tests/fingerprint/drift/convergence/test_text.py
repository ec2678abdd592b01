"""What is said of a comparison over time: nothing that was not measured, and all that was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fingerprint.drift.convergence import Convergence, converge
from fingerprint.drift.convergence.record import Across
from fingerprint.drift.measured import Measured
from fingerprint.report.converge_tables import tables
from fingerprint.report.converge_text import answers, lines, markdown
from fingerprint.report.converge_verdict import advice, verdict

Make = Callable[..., Measured]


def compared(samples: Measured) -> Convergence:
    """Compare by quarter, with as few draws and replicates as tell anything."""
    return converge(samples, by="quarter", draws=2, replicates=20)


@pytest.fixture
def found(make: Make) -> Convergence:
    """Return a comparison of one pair in one source, without change."""
    return compared(make(0, tasks=6, each=6))


def turned(found: Convergence, group: str, how: str) -> Convergence:
    """Return the comparison with another verdict on a group of features over all pairs."""
    pooled = (replace(e, verdict=how) if e.group == group else e for e in found.pooled)
    return replace(found, pooled=tuple(pooled))


def test_the_headline_names_features_that_moved(found: Convergence) -> None:
    """Groups that diverged or converged are in the headline, though all together did not."""
    assert verdict(found) == "Neither convergence nor staleness is shown."
    moved = turned(turned(found, "stylometry", "diverged"), "comments", "diverged")
    assert verdict(moved) == (
        "Over all families and features neither convergence nor staleness is shown, but families "
        "diverge in stylometry and comments."
    )
    assert "stylometry: diverged: AUROC" in "".join(answers(moved))
    assert "but families converge in shape, and families diverge in comments." in verdict(
        turned(turned(found, "shape", "converged"), "comments", "diverged")
    )


def test_the_headline_names_people_and_pairs(found: Convergence) -> None:
    """What parted across sources, within one, or between two families alone is in it as well."""
    people = tuple(replace(each, first="human", second="ai") for each in found.pooled)
    apart = tuple(replace(e, verdict="diverged") if e.group == "comments" else e for e in people)
    across = Across(trends=apart, frozen=people, sources=(1, 1), languages=("go",))
    assert "but people and AI of different sources diverge in comments." in verdict(
        replace(found, across=across)
    )
    assert "but people and AI diverge in comments." in verdict(replace(found, human=apart))
    pair = replace(found.pairs[0], verdict="converged", group="all")
    assert "but of single pairs claude and gpt converge." in verdict(replace(found, pairs=(pair,)))
    both = replace(turned(found, "shape", "converged"), verdict="stale")
    assert verdict(both).endswith("one that is. In detail, families converge in shape.")


def test_one_is_one(found: Convergence) -> None:
    """A single pair, source or language is told in the singular."""
    across = Across(trends=found.pooled, frozen=found.pooled, sources=(1, 1), languages=("go",))
    told = "\n".join(lines(replace(found, across=across)))
    assert "over 1 pair in a source with two periods or more" in told
    assert "over 1 source of AI and 1 of people, in 1 language," in told
    assert "of 2 families from 1 source, by quarter;" in told
    assert "0 samples of 0 sources" in told


def test_one_period_tells_no_trend(make: Make) -> None:
    """Of one period no figure a year is told, in no sentence, and the model is not to be kept."""
    samples = make(0, tasks=6, each=6)
    early = np.flatnonzero(samples.date < np.datetime64("2025-04-01"))
    found = compared(samples.take(early))
    assert next(each[2][0][0] for each in tables(found)) == "claude – gpt"
    told = [verdict(found), *answers(found), advice(found)]
    assert told[0].startswith("Neither convergence nor staleness can be told: no pair")
    assert "Did the families converge? Not shown: no pair in one source has two periods." in told
    assert "fall behind? Not shown: no pair of families in one source has a later period." in (
        "\n".join(told)
    )
    assert not [each for each in told if "not shown" in each or "Keep" in each]
    assert "Trend of separability a year" not in [each[0] for each in tables(found)]


def test_what_is_not_shown_is_said_first(found: Convergence) -> None:
    """Every answer that shows nothing says so right behind its question."""
    told = [each for each in answers(found) if "ot shown" in each]
    assert len(told) >= 3
    assert all("? Not shown" in each for each in told)


def test_text_and_markdown_have_the_same_tables(found: Convergence) -> None:
    """Every heading, column and cell of one is in the other, and cells are aligned."""
    text, page = list(lines(found)), list(markdown(found, 3))
    ages = next(each for each in tables(found) if each[0].startswith("Frozen against refit"))
    assert ages[1] == ("months", "refit", "others", "frozen", "gap", "shipped", "series")
    for heading, names, rows in tables(found):
        at, there = text.index(heading), page.index(f"### {heading}")
        assert page[there + 2] == f"| {' | '.join(names)} |"
        starts = [text[at + 1].index(f"  {name}") for name in names]
        for number, row in enumerate(rows):
            assert page[there + 4 + number] == f"| {' | '.join(row)} |"
            line = text[at + 2 + number]
            assert all(
                line[start:].startswith(f"  {cell}")
                for start, cell in zip(starts, row, strict=True)
                if cell
            )


def test_names_stay_names(found: Convergence) -> None:
    """No name of a corpus ends a line or a cell, steers a terminal or becomes a tag."""
    evil = "a|b<i>\x1b[31m\n# c"
    pairs = (replace(found.pairs[0], first=evil, why="", verdict="diverged"),)
    bad = replace(found, pairs=pairs, heat=(), notes=(evil,))
    text, page = "\n".join(lines(bad)), "\n".join(markdown(bad))
    assert "\x1b" not in text + page
    assert "\n# c" not in text + page
    assert "a\\|b&lt;i>" in page
    assert "<i>" not in page
