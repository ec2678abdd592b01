from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from fingerprint_training.corpora import SCHEMA, Corpus


@pytest.fixture(scope="session")
def make_corpus() -> Callable[[Sequence[Mapping[str, Any]]], Corpus]:
    def make(rows: Sequence[Mapping[str, Any]]) -> Corpus:
        filled = [
            {"source": "s", "task": f"row:{n}", "row": n, "origin": "o", "label": "human", **row}
            for n, row in enumerate(rows)
        ]
        return Corpus(pa.Table.from_pylist(filled, schema=SCHEMA))

    return make


@pytest.fixture
def make_repository(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, files: Mapping[str, str | bytes], when: str = "2020-01-01") -> Path:
        folder = tmp_path / name
        (folder / "work").mkdir(parents=True, exist_ok=True)
        identity = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "A"), ("EMAIL", "a@b"), ("DATE", f"{when}T12:00:00Z"))
        }
        no_config = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        environment = os.environ | identity | no_config

        def git(*arguments: str) -> None:
            subprocess.run(
                ["git", *arguments],
                cwd=folder / "work",
                env=environment,
                check=True,
                capture_output=True,
            )

        git("init", "-q")
        for path, content in files.items():
            target = folder / "work" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        git("add", "-A", "-f")
        git("commit", "-q", "-m", "all")
        return folder / "work" / ".git"

    return make
