"""Diversity as aligned text and as Markdown: the verdict in words first, then what is shown.

Nothing is computed here. What is not shown is counted by reason; the record holds all of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fingerprint.cli.render import printable
from fingerprint.drift.diversity.records import (
    ALL,
    HOLDS,
    MEASURES,
    Cell,
    Contrast,
    Diversity,
    Figure,
)
from fingerprint.drift.diversity.recursion import Generation
from fingerprint.drift.diversity.variance import Check
from fingerprint.report import text_tables
from fingerprint.report.drift_words import counted
from fingerprint.report.text_tables import Row, Table, escaped
from fingerprint_models.families import HUMAN

KINDS = {
    "human": "against human code",
    "first": "against the family's first period",
    "family": "family against family",
}
"""What each kind of contrast is called, in order."""

GROUPS = {
    "names": ("ttr_25", "ttr_50", "ttr_100", "names"),
    "whole samples": ("ast_entropy", "vendi", "self_similarity", "repeat_similarity"),
    "what is rare in human code": ("tail_imports", "tail_apis", "tail_nodes"),
}
"""Measures that stand in one table of text; all of them side by side would fit on no screen."""

WHOLE = {"all measures": tuple(MEASURES)}
"""Measures that stand in one table of a page."""

_MATCHED = {
    "task": "same tasks",
    "source": "same sources",
    "language": "same language only",
}
_PERIODS = {
    "release": "half-years in which the stated models came out",
    "quarter": "quarters of the rows' dates",
    "half": "half-years of the rows' dates",
    "none": "none",
}
_NOT_SHOWN = "–"
_FEWER = re.compile(r"\d+ (.+), fewer than (\d+)")
_HUMANS = re.compile(r"\d+ human samples in .+: each half of them must have (\d+)")


def lines(found: Diversity) -> Iterator[str]:
    """Yield plain lines without their ends; names from outside are made printable."""
    yield from (printable(line) for line in (*verdict(found), *summary(found)))
    yield from text_tables.plain(tables(found, GROUPS))
    yield ""
    yield from (f"note: {printable(note)}" for note in notes(found))


def markdown(found: Diversity) -> Iterator[str]:
    """Yield lines of a Markdown page without their ends."""
    yield from ("# Diversity", "")
    yield from (f"- {escaped(line)}" for line in verdict(found))
    yield ""
    for line in summary(found):
        yield from (escaped(line), "")
    yield from text_tables.markdown(tables(found, WHOLE), 2)
    yield ""
    yield from (f"- {escaped(note)}" for note in notes(found))


def verdict(found: Diversity) -> Iterator[str]:
    """Yield whether diversity fell and is below people's, then what holds of each family.

    Families of which no language has enough samples share a line. What nobody can be told of is
    said once.
    """
    yield _headline(found, "first", "Did diversity fall between a family's periods?")
    yield _headline(found, "human", "Is it lower than that of human code?")
    enough = {c.family for c in found.cells if c.period == ALL and c.samples >= found.least}
    families = list(dict.fromkeys(c.family for c in found.cells if c.family != HUMAN))
    sides = {"human": "against human code", "first": "between its periods"}
    asked = {kind: words for kind, words in sides.items() if not _lacking(found, kind)}
    for family in families:
        told = (f"{words} {_answer(found, family, kind)}" for kind, words in asked.items())
        if family in enough and asked:
            yield f"{family}: {'; '.join(told)}."
    if few := [family for family in families if family not in enough]:
        yield f"Fewer than {found.least} samples of any language: {', '.join(few)}."
    if any(each.family == HUMAN and each.kind == "first" for each in found.contrasts):
        yield f"Human code, as a control: between its periods {_answer(found, HUMAN, 'first')}."


def summary(found: Diversity) -> Iterator[str]:
    """Yield how much was measured, what was left out, and what is not shown, by reason."""
    left = [f"{found.unlabelled:,} name no family or no language"] if found.unlabelled else []
    if found.undated:
        lack = "known release of their model" if found.by == "release" else "date"
        left.append(f"{found.undated:,} have no {lack} and are of no period")
    if found.measured + found.unlabelled < found.rows:
        left.append("large cells are measured by a part of them")
    told = "; ".join((f"{found.measured:,} of {found.rows:,} rows measured", *left))
    yield f"{told}. Periods: {_PERIODS[found.by]}."
    figures = [figure for cell in found.cells for figure in cell.figures.values()]
    differences = [figure for each in found.contrasts for figure in each.figures.values()]
    yield f"Not shown: {_unshown(figures, 'figures')}; {_unshown(differences, 'differences')}."


def tables(found: Diversity, groups: Mapping[str, Sequence[str]]) -> Iterator[Table]:
    """Yield the tables that have rows: what holds, then of each language what is shown.

    `groups` are the measures that stand side by side, by their name. Of human code there are all
    periods together: one by one they are no more than the verdict's control.
    """
    every = [_holding(found)]
    for language in dict.fromkeys(cell.language for cell in found.cells):
        cells = [c for c in found.cells if c.language == language and not _control(c)]
        every += [_cells(f"{language}: {title}", cells, group) for title, group in groups.items()]
        for kind, against in KINDS.items():
            some = [c for c in found.contrasts if (c.language, c.kind) == (language, kind)]
            some = [c for c in some if not _control(c)]
            every += [
                _contrasts(f"{language}, {against}: {title}", some, group)
                for title, group in groups.items()
            ]
    yield from (each for each in every if each[2])


def notes(found: Diversity) -> Iterator[str]:
    """Yield what the measures are called, and what the figures do not say."""
    shown = {*_columns(found.cells, list(MEASURES)), *_columns(found.contrasts, list(MEASURES))}
    yield from (f"{name}: {words}." for name, words in MEASURES.items() if name in shown)
    yield (
        f"Differences are the family's less the other's, and hold (*) where q ≤ {HOLDS:g} over all "
        f"of them; {_NOT_SHOWN} is not shown, and a row of which nothing is shown is left out, "
        "as are single periods of human code."
    )
    yield (
        f"Names, entropy and Vendi score are those of {found.each} samples in every cell. "
        "Intervals (±) are 95 %, over sources, or tasks where there are few sources: these do not "
        "cover other sources. Several models in a cell are more diverse than one, and so are "
        "several sources or tasks: only differences are of equally many."
    )


def recursion(generations: Sequence[Generation], variances: Sequence[Check]) -> Iterator[str]:
    """Yield the lines of both tables of the recursion demo, as Markdown."""
    names = ("data", "generation", "rare types alive", "tail mass, %", "types", "entropy, bits")
    rows = [
        (
            *(each.mode, str(each.number)),
            _range(each.rare_alive, ".2f"),
            _range([100 * value for value in each.tail_mass], ".2f"),
            _range(each.types, ".0f"),
            _range(each.entropy, ".2f"),
        )
        for each in generations
    ]
    columns = ("variance of", "generation", "simulated", "theory", "agrees")
    checks = [
        (
            *(each.what, str(each.generation)),
            _range((each.simulated, each.low, each.high), ".4g"),
            *(f"{each.theory:.4g}", "yes" if each.agrees else "no"),
        )
        for each in variances
    ]
    every: list[Table] = [("By generation", names, [*rows]), ("Variance", columns, [*checks])]
    yield from text_tables.markdown(every, 2)


def _headline(found: Diversity, kind: str, question: str) -> str:
    """Return a question, and the families of which the answer holds."""
    if lack := _lacking(found, kind):
        return f"{question} Not shown: {lack}."
    sides: dict[bool, list[str]] = {True: [], False: []}
    for each in found.contrasts:
        if each.kind == kind and each.family != HUMAN:
            for less in each.held().values():
                sides[less].append(each.family)
    lower, higher = (", ".join(dict.fromkeys(sides[side])) for side in (True, False))
    told = f"By some measures, in {lower}." if lower else "Not shown."
    verb = "rose" if kind == "first" else "is higher"
    return f"{question} {told}{f' It {verb} by some measures in {higher}.' if higher else ''}"


def _lacking(found: Diversity, kind: str) -> str:
    """Return what keeps all families from an answer, "" where nothing does."""
    if kind == "first":
        return "no periods were asked for" if found.by == "none" else ""
    some = any(cell.family == HUMAN for cell in found.cells)
    return "" if some else "no row is labelled human"


def _answer(found: Diversity, family: str, kind: str) -> str:
    """Return by which measures a family is less or more varied, and where, or what is missing."""
    own = [each for each in found.contrasts if (each.family, each.kind) == (family, kind)]
    places: dict[tuple[bool, str], list[str]] = {}
    for each in own:
        for name, less in each.held().items():
            places.setdefault((not less, name), []).append(_place(each))
    if not places:
        return f"not shown ({_missing(found, family, kind, own)})"
    order = list(MEASURES)
    told: dict[bool, list[str]] = {}
    for more, name in sorted(places, key=lambda key: (key[0], order.index(key[1]))):
        where = ", ".join(places[more, name])
        told.setdefault(more, []).append(f"{MEASURES[name]} ({where})")
    words = {False: "less varied by", True: "more varied by"}
    return ", and ".join(f"{words[more]} {' and '.join(each)}" for more, each in told.items())


def _place(contrast: Contrast) -> str:
    if contrast.kind == "first":
        return f"{contrast.language} {contrast.against_period} → {contrast.period}"
    return contrast.language if contrast.period == ALL else f"{contrast.language} {contrast.period}"


def _missing(found: Diversity, family: str, kind: str, own: Sequence[Contrast]) -> str:
    """Return why no difference of a family holds."""
    figures = [figure for each in own for figure in each.figures.values()]
    if shown := sum(figure.shown for figure in figures):
        return f"of {counted(shown, 'difference')} none holds once all are counted"
    if reasons := Counter(_reason(figure.why) for figure in figures if figure.why):
        return " or ".join(reason for reason, _ in reasons.most_common(2))
    if kind == "human":
        return f"no language has {found.least} samples of both"
    if all(cell.period == ALL for cell in found.cells if cell.family == family):
        return "no known release of its models" if found.by == "release" else "no dates"
    return f"no language has two periods of {found.least} samples"


def _unshown(figures: Sequence[Figure], of: str) -> str:
    reasons = Counter(_reason(figure.why) for figure in figures if figure.why)
    told = ", ".join(f"{reason}: {count:,}" for reason, count in reasons.most_common())
    return f"{reasons.total():,} of {len(figures):,} {of}{f' ({told})' if told else ''}"


def _reason(why: str) -> str:
    """Return a reason without the numbers that differ from cell to cell."""
    if fewer := _FEWER.fullmatch(why):
        return f"fewer than {fewer[2]} {fewer[1]}"
    if humans := _HUMANS.fullmatch(why):
        return f"fewer than {humans[1]} human samples in each half of a language"
    return why


def _holding(found: Diversity) -> Table:
    rows: list[Row] = [
        (
            each.language,
            each.family,
            each.period,
            _against(each),
            _MATCHED[each.matched],
            name,
            _told(each.figures[name], "+"),
            f"{each.q[name]:.2g}",
        )
        for kind in KINDS
        for each in found.contrasts
        if each.kind == kind
        for name in each.held()
    ]
    names = ("language", "family", "period", "against", "matched", "measure", "difference", "q")
    return f"Differences that hold (q ≤ {HOLDS:g})", names, rows


def _cells(heading: str, cells: Sequence[Cell], group: Sequence[str]) -> Table:
    columns = _columns(cells, group)
    rows: list[Row] = [
        (
            cell.family,
            cell.period,
            *(f"{count:,}" for count in (cell.samples, cell.models, cell.sources)),
            f"{cell.identifiers:.0f}",
            *(_told(cell.figures[name]) for name in columns),
        )
        for cell in cells
        if _columns([cell], columns)
    ]
    names = ("family", "period", "samples", "models", "sources", "names each", *columns)
    return heading, names, rows


def _contrasts(heading: str, contrasts: Sequence[Contrast], group: Sequence[str]) -> Table:
    columns = _columns(contrasts, group)
    rows: list[Row] = [
        (
            each.family,
            each.period,
            _against(each),
            _MATCHED[each.matched],
            *(_marked(each, name) for name in columns),
        )
        for each in contrasts
        if _columns([each], columns)
    ]
    return heading, ("family", "period", "against", "matched", *columns), rows


def _control(of: Cell | Contrast) -> bool:
    return of.family == HUMAN and of.period != ALL


def _against(contrast: Contrast) -> str:
    return contrast.against_period if contrast.kind == "first" else contrast.against


def _columns(of: Iterable[Cell | Contrast], group: Sequence[str]) -> list[str]:
    """Return the measures of a group of which something is shown."""
    figures = [each.figures for each in of]
    return [name for name in group if any(name in each and each[name].shown for each in figures)]


def _marked(contrast: Contrast, name: str) -> str:
    if name not in contrast.figures:
        return _NOT_SHOWN
    return _told(contrast.figures[name], "+") + "*" * (name in contrast.held())


def _told(figure: Figure, sign: str = "") -> str:
    """Return a value and half of its interval, which is even about it unless cut at 0."""
    if not figure.shown:
        return _NOT_SHOWN
    most = max(abs(figure.value), abs(figure.low), abs(figure.high))
    digits = 2 if most >= 1 else 3 if most >= 0.01 else 5
    return f"{figure.value:{sign}.{digits}f} ±{figure.high - figure.value:.{digits}f}"


def _range(ends: Sequence[float], form: str) -> str:
    value, low, high = (f"{end:{form}}" for end in ends)
    return f"{value} ({low} to {high})"
