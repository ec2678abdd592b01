"""The model, really trained: samples in, attributions out, in order, whatever the samples are."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fingerprint_features import registry
from fingerprint_features.sample import Sample
from fingerprint_models import model as model_module
from fingerprint_models.arrays import npz_bytes
from fingerprint_models.artefact import MANIFEST, json_bytes, open_folder, write_folder
from fingerprint_models.booster import Booster
from fingerprint_models.decision import MODES
from fingerprint_models.errors import (
    DamagedModelError,
    MissingModelError,
    ModelError,
    NewerFormatError,
    SchemaMismatchError,
)
from fingerprint_models.model import MIN_BATCH, Model, measure

CODE = """\
def add(first, second):
    # the sum
    total = first + second

    return total


x = 1
"""


@pytest.fixture(scope="session")
def model(trained: Any) -> Model:
    """Return the tiny model as it is read from its folder, its booster open.

    Before it is open, a few samples are scored without LightGBM, the last digit of which differs.
    """
    return opened(Model.load(trained.folder))


def opened(model: Model) -> Model:
    model.predict(CODE)  # explaining opens LightGBM
    return model


@pytest.fixture(scope="session")
def samples() -> list[Sample]:
    """Return enough samples for a batch of one source, no two alike."""
    return [
        Sample(CODE.replace("total", f"total_{n}") + "y = 2\n" * n, "python", f"{n}.py")
        for n in range(MIN_BATCH + 2)
    ]


@pytest.fixture
def copy(trained: Any, tmp_path: Path) -> Path:
    """Return a copy of the model's folder, to be damaged."""
    return Path(shutil.copytree(trained.folder, tmp_path / "copy"))


def rewritten(copy: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """Write the model anew after a change, with a manifest that fits."""
    opened = open_folder(copy)
    files = dict(opened.files)
    header = {key: value for key, value in opened.header.items() if key != "format"}
    change(files, header)
    write_folder(copy, files, header=header, replace=True)
    return copy


def test_files_round_trip(model: Model, samples: list[Sample], tmp_path: Path) -> None:
    """A model in memory, written and read, answers as it did before."""
    header = {"name": model.id.name, "version": model.id.version, "created_by": "test"}
    header["schema_hash"] = registry.schema_hash()
    write_folder(tmp_path / "again", model.to_files(), header=header)
    again = opened(Model.load(tmp_path / "again"))
    assert again.predict_many(samples, explain=True) == model.predict_many(samples, explain=True)
    assert (again.id, again.classes, again.card) == (model.id, model.classes, model.card)
    assert again.figures == model.figures


def test_it_has_learnt(trained: Any, model: Model) -> None:
    """The tiny model tells most of its own training samples apart: it is no stub."""
    corpus = trained.recipe.corpora[0].path.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in corpus]
    answers = model.predict_many([Sample(row["code"], "python") for row in rows])
    right = [a.raw_family == row["team"] for a, row in zip(answers, rows, strict=True)]
    assert np.mean(right) > 0.9


@pytest.mark.parametrize("given", ["x = 1", ["x = 1"], [None], [("x = 1", "python")]])
def test_what_is_no_sample_is_named(model: Model, given: Any) -> None:
    """Code that was not made a sample of is refused by its type, before anything is measured."""
    with pytest.raises(TypeError, match=r"must be Sample records, not (str|NoneType|tuple)"):
        model.predict_many(given)


def test_an_answer_is_whole(model: Model) -> None:
    """A scored sample has probabilities that sum to 1, a set that holds the best, evidence."""
    answer = model.predict(CODE, "python", "a.py")
    assert answer.status == "ok"
    assert answer.model == model.id
    assert sum(answer.probabilities.values()) == pytest.approx(1.0)
    assert answer.raw_confidence == max(answer.probabilities.values())
    assert answer.probabilities[str(answer.raw_family)] == answer.raw_confidence
    assert answer.prediction_set[0] == answer.raw_family
    assert answer.ai_probability is None  # no class of this corpus is human
    json.dumps(answer.to_dict(), allow_nan=False)


