"""A scan as words, lines and tables."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from fingerprint.report.scan_table import write_table
from fingerprint.report.scan_text import GROUP_COLUMNS, lines
from fingerprint.report.scan_words import headline, percent, verdict
from fingerprint.scanning import Count, Scan


def test_lines(scan: Scan) -> None:
    """A line says first what it is about; cells stand between tabs; control signs are escaped."""
    rows = [line.split("\t") for line in lines(scan)]
    by_kind = {row[0]: row[1:] for row in rows}
    assert tuple(by_kind["columns"]) == GROUP_COLUMNS
    values = dict(zip(GROUP_COLUMNS, by_kind["all"], strict=True))
    assert values == {
        "name": "all", "commits": "140", "added_lines": "1400", "declared": "25",
        "automation": "0", "undeclared": "75", "before": "40", "sampled": "75",
        "estimate": "0.300", "low": "0.200", "high": "0.400",
    }  # fmt: skip
    assert by_kind["agent"] == ["claude-code", "25", "0.250", "250", "0.250"]
    assert by_kind["estimate"] == ["codex", "0.300", "0.200", "0.400"]
    assert by_kind["conflict"][-1] == "<script>alert(3)</script>\\x1b[31m"
    assert all("\x1b" not in cell for row in rows for cell in row)


def test_table(scan: Scan) -> None:
    """A terminal gets the verdict and the tables, and nothing that steers it."""
    stream = io.StringIO()
    write_table(scan, stream)
    said = stream.getvalue()
    assert "\x1b" not in said
    for text in ("25 % of the commits", "2024-03", "claude-code", "30 % (20–40 %)", "conflict"):
        assert text in said


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.001, "<1 %"), (0.254, "25 %"), (0.999, ">99 %"), (1.0, "100 %")],
)
def test_percent(share: float, text: str) -> None:
    """What is not nothing never reads 0 %, and what is not all never 100 %."""
    assert percent(share) == text


def test_no_estimate_is_said(scan: Scan) -> None:
    """Too few undeclared commits give a sentence in the place of a number."""
    few = replace(scan.whole, estimate=None, sampled=12)
    said = " ".join(verdict(replace(scan, whole=few)))
    assert "Too few undeclared commits (12)" in said
    assert "estimated" not in said


def test_no_finding(scan: Scan) -> None:
    """Where the estimate is not above that of commits without assistants, it is no finding."""
    said = " ".join(verdict(scan))
    assert "Declared and estimated together" in said
    assert "no finding" not in said
    same = " ".join(verdict(replace(scan, control=scan.whole.estimate)))
    assert "it is no finding" in same
    assert "Declared and estimated together" not in same


def test_no_declaration_is_no_proof(scan: Scan) -> None:
    """A history without markers is not called human."""
    kinds = {**scan.whole.kinds, "declared": Count()}
    silent = replace(scan, whole=replace(scan.whole, kinds=kinds, agents={}, families={}))
    assert headline(silent) == "No commit since June 2021 declares an agent"
    assert "does not make them human" in " ".join(verdict(silent))
