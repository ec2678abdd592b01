"""Features on disk: npz without pickle, written whole or not at all, read with suspicion."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_features import lexicon, registry
from fingerprint_features.extract import Features, SparseRows

SPARSE = ("indptr", "indices", "counts")


class DamagedFeaturesError(ValueError):
    """A file of features is not what was written."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} is damaged ({reason}): delete it, it can be made again")


def write_features(file: Path, features: Features) -> None:
    """Write features to `file`; it appears whole or not at all."""
    names = json.dumps({"status": features.status, "language": features.language})
    arrays: dict[str, Any] = {
        "names": np.frombuffer(names.encode(), np.uint8),
        "dense": features.dense,
        "parsed": features.parsed,
        "lines": features.lines,
    }
    for view, rows in zip(lexicon.VIEWS, features.lexicon, strict=True):
        arrays |= {f"{view}.{name}": getattr(rows, name) for name in SPARSE}
    # Two runs may share a cache: each writes its own, and the last to finish wins.
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as stream:
            np.savez_compressed(stream, **arrays)
        os.replace(partial, file)  # noqa: PTH105 - the atomic call is meant
    finally:
        partial.unlink(missing_ok=True)


def read_features(file: Path) -> Features:
    """Read what `write_features` wrote.

    Raises FileNotFoundError, or DamagedFeaturesError for whatever else is in the file.
    """
    try:
        # Opened here: of a damaged file that it opens itself, numpy leaves the handle open.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            features = _features({name: arrays[name] for name in arrays.files})
    except FileNotFoundError:
        raise
    # What numpy, zipfile and zlib raise for bytes that are cut, changed or of another kind.
    except (
        *(OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, MemoryError),
        *(RuntimeError, zipfile.BadZipFile, zlib.error),
    ) as error:
        raise DamagedFeaturesError(file, f"{type(error).__name__}: {error}") from error
    reason = _contradiction(features)
    if reason is not None:
        raise DamagedFeaturesError(file, reason)
    return features


def _features(arrays: dict[str, npt.NDArray[Any]]) -> Features:
    names = json.loads(arrays["names"].tobytes())
    return Features(
        dense=arrays["dense"],
        lexicon=tuple(
            SparseRows(*(arrays[f"{view}.{name}"] for name in SPARSE)) for view in lexicon.VIEWS
        ),
        status=tuple(names["status"]),
        language=tuple(names["language"]),
        parsed=arrays["parsed"],
        lines=arrays["lines"],
    )


def _contradiction(features: Features) -> str | None:
    """Say what does not fit together; archives have checksums, so this finds foreign files."""
    count = len(features)
    shapes = {
        "dense": (features.dense.shape, (count, len(registry.COLUMNS))),
        "parsed": (features.parsed.shape, (count,)),
        "lines": (features.lines.shape, (count,)),
        "language": ((len(features.language),), (count,)),
    }
    for view, rows in zip(lexicon.VIEWS, features.lexicon, strict=True):
        length = (int(rows.indptr[-1]),) if rows.indptr.size else (0,)
        shapes[f"{view}.indptr"] = (rows.indptr.shape, (count + 1,))
        shapes[f"{view}.indices"] = (rows.indices.shape, length)
        shapes[f"{view}.counts"] = (rows.counts.shape, length)
    wrong = [
        f"{name} is {found}, not {due}" for name, (found, due) in shapes.items() if found != due
    ]
    return "; ".join(wrong) or None
