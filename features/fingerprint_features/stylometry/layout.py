"""Layout: indents, blank lines, line lengths."""

from __future__ import annotations

import numpy as np

from fingerprint_features.batch import Batch, Columns
from fingerprint_features.grammars import BoolArray, IntArray
from fingerprint_features.groups import Groups, Index, preferences, shares
from fingerprint_features.source import SPACE, TAB, one_of

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


def measure(batch: Batch) -> Columns:
    """Return the layout columns of samples."""
    blank = batch.whole.blank
    code = batch.rows.kept(~blank)
    length = (batch.whole.line_end - batch.whole.line_start)[~blank]
    return {
        "lines": np.log1p(batch.rows.size),
        **_line_lengths(length, code),
        **_indents(batch, code),
        **_blank_lines(batch, code),
        **_line_ends(batch, code),
    }


def _line_lengths(length: IntArray, code: Groups) -> Columns:
    q50, q90, longest = code.quantiles(length, (0.5, 0.9, 1.0))
    return {
        "line_mean": code.mean(length),
        "line_spread": code.spread(length),
        "line_q50": q50,
        "line_q90": q90,
        "line_max": np.minimum(longest, 1000.0),
        "line_over_79": code.mean(length > 79),
        "line_over_99": code.mean(length > 99),
    }


def _indents(batch: Batch, code: Groups) -> Columns:
    inked = ~batch.whole.blank
    indent = batch.whole.indent[inked]
    # A step leads from one line of a sample to the next.
    deeper = np.flatnonzero((np.diff(indent) > 0) & (np.diff(code.owner) == 0))
    steps = np.minimum(indent[deeper + 1] - indent[deeper], 16)
    owner = code.owner[deeper]
    counts = np.bincount(owner * 17 + steps, minlength=17 * len(batch)).reshape(-1, 17)
    total = counts.sum(axis=1)
    unit = np.where(total > 0, np.argmax(counts, axis=1), 4)
    first = batch.symbols[batch.whole.line_start[inked]]
    sample, step = np.nonzero(counts)
    return {
        "indent_unit_2": shares(counts[:, 2], total),
        "indent_unit_3": shares(counts[:, 1] + counts[:, 3], total),
        "indent_unit_4": shares(counts[:, 4], total),
        "indent_unit_8": shares(counts[:, 8], total),
        "indent_entropy": Groups.of_owners(sample, len(batch)).entropy(counts[sample, step]),
        "indent_off_modal": code.mean(indent % unit[code.owner] != 0),
        "indent_tabs": preferences(code.sum(first == TAB), code.sum(first == SPACE)),
        "indent_mean": code.mean(indent) / unit,
        "indent_max": np.minimum(code.max(indent) / unit, 50.0),
    }


def _blank_lines(batch: Batch, code: Groups) -> Columns:
    whole, rows, blank = batch.whole, batch.rows, batch.whole.blank
    begin, end = _runs(blank, rows)
    runs = Groups.of_owners(rows.owner[begin], len(batch))
    length = end - begin
    inside = end < (rows.start + rows.size)[runs.owner]
    inner = runs.kept(inside)
    before = np.maximum(begin - 1, rows.start[runs.owner])
    opens = _OPENERS[batch.symbols[np.maximum(whole.line_end[before] - 1, 0)]]
    first, last = _runs(~blank, rows)
    stretches = Groups.of_owners(rows.owner[first], len(batch))
    stretch = last - first
    return {
        "blank_share": rows.mean(blank),
        "blank_runs": shares(runs.size, code.size),
        "blank_run_mean": runs.mean(length),
        "blank_run_2": runs.mean(length >= 2),
        "blank_inside": inner.mean(whole.indent[end[inside]] > 0),
        "blank_after_open": runs.mean(opens),
        "blank_spacing_spread": np.minimum(stretches.spread(stretch), 100.0),
        "blank_spacing_mean": np.minimum(stretches.mean(stretch), 100.0),
    }


def _runs(chosen: BoolArray, rows: Groups) -> tuple[Index, Index]:
    """Return where runs of chosen lines begin and end; none goes on into the next sample."""
    edge = np.zeros(len(chosen) + 1, dtype=np.bool_)
    edge[rows.start] = True
    edge[-1] = True
    begins = chosen & (edge[:-1] | np.concatenate(([True], ~chosen[:-1])))
    ends = chosen & (edge[1:] | np.concatenate((~chosen[1:], [True])))
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1


def _line_ends(batch: Batch, code: Groups) -> Columns:
    whole, blank = batch.whole, batch.whole.blank
    filled = whole.line_end > whole.line_start
    last = batch.symbols[np.maximum(whole.line_end - 1, 0)]
    trailing = filled & ((last == SPACE) | (last == TAB))
    return {
        "trailing_space": code.mean(trailing[~blank]),
        "blank_with_space": batch.rows.kept(blank).mean(filled[blank]),
    }
