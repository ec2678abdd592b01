"""`fingerprint enroll`: a class joins a folder, is known to `predict`, and leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fingerprint
from fingerprint.cli import main
from fingerprint_models.artefact import MANIFEST, open_folder, write_folder

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def code(west: dict[str, str], tmp_path: Path) -> Path:
    """Return a folder with the third team's files, with prose and a broken file beside."""
    home = tmp_path / "code"
    for path, text in west.items():
        file = home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (home / "README.md").write_text("# Not code\n", encoding="utf-8")
    (home / "broken.py").write_bytes(b"\0\1\2")
    return home


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs `enroll`: code, stdout, stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        done = main(["enroll", *map(str, arguments)])
        return done, *capsys.readouterr()

    return call


def test_enroll_predict_remove(
    run: Run, code: Path, enrollable: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder begins as a copy of the base, knows the class, and is the base again."""
    done, out, err = run("west", "--samples", code, "--into", "ours", "--model", enrollable)
    assert (done, out) == (0, "ours\twest\tenrolled from 14 samples\n")
    assert f"{code}/broken.py: binary" in err
    assert "README" not in err
    assert "in these languages only: python 14" in err
    assert main(["predict", "-r", "--no-batch", "--model", "ours", "--jsonl", str(code)]) in {0, 2}
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    raw = [answer["raw"]["family"] for answer in answers if answer["status"] == "ok"]
    assert raw.count("west") >= 12
    assert answers[0]["model"]["version"] == "0.1.0+enrolled"
    assert main(["info", "--model", "ours"]) == 0
    told = capsys.readouterr().out
    assert "Classes: north, south, west" in told
    assert "Enrolled: west, a family, from 14 samples (14 python); AUROC on left-out ones" in told
    assert main(["info", "--model", "ours", "--json"]) == 0
    (joined,) = json.loads(capsys.readouterr().out)["enrolled"]
    assert (joined["name"], joined["kind"], joined["languages"]) == (
        "west",
        "family",
        {"python": 14},
    )
    assert run("west", "--remove", "--into", "ours")[:2] == (0, "ours\twest\tremoved\n")
    assert open_folder(Path("ours")).manifest_hash == open_folder(enrollable).manifest_hash


def test_same_samples_same_folder(run: Run, code: Path, enrollable: Path) -> None:
    """Two enrolments of the same files write the same bytes, and the trained files stay."""
    for name in ("one", "two"):
        assert run("west", "--samples", code, "--into", name, "--model", enrollable)[0] == 0
    one, two, base = (open_folder(Path(name)) for name in ("one", "two", enrollable))
    assert one.manifest_hash == two.manifest_hash != base.manifest_hash
    assert {name: one.files[name] for name in base.files} == dict(base.files)


def test_api(enrollable: Path, west: dict[str, str]) -> None:
    """`fingerprint.enroll` takes samples, and `remove_enrolled` undoes it."""
    samples = [fingerprint.Sample(text, path=path) for path, text in west.items()]
    joined = fingerprint.enroll("west", samples, into="ours", base=enrollable, person=True)
    assert (joined.name, joined.person, joined.samples) == ("west", True, 14)
    assert fingerprint.load("ours").all_classes == ("north", "south", "west")
    fingerprint.remove_enrolled("west", into="ours")
    assert fingerprint.load("ours").all_classes == ("north", "south")


def test_a_table(run: Run, enrollable: Path, west: dict[str, str]) -> None:
    """A JSON Lines file with a column `code` does as well as a folder."""
    rows = [json.dumps({"code": text, "language": "python"}) for text in west.values()]
    Path("west.jsonl").write_text("\n".join(rows), encoding="utf-8")
    found = run("west", "--samples", "west.jsonl", "--into", "ours", "--model", enrollable)
    assert found[:2] == (0, "ours\twest\tenrolled from 14 samples\n")
    Path("bad.jsonl").write_text('{"text": "x"}\n', encoding="utf-8")
    refused(run("east", "--samples", "bad.jsonl", "--into", "ours"), "no column `code`")


def refused(found: tuple[int, str, str], *words: str) -> None:
    done, out, err = found
    assert (done, out) == (2, "")
    assert "Traceback" not in err
    for word in ("fingerprint: ", *words):
        assert word in err


def test_refusals_leave_the_folder_alone(run: Run, code: Path, enrollable: Path) -> None:
    """A name that is taken or unknown, or too few files, change nothing in the folder."""
    assert run("west", "--samples", code, "--into", "ours", "--model", enrollable)[0] == 0
    before = Path("ours", MANIFEST).read_bytes()
    few = code / "few"
    few.mkdir()
    (few / "one.py").write_text("x = 1\n", encoding="utf-8")
    refused(run("west", "--samples", code, "--into", "ours"), "enrolled already")
    for name in ("north", "North"):
        refused(run(name, "--samples", code, "--into", "ours"), "an answer of the model already")
    refused(run("east", "--samples", few, "--into", "ours"), "0 usable samples of 1, and 10")
    refused(run("east", "--samples", "nowhere", "--into", "ours"), "nowhere: missing", "0 usable")
    refused(run("east", "--remove", "--into", "ours"), "'east' is not enrolled: west is")
    refused(
        run("east", "--samples", code, "--into", "ours", "--model", enrollable),
        "ours exists already",
    )
    assert Path("ours", MANIFEST).read_bytes() == before
    assert sorted(path.name for path in Path().iterdir()) == ["code", "ours"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--into", "ours"), "--samples"),
        (("--into", "ours", "--samples", "code", "--remove"), "--remove alone"),
        (("--into", "ours", "--remove", "--model", "base"), "leave it out"),
        (("--into", "ours", "--samples", "code", "--workers", "0"), "at least one"),
        (("--into", "code", "--samples", "code"), "no model at code"),
        (("--into", "ours", "--remove"), "no model at ours"),
    ],
)
def test_wrong_usage(run: Run, code: Path, arguments: tuple[Any, ...], said: str) -> None:
    """Options that contradict each other, and folders that are no model, are named."""
    assert code.is_dir()
    refused(run("west", *arguments), said)
    assert not Path("ours").exists()


def test_models_without_material(run: Run, code: Path, trained: Any, tmp_path: Path) -> None:
    """A model that was trained without material for this says so, and nothing is written."""
    bare = tmp_path / "bare"
    opened = open_folder(trained.folder)
    files = {name: data for name, data in opened.files.items() if name != "enrolment.npz"}
    header = {key: value for key, value in opened.header.items() if key != "format"}
    write_folder(bare, files, header=header)
    refused(run("west", "--samples", code, "--into", "ours", "--model", bare), "train it again")
    assert not Path("ours").exists()
