"""Finished stages of a training run on disk, so that a killed run goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import get_ident

import numpy as np
import numpy.typing as npt

from fingerprint_models.arrays import npz_bytes, read_npz

Arrays = Mapping[str, npt.NDArray[np.generic]]


def digest(*parts: bytes | str | npt.NDArray[np.generic]) -> str:
    """Return a SHA-256 over all parts, in order."""
    state = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            data = np.ascontiguousarray(part).tobytes()
        else:
            data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


def stage(folder: Path | None, key: str, compute: Callable[[], Arrays]) -> Arrays:
    """Return the arrays of a stage: read from `folder` if finished there, else computed.

    A stage appears on disk whole or not at all; one that cannot be read is computed anew.
    Nothing is unpickled.
    """
    if folder is None:
        return compute()
    path = folder / f"{key}.npz"
    try:
        return read_npz(path.read_bytes())
    except (OSError, ValueError):  # not there yet, or damaged
        arrays = compute()
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.{get_ident()}.tmp")
    try:
        temporary.write_bytes(npz_bytes(arrays))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return arrays
