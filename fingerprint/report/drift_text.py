"""A comparison as plain lines and as Markdown: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite

from fingerprint.cli.render import printable
from fingerprint.drift.monitor.record import Calibration, Column, Drift, Reliability, Shift, Side

Row = tuple[str, ...]
Table = tuple[str, Row, list[Row]]
"""A heading, the names of the columns, and rows of cells."""

COLUMNS_SHOWN = 10


def lines(drift: Drift) -> Iterator[str]:
    """Yield plain lines without their ends; names from outside are made printable."""
    yield from (printable(line) for line in _head(drift))
    for heading, names, rows in tables(drift):
        yield ""
        yield heading
        yield from _aligned([names, *rows])
    yield from (f"note: {printable(note)}" for note in drift.notes)


def markdown(drift: Drift) -> Iterator[str]:
    """Yield lines of a Markdown page without their ends."""
    yield "# Drift"
    yield ""
    for line in _head(drift):
        yield from (_escaped(line), "")
    for heading, names, rows in tables(drift):
        yield from (f"## {heading}", "")
        yield f"| {' | '.join(names)} |"
        yield f"|{'---|' * len(names)}"
        yield from (f"| {' | '.join(_escaped(cell) for cell in row)} |" for row in rows)
        yield ""
    yield from (f"- {_escaped(note)}" for note in drift.notes)


def tables(drift: Drift) -> Iterator[Table]:
    """Yield the tables that have rows; columns and examples only where drift was found."""
    every = [_panel(drift), _languages(drift), _divergences(drift)]
    every += [("What the model says", _SHIFTS, _shifts(drift.confidence))]
    every += [("Likeliest families", _SHIFTS, _shifts(drift.predicted)), _mix(drift)]
    if drift.calibration is not None:
        every.append(_calibration(drift.calibration))
    if drift.drifted:
        every += [_columns(drift), _examples(drift)]
    yield from (each for each in every if each[2])


def _head(drift: Drift) -> Iterator[str]:
    yield from (each.words for each in drift.verdict)
    yield (
        f"{_side(drift.current)}, held against {_side(drift.reference)}, by {drift.model} "
        f"{drift.version}; p = {drift.p:.3f}, alarm at {drift.alpha:g}, {drift.draws} draws, "
        f"by {drift.by}."
    )
    yield drift.meaning


def _side(side: Side) -> str:
    less = f", {side.compared:,} of them compared" if side.compared < side.samples else ""
    of = f" of {side.sources:,} sources" if side.sources else ""
    return f"{side.name} ({side.samples:,} samples{of}{less})"


def _panel(drift: Drift) -> Table:
    rows: list[Row] = [
        (
            each.name,
            _number(each.p),
            _number(each.adjusted),
            f"{each.excess:+.1f}",
            _yes(each.found),
        )
        for each in drift.members
    ]
    return "The panel", ("statistic", "p", "adjusted", "excess", "found"), rows


def _languages(drift: Drift) -> Table:
    rows: list[Row] = [
        (each.name or "none", _share(each.reference), _share(each.current), _yes(each.tested))
        for each in drift.languages
    ]
    return "Languages", ("language", "reference", "current", "looked into"), rows


def _divergences(drift: Drift) -> Table:
    names = ("of", "PSI", "usual", "JS", "usual", "KS", "usual")
    rows: list[Row] = [
        (
            each.name,
            *map(_number, (each.psi, each.psi_usual, each.js, each.js_usual)),
            *map(_number, (each.ks, each.ks_usual)),
        )
        for each in drift.divergences
    ]
    return "Distances, and what 95 % of draws without drift stay below", names, rows


_SHIFTS = ("mean", "reference", "current", "usual from", "to")


def _shifts(shifts: Sequence[Shift]) -> list[Row]:
    return [
        (each.name, *map(_number, (each.reference, each.current, each.low, each.high)))
        for each in shifts
    ]


def _mix(drift: Drift) -> Table:
    rows: list[Row] = [
        (each.name, _share(each.reference), _share(each.estimate), _ends(each.low, each.high))
        for each in drift.mix
    ]
    names = ("family", "reference, by labels", "current, estimated", "95 %")
    return "Who wrote it, if only the mix has changed", names, rows


def _calibration(found: Calibration) -> Table:
    def row(name: str, side: Reliability) -> Row:
        ends = f"{_number(side.low)}–{_number(side.high)}"
        over = f"{side.over:+.3f}"
        return name, str(side.labelled), _number(side.ece), ends, _number(side.accuracy), over

    names = ("side", "labelled", "ECE", "95 %", "accuracy", "confidence less accuracy")
    rows: list[Row] = [row("reference", found.reference), row("current", found.current)]
    return "Calibration", names, rows


def _columns(drift: Drift) -> Table:
    rows: list[Row] = [
        _column(each) for each in drift.columns[:COLUMNS_SHOWN] if each.p <= drift.alpha
    ]
    heading = f"Columns that moved ({drift.columns_moved})"
    return heading, ("column", "measures", "median before, now", "mean before, now", "KS"), rows


def _column(each: Column) -> Row:
    return (
        each.name,
        each.words,
        f"{each.reference_median:.3g} → {each.current_median:.3g}",
        f"{each.reference_mean:.3g} → {each.current_mean:.3g}",
        _number(each.ks),
    )


def _examples(drift: Drift) -> Table:
    rows: list[Row] = [
        (str(each.at), each.language, each.source, each.told, _number(each.novelty))
        for each in drift.examples
    ]
    return (
        f"Samples most unlike the reference (a classifier's AUROC: {_number(drift.classifier)})",
        ("row", "language", "source", "told", "novelty"),
        rows,
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    plain = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in plain) for at in range(len(plain[0]))]
    for row in plain:
        yield "  " + _padded(row, widths)


def _padded(row: Iterable[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _escaped(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _number(value: float) -> str:
    return f"{value:.3f}" if isfinite(value) else "-"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %" if isfinite(value) else "-"


def _ends(low: float, high: float) -> str:
    return f"{100 * low:.0f}–{100 * high:.0f} %"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
