from math import isnan, log1p

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_features import registry
from fingerprint_features.activity import added_code, relative
from fingerprint_features.activity.added_code import MAX_RUNS, added_runs, measure_code
from fingerprint_features.activity.comment_signs import is_comment
from fingerprint_features.activity.reading import prepare
from fingerprint_features.activity.relative import MIN_BASIS, RepositoryStyle, style_of
from fingerprint_features.change import Change, FileChange, Hunk
from fingerprint_features.sample import Sample
from fingerprint_features.source import MAX_BYTES
from fingerprint_features.source import prepare as prepare_sample

CODE = ("def add(a, b):", "    # Sum.", "    total = a + b", "    return total", "", "add(1, 2)")
NAMES = list(added_code.COLUMNS)


def change_of(*files: tuple[str, int, tuple[str, ...]]) -> Change:
    hunks = [(path, Hunk(start, added)) for path, start, added in files]
    return Change("", files=tuple(FileChange(path, hunks=(hunk,)) for path, hunk in hunks))


def test_one_run_has_the_columns_of_its_sample() -> None:
    """Added code is measured as the same code would be as a sample."""
    found = dict(zip(NAMES, measure_code(change_of(("a.py", 1, CODE))).tolist(), strict=True))
    sample = registry.measure(prepare_sample(Sample("\n".join(CODE) + "\n", "python")))
    assert [found[name] for name in registry.COLUMNS] == pytest.approx(sample.tolist())
    assert found["comment_lines"] == pytest.approx(1 / 5)
    assert found["blank"] == pytest.approx(1 / 6)
    assert (found["runs"], found["run_lines"]) == (1, pytest.approx(log1p(6)))


def test_runs_are_weighted_by_their_lines() -> None:
    """A run twice as long counts twice as much."""
    other = ("value = 'text'",) * 12
    both = change_of(("a.py", 1, CODE), ("b.py", 1, other))
    one, two = (measure_code(change_of((f"{n}.py", 1, r))) for n, r in (("a", CODE), ("b", other)))
    at = NAMES.index("layout.line_mean")
    assert measure_code(both)[at] == pytest.approx((one[at] + 2 * two[at]) / 3)


def test_no_code_is_missing() -> None:
    """Short runs, lock files and files of no known language leave every column NaN."""
    change = change_of(
        ("a.py", 1, CODE[:4]), ("package-lock.json", 1, CODE), ("a.unknown", 1, CODE)
    )
    assert added_runs(change) == []
    assert measure_code(change).shape == (len(NAMES),)
    assert np.isnan(measure_code(change)).all()
    assert np.isnan(measure_code(Change(""))).all()


def test_the_longest_runs_are_taken() -> None:
    """Of more runs than are measured, the longest are taken, and of equal ones those by path."""
    sizes = (("d.py", 5), ("c.py", 9), ("b.py", 7), ("a.py", 6), ("f.py", 8), ("e.py", 7))
    runs = added_runs(change_of(*((path, 1, ("x = 1",) * n) for path, n in sizes)))
    assert [run.path for run in runs] == ["c.py", "f.py", "b.py", "e.py"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 400), st.integers(1, 90)), max_size=8))
def test_runs_are_few_and_bounded(drawn: list[tuple[int, int, int]]) -> None:
    """At most `MAX_RUNS` of the longest runs and `MAX_BYTES` are taken, in any order of files."""
    files = [(f"{i}.py", start, ("é" * width,) * n) for i, (start, n, width) in enumerate(drawn)]
    runs = added_runs(change_of(*files))
    assert len(runs) <= MAX_RUNS
    assert sum(len(run.code.encode()) for run in runs) <= MAX_BYTES
    assert runs == added_runs(change_of(*files[::-1]))
    longest = max((n for _, n, _ in drawn), default=0)
    assert bool(runs) == (longest >= added_code.MIN_LINES)


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("# a", "python", True),
        ("#include <a.h>", "c", False),
        ("// a", "c", True),
        ("* a", "java", True),
        ("*a = 1;", "c", False),
        ("-- a", "sql", True),
        ("a  # b", "python", False),
        ("# a", None, True),
    ],
)
def test_comment_signs(text: str, language: str | None, answer: bool) -> None:
    """A line is a comment where it opens with a sign of its language."""
    assert is_comment(text, language) is answer


def against(added: tuple[str, ...], removed: tuple[str, ...]) -> dict[str, float]:
    file = FileChange("a.py", hunks=(Hunk(1, added, removed),))
    return relative.measure(prepare(Change("", files=(file,)), ""))


def test_added_lines_against_removed_ones() -> None:
    """Longer lines and more comments than before show as positive differences."""
    found = against(("# a longer line than before",) * 6, ("a = 1", "bb = 2") * 4)
    assert found["removed_line_length"] > 1
    assert found["removed_comment"] == 10
    assert isnan(found["removed_snake"])
    assert isnan(found["repository_line_length"])
    alike = against(CODE * 2, CODE * 2)
    assert alike["removed_line_length"] == alike["removed_indent"] == 0


def test_no_removed_lines_is_no_basis() -> None:
    """Too few removed lines leave the differences missing."""
    assert all(map(isnan, against(CODE, CODE[: MIN_BASIS - 1]).values()))


def test_repository_style_is_mean_and_spread_of_earlier_changes() -> None:
    """Mean and spread are over changes; one without a basis for a measure does not count in it."""
    lengths = [10, 20, 30, 25, 5, 40]
    earlier = [style_of(change_of(("a.py", 1, ("x" * length,) * 6))) for length in lengths]
    style = RepositoryStyle.of([*earlier, style_of(Change(""))])
    assert RepositoryStyle.of([]).count.sum() == 0
    assert style.count[0] == len(lengths)
    assert style.mean[0] == pytest.approx(np.mean(lengths))
    assert style.spread[0] == pytest.approx(np.std(lengths))
    usual = change_of(("a.py", 1, ("x" * 60,) * 6))
    found = relative.measure(prepare(usual, "", style))
    apart = (60 - np.mean(lengths)) / np.std(lengths)
    assert found["repository_line_length"] == pytest.approx(apart)
    assert isnan(found["repository_snake"])
