"""Diversity as plain lines for pipes, and as Markdown for people; nothing is computed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fingerprint.cli.render import printable
from fingerprint.drift.diversity.composition import FEWEST_CLUSTERS
from fingerprint.drift.diversity.records import MEASURES, Cell, Contrast, Diversity, Figure
from fingerprint.drift.diversity.recursion import Generation
from fingerprint.drift.diversity.variance import Check

HOLDS = 0.05
"""A difference is told as one where the false discovery rate over all of them is at most this."""

KINDS = {
    "human": "Against human code",
    "first": "Against the family's first period",
    "family": "Family against family",
}
"""What each kind of contrast is called, in order."""

_MATCHED = {
    "task": "same tasks",
    "source": "same sources",
    "language": "same language only",
}


def lines(found: Diversity) -> Iterator[str]:
    """Yield a line a figure: what it is of, then value, interval and counts, tabs between them.

    `cell` lines name language, family, period and measure; `contrast` lines also the kind, what
    the cell is held against and what is matched, and end with q. In place of a value that is not
    shown stands "-", and behind the counts the reason, "-" where there is a value.
    """
    for cell in found.cells:
        for name, figure in cell.figures.items():
            yield _line("cell", cell.language, cell.family, cell.period, name, *_ends(figure))
    for contrast in found.contrasts:
        for name, figure in contrast.figures.items():
            q = f"{contrast.q[name]:.3g}" if figure.shown else "-"
            where = contrast.kind, contrast.language, contrast.family, contrast.period
            other = contrast.against, contrast.against_period, contrast.matched
            yield _line("contrast", *where, *other, name, *_ends(figure), q)


def markdown(found: Diversity) -> Iterator[str]:
    """Yield the lines of a page: what was found in words, then the tables."""
    yield from (f"- {sentence}" for sentence in summary(found))
    for language in dict.fromkeys(cell.language for cell in found.cells):
        cells = [cell for cell in found.cells if cell.language == language]
        yield from ("", f"### {_safe(language)}", "")
        yield from _cells(cells)
        for kind, title in KINDS.items():
            some = [c for c in found.contrasts if (c.language, c.kind) == (language, kind)]
            if any(figure.shown for each in some for figure in each.figures.values()):
                yield from ("", f"{title} (difference; **bold**: q ≤ {HOLDS:g}):", "")
                yield from _contrasts(some)


def summary(found: Diversity) -> Iterator[str]:
    """Yield what was found in sentences, one a line, with what they do not say."""
    told = [figure for cell in found.cells for figure in cell.figures.values()]
    yield (
        f"{found.measured:,} of {found.rows:,} rows measured, in {len(found.cells)} cells "
        f"(language, family, period); {sum(figure.shown for figure in told):,} of {len(told):,} "
        f"figures are shown, the others have fewer than {found.least} samples, or fewer than "
        f"{FEWEST_CLUSTERS} sources or tasks, or no ground."
    )
    for kind, title in KINDS.items():
        contrasts = [each for each in found.contrasts if each.kind == kind]
        if contrasts:
            yield f"{title}: {_held(contrasts)}"
    yield (
        f"Names, entropy and Vendi score are those of {found.each} samples in every cell. "
        "Intervals are 95 %, over sources, or tasks where there are few sources: these do not "
        "cover other sources. Several models in a cell are more diverse than one, and so are "
        "several sources or tasks: only differences are of equally many."
    )


def recursion(generations: Sequence[Generation], variances: Sequence[Check]) -> Iterator[str]:
    """Yield the lines of both tables of the recursion demo, as Markdown."""
    yield from _head(
        ("data", "generation", "rare types alive", "tail mass, %", "types", "entropy, bits")
    )
    for each in generations:
        cells = (
            _range(each.rare_alive, ".2f"),
            _range([100 * value for value in each.tail_mass], ".2f"),
            _range(each.types, ".0f"),
            _range(each.entropy, ".2f"),
        )
        yield _row((each.mode, each.number, *cells))
    yield ""
    yield from _head(("variance of", "generation", "simulated", "theory", "agrees"))
    for check in variances:
        simulated = _range((check.simulated, check.low, check.high), ".4g")
        agrees = "yes" if check.agrees else "no"
        yield _row((check.what, check.generation, simulated, f"{check.theory:.4g}", agrees))


def _held(contrasts: Sequence[Contrast]) -> str:
    """Return how many differences hold, by measure and direction."""
    shown = [(n, f, c.q[n]) for c in contrasts for n, f in c.figures.items() if f.shown]
    held = Counter((n, f.value < 0) for n, f, q in shown if q <= HOLDS)
    if not held:
        return f"of {len(shown)} differences none is shown."
    parts = [
        f"{MEASURES[name]} {'lower' if lower else 'higher'} in {count}"
        for (name, lower), count in sorted(held.items())
    ]
    return f"of {len(shown)} differences {held.total()} hold: {'; '.join(parts)}."


def _cells(cells: Sequence[Cell]) -> Iterator[str]:
    columns = _columns([cell.figures for cell in cells])
    heads = ("family", "period", "samples", "models", "sources", "names each", *columns)
    yield from _head(heads)
    for cell in cells:
        counts = cell.samples, cell.models, cell.sources, f"{cell.identifiers:.0f}"
        told = [_told(cell.figures[name]) for name in columns]
        yield _row((cell.family, cell.period, *counts, *told))
    for name in MEASURES:
        if name not in columns:
            reasons = Counter(cell.figures[name].why for cell in cells).most_common(1)
            yield from ("", f"`{name}` is not shown: {reasons[0][0]}.")


def _contrasts(contrasts: Sequence[Contrast]) -> Iterator[str]:
    columns = _columns([each.figures for each in contrasts])
    yield from _head(("family", "period", "against", "matched", *columns))
    for each in contrasts:
        against = each.against if each.kind != "first" else each.against_period
        told = []
        for name in columns:
            figure = each.figures.get(name)
            cell = "–" if figure is None or not figure.shown else _told(figure, sign="+")
            told.append(f"**{cell}**" if each.q.get(name, 1.0) <= HOLDS else cell)
        yield _row((each.family, each.period, against, _MATCHED[each.matched], *told))


def _columns(figures: Sequence[Mapping[str, Figure]]) -> list[str]:
    """Return the measures of which something is shown."""
    return [name for name in MEASURES if any(name in each and each[name].shown for each in figures)]


def _told(figure: Figure, sign: str = "") -> str:
    if not figure.shown:
        return "not shown"
    most = max(abs(figure.value), abs(figure.low), abs(figure.high))
    digits = 2 if most >= 1 else 3 if most >= 0.01 else 5
    return _range((figure.value, figure.low, figure.high), f"{sign}.{digits}f")


def _range(ends: Sequence[float], form: str) -> str:
    value, low, high = (f"{end:{form}}" for end in ends)
    return f"{value} ({low} to {high})"


def _ends(figure: Figure) -> tuple[object, ...]:
    ends = (figure.value, figure.low, figure.high)
    told = [f"{end:.4g}" for end in ends] if figure.shown else ["-"] * 3
    return *told, figure.samples, figure.clusters, figure.of or "-", figure.why or "-"


def _line(*cells: object) -> str:
    return "\t".join(printable(str(cell)) for cell in cells)


def _head(cells: Sequence[str]) -> Iterator[str]:
    yield _row(cells)
    yield "|" + "---|" * len(cells)


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(_safe(str(cell)) for cell in cells)} |"


def _safe(text: str) -> str:
    return printable(text).replace("|", "\\|").replace("<", "&lt;")
