"""The manifest: what was written is there after any kill, and damage is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.labeling.errors import OutputError
from fingerprint.labeling.manifest import DamagedManifestError, Manifest, records

LIST = [{"a": 1}, {"b": "ä\n"}, {"c": [None, 2.5]}]


def written(path: Path) -> bytes:
    """Write a manifest of three records; return its bytes."""
    manifest = Manifest(path)
    for record in LIST:
        manifest.append(record)
    manifest.close()
    return path.read_bytes()


def test_cut_anywhere(tmp_path: Path) -> None:
    """Cut at any byte, it holds the records that were whole, and goes on behind them."""
    path = tmp_path / "manifest.jsonl"
    whole = written(path)
    ends = [at + 1 for at, byte in enumerate(whole) if byte == ord("\n")]
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        there = sum(end <= size for end in ends)
        assert list(records(path)) == LIST[:there]
        manifest = Manifest(path)
        manifest.append({"new": True})
        manifest.close()
        assert list(records(path)) == [*LIST[:there], {"new": True}]


@given(at=st.integers(0, 60), byte=st.integers(0, 255))
def test_damage_before_the_end(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    """A byte that changed in an earlier line is an error, and never another record."""
    path = tmp_path_factory.mktemp("manifest") / "manifest.jsonl"
    whole = written(path)
    before_last = whole.rindex(b"\n", 0, -1)
    at = at % before_last
    path.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
    if whole[at] == byte:
        assert list(records(path)) == LIST
    else:
        with pytest.raises(DamagedManifestError, match="--overwrite"):
            list(records(path))


def test_one_at_a_time(tmp_path: Path) -> None:
    """Two runs at the same output are told apart."""
    first = Manifest(tmp_path / "manifest.jsonl")
    with pytest.raises(OutputError, match="another run"):
        Manifest(tmp_path / "manifest.jsonl")
    first.close()
    Manifest(tmp_path / "manifest.jsonl").close()


def test_no_manifest(tmp_path: Path) -> None:
    """Where nothing was begun, there is nothing to go on from."""
    assert list(records(tmp_path / "manifest.jsonl")) == []
