"""A comparison as one self-contained page: the verdict in words, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from fingerprint.drift.monitor.record import (
    Column,
    Drift,
    Example,
    Language,
    Mix,
    Reliability,
    Shift,
)
from fingerprint.drift.monitor.verdict import UNCOMPARED
from fingerprint.report import drift_charts as charts
from fingerprint.report.drift_charts import Bar, Move
from fingerprint.report.drift_words import (
    MISSING,
    columns_title,
    found_by,
    moved,
    number,
    number_ends,
    share,
    share_ends,
    short,
    side,
    signed,
)
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
    about = f"{drift.model} {drift.version}: {side(drift.current)}, held against "
    said = [*(each.words for each in drift.verdict), drift.meaning]
    yield head(f"{about}{side(drift.reference)}", _title(drift), said)
    yield bullets(drift.notes)
    yield _panel(drift)
    yield _divergences(drift)
    yield _languages(drift)
    yield _columns(drift)
    yield _said(drift)
    yield _mix(drift)
    yield _calibration(drift)
    yield _examples(drift)
    yield section("How it was compared", paragraph(_how(drift)))


def _title(drift: Drift) -> str:
    if drift.drifted:
        return f"Drift is shown: {', '.join(drift.kinds)}"
    hardly = any(each.kind == UNCOMPARED for each in drift.verdict)
    return "Most could not be compared" if hardly else "No drift is shown"


def _panel(drift: Drift) -> str:
    rows = [(each.name, each.adjusted, each.found) for each in drift.members]
    note = (
        f"p-values of all statistics, each adjusted for the others, from {drift.draws:,} draws; "
        f"all together p = {number(drift.p)}. Left of the dashed line, at {drift.alpha:g}, chance "
        "hardly explains them."
    )
    return _drawn("What changed", note, charts.chances(rows, drift.alpha, "panel"))


def _divergences(drift: Drift) -> str:
    rows = [
        Bar(each.name, each.psi, each.psi_usual,
            f"{number(each.psi)}  (usual to {number(each.psi_usual)})")
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
             f"{share(each.reference)} → {share(each.current)}{_within(each)}")
        for each in drift.languages
    ]  # fmt: skip
    note = (
        "Shares of the samples compared. Hollow dot: the reference. Filled dot: now. p: of all "
        "columns within the language, adjusted for the other languages."
    )
    return _drawn("Languages", note, charts.moves(rows, "languages", shares=True))


def _within(each: Language) -> str:
    return f", p = {number(each.p)}" if isfinite(each.p) else ""


def _columns(drift: Drift) -> str:
    shown = sorted(moved(drift, COLUMNS_SHOWN), key=lambda each: -each.ks)
    if not (shown and drift.drifted):
        return ""
    note = (
        f"{columns_title(drift)}. Those with words that stand out most from chance, by how far: "
        "bars are Kolmogorov-Smirnov distances."
    )
    rows = [Bar(each.name, each.ks, float("nan"), number(each.ks)) for each in shown]
    names = ("column", "measures", "group", "median then", "now", "mean then", "now", "p")
    listed = table(names, map(_column, shown), texts=3)
    return section("Columns that moved", paragraph(note), charts.bars(rows, "columns"), listed)


def _column(each: Column) -> tuple[str, ...]:
    medians = short(each.reference_median), short(each.current_median)
    means = short(each.reference_mean), short(each.current_mean)
    return each.name, each.words, each.group, *medians, *means, number(each.p)


def _said(drift: Drift) -> str:
    sure = charts.moves(map(_sure, drift.confidence), "confidence", shares=False)
    told = charts.moves(map(_told, drift.predicted), "predicted", shares=True)
    parts = [paragraph(f"{_DOTS} Each line has a scale of its own."), sure] if sure else []
    if told:
        parts += [paragraph(f"Shares of samples by their likeliest author. {_DOTS}"), told]
    return section("What the model says, then and now", *parts)


def _sure(each: Shift) -> Move:
    words = f"{number(each.reference)} → {number(each.current)}"
    return Move(each.name, each.reference, each.current, each.low, each.high, words, each.outside)


def _told(each: Shift) -> Move:
    words = f"{share(each.reference)} → {share(each.current)}"
    return Move(each.name, each.reference, each.current, each.low, each.high, words, each.outside)


def _mix(drift: Drift) -> str:
    def drawn(each: Mix) -> Move:
        ends = share_ends(each.low, each.high)
        words = f"{share(each.reference)} → {share(each.estimate)} ({ends})"
        return Move(each.name, each.reference, each.estimate, each.low, each.high, words)

    note = (
        "Estimated from the answers and how the model errs, if only the mix has changed and not "
        "how a family writes. Hollow dot: the reference's labels. Filled dot: the estimate now, "
        "in its 95 % interval."
    )
    return _drawn("Who wrote it", note, charts.moves(map(drawn, drift.mix), "mix", shares=True))


def _calibration(drift: Drift) -> str:
    if drift.calibration is None:
        return ""
    sides = ("then", drift.calibration.reference), ("now", drift.calibration.current)
    rows = [
        Move(name, float("nan"), each.ece, each.low, each.high,
             f"{number(each.ece)} ({number_ends(each.low, each.high)})")
        for name, each in sides
    ]  # fmt: skip
    word = "Worse than in" if drift.calibration.worse else "Not shown to be worse than in"
    note = (
        f"{word} the reference. The dot is the expected calibration error of the labelled samples, "
        "the band its 95 % interval. Above 0, confidence less accuracy says: too sure."
    )
    names = ("side", "labelled", "accuracy", "confidence less accuracy")
    listed = table(names, (_reliability(name, each) for name, each in sides))
    drawing = charts.moves(rows, "calibration", shares=True)
    return section("Calibration", paragraph(note), drawing, listed)


def _reliability(name: str, of: Reliability) -> tuple[str, ...]:
    return name, f"{of.labelled:,}", share(of.accuracy), signed(of.over, 3)


def _examples(drift: Drift) -> str:
    if not (drift.examples and drift.drifted):
        return ""
    note = (
        "Current samples that a linear classifier tells from the reference best; its out-of-fold "
        f"AUROC is {number(drift.classifier)}, where 0.5 cannot tell the sides apart."
    )
    names = ("sample", "language", "source", "told", "novelty", "score")
    listed = table(names, map(_example, drift.examples), texts=4)
    return section("Samples most unlike the reference", paragraph(note), listed)


def _example(each: Example) -> tuple[str, ...]:
    names = (each.language or MISSING, each.source or MISSING, each.told)
    return found_by(each), *names, number(each.novelty), signed(each.score, 1)


def _how(drift: Drift) -> str:
    return (
        f"Drawn {drift.draws:,} times by {drift.by}, with seed {drift.seed}; without drift the "
        f"alarm rings in {drift.alpha:.0%} of comparisons."
    )


def _drawn(title: str, note: str, drawing: str) -> str:
    return section(title, paragraph(note), drawing) if drawing else ""
