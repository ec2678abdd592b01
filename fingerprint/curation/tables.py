"""Figures as words: counts, shares with intervals, Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fingerprint_models.prevalence import Shares

MOST = 20
"""Lines of a table of counts; the rest is summed up in one more."""


def count(n: int) -> str:
    """Return a number with its thousands apart: 12,345."""
    return f"{n:,}"


def percent(share: float) -> str:
    """Return a share as per cent with one decimal: 12.3 %."""
    return f"{100 * share:.1f} %"


def of_all(n: int, total: int) -> str:
    """Return n as a share of a total; a dash where there is nothing to divide by."""
    if not total:
        return "–"
    return "< 0.1 %" if 0 < n < total / 2000 else percent(n / total)


def with_interval(shares: Shares | None, name: str) -> str:
    """Return a class's share and its 95 % interval; a dash where it is not known."""
    if shares is None:
        return "–"
    at = shares.classes.index(name)
    low, high = 100 * shares.low[at], 100 * shares.high[at]
    return f"{percent(shares.share[at])} ({low:.1f}–{high:.1f})"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; its first column holds words, the others figures."""
    line = "|---|" + "---:|" * (len(head) - 1)
    cells = (" | ".join(_cell(each) for each in row) for row in rows)
    return "\n".join((f"| {' | '.join(head)} |", line, *(f"| {row} |" for row in cells)))


def aligned(rows: Iterable[Sequence[str]]) -> str:
    """Return rows for a terminal: the first column to the left, the others to the right."""
    table = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    )


def counted(counts: Mapping[str, int], none: str) -> list[tuple[str, str, str]]:
    """Return value, count and share of the most frequent values, `none` standing for ""."""
    total = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [(value or none, count(n), of_all(n, total)) for value, n in ranked[:MOST]]
    rest = [n for _, n in ranked[MOST:]]
    if rest:
        lines.append((f"{len(rest)} others", count(sum(rest)), of_all(sum(rest), total)))
    return lines


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
