"""A comparison as plain lines and as Markdown: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fingerprint.cli.render import printable
from fingerprint.drift.monitor.record import Calibration, Column, Drift, Reliability, Shift
from fingerprint.report import text_tables
from fingerprint.report.drift_words import (
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
from fingerprint.report.text_tables import Row, Table, escaped

COLUMNS_SHOWN = 10


def lines(drift: Drift) -> Iterator[str]:
    """Yield plain lines without their ends; names from outside are made printable."""
    yield from (printable(line) for line in _head(drift))
    yield from (f"note: {printable(note)}" for note in drift.notes)
    yield from text_tables.plain(tables(drift))


def markdown(drift: Drift) -> Iterator[str]:
    """Yield lines of a Markdown page without their ends."""
    yield "# Drift"
    yield ""
    for line in _head(drift):
        yield from (escaped(line), "")
    if drift.notes:
        yield from (f"- {escaped(note)}" for note in drift.notes)
    yield from text_tables.markdown(tables(drift), 2)


def tables(drift: Drift) -> Iterator[Table]:
    """Yield the tables that have rows; columns and examples only where drift was found."""
    every = [_panel(drift), _languages(drift), _divergences(drift)]
    every += [("What the model says", _SHIFTS, _shifts(drift.confidence))]
    every += [("Likeliest authors", _SHIFTS, _shifts(drift.predicted)), _mix(drift)]
    if drift.calibration is not None:
        every.append(_calibration(drift.calibration))
    if drift.drifted:
        every += [_columns(drift), _examples(drift)]
    yield from (each for each in every if each[2])


def _head(drift: Drift) -> Iterator[str]:
    yield from (each.words for each in drift.verdict)
    yield (
        f"{side(drift.current)}, held against {side(drift.reference)}, by {drift.model} "
        f"{drift.version}; p = {drift.p:.3f}, alarm at {drift.alpha:g}, {drift.draws} draws, "
        f"by {drift.by}."
    )
    yield drift.meaning


def _panel(drift: Drift) -> Table:
    rows: list[Row] = [
        (
            each.name,
            number(each.p),
            number(each.adjusted),
            signed(each.excess, 1),
            _yes(each.found),
        )
        for each in drift.members
    ]
    return "The panel", ("statistic", "p", "adjusted", "excess", "found"), rows


def _languages(drift: Drift) -> Table:
    rows: list[Row] = [
        (
            *(each.name or "none", share(each.reference), share(each.current)),
            *(_yes(each.tested), number(each.p)),
        )
        for each in drift.languages
    ]
    return (
        "Languages, of the samples compared",
        ("language", "reference", "current", "looked into", "p within"),
        rows,
    )


def _divergences(drift: Drift) -> Table:
    names = ("of", "PSI", "usual", "JS", "usual", "KS", "usual")
    rows: list[Row] = [
        (
            each.name,
            *map(number, (each.psi, each.psi_usual, each.js, each.js_usual)),
            *map(number, (each.ks, each.ks_usual)),
        )
        for each in drift.divergences
    ]
    return "Distances, and what 95 % of draws without drift stay below", names, rows


_SHIFTS = ("mean", "reference", "current", "usual from", "to")


def _shifts(shifts: Sequence[Shift]) -> list[Row]:
    return [
        (each.name, *map(number, (each.reference, each.current, each.low, each.high)))
        for each in shifts
    ]


def _mix(drift: Drift) -> Table:
    rows: list[Row] = [
        (each.name, share(each.reference), share(each.estimate), share_ends(each.low, each.high))
        for each in drift.mix
    ]
    names = ("family", "reference, by labels", "current, estimated", "95 %")
    return "Who wrote it, if only the mix has changed", names, rows


def _calibration(found: Calibration) -> Table:
    def told(name: str, of: Reliability) -> Row:
        ends, over = number_ends(of.low, of.high), signed(of.over, 3)
        return name, f"{of.labelled:,}", number(of.ece), ends, number(of.accuracy), over

    names = ("side", "labelled", "ECE", "95 %", "accuracy", "confidence less accuracy")
    rows: list[Row] = [told("reference", found.reference), told("current", found.current)]
    return "Calibration", names, rows


def _columns(drift: Drift) -> Table:
    rows: list[Row] = [_column(each) for each in moved(drift, COLUMNS_SHOWN)]
    names = ("column", "measures", "median before, now", "mean before, now", "KS")
    return columns_title(drift), names, rows


def _column(each: Column) -> Row:
    return (
        each.name,
        each.words,
        f"{short(each.reference_median)} → {short(each.current_median)}",
        f"{short(each.reference_mean)} → {short(each.current_mean)}",
        number(each.ks),
    )


def _examples(drift: Drift) -> Table:
    rows: list[Row] = [
        (found_by(each), each.language, each.source, each.told, number(each.novelty))
        for each in drift.examples
    ]
    return (
        f"Samples most unlike the reference (a classifier's AUROC: {number(drift.classifier)})",
        ("sample", "language", "source", "told", "novelty"),
        rows,
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"
