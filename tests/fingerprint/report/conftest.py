"""A scan with a bit of everything, and a comparison with next to nothing, made by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fingerprint.drift.monitor.record import Drift, Finding, Side
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
def bare_drift() -> Drift:
    """Return a comparison that found features moved, with no part but the verdict."""
    side = Side("corpus", 1, 1, 1, 0, ())
    return Drift(
        reference=side,
        current=side,
        model="made",
        version="1",
        by="rows",
        meaning="Samples were shuffled.",
        draws=500,
        alpha=0.05,
        seed=0,
        p=0.002,
        drifted=True,
        kinds=("features",),
        verdict=(Finding("advice", "Look."),),
        members=(),
        languages=(),
        divergences=(),
        columns_moved=1,
        ngrams_moved=0,
        columns=(),
        confidence=(),
        predicted=(),
        mix=(),
        calibration=None,
        classifier=0.7,
        examples=(),
        notes=(),
    )


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
