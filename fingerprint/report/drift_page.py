"""A comparison as one self-contained page: the verdict in words, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from fingerprint.drift.monitor.record import Column, Drift, Example, Reliability, Shift, Side
from fingerprint.report import drift_charts as charts
from fingerprint.report.drift_charts import Bar, Move
from fingerprint.report.page_parts import bullets, head, paragraph, section, table, whole

COLUMNS_SHOWN = 20
"""Columns in the table, those that moved most first."""

_DOTS = (
    "Hollow dot: the reference. Filled dot: now, orange where it lies outside the band, in which "
    "95 % of draws without drift would have it."
)


def page(drift: Drift) -> str:
    """Return the page as HTML."""
    return whole(f"Drift: {_title(drift)}", _parts(drift))


def _parts(drift: Drift) -> Iterator[str]:
    about = f"{drift.model} {drift.version}: {_side(drift.current)}, held against "
    said = [*(each.words for each in drift.verdict), drift.meaning]
    yield head(f"{about}{_side(drift.reference)}", _title(drift), said)
    yield _panel(drift)
    yield _divergences(drift)
    yield _languages(drift)
    yield _columns(drift)
    yield _said(drift)
    yield _mix(drift)
    yield _calibration(drift)
    yield _examples(drift)
    yield section("Notes", bullets(_notes(drift)))


def _title(drift: Drift) -> str:
    if not drift.drifted:
        return "No drift is shown"
    kinds = [each.replace("_", " ") for each in drift.kinds]
    return f"Drift is shown: {', '.join(kinds)}" if kinds else "Drift is shown"


def _side(side: Side) -> str:
    of = f" of {side.sources:,} sources" if side.sources else ""
    return f"{side.name} ({side.samples:,} samples{of})"


def _panel(drift: Drift) -> str:
    rows = [(each.name, each.adjusted, each.found) for each in drift.members]
    note = (
        f"p-values of all statistics, each adjusted for the others, from {drift.draws:,} draws; "
        f"all together p = {_number(drift.p)}. Left of the dashed line, at {drift.alpha:g}, chance "
        "hardly explains them."
    )
    return _drawn("What changed", note, charts.chances(rows, drift.alpha, "panel"))


def _divergences(drift: Drift) -> str:
    rows = [
        Bar(each.name, each.psi, each.psi_usual,
            f"{_number(each.psi)}  (usual to {_number(each.psi_usual)})")
        for each in drift.divergences
    ]  # fmt: skip
    note = (
        "Population stability index; of a group of features, the mean over its columns. 95 % of "
        "draws without drift stay below the stroke."
    )
    return _drawn("How far apart", note, charts.bars(rows, "psi"))


def _languages(drift: Drift) -> str:
    rows = [
        Move(each.name or "none", each.reference, each.current, float("nan"), float("nan"),
             f"{_share(each.reference)} → {_share(each.current)}")
        for each in drift.languages
    ]  # fmt: skip
    note = "Shares of samples. Hollow dot: the reference. Filled dot: now."
    if drift.left_out:
        note += f" Too few samples to look within: {', '.join(drift.left_out)}."
    return _drawn("Languages", note, charts.moves(rows, "languages", shares=True))


def _columns(drift: Drift) -> str:
    moved = [each for each in drift.columns if each.p <= drift.alpha][:COLUMNS_SHOWN]
    if not moved:
        return ""
    moved.sort(key=lambda each: -each.ks if isfinite(each.ks) else 0.0)
    note = (
        f"{drift.columns_moved:,} columns moved; the {len(moved)} that stand out most from chance "
        "are drawn, by how far: bars are Kolmogorov-Smirnov distances."
    )
    rows = [Bar(each.name, each.ks, float("nan"), _number(each.ks)) for each in moved]
    names = ("column", "measures", "group", "median then", "now", "mean then", "now", "p")
    listed = table(names, map(_column, moved), texts=3)
    return section("Columns that moved", paragraph(note), charts.bars(rows, "columns"), listed)


def _column(each: Column) -> tuple[str, ...]:
    medians = _short(each.reference_median), _short(each.current_median)
    means = _short(each.reference_mean), _short(each.current_mean)
    return each.name, each.words, each.group, *medians, *means, _number(each.p)


def _said(drift: Drift) -> str:
    sure = charts.moves(map(_sure, drift.confidence), "confidence", shares=False)
    told = charts.moves(map(_told, drift.predicted), "predicted", shares=True)
    parts = [paragraph(f"{_DOTS} Each line has a scale of its own."), sure] if sure else []
    if told:
        parts += [paragraph(f"Shares of samples by their likeliest family. {_DOTS}"), told]
    return section("What the model says, then and now", *parts)


def _sure(each: Shift) -> Move:
    words = f"{_number(each.reference)} → {_number(each.current)}"
    return Move(each.name, each.reference, each.current, each.low, each.high, words, _outside(each))


def _told(each: Shift) -> Move:
    words = f"{_share(each.reference)} → {_share(each.current)}"
    return Move(each.name, each.reference, each.current, each.low, each.high, words, _outside(each))


def _mix(drift: Drift) -> str:
    rows = [
        Move(each.name, each.reference, each.estimate, each.low, each.high,
             f"{_share(each.reference)} → {_share(each.estimate)} ({_ends(each.low, each.high)})")
        for each in drift.mix
    ]  # fmt: skip
    note = (
        "Estimated from the answers and how the model errs, if only the mix has changed and not "
        "how a family writes. Hollow dot: the reference's labels. Filled dot: the estimate now, "
        "in its 95 % interval."
    )
    return _drawn("Who wrote it", note, charts.moves(rows, "mix", shares=True))


def _calibration(drift: Drift) -> str:
    if drift.calibration is None:
        return ""
    sides = ("then", drift.calibration.reference), ("now", drift.calibration.current)
    rows = [
        Move(name, float("nan"), side.ece, side.low, side.high,
             f"{_number(side.ece)} ({_number(side.low)}–{_number(side.high)})")
        for name, side in sides
    ]  # fmt: skip
    word = "Worse than in" if drift.calibration.worse else "Not shown to be worse than in"
    note = (
        f"{word} the reference. The dot is the expected calibration error of the labelled samples, "
        "the band its 95 % interval. Above 0, confidence less accuracy says: too sure."
    )
    names = ("side", "labelled", "accuracy", "confidence less accuracy")
    listed = table(names, (_reliability(name, side) for name, side in sides))
    drawing = charts.moves(rows, "calibration", shares=True)
    return section("Calibration", paragraph(note), drawing, listed)


def _reliability(name: str, side: Reliability) -> tuple[str, ...]:
    over = f"{side.over:+.3f}" if isfinite(side.over) else "–"
    return name, f"{side.labelled:,}", _share(side.accuracy), over


def _examples(drift: Drift) -> str:
    if not drift.examples:
        return ""
    note = (
        "Current samples that a linear classifier tells from the reference best; its out-of-fold "
        f"AUROC is {_number(drift.classifier)}, where 0.5 cannot tell the sides apart."
    )
    names = ("row", "language", "source", "told", "novelty", "score")
    listed = table(names, map(_example, drift.examples), texts=4)
    return section("Samples most unlike the reference", paragraph(note), listed)


def _example(each: Example) -> tuple[str, ...]:
    figures = _number(each.novelty), f"{each.score:+.1f}" if isfinite(each.score) else "–"
    return f"{each.at:,}", each.language or "–", each.source or "–", each.told, *figures


def _notes(drift: Drift) -> Iterator[str]:
    yield from drift.notes
    for side in (drift.reference, drift.current):
        for why, count in side.skipped:
            yield f"{side.name}: {count:,} samples could not be measured: {why}."
        if side.compared < side.samples:
            yield f"{side.name}: {side.compared:,} of {side.samples:,} samples are compared."
    yield (
        f"Drawn {drift.draws:,} times by {drift.by}, with seed {drift.seed}; without drift the "
        f"alarm rings in {drift.alpha:.0%} of comparisons."
    )


def _drawn(title: str, note: str, drawing: str) -> str:
    return section(title, paragraph(note), drawing) if drawing else ""


def _outside(each: Shift) -> bool:
    return each.current < each.low or each.current > each.high


def _number(value: float) -> str:
    return f"{value:.3f}" if isfinite(value) else "–"


def _short(value: float) -> str:
    return f"{value:.3g}" if isfinite(value) else "–"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %" if isfinite(value) else "–"


def _ends(low: float, high: float) -> str:
    return f"{100 * low:.0f}–{100 * high:.0f} %" if isfinite(low) and isfinite(high) else "–"
