"""What a reader must know to take the figures for no more than they are."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint.drift.convergence.arranged import Arranged
from fingerprint.drift.convergence.figures import FEWEST_SOURCES
from fingerprint.drift.convergence.measures import Measures, of_human
from fingerprint.drift.measured import Measured
from fingerprint.drift.periods import By


def notes(samples: Measured, kept: Arranged, found: Measures, by: By) -> Iterator[str]:
    """Yield sentences on what was left out and on what the intervals do not cover."""
    if len(kept) < len(samples):
        yield (
            f"{len(samples) - len(kept):,} of {len(samples):,} samples are left out: their family, "
            f"task or {'release' if by == 'release' else 'date'} is not known."
        )
    if not found.draws_sources:
        yield (
            f"With fewer than {FEWEST_SOURCES} sources, intervals speak of these sources alone: "
            "tasks and models are drawn, sources are not."
        )
    single = sum(each.fewest_models < 2 for each in found.plan.series if len(each.cells) > 1)
    if by == "release" and single:
        yield (
            f"{single} of the pairs in a source {'has' if single == 1 else 'have'} a family with "
            "a single model in some period: each draw takes one model there, and such a pair alone "
            "cannot show a trend."
        )
    if any(of_human(each.first, each.second) for each in found.plan.series):
        yield "Human samples are of no period: the same ones stand beside every period."
    yield (
        "The shipped model may have been trained on samples of these very corpora: its own figures "
        "then flatter, and say little of new material."
    )
