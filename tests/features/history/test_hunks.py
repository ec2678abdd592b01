"""The hunk parsers, against diffs that are built here from known lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.change import Hunk
from fingerprint_features.history.hunks import HUNK, bare_hunks, patch_hunks

_LINE = st.text(st.characters(exclude_characters="\n\r"), max_size=12)
_LINES = st.lists(_LINE, max_size=5).map(tuple)
_RUNS = st.lists(
    st.builds(Hunk, st.just(1), _LINES, _LINES).filter(lambda run: run.added or run.removed),
    max_size=6,
)


def _bare(runs: list[Hunk]) -> tuple[str, list[Hunk]]:
    """Write runs as git does without context, one unchanged line between them."""
    old = new = 1
    text, placed = "", []
    for run in runs:
        more, less = len(run.added), len(run.removed)
        text += f"{HUNK}-{old - (not less)},{less} +{new - (not more)},{more} @@ def f():\n"
        text += "\n".join([f"-{line}" for line in run.removed] + [f"+{line}" for line in run.added])
        placed.append(Hunk(new, run.added, run.removed))
        old, new = old + less + 1, new + more + 1
    return text, placed


@given(runs=_RUNS)
def test_bare_hunks_come_back_as_written(runs: list[Hunk]) -> None:
    """Whatever the lines hold, they come back in order, with places and counts."""
    text, placed = _bare(runs)
    patch = bare_hunks((text + "\n").split(HUNK)[1:], 100)
    assert list(patch.hunks) == placed
    assert patch.added == sum(len(run.added) for run in runs)
    assert patch.removed == sum(len(run.removed) for run in runs)


@given(runs=_RUNS)
def test_context_parts_the_runs_of_a_patch(runs: list[Hunk]) -> None:
    """One hunk with context lines gives the same runs as hunks without."""
    _, placed = _bare(runs)
    bodies = [
        [f"-{line}" for line in run.removed] + [f"+{line}" for line in run.added] for run in runs
    ]
    body = "\n \n".join("\n".join(lines) for lines in bodies)
    patch = patch_hunks(f"@@ -1,9 +1,9 @@\n{body}\n", 100)
    assert list(patch.hunks) == placed


@given(runs=_RUNS, limit=st.integers(0, 8))
def test_a_bound_keeps_the_first_lines_and_all_counts(runs: list[Hunk], limit: int) -> None:
    """The kept lines are the first of the file, on both sides; the counts know no bound."""
    text, _ = _bare(runs)
    parts = (text + "\n").split(HUNK)[1:]
    whole, cut = bare_hunks(parts, 100), bare_hunks(parts, limit)
    for side in ("added", "removed"):
        lines = [line for hunk in whole.hunks for line in getattr(hunk, side)]
        assert [line for hunk in cut.hunks for line in getattr(hunk, side)] == lines[:limit]
    assert (cut.added, cut.removed) == (whole.added, whole.removed)
    assert all(hunk.added or hunk.removed for hunk in cut.hunks)


def test_both_parsers_keep_the_same_lines() -> None:
    """Bounds, carriage returns and missing newlines are treated alike with and without context."""
    body = "-a\r\n-b\n\\ No newline at end of file\n+A\n+B\n+C\n\\ No newline at end of file"
    expected = ((Hunk(1, ("A", "B"), ("a", "b")),), 3, 2)
    assert bare_hunks([f"-1,2 +1,3 @@\n{body}"], 2) == expected
    assert patch_hunks(f"@@ -1,2 +1,3 @@\n{body}", 2) == expected


@pytest.mark.parametrize("patch", ["@@ no header @@\n+a", "@@ -1 @@\n+a"])
def test_a_hunk_header_that_is_none_is_an_error(patch: str) -> None:
    """A patch that cannot be placed is refused."""
    with pytest.raises(ValueError, match=r"unpack|invalid literal"):
        patch_hunks(patch, 10)