def test_evidence_names_columns(model: Model) -> None:
    """Evidence stands on columns that the model has, loudest first, and only when asked for."""
    evidence = model.predict(CODE, "python").evidence
    assert evidence
    for item in evidence:
        assert item.columns
        assert set(item.columns) <= set(model.design.columns)
        assert item.text
        assert item.contribution != 0
    loudness = [abs(item.contribution) for item in evidence]
    assert loudness == sorted(loudness, reverse=True)
    assert model.predict(CODE, "python", explain=False).evidence == ()


def test_bad_samples_among_good_ones(model: Model, samples: list[Sample]) -> None:
    """Each sample has its answer at its place; one that cannot be scored leaves the others be."""
    bad = [
        Sample("", "python", "empty.py"),
        Sample("a\0b\0\0\0", "python", "binary.py"),
        Sample(b"x = 1", "python", "bytes.py"),  # type: ignore[arg-type]
        Sample(None, None, "none.py"),  # type: ignore[arg-type]
    ]
    mixed = [samples[0], bad[0], samples[1], bad[1], bad[2], samples[2], bad[3]]
    answers = model.predict_many(mixed, explain=True)
    assert [a.path for a in answers] == [s.path for s in mixed]
    assert [a.status for a in answers] == [
        "ok",
        "empty",
        "ok",
        "binary",
        "invalid",
        "ok",
        "invalid",
    ]
    assert [a for a in answers if a.status == "ok"] == model.predict_many(samples[:3], explain=True)
    for answer in answers:
        if answer.status != "ok":
            assert (answer.family, answer.probabilities, answer.evidence) == (None, {}, ())


PROSE = (
    "It was agreed that the bridge should be closed until the repairs are done, and those who live "
    "on the other side of the river will have to take the longer road, which is in a poor state. "
)


@pytest.mark.parametrize("text", [PROSE * 2, '{"a": [1, 2], "b": null}', "a,b,c\n1,2,3\n" * 5])
def test_what_is_no_code_has_no_family(model: Model, samples: list[Sample], text: str) -> None:
    """Prose and data get a status and nothing else, in every mode; neighbours are scored."""
    for mode in MODES:
        answer = model.predict(text, mode=mode)
        assert answer.status == "not_code"
        assert (answer.family, answer.raw_family, answer.ai_probability) == (None, None, None)
        assert (answer.probabilities, answer.prediction_set, answer.evidence) == ({}, (), ())
        json.dumps(answer.to_dict(), allow_nan=False)
    alone = model.predict_many(samples[:2])
    among = model.predict_many([samples[0], Sample(text), samples[1]])
    assert [among[0], among[2]] == alone


def test_no_samples(model: Model) -> None:
    """No samples give no answers, before the booster was opened and after."""
    assert pickle.loads(pickle.dumps(model)).predict_many([]) == []  # noqa: S301 - our own bytes
    assert model.predict_many([]) == []
    assert model.predict_many(iter([]), source=[]) == []


def test_misuse_is_refused(model: Model, samples: list[Sample]) -> None:
    """An unknown mode, no worker, or sources that do not fit the samples are ValueErrors."""
    with pytest.raises(ValueError, match="mode must be one of best-guess, balanced"):
        model.predict_many(samples, mode="bold")
    with pytest.raises(ValueError, match="workers must be at least 1"):
        model.predict_many(samples, workers=0)
    with pytest.raises(ValueError, match="source names 1 samples, but there are 12"):
        model.predict_many(samples, source=["here"])


