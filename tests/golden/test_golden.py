"""Stored samples with the features they have; `python tests/golden/test_golden.py --write`."""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent.parent / "features"))

from fingerprint_features import lexicon, registry  # noqa: E402
from fingerprint_features.sample import Sample  # noqa: E402
from fingerprint_features.source import Source, prepare  # noqa: E402

SAMPLES = sorted((HERE / "samples").iterdir())
EXPECTED = HERE / "expected.json"
TOLERANCE = 1e-5


def read(path: Path) -> Source:
    return prepare(Sample(path.read_text("utf-8"), None, path.name))


def neutral() -> np.ndarray:
    """Return the values of nothing, which need no storing."""
    return registry.measure(prepare(Sample("")))


def columns(source: Source) -> dict[str, float]:
    """Return the columns that differ from those of an empty sample."""
    pairs = zip(registry.COLUMNS, registry.measure(source).tolist(), neutral(), strict=True)
    return {name: round(value, 7) for name, value, empty in pairs if abs(value - empty) > 1e-7}


def digest(source: Source) -> list[str]:
    """Return a digest a lexicon view."""
    return [
        hashlib.sha256(
            view.buckets.astype("<i4").tobytes() + view.counts.astype("<i4").tobytes()
        ).hexdigest()[:16]
        for view in lexicon.count(source)
    ]


def described() -> dict[str, dict[str, object]]:
    """Return what is stored of every sample."""
    found: dict[str, dict[str, object]] = {}
    for path in SAMPLES:
        source = read(path)
        found[path.name] = {
            "language": source.language,
            "lexicon": digest(source),
            "columns": columns(source),
        }
    return found


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, object]]:
    return json.loads(EXPECTED.read_text("utf-8"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_columns_are_as_stored(path: Path, expected: dict[str, dict[str, object]]) -> None:
    """A column changes only on purpose: with a new extractor version and new stored values."""
    stored = dict(zip(registry.COLUMNS, neutral().tolist(), strict=True)) | dict(
        expected[path.name]["columns"]
    )
    found = dict(zip(registry.COLUMNS, registry.measure(read(path)).tolist(), strict=True))
    assert set(stored) == set(found)
    changed = {n: (stored[n], v) for n, v in found.items() if abs(stored[n] - v) > TOLERANCE}
    assert changed == {}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_lexicon_is_as_stored(path: Path, expected: dict[str, dict[str, object]]) -> None:
    """Hashes are the same in every process and on every machine, or the weights mean nothing."""
    assert digest(read(path)) == expected[path.name]["lexicon"]
    assert read(path).language == expected[path.name]["language"]


def test_nothing_is_stored_for_a_sample_that_is_gone(
    expected: dict[str, dict[str, object]],
) -> None:
    """Samples and stored values are of the same number."""
    assert set(expected) == {path.name for path in SAMPLES}


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/golden/test_golden.py --write")
    EXPECTED.write_text(json.dumps(described(), indent=1) + "\n", "utf-8")
