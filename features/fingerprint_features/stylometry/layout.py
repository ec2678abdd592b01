"""Layout: indents, blank lines, line lengths."""

from __future__ import annotations

import numpy as np

from fingerprint_features.grammars import BoolArray, IntArray
from fingerprint_features.ratios import entropy, mean, preference, quantiles, share, spread
from fingerprint_features.source import SPACE, TAB, Source, one_of

COLUMNS = {
    "lines": "natural logarithm of 1 + lines",
    "line_mean": "mean length of the lines that are not blank, in bytes",
    "line_spread": "standard deviation of line length",
    "line_q50": "median line length",
    "line_q90": "90 % quantile of line length",
    "line_max": "longest line",
    "line_over_79": "share of lines longer than 79",
    "line_over_99": "share of lines longer than 99",
    "indent_unit_2": "share of indent steps of 2 columns",
    "indent_unit_3": "share of indent steps of 1 or 3 columns",
    "indent_unit_4": "share of indent steps of 4 columns",
    "indent_unit_8": "share of indent steps of 8 columns",
    "indent_entropy": "entropy of the indent steps, in bits",
    "indent_off_modal": "share of indents that are no multiple of the most common step",
    "indent_tabs": "tabs preferred to spaces for indents",
    "indent_mean": "mean indent in units of the most common step",
    "indent_max": "deepest indent in units of the most common step",
    "blank_share": "share of blank lines",
    "blank_runs": "runs of blank lines per line of code",
    "blank_run_mean": "mean length of a run of blank lines",
    "blank_run_2": "share of blank runs of two lines or more",
    "blank_inside": "share of blank runs that stand before an indented line",
    "blank_after_open": "share of blank runs right after a line that opens a block",
    "blank_spacing_spread": "standard deviation of the stretches of code between blank lines",
    "blank_spacing_mean": "mean stretch of code between blank lines",
    "trailing_space": "share of lines with white space at the end",
    "blank_with_space": "share of blank lines that hold white space",
}

_OPENERS = one_of(b"{:([")


def measure(source: Source) -> dict[str, float]:
    """Return the layout columns of a sample."""
    blank = source.blank
    code = ~blank
    length = (source.line_end - source.line_start)[code]
    return {
        "lines": float(np.log1p(len(blank))),
        **_line_lengths(length),
        **_indents(source, code),
        **_blank_lines(source, blank),
        **_line_ends(source, blank),
    }


def _line_lengths(length: IntArray) -> dict[str, float]:
    q50, q90, longest = quantiles(length, (0.5, 0.9, 1.0))
    return {
        "line_mean": mean(length),
        "line_spread": spread(length),
        "line_q50": q50,
        "line_q90": q90,
        "line_max": min(longest, 1000.0),
        "line_over_79": mean(length > 79),
        "line_over_99": mean(length > 99),
    }


def _indents(source: Source, code: BoolArray) -> dict[str, float]:
    indent = source.indent[code]
    steps = np.diff(indent)
    steps = np.minimum(steps[steps > 0], 16)
    counts = np.bincount(steps, minlength=17)
    unit = int(np.argmax(counts)) if len(steps) else 4
    first = source.symbols[np.minimum(source.line_start[code], max(len(source.data) - 1, 0))]
    return {
        "indent_unit_2": share(counts[2], len(steps)),
        "indent_unit_3": share(counts[1] + counts[3], len(steps)),
        "indent_unit_4": share(counts[4], len(steps)),
        "indent_unit_8": share(counts[8], len(steps)),
        "indent_entropy": entropy(counts),
        "indent_off_modal": mean(indent % unit != 0),
        "indent_tabs": preference(float((first == TAB).sum()), float((first == SPACE).sum())),
        "indent_mean": mean(indent) / unit,
        "indent_max": min(float(indent.max()) / unit, 50.0) if len(indent) else 0.0,
    }


def _blank_lines(source: Source, blank: BoolArray) -> dict[str, float]:
    edges = np.diff(np.concatenate(([0], blank.astype(np.int8), [0])))
    begin, end = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    runs = end - begin
    inner = end < len(blank)
    after = source.indent[end[inner]]
    before = np.maximum(begin - 1, 0)
    last = np.maximum(source.line_end[before] - 1, 0)
    opens = _OPENERS[source.symbols[last]] if len(source.data) else np.zeros(len(last))
    stretch = np.diff(np.concatenate(([-1], np.flatnonzero(blank), [len(blank)]))) - 1
    stretch = stretch[stretch > 0]
    code_lines = int((~blank).sum())
    return {
        "blank_share": mean(blank),
        "blank_runs": share(len(runs), code_lines),
        "blank_run_mean": mean(runs),
        "blank_run_2": mean(runs >= 2),
        "blank_inside": mean(after > 0),
        "blank_after_open": mean(opens),
        "blank_spacing_spread": min(spread(stretch), 100.0),
        "blank_spacing_mean": min(mean(stretch), 100.0),
    }


def _line_ends(source: Source, blank: BoolArray) -> dict[str, float]:
    filled = source.line_end > source.line_start
    last = (
        source.symbols[np.maximum(source.line_end - 1, 0)] if len(source.data) else source.symbols
    )
    trailing = filled & ((last == SPACE) | (last == TAB)) if len(last) else filled
    return {
        "trailing_space": mean(trailing[~blank]),
        "blank_with_space": mean(filled[blank]),
    }
