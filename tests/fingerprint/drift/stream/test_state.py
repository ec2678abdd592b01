import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured
from fingerprint.drift.stream import append_window, store
from fingerprint.drift.stream.state import State

Make = Callable[..., Measured]


@pytest.fixture
def state(make: Make, tmp_path: Path) -> Path:
    """Return the file of a stream with one window."""
    append_window(tmp_path / "state", make(100, 0), make(30, 1))
    return tmp_path / "state"


def test_every_cut_is_refused(state: Path) -> None:
    """A state cut at any length, none left out, is no state."""
    data = state.read_bytes()
    for length in range(len(data)):
        with pytest.raises(ValueError, match=r"cut|format|damaged"):
            State.from_bytes(data[:length])


def test_a_refused_file_is_kept(make: Make, state: Path) -> None:
    """Appending to a cut file names it, the reason and the mend, and leaves it as it is."""
    data = state.read_bytes()
    for length in (0, 1, 20, 80, 200, len(data) // 2, len(data) - 1):
        state.write_bytes(data[:length])
        with pytest.raises(DriftError, match=r"is refused: .*put a copy of it") as told:
            append_window(state, make(100, 0), make(30, 2))
        assert str(state) in str(told.value)
        assert state.read_bytes() == data[:length]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_every_flip_is_refused(state: Path, where: float, flip: int) -> None:
    """A state with a changed byte anywhere is no state."""
    data = bytearray(state.read_bytes())
    data[int(where * len(data))] ^= flip
    with pytest.raises(ValueError, match=r"no state|format|damaged"):
        State.from_bytes(bytes(data))


def test_more_than_a_state_is_refused(state: Path) -> None:
    """Bytes behind the end are refused as well."""
    with pytest.raises(ValueError, match="damaged"):
        State.from_bytes(state.read_bytes() + b"\0")


def test_another_format_is_told(make: Make, state: Path) -> None:
    """A file of a later version is refused with both versions."""
    head, rest = state.read_bytes().split(b"\n", 1)
    state.write_bytes(head[:-1] + b"3\n" + rest)
    with pytest.raises(DriftError, match="format is '3', and this version reads 2"):
        append_window(state, make(100, 0), make(30, 2))


def test_a_state_is_what_was_written(state: Path) -> None:
    """Reading and writing again gives the same bytes."""
    data = state.read_bytes()
    assert State.from_bytes(data).to_bytes() == data


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_failure_while_writing_keeps_the_old(
    make: Make, state: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """A full disk leaves the old state and no other file; then the window can be appended."""
    data = state.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, broken, fail)
        with pytest.raises(DriftError, match=r"No space left.*not appended"):
            append_window(state, make(100, 0), make(30, 2))
    assert state.read_bytes() == data
    assert [each.name for each in state.parent.iterdir()] == ["state"]
    assert append_window(state, make(100, 0), make(30, 2)).windows == 2


def test_an_interruption_while_writing_leaves_nothing(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between writing and replacing leaves the old file alone in its folder."""
    data = state.read_bytes()
    read = store.read_state(state)
    assert read is not None

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.write_state(state, read)
    assert state.read_bytes() == data
    assert [each.name for each in state.parent.iterdir()] == ["state"]


def test_a_link_stays_a_link(make: Make, state: Path, tmp_path: Path) -> None:
    """Appending through a symbolic link changes the file that it names, and leaves the link."""
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "link"
    link.symlink_to(state)
    assert append_window(link, make(100, 0), make(30, 2)).windows == 2
    assert link.is_symlink()
    assert append_window(state, make(100, 0), make(30, 3)).windows == 3
    assert [each.name for each in link.parent.iterdir()] == ["link"]


def test_a_place_that_cannot_be_written_is_told(make: Make, tmp_path: Path) -> None:
    """A folder that is not there, or a folder in the file's place, is named."""
    with pytest.raises(DriftError, match=r"missing/state cannot be written"):
        append_window(tmp_path / "missing" / "state", make(100, 0), make(30, 1))
    with pytest.raises(DriftError, match="cannot be read"):
        append_window(tmp_path, make(100, 0), make(30, 1))


def test_a_state_is_small(make: Make, tmp_path: Path) -> None:
    """Eight thousand reference samples make a file below 1 MiB."""
    append_window(tmp_path / "state", make(8000, 0), make(500, 1))
    assert (tmp_path / "state").stat().st_size < 1 << 20


def test_digests_are_of_content(make: Make, state: Path) -> None:
    """One sample more makes another window of it."""
    window = make(31, 2)
    append_window(state, make(100, 0), window.take(np.arange(30)))
    assert append_window(state, make(100, 0), window).windows == 3
