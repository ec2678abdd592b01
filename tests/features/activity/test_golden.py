"""Three small changes with the features they have; `python test_golden.py --write` stores them."""

import hashlib
import json
import math
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent.parent.parent / "features"))

from fingerprint_features.activity import registry, words  # noqa: E402
from fingerprint_features.activity.reading import Activity, prepare  # noqa: E402
from fingerprint_features.change import Change, FileChange, Hunk  # noqa: E402

EXPECTED = HERE / "expected.json"
TOLERANCE = 1e-5
START = datetime(2025, 3, 1, 12, tzinfo=UTC)

PYTHON = (
    "def read_lines(path: Path) -> list[str]:",
    '    """Return the lines of a file."""',
    "    # An empty file has no lines.",
    "    text = path.read_text(encoding='utf-8')",
    "    return text.splitlines()",
)
SCRIPT = (
    "export function readLines(path) {",
    "  // one line each",
    "  const textOf = load(path);",
    "  return textOf.split('\\n');",
    "}",
)


def small_commit() -> Activity:
    """Return a commit of one line, as people write them."""
    files = (FileChange("src/reader.c", hunks=(Hunk(3, ("  int n = 0;",), ("  int n;",)),)),)
    change = Change(
        "", files=files, authored=START, committed=START + timedelta(minutes=3), parents=("p",)
    )
    return prepare(change, "reader: initialise n")


def wordy_commit() -> Activity:
    """Return a commit with a body, a new file and its test."""
    files = (
        FileChange("src/reader.py", "added", hunks=(Hunk(1, PYTHON),)),
        FileChange("tests/test_reader.py", "added", hunks=(Hunk(1, ("def test_read(): ...",)),)),
    )
    text = "feat(reader): Add read_lines\n\nReads a file — line by line.\n\n- Fast\n- **Safe**: yes"
    return prepare(Change("", files=files, authored=START, committed=START), text)


def pull_request() -> Activity:
    """Return a pull request of two commits with headings and a checklist."""
    commits = tuple(
        Change(title, authored=START + timedelta(seconds=90 * i), files=())
        for i, title in enumerate(("Plan the reader", "fix: Read all lines"))
    )
    files = (FileChange("web/reader.js", hunks=(Hunk(9, SCRIPT, SCRIPT[1:4]),)),)
    text = (
        "Read all lines (#7)\n\n## Summary\n1. Reads lines.\n\n## Test plan\n- [x] `npm test` ✅\n"
    )
    change = Change("", kind="pull_request", files=files, commits=commits)
    return prepare(change, text)


CHANGES = {made.__name__: made for made in (small_commit, wordy_commit, pull_request)}


def described(activity: Activity) -> dict[str, object]:
    """Return what is stored of a change: columns that are neither 0 nor missing, and digests."""
    row = zip(registry.COLUMNS, registry.measure(activity).tolist(), strict=True)
    values = dict(row)
    return {
        "lexicon": [
            hashlib.sha256(
                view.buckets.astype("<i4").tobytes() + view.counts.astype("<i4").tobytes()
            ).hexdigest()[:16]
            for view in words.count(activity)
        ],
        "missing": [name for name, v in values.items() if math.isnan(v) and name.count(".") < 2],
        "columns": {
            name: round(value, 7)
            for name, value in values.items()
            # The style of code samples has golden values of its own.
            if value and not math.isnan(value) and name.count(".") < 2
        },
    }


@pytest.mark.parametrize("name", CHANGES)
def test_columns_are_as_stored(name: str) -> None:
    """A column changes only on purpose: with a new extractor version and new stored values."""
    stored = json.loads(EXPECTED.read_text("utf-8"))[name]
    found = described(CHANGES[name]())
    assert found["columns"] == pytest.approx(stored["columns"], abs=TOLERANCE)
    assert found["missing"] == stored["missing"]


@pytest.mark.parametrize("name", CHANGES)
def test_lexicon_is_as_stored(name: str) -> None:
    """Hashes are the same in every process and on every machine, or the weights mean nothing."""
    stored = json.loads(EXPECTED.read_text("utf-8"))[name]
    assert described(CHANGES[name]())["lexicon"] == stored["lexicon"]


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python test_golden.py --write")
    made = {name: described(make()) for name, make in CHANGES.items()}
    EXPECTED.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
