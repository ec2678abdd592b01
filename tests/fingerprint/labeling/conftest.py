"""Rows to label: some real, some bad, and the shipped model under another name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from fingerprint_models.artefact import open_folder, write_folder
from fingerprint_models.shipped_models import CODE, shipped_folder

BODY = """import os


def {name}(values):
    # keep what is larger than {at}
    kept = [value for value in values if value > {at}]
    total = sum(kept) + {at}
    if not kept:
        return None
    return total / len(kept)
"""


@pytest.fixture(scope="session")
def codes() -> list[str]:
    """Return 24 short modules, no two alike."""
    return [BODY.format(name=f"mean_above_{at}", at=at) for at in range(24)]


@pytest.fixture(scope="session")
def table(codes: list[str]) -> pa.Table:
    """Return the modules as a table with a number, a language and a path beside the code."""
    n = len(codes)
    return pa.table(
        {
            "id": pa.array(range(n), pa.int32()),
            "content": codes,
            "lang": ["Python"] * n,
            "file": [f"src/mean_{at}.py" for at in range(n)],
        }
    )


@pytest.fixture(scope="session")
def bad() -> list[tuple[object, str]]:
    """Return values that are no code, as a frame or a row may hold them, with their status."""
    return [
        (None, "null"),
        (float("nan"), "null"),
        (3, "invalid"),
        (True, "invalid"),
        ({"code": "x = 1"}, "invalid"),
        (["x = 1"], "invalid"),
        ("\ud800 = 1", "undecodable"),
        (b"caf\xe9 = 1", "undecodable"),
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("x = 1\0", "binary"),
    ]


@pytest.fixture(scope="session")
def write_model() -> Callable[[Path, str], Path]:
    """Return a call that puts the shipped model into a folder, as that version of itself."""

    def write(folder: Path, version: str) -> Path:
        opened = open_folder(shipped_folder(CODE))
        header = {key: value for key, value in opened.header.items() if key != "format"}
        write_folder(
            folder, dict(opened.files), header={**header, "version": version}, replace=True
        )
        return folder

    return write
