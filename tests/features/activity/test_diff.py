from math import isnan, log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.activity import change_shape, changed_lines, paths
from fingerprint_features.activity.change_shape import gini
from fingerprint_features.activity.reading import MAX_LINES, prepare
from fingerprint_features.change import Change, FileChange, Hunk

FILES = (
    FileChange("src/app/reader.py", hunks=(Hunk(4, ("a = 1", "", "# why"), ("old",)),)),
    FileChange("tests/test_reader.py", "added", hunks=(Hunk(1, ("def test_read_line():",)),)),
    FileChange("docs/reader.md", "renamed", old_path="docs/old.md", added=0, removed=2),
    FileChange("logo.png", binary=True),
)


def shape(files: tuple[FileChange, ...] | None, text: str = "") -> dict[str, float]:
    activity = prepare(Change("", files=files), text)
    return change_shape.measure(activity) | changed_lines.measure(activity)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("files", log1p(4)),
        ("added", log1p(4)),
        ("removed", log1p(3)),
        ("balance", 5 / 9),
        ("max_share", 4 / 7),
        ("directories", log1p(4)),
        ("depth_max", 2),
        ("kind_test", 0.25),
        ("kind_source", 0.25),
        ("kind_doc", 0.25),
        ("kind_other", 0.25),
        ("status_added", 0.25),
        ("status_renamed", 0.25),
        ("binary", 0.25),
        ("pure_add", 0.25),
        ("pure_remove", 0.25),
        ("languages", 1),
        ("tests_beside", 1),
        ("new_tests_beside", 1),
        ("docs_beside", 1),
        ("new_documents", 0),
        ("hunks", log1p(2)),
        ("hunk_single", 0.5),
        ("hunk_pure_add", 0.5),
        ("added_blank", 0.25),
        ("added_comment", 1 / 3),
    ],
)
def test_shape(column: str, value: float) -> None:
    """Each trait of a diff shows in the column that is named after it."""
    assert shape(FILES)[column] == pytest.approx(value)


def test_message_and_diff_in_common() -> None:
    """Names that the message says are looked for in paths and in added lines."""
    found = shape(FILES, "Use test_read_line and gone_name in reader")
    assert found["message_in_diff"] == 0.5
    assert found["diff_in_message"] == 1
    assert found["named_in_message"] == 0.5
    assert isnan(shape(FILES, "No names")["message_in_diff"])


def test_moved_and_repeated_lines() -> None:
    """Lines that stood elsewhere before, or twice in the change, are counted as such."""
    hunk = Hunk(1, ("def one():", "def two():", "def two():", "}"), ("    def one():",))
    found = shape((FileChange("a.py", hunks=(hunk,)),))
    assert found["moved"] == pytest.approx(1 / 3)
    assert found["added_twice"] == pytest.approx(1 / 3)


def test_what_is_not_at_hand_is_missing() -> None:
    """No diff is NaN, an empty one is not; without hunks only the counts are there."""
    assert all(map(isnan, shape(None).values()))
    assert shape(())["files"] == 0
    counted = shape((FileChange("a.py", added=3, removed=1),))
    assert counted["added"] == log1p(3)
    assert isnan(counted["hunks"])
    assert isnan(counted["added_blank"])


def test_lines_of_lock_files_are_not_looked_at() -> None:
    """Nobody wrote the lines of a lock file; those of the file beside it count alone."""
    lock = FileChange("a/package-lock.json", hunks=(Hunk(1, ("",) * 2 * MAX_LINES),))
    code = FileChange("z.py", hunks=(Hunk(1, ("# note",)),))
    assert shape((lock, code))["added_comment"] == 1
    assert len(prepare(Change("", files=(code, lock)), "").added_lines) == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/main.rs", "source"),
        ("src/main_test.go", "test"),
        ("src/latest.py", "source"),
        ("web/app.spec.ts", "test"),
        ("src/test/java/AppTest.java", "test"),
        ("README.md", "doc"),
        ("go.sum", "lock"),
        ("yarn.lock", "lock"),
        ("dist/app.js", "generated"),
        (".github/workflows/ci.yml", "workflow"),
        ("pyproject.toml", "config"),
        ("Dockerfile", "config"),
        ("a.bin", "other"),
        ("", "other"),
    ],
)
def test_kind_of_a_path(path: str, kind: str) -> None:
    """A path is of the first kind that fits."""
    assert paths.kind_of(path) == kind


@given(st.lists(st.integers(0, 1000), max_size=20))
def test_gini_lies_between_even_and_one_file(sizes: list[int]) -> None:
    """It is 0 for even sizes, below 1 for any, and does not depend on their order."""
    found = gini(sizes)
    assert -1e-9 <= found < 1
    assert gini(sizes[::-1]) == found
    assert gini([7] * len(sizes)) == pytest.approx(0)
