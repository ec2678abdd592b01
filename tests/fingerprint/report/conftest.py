"""A scan with a bit of everything, made by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fingerprint.scanning import Conflict, Count, Group, Marker, Scan
from fingerprint_models.attribution import ModelId
from fingerprint_models.prevalence import Shares

SHARES = Shares(("human", "codex"), (0.7, 0.3), (0.6, 0.2), (0.8, 0.4), 300)


def make_group(name: str, *, declared: int = 0, undeclared: int = 0, before: int = 0) -> Group:
    """Make a group whose commits add ten lines each."""
    kinds: Mapping[str, Count] = {
        "declared": Count(declared, 10 * declared),
        "automation": Count(),
        "undeclared": Count(undeclared, 10 * undeclared),
        "before": Count(before, 10 * before),
    }
    agents = {"claude-code": kinds["declared"]} if declared else {}
    families = {"claude": kinds["declared"]} if declared else {}
    estimate = SHARES if undeclared >= 30 else None
    return Group(name, kinds, agents, families, min(undeclared, 300), estimate)


@pytest.fixture
def scan() -> Scan:
    """Return the scan of a repository with a past, agents, and texts that mean harm."""
    return Scan(
        repository="evil/<script>alert(1)</script>",
        revision="HEAD",
        since=None,
        until=None,
        depth=1,
        seed=0,
        whole=make_group("all", declared=25, undeclared=75, before=40),
        years=(make_group("2019", before=40), make_group("2024", declared=25, undeclared=75)),
        months=(
            make_group("2019-05", before=40),
            make_group("2024-01", undeclared=45),
            make_group("2024-03", declared=25, undeclared=30),
        ),
        directories=(
            make_group('src"><script>alert(2)</script>', declared=25, undeclared=75),
            make_group("docs", before=40),
        ),
        merges=3,
        merges_declared=1,
        mixed=2,
        no_diff=1,
        lines_left_out=12,
        checked=25,
        conflicts_found=1,
        conflicts=(
            Conflict("ab" * 20, "<script>alert(3)</script>\x1b[31m", "codex", "claude-code", 0.97),
        ),
        markers=(Marker("Co-authored-by: <img src=x onerror=alert(4)>", "codex", 25),),
        shallow=False,
        missing=None,
        model=ModelId("agent", "1.0"),
        control=Shares(("human", "codex"), (0.98, 0.02), (0.9, 0.0), (1.0, 0.1), 40),
    )
