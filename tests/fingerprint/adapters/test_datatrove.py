"""The datatrove steps in real pipelines: reader, step, writer, on real files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest

pytest.importorskip("datatrove")
pytest.importorskip("orjson")
pytest.importorskip("regex")

from datatrove.data import Document
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from fingerprint.adapters.datatrove import FingerprintFilter, FingerprintTagger
from fingerprint.labeling.columns import NAMES
from fingerprint.labeling.errors import LabelError
from fingerprint.labeling.labeler import Labeler

SHARDS, EACH = 2, 9

Rows = dict[str, dict[str, Any]]
Run = Callable[..., Path]


def texts() -> dict[str, str]:
    """Return code by id: of one team's habits, then of the other's, and one that is no code."""
    loops = (
        "def total(values):\n    '''Sum.'''\n    result = {0}\n    return result + sum(values)\n"
    )
    classes = "class Total{0}(object) :\n   def Do( self , N ) :\n      return( N+{0} ) ;\n\n"
    ids = [f"{shard}-{at}" for shard in range(SHARDS) for at in range(EACH)]
    made = {id_: (loops, classes)[i % 2].format(i) * (1 + i % 5) for i, id_ in enumerate(ids)}
    return made | {"1-3": "\x00\x01\x02"}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that runs a step between a reader of the corpus and a writer."""
    given = tmp_path / "in"
    given.mkdir()
    for shard in range(SHARDS):
        rows = [
            {"content": text, "lang": "Python", "id": id_}
            for id_, text in texts().items()
            if id_.startswith(f"{shard}-")
        ]
        (given / f"{shard}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def with_step(step: object, *, workers: int = 1) -> Path:
        LocalPipelineExecutor(
            [
                JsonlReader(str(given), text_key="content"),
                step,
                JsonlWriter(str(tmp_path / "out"), compression=None),
            ],
            tasks=SHARDS,
            workers=workers,
            logging_dir=str(tmp_path / "logs"),
        ).run()
        return tmp_path

    return with_step


def written(folder: Path) -> list[dict[str, Any]]:
    """Return the documents in the files of a folder, in their order."""
    lines = [line for file in sorted(folder.iterdir()) for line in file.read_text().splitlines()]
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def answers() -> Rows:
    """Return what the labeler says of each text, by id, with the shipped model."""
    codes = texts()
    labeler = Labeler()
    told = labeler.answer(list(codes.values()), ["Python"] * len(codes)).to_pylist()
    return dict(zip(codes, told, strict=True))


def test_the_tagger_answers_every_document_once(run: Run, answers: Rows) -> None:
    """In two processes, all documents come out in order, each with what the labeler says."""
    step = FingerprintTagger(language="lang", batch_size=4)
    found = written(run(step, workers=2) / "out")
    assert [document["id"] for document in found] == list(texts())
    for document in found:
        told = answers[document["id"]]
        assert set(document["metadata"]) >= {*NAMES, "lang"}
        assert document["metadata"]["fp_family"] == told["fp_family"]
        assert document["metadata"]["fp_status"] == told["fp_status"]
        expected = pytest.approx(told["fp_ai_probability"], abs=1e-6)
        assert document["metadata"]["fp_ai_probability"] == expected


def test_the_filter_parts_documents_and_says_why(run: Run, answers: Rows, tmp_path: Path) -> None:
    """Each document is kept or dropped, none both; the dropped ones carry the reason."""
    scored = [a["fp_ai_probability"] for a in answers.values() if a["fp_status"] == "ok"]
    limit = round(median(scored), 6)
    step = FingerprintFilter(
        f"fp_status != 'binary' and fp_ai_probability < {limit}",
        language="lang",
        exclusion_writer=JsonlWriter(str(tmp_path / "dropped"), compression=None),
        batch_size=4,
    )
    home = run(step)
    kept, dropped = written(home / "out"), written(home / "dropped")
    assert kept
    assert sorted(each["id"] for each in kept + dropped) == sorted(texts())
    for document in kept:
        assert document["metadata"]["fp_ai_probability"] < limit
    reasons = {each["id"]: each["metadata"]["filter_reason"] for each in dropped}
    assert reasons.pop("1-3") == f"fp_status != 'binary'; fp_ai_probability < {limit}"
    assert set(reasons.values()) == {f"fp_ai_probability < {limit}"}
    assert all(answers[id_]["fp_ai_probability"] >= limit for id_ in reasons)
    stats = json.loads((home / "logs" / "stats.json").read_text())[1]["stats"]
    assert stats[f"dropped_fp_ai_probability < {limit}"] == len(reasons)
    assert stats["total"] == len(texts())


def test_a_document_without_answers_misses_what_compares_them(trained: Any) -> None:
    """An empty text is dropped by a threshold however high, and says in `fp_status` what it is."""
    document = Document("", "1")
    step = FingerprintFilter("fp_confidence <= 1", model=str(trained.folder))
    assert step.filter(document) == (False, "fp_confidence <= 1")
    assert document.metadata["fp_status"] == "empty"


def test_a_text_that_is_no_unicode_is_a_status(trained: Any) -> None:
    """A lone surrogate ends no pipeline: it gets a status, the next one its answer."""
    step = FingerprintTagger(model=str(trained.folder))
    given = [Document("x = '\ud800'", "1"), Document(texts()["0-4"], "2")]
    found = list(step.run(iter(given)))
    assert [each.metadata["fp_status"] for each in found] == ["undecodable", "ok"]


def test_a_condition_is_checked_before_any_work(trained: Any) -> None:
    """A name that is no answer is an error when the step is made, and no document is lost."""
    with pytest.raises(LabelError, match="did you mean fp_ai_probability"):
        FingerprintFilter("fp_ai_probabilty < 0.1", model=str(trained.folder))
