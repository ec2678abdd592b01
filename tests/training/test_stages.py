"""Stages: computed once, kept whole or not at all, computed anew where the disk lies."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_training.stages import Arrays, digest, stage


@pytest.fixture
def compute() -> Callable[[], Arrays]:
    """Return a computation that counts how often it was asked."""
    calls = [0]

    def compute() -> Arrays:
        calls[0] += 1
        return {"calls": np.array(calls), "text": np.frombuffer(b"a\0b", dtype=np.uint8)}

    return compute


def test_a_stage_is_computed_once(tmp_path: Path, compute: Callable[[], Arrays]) -> None:
    """A finished stage is read, with all its arrays; another key is another stage."""
    first = stage(tmp_path / "new" / "cache", "one", compute)
    again = stage(tmp_path / "new" / "cache", "one", compute)
    assert again["calls"] == first["calls"] == 1
    assert again["text"].tobytes() == b"a\0b"
    assert stage(tmp_path / "new" / "cache", "two", compute)["calls"] == 2


def test_no_folder_no_memory(compute: Callable[[], Arrays]) -> None:
    """Without a folder every call computes."""
    assert [stage(None, "one", compute)["calls"][0] for _ in range(2)] == [1, 2]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "short": lambda data: data[: len(data) // 2],
    "text": lambda _: b"no archive",
    "flipped": lambda data: data.replace(b"a\0b", b"a\0c"),
    "pickle": lambda _: pickle.dumps([1, 2]),
    "bare array": lambda data: data[data.index(b"\x93NUMPY") :],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_files_are_done_again(
    tmp_path: Path, compute: Callable[[], Arrays], damage: Callable[[bytes], bytes]
) -> None:
    """Whatever became of the file, the stage is computed anew, and whole on disk after."""
    stage(tmp_path, "one", compute)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert stage(tmp_path, "one", compute)["calls"] == 2
    assert stage(tmp_path, "one", compute)["calls"] == 2
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


def test_killed_while_computing(tmp_path: Path) -> None:
    """A stage that was not finished leaves nothing behind."""

    def killed() -> Arrays:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage(tmp_path, "one", killed)
    assert list(tmp_path.iterdir()) == []


def test_killed_while_writing(
    tmp_path: Path, compute: Callable[[], Arrays], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stage that could not be put in its place leaves nothing behind, the name least of all."""

    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no space"):
        stage(tmp_path, "one", compute)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - Path is under repair


@given(st.lists(st.binary(max_size=5), max_size=4), st.lists(st.binary(max_size=5), max_size=4))
def test_digest_tells_parts_apart(one: list[bytes], other: list[bytes]) -> None:
    """Two lists of parts share a digest only where they are equal, however they join."""
    assert (digest(*one) == digest(*other)) == (one == other)
