"""The survey of a corpus, and its card's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fingerprint.curation.card_text import block_of, front_of, licence_of, size_of
from fingerprint.curation.curate import curate
from fingerprint.curation.errors import CurationError
from fingerprint.curation.rules import Rules
from fingerprint.curation.survey import survey

Row = dict[str, Any]
Write = Callable[..., Path]


def test_counts(write: Write, corpus: list[Row], code: Callable[[int], str]) -> None:
    """Rows, statuses, languages, licences, copies and near copies are counted."""
    for n, row in enumerate(corpus):
        row |= {
            "lang": ["python", "go", None][n % 3],
            "licenses": [["MIT"], ["MIT", "ISC"], []][n % 3],
        }
    corpus += [dict(corpus[1], path="copy"), dict(corpus[2], path="near")]
    corpus[-1]["code"] = code(2).replace("call_", "kall_", 1)
    found = survey([write(corpus)])
    assert (found.files, found.rows, found.exact, found.near) == (1, 122, 1, 1)
    assert found.characters == sum(len(row["code"]) for row in corpus)
    assert found.statuses == {"ok": 118, "empty": 4}
    assert found.languages == {"python": 40, "go": 41, "": 41}
    assert found.licences == {"MIT": 81, "ISC": 41, "": 41}
    assert (found.language_column, found.licence_column) == ("lang", "licenses")
    assert found.models == ("teams 0.1.0",)
    words = block_of(found, "fingerprint card corpus")
    for line in (
        "| no language | 41 |",
        "| MIT | 81 |",
        "| empty | 4 |",
        "Labelled by teams 0.1.0.",
    ):
        assert line in words


def test_columns_that_are_not_there(write: Write, corpus: list[Row]) -> None:
    """Named columns must be there; those that are looked for need not be."""
    path = write(corpus)
    assert "There is no column of licences." in block_of(survey([path]), "x")
    with pytest.raises(CurationError, match=r"no column tongue.*--language"):
        survey([path], language="tongue")


def test_mix_is_told_as_one(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """Shares of rows that were chosen by their answers are not given out as those of a corpus."""
    mix, again = tmp_path / "mix.parquet", tmp_path / "again.parquet"
    assert not curate([write(corpus)], mix, Rules(max_ai=0.9), card=lambda _: "").chosen
    assert curate([mix], again, Rules(), card=lambda _: "").chosen
    found = survey([mix])
    assert found.chosen
    assert not found.mix.corrected
    assert "chosen by their answers" in block_of(found, "x")


def test_removed_rows_are_told_as_chosen(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """Rows that rules removed are chosen by their answers no less than those that stayed."""
    gone = tmp_path / "gone.parquet"
    rules = Rules(max_ai=0.1)
    curate([write(corpus)], tmp_path / "mix.parquet", rules, card=lambda _: "", removed=gone)
    assert survey([gone]).chosen


@pytest.mark.parametrize(
    ("name", "what"),
    [("a.jsonl", "JSON Lines"), ("a.jsonl.gz", "JSON Lines"), ("a.csv", "CSV")],
)
def test_text_is_named(tmp_path: Path, name: str, what: str) -> None:
    """Labelled text is no damaged file: its format is named, and the one that is read."""
    path = tmp_path / name
    path.write_text('{"code": "x = 1"}\n', encoding="utf-8")
    with pytest.raises(CurationError, match=f"is {what}: curate and card read Parquet; label it"):
        survey([path])


def test_head() -> None:
    """Sizes, licences and languages are those the hub knows."""
    assert [size_of(n) for n in (999, 1_000, 10**9, 10**13)] == [
        "n<1K", "1K<n<10K", "1B<n<10B", "n>1T",
    ]  # fmt: skip
    assert licence_of({"MIT": 3}) == "mit"
    assert licence_of({"MIT": 3, "": 1}) == "other"
    assert licence_of({"House rules": 3}) == "other"
    assert licence_of({"": 3}) is None
    front = front_of(5, name="n", licence=None, languages={"Python": 990, "go": 5, "": 5})
    assert front.united["tags"] == ["code", "python", "code-provenance"]
    assert front.missing == {"pretty_name": "n"}
