"""Hold what comes in against a reference: one alarm at a known rate, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import nan
from typing import Literal

import numpy as np

from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor.answers import calibration_of, mix_of, predicted_of, sureness_of
from fingerprint.drift.monitor.by_language import by_language
from fingerprint.drift.monitor.columns import columns_of
from fingerprint.drift.monitor.divergence import of_counts
from fingerprint.drift.monitor.draws import FloatArray
from fingerprint.drift.monitor.examples import examples_of
from fingerprint.drift.monitor.members import (
    CALIBRATION,
    KINDS,
    LANGUAGES,
    kind_of,
    right,
    statistics_of,
)
from fingerprint.drift.monitor.panel import stepped_down
from fingerprint.drift.monitor.pooled import FEWEST, Pooled, pooled
from fingerprint.drift.monitor.record import Drift, Language, Member, Side
from fingerprint.drift.monitor.verdict import MEANING, verdict_of

By = Literal["rows", "sources"]

DRAWS = 500
"""The smallest p-value is 1 in so many and one; one of 0.05 has a Monte Carlo error of 0.01."""

FEWEST_SAMPLES = 20
FEWEST_SOURCES = 20
"""Sources of the reference from which on it is known how much sources differ: a single current one
is the most unlike of all 21 with p = 1/21 < 0.05."""


def compare(
    reference: Measured,
    current: Measured,
    *,
    by: By | None = None,
    draws: int = DRAWS,
    alpha: float = 0.05,
    seed: int = 0,
    notes: Sequence[str] = (),
) -> Drift:
    """Return whether, and in what, the current samples differ from the reference.

    `by` says what is shuffled to learn what is usual: "rows" or whole "sources"; without it,
    sources where the reference names at least `FEWEST_SOURCES`, and most current samples are of
    named sources that it lacks. By sources, no source counts for more samples than most have, and
    samples that name none are left out. All but the languages is compared within languages,
    weighted as the current side has them. Without drift,
    `drifted` is True with probability `alpha`. Same arguments, same result. `notes` are warnings
    of `seen_note`: they go into the record, and the advice does not rest on the answers then.

    Raises DriftError where the sides were measured by different models, or hold too few samples
    or sources; ValueError for numbers that make no sense.
    """
    if not 0 < alpha < 1 or draws * alpha < 1:
        raise ValueError(f"alpha is {alpha} and draws are {draws}: p-values cannot reach alpha")
    chosen = _checked(reference, current, by)
    random = np.random.default_rng(seed)
    table = pooled(reference, current, by=chosen, draws=draws, random=random)
    if by is None and _too_few(table):
        chosen = "rows"
        table = pooled(reference, current, by=chosen, draws=draws, random=random)
    _check_left(reference, current, table)
    statistics = statistics_of(reference, current, table)
    members = _members(statistics, alpha)
    p = min((each.adjusted for each in members), default=1.0)
    found = {each.kind for each in members if each.found}
    by_group, moved, columns = columns_of(reference, current, table, alpha)
    predicted, families_apart = predicted_of(reference, current, table)
    confidence = sureness_of(reference, current, table)
    languages = _languages(table, by_language(reference, current, table))
    calibration = None
    if CALIBRATION in statistics:
        calibration = calibration_of(reference, current, found=CALIBRATION in found, seed=seed)
    # Its premise is that answers to both sides are those to new samples.
    mix = () if notes else mix_of(reference, current, table, seed)
    classifier, examples = examples_of(reference, current, table, random)
    language_apart = of_counts(LANGUAGES, table.draws.reference, table.draws.current)
    return Drift(
        reference=_side(reference, table, is_current=False),
        current=_side(current, table, is_current=True),
        model=reference.model.name,
        version=reference.model.version,
        by=chosen,
        meaning=MEANING[chosen],
        draws=len(table.draws.coefficients) - 1,
        alpha=alpha,
        seed=seed,
        p=p,
        drifted=bool(found),
        kinds=tuple(kind for kind in KINDS if kind in found),
        verdict=verdict_of(
            members, confidence, languages, calibration, p, spoilt=bool(notes), mixed=bool(mix)
        ),
        members=members,
        languages=languages,
        divergences=(language_apart, *by_group, *families_apart),
        columns_moved=moved[0],
        ngrams_moved=moved[1],
        columns=columns,
        confidence=confidence,
        predicted=predicted,
        mix=mix,
        calibration=calibration,
        classifier=classifier,
        examples=examples,
        notes=(*notes, *_notes(reference, current, table, by)),
    )


def _checked(reference: Measured, current: Measured, by: By | None) -> By:
    if reference.model != current.model or reference.columns != current.columns:
        names = " and ".join(
            f"{each.model.name} {each.model.version}" for each in (reference, current)
        )
        raise DriftError(f"the sides were measured by {names}: measure both with one model")
    for side in (reference, current):
        if len(side) < FEWEST_SAMPLES:
            raise DriftError(
                f"{side.name} has {len(side)} samples that could be measured, and a comparison "
                f"needs {FEWEST_SAMPLES} on each side: give more"
            )
    sources = _sources(reference)
    if by is None:
        other = (current.source != "") & ~np.isin(current.source, reference.source)
        return "sources" if sources >= FEWEST_SOURCES and other.mean() >= 0.5 else "rows"
    if by == "sources" and sources < FEWEST_SOURCES:
        raise DriftError(
            f"{reference.name} names {_counted(sources, 'source')}, and by sources needs "
            f"{FEWEST_SOURCES}: name its column, give a wider reference, or compare by rows"
        )
    return by


def _sources(side: Measured) -> int:
    return len(np.unique(side.source[side.source != ""]))


def _counted(many: int, of: str) -> str:
    return f"{many:,} {of}" if many == 1 else f"{many:,} {of}s"


def _too_few(table: Pooled) -> bool:
    """Tell whether a side has too little left, as where sources were made alike in size."""
    now = int(table.current.sum())
    return min(now, len(table.current) - now) < FEWEST_SAMPLES


def _check_left(reference: Measured, current: Measured, table: Pooled) -> None:
    """Refuse a side of which too little is left, and name it."""
    for side, is_current in ((reference, False), (current, True)):
        left = int((table.current == is_current).sum())
        if left < FEWEST_SAMPLES:
            raise DriftError(
                f"{side.name} names {_counted(_sources(side), 'source')}, and by sources "
                f"{left} of its {len(side):,} samples can be compared, where {FEWEST_SAMPLES} are "
                "needed: give more sources, name their column, or compare by rows"
            )


def _members(statistics: dict[str, FloatArray], alpha: float) -> tuple[Member, ...]:
    panel = stepped_down(statistics)
    return tuple(
        Member(name, kind_of(name), p, adjusted, _excess(statistics[name]), adjusted <= alpha)
        for name, (p, adjusted) in panel.items()
    )


def _excess(statistic: FloatArray) -> float:
    spread = float(statistic[1:].std())
    return float(statistic[0] - statistic[1:].mean()) / spread if spread > 0 else 0.0


def _languages(table: Pooled, within: Mapping[str, float]) -> tuple[Language, ...]:
    before, now = table.draws.reference[0], table.draws.current[0]
    order = np.argsort(-now, kind="stable")
    return tuple(
        Language(
            table.languages[at],
            float(before[at] / before.sum()),
            float(now[at] / now.sum()),
            int(before[at]),
            int(now[at]),
            bool(table.draws.tested[at]),
            within.get(table.languages[at], nan),
        )
        for at in order.tolist()
    )


def _side(side: Measured, table: Pooled, *, is_current: bool) -> Side:
    known, _ = right(side)
    return Side(
        name=side.name,
        samples=len(side),
        compared=int((table.current == is_current).sum()),
        sources=_sources(side),
        labelled=int(known.sum()),
        skipped=tuple(sorted(side.skipped.items())),
    )


def _notes(reference: Measured, current: Measured, table: Pooled, by: By | None) -> Iterator[str]:
    """Yield what is to be known of how it was compared."""
    for side in (reference, current):
        for why, count in sorted(side.skipped.items()):
            yield f"{side.name}: {_counted(count, 'sample')} left out: {why}."
    yield from _copies(reference, current)
    for side in (reference, current) if table.by == "sources" else ():
        if count := int((side.source == "").sum()):
            yield f"{side.name}: {_counted(count, 'sample')} without a named source left out."
    bare = int((current.source == "").sum())
    could = table.by == "rows" and by is None and _sources(reference) >= FEWEST_SOURCES
    known = np.isin(current.source, reference.source)
    if could and not bare and (~known).mean() >= 0.5:
        yield (
            f"{current.name}: too little of its {_counted(_sources(current), 'source')} can be "
            "compared as sources, so samples were shuffled, and any other source alarms."
        )
    if could and bare:
        yield (
            f"{current.name}: {bare:,} of {len(current):,} samples name no source, so samples were "
            "shuffled, and any other source alarms; with named sources they are held against how "
            "much the reference's own differ."
        )
    out = [each for each in _languages(table, {}) if each.current and not each.tested]
    if out:
        names = ", ".join(each.name or "no language" for each in out)
        yield (
            f"Not looked into within language, for fewer than {FEWEST} samples on a side"
            f"{' or too few sources' if table.by == 'sources' else ''}: {names} "
            f"({sum(each.current for each in out):.0%} of the samples that come in)."
        )


def _copies(reference: Measured, current: Measured) -> Iterator[str]:
    """Yield notes where most current samples are the same, or are in the reference too."""
    before = {row.tobytes() for row in reference.values}
    now = [row.tobytes() for row in current.values]
    if 2 * len(set(now)) < len(now):
        yield f"{current.name}: {len(now):,} samples, of which {len(set(now)):,} differ."
    known = sum(row in before for row in now)
    if 2 * known > len(now):
        yield f"{current.name}: {known:,} of {len(now):,} samples are in the reference as well."