def test_workers_change_nothing(
    model: Model, samples: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes answer as one does, in the same order."""
    alone = model.predict_many(samples)
    monkeypatch.setattr(model_module, "CHUNK", 5)
    assert model.predict_many(samples, workers=2) == alone


def test_chunks_change_nothing(samples: list[Sample], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where samples are cut into chunks makes no difference to what is measured."""
    whole = measure(samples)
    monkeypatch.setattr(model_module, "CHUNK", 5)
    parts = measure(samples)
    np.testing.assert_array_equal(parts.dense, whole.dense)
    for one, other in zip(parts.lexicon, whole.lexicon, strict=True):
        np.testing.assert_array_equal(one.indptr, other.indptr)
        np.testing.assert_array_equal(one.indices, other.indices)
        np.testing.assert_array_equal(one.counts, other.counts)


def probabilities(model: Model, samples: list[Sample], **how: Any) -> list[tuple[float, ...]]:
    return [tuple(a.probabilities.values()) for a in model.predict_many(samples, **how)]


@pytest.fixture
def moved(model: Model) -> Model:
    """Return the model with a batch calibration that shows in the answers."""
    flat = replace(model.calibration.known, booster=0.0, transfer=0.0, side=0.0, bias=(2.0, 0.0))
    # Lone samples are never in a known context here, batches always are.
    gate = replace(model.calibration.gate, bias=-1e6, batch_weights=(0.0, 0.0), batch_bias=1e6)
    calibration = replace(model.calibration, known=flat, gate=gate)
    return replace(model, calibration=calibration)


def test_samples_of_a_source_are_scored_together(moved: Model, samples: list[Sample]) -> None:
    """Only samples of one large enough source share a light, wherever they stand in the list."""
    batch = samples[:MIN_BATCH]
    alone = probabilities(moved, batch)
    together = probabilities(moved, batch, source="repository")
    assert all(a != b for a, b in zip(alone, together, strict=True))
    assert probabilities(moved, batch[1:], source="repository") == alone[1:]

    strangers = samples[MIN_BATCH:]
    named: list[str | None] = ["other", *["repository"] * MIN_BATCH, None]
    mixed = probabilities(moved, [strangers[0], *batch, strangers[1]], source=named)
    assert mixed[1:-1] == together
    assert [mixed[0], mixed[-1]] == probabilities(moved, strangers)


def test_bad_samples_do_not_count_for_a_source(moved: Model, samples: list[Sample]) -> None:
    """Samples that could not be measured neither fill a batch up nor move its shares."""
    few = [*samples[: MIN_BATCH - 1], Sample("", "python")]
    assert probabilities(moved, few, source="s")[:-1] == probabilities(moved, few)[:-1]


def test_damage_is_refused(copy: Path) -> None:
    """One changed byte in any file is refused with the file's name and the mend."""
    for name in [entry.name for entry in copy.iterdir() if entry.name != MANIFEST]:
        file = copy / name
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(DamagedModelError, match=f"{name}.*reinstall the package or fetch"):
            Model.load(copy)
        file.write_bytes(whole[:-1])
        with pytest.raises(DamagedModelError, match=name):
            Model.load(copy)
        file.write_bytes(whole)
    assert Model.load(copy).classes


def test_missing_folder(tmp_path: Path) -> None:
    """A folder that is not there is refused by its name."""
    with pytest.raises(MissingModelError, match="nowhere"):
        Model.load(tmp_path / "nowhere")


def test_newer_format_is_refused(copy: Path) -> None:
    """A folder of a later package says that the package is to be upgraded."""
    manifest = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    (copy / MANIFEST).write_bytes(json_bytes({**manifest, "format": 99}))
    with pytest.raises(NewerFormatError, match="pip install --upgrade"):
        Model.load(copy)


def test_other_columns_are_refused(copy: Path) -> None:
    """A model of other columns than these is refused, and the mend named."""
    folder = rewritten(copy, lambda _, header: header.update(schema_hash="f" * 64))
    with pytest.raises(SchemaMismatchError, match="install the package version"):
        Model.load(folder)


def without(key: str) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(files: dict[str, bytes], _: dict[str, Any]) -> None:
        config = json.loads(files["config.json"])
        del config[key]
        files["config.json"] = json_bytes(config)

    return change


def narrow(files: dict[str, bytes], _: dict[str, Any]) -> None:
    files["design.npz"] = npz_bytes({"tokens": np.array([1], dtype=np.int32)})


def no_card(files: dict[str, bytes], _: dict[str, Any]) -> None:
    del files["README.md"]


def pickled(files: dict[str, bytes], _: dict[str, Any]) -> None:
    files["transfer.npz"] = pickle.dumps({"transfer.bias": [1.0]})


@pytest.mark.parametrize(
    "change",
    [*map(without, ("classes", "human", "calibration", "sets")), narrow, no_card, pickled],
)
def test_sound_sums_over_unsound_content(copy: Path, change: Any) -> None:
    """A folder whose sums are right and whose content is not is refused by name all the same."""
    with pytest.raises(ModelError, match=r"copy.*(reinstall|fetch)"):
        Model.load(rewritten(copy, change))


class Trap:
    """Says so if it is ever unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("the model was unpickled",)


def test_nothing_is_unpickled(copy: Path) -> None:
    """Arrays of objects, which numpy would unpickle, are refused before they are built."""

    def change(files: dict[str, bytes], _: dict[str, Any]) -> None:
        out = io.BytesIO()
        trap = np.array([Trap()], dtype=object)
        np.savez(out, **dict.fromkeys(("columns", "classes", "mean", "spread"), trap))
        files["reference.npz"] = out.getvalue()

    folder = rewritten(copy, change)
    with pytest.raises(DamagedModelError, match=r"reference\.npz"):
        Model.load(folder)


def test_booster_travels_as_text(model: Model, samples: list[Sample]) -> None:
    """A booster pickles as its text alone, open or not, and predicts the same after."""
    columns = model.design(measure(samples))
    model.booster.contributions(columns)  # opens LightGBM
    state = model.booster.__getstate__()
    assert state == {"text": model.booster.text}
    again = pickle.loads(pickle.dumps(model.booster))  # noqa: S301 - our own bytes
    np.testing.assert_allclose(
        again.probabilities(columns), model.booster.probabilities(columns), rtol=1e-12
    )


def test_booster_of_text_explains_itself(model: Model, samples: list[Sample]) -> None:
    """Contributions have one number a class and column, and those of no column are left out."""
    columns = model.design(measure(samples[:2]))
    found = Booster(model.booster.text).contributions(columns)
    assert found.shape == (2, len(model.classes), len(model.design.columns))
    assert np.any(found != 0)


COLD_FORK = """
import multiprocessing, sys
from pathlib import Path
from fingerprint_models.model import Model
model = Model.load(Path(sys.argv[1]))
def child(queue):
    answer = model.predict(sys.argv[2], "python")
    queue.put((answer.raw_family, answer.raw_confidence, bool(answer.evidence)))
context = multiprocessing.get_context("fork")
queue = context.Queue()
process = context.Process(target=child, args=(queue,))
process.start()
print(*queue.get(timeout=60))
process.join(60)
assert "lightgbm" not in sys.modules, "the parent only loaded the model"
sys.exit(process.exitcode)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_child_of_a_parent_that_only_loaded(trained: Any, model: Model) -> None:
    """A fork of a process that loaded, but did not predict, predicts what any other does."""
    roots = os.pathsep.join(entry for entry in sys.path if entry)
    done = subprocess.run(
        [sys.executable, "-c", COLD_FORK, str(trained.folder), CODE],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"PYTHONPATH": roots},
    )
    assert done.returncode == 0, done.stderr
    family, confidence, explained = done.stdout.split()
    answer = model.predict(CODE, "python")
    assert (family, explained) == (answer.raw_family, "True")
    assert float(confidence) == pytest.approx(answer.raw_confidence)
