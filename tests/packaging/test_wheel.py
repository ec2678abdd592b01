"""The wheel is what users get: built, installed into an empty environment, and run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[2]
SOURCES = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "fingerprint",
    "features",
    "models",
    "training",
)
PACKAGES = {"fingerprint", "fingerprint_features", "fingerprint_models", "fingerprint_training"}
MAX_BYTES = 20 * 2**20
FORBIDDEN = ("sklearn", "pandas", "datasets", "pyarrow", "joblib")


def call(*command: str | Path, cwd: Path) -> str:
    """Return what a program prints; a failure shows its error output."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that no earlier build leaks into it."""
    copy = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            leftovers = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / name, copy / name, ignore=leftovers)
        else:
            shutil.copy(ROOT / name, copy / name)
    out = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", out, copy, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty environment and return its interpreter."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    call(sys.executable, "-m", "venv", folder, cwd=folder.parent)
    interpreter = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    call(interpreter, "-m", "pip", "install", "-q", wheel, cwd=folder.parent)
    return interpreter


def test_it_holds_exactly_the_four_packages(wheel: Path) -> None:
    """No `features` or `models` lands in site-packages, and each package says it is typed."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (top_level,) = [name for name in names if name.endswith("top_level.txt")]
        assert set(archive.read(top_level).decode().split()) == PACKAGES
    folders = {name.split("/")[0] for name in names}
    assert {name for name in folders if not name.endswith(".dist-info")} == PACKAGES
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)


def test_it_is_small(wheel: Path) -> None:
    """With the model in it, at most 20 MB."""
    assert wheel.stat().st_size <= MAX_BYTES


def test_it_predicts(python: Path, tmp_path: Path) -> None:
    """The command from the wheel scores the examples with the model from the wheel."""
    command = python.with_name("fingerprint")
    out = call(command, "predict", "-r", ROOT / "examples", "--jsonl", cwd=tmp_path)
    answers = [json.loads(line) for line in out.splitlines()]
    code = [file for file in (ROOT / "examples").iterdir() if file.suffix != ".jsonl"]
    assert len(answers) == len(code)
    assert {answer["status"] for answer in answers} == {"ok"}
    assert all(sum(a["probabilities"].values()) == pytest.approx(1, abs=1e-3) for a in answers)


def test_it_predicts_without_training_libraries(python: Path, tmp_path: Path) -> None:
    """After a prediction none of the libraries for training is in memory."""
    example = str(ROOT / "examples/inventory.py")
    arguments = ["predict", example, "--explain", "-o", os.devnull]
    code = f"import sys; from fingerprint.cli import main; print(main({arguments}), *sys.modules)"
    exit_code, *modules = call(python, "-c", code, cwd=tmp_path).split()
    assert exit_code == "0"
    assert set(FORBIDDEN).isdisjoint(modules)


def test_it_says_its_version(python: Path, tmp_path: Path) -> None:
    """`fingerprint --version` and the wheel's metadata agree."""
    said = call(python.with_name("fingerprint"), "--version", cwd=tmp_path).strip()
    code = "import importlib.metadata as m; print(m.version('code-fingerprint'))"
    assert said == call(python, "-c", code, cwd=tmp_path).strip()
