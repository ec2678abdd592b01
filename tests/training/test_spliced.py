"""Spliced files, and what is measured on them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from fingerprint_features.sample import Sample
from fingerprint_models.model import Model
from fingerprint_models.shipped_models import CODE, shipped_folder
from fingerprint_training import lengths, spliced
from fingerprint_training.corpora import Corpus, read_corpus
from fingerprint_training.splicing import (
    KINDS,
    MIXED,
    MOST_FUNCTIONS,
    ONE_SOURCE,
    Snippet,
    halves,
    snippets,
    splice,
)


def function(source: str, number: int, *, ai: bool) -> str:
    """Return a function in one of two ways to write."""
    name = source.replace("/", "_")
    if ai:
        head = f'def {name}_{number}(value: int) -> int:\n    """Return the value."""\n'
        return head + f"    # Add the offset\n    result = value + {number}\n    return result\n"
    return f"def {name}{number}(a,b):\n  c=a+{number}\n  if c: print c\n  d=c\n  return d\n"


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a corpus of eight sources, each with enough functions, in files of 40."""
    rows = []
    for owner in range(8):
        ai, source = owner % 2 == 1, f"owner{owner}/code"
        for start in (0, 40):
            code = "\n".join(function(source, n, ai=ai) for n in range(start, start + 40))
            rows.append({"code": code, "label": "claude" if ai else "human", "source": source})
    table = pa.Table.from_pylist([row | {"language": "python"} for row in rows])
    path = tmp_path_factory.mktemp("corpus") / "corpus.parquet"
    parquet.write_table(table, path)
    return path


@pytest.fixture(scope="module")
def corpus(corpus_file: Path) -> Corpus:
    """Read it."""
    return read_corpus(corpus_file)


@pytest.fixture(scope="module")
def found(corpus: Corpus) -> list[Snippet]:
    """Return its functions."""
    return snippets(corpus, human="human")


def test_functions_are_taken_out_of_samples(found: list[Snippet]) -> None:
    """Each function once, with its source and side."""
    assert len(found) == 8 * 80
    assert {one.ai for one in found if one.source == "owner1/code"} == {True}


def test_halves_share_no_owner(found: list[Snippet]) -> None:
    """And either has as many of each side."""
    first, second = ({one.source for one in half} for half in halves(found))
    assert not first & second
    assert len(first) == len(second) == 4


def test_made_files_are_what_they_say(found: list[Snippet]) -> None:
    """The truth of each line is that of its function; pure files have one side, mixed ones two."""
    files = splice(found, 12)
    assert [file.kind for file in files] == [kind for kind in KINDS for _ in range(12)]
    for file in files:
        lines = file.code.split("\n")
        assert len(lines) == len(file.truth)
        assert [bool(line.strip()) for line in lines] == (file.truth >= 0).tolist()
        assert set(file.truth[file.truth >= 0].tolist()) == (
            {0, 1} if file.kind == MIXED else {int("->" in file.code)}
        )
        sources = {line.split("_code")[0] for line in lines if line.startswith("def")}
        assert len(sources) == (1 if file.kind == ONE_SOURCE else 2)
    assert splice(found, 12)[5].code == files[5].code


def test_too_little_to_splice_is_said(found: list[Snippet]) -> None:
    """One side alone, or too few functions of a source, is an error that says what is needed."""
    with pytest.raises(ValueError, match="human source"):
        splice([one for one in found if one.ai], 2)
    with pytest.raises(ValueError, match=str(MOST_FUNCTIONS)):
        splice(found[: MOST_FUNCTIONS - 1], 2)


def test_shortened_samples_have_the_lines_asked_for(corpus: Corpus) -> None:
    """Each length is cut out of the same samples, and each side has figures."""
    model = Model.load(shipped_folder(CODE))
    told = lengths.by_length(model, corpus, human="human", resamples=5)
    assert (told["samples"], told["sources"]) == (16, 8)
    for length in lengths.LENGTHS:
        low, high = told[str(length)]["auroc"][1:]  # type: ignore[index]
        assert 0 <= low <= high <= 1


def test_the_command_writes_figures(corpus_file: Path, tmp_path: Path) -> None:
    """Figures with intervals, fitted and reported on sources apart; sources can be left out."""
    out, without = tmp_path / "out.json", tmp_path / "without.txt"
    without.write_text("owner0/code\nowner1/code\n")
    asked = [str(corpus_file), "-o", str(out), "--files", "3"]
    assert spliced.main([*asked, "--exclude-sources", str(without)]) == 0
    told = json.loads(out.read_text())
    assert told["human_sources"] + told["ai_sources"] == 2
    for by in ("function", "window"):
        assert told["merging"][by]["slope"] > 0
        figures = told["spliced"][by]
        assert figures.pop("mixed_told_of_two_sources") == [None, None, None]
        assert all(0 <= value <= 1 for value, _, _ in figures.values())
        # Far apart as the two ways to write are, chance would reach a half at most.
        assert told["spliced"][by]["line_macro_f1_merged"][0] > 0.65


def test_what_cannot_be_measured_is_said(
    corpus_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A corpus without people ends with a message, and no file."""
    out = tmp_path / "out.json"
    asked = [str(corpus_file), "-o", str(out), "--exclude-label", "human"]
    assert spliced.main(asked) == 2
    assert "human source" in capsys.readouterr().err
    assert not out.exists()


def test_a_better_cut_is_preferred(found: list[Snippet]) -> None:
    """The fit finds costs and biases that tell the lines of the files it is given."""
    model = Model.load(shipped_folder(CODE))
    made = [spliced.settle(model, file, "function") for file in splice(found, 3)]
    assert all(each.pieces.lines.sum() >= each.ai_lines.sum() for each in made)
    merging = spliced.fit(made)
    assert merging.bias in spliced.BIASES
    assert merging.cost in spliced.COSTS
    assert 0 < merging.mixed_from < 1
    assert np.isfinite([merging.slope, merging.offset]).all()
    assert len(made[0].pieces.spans) == len(made[0].ai_lines)
    assert model.predict_many([Sample(made[0].file.code)])[0].status == "ok"
