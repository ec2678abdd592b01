"""Arrays as bytes: npz files that are the same for the same arrays, and never hold objects."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can state
_UNIX = 3  # zipfile would state the system it runs on
_MODE = 0o644 << 16

# All that numpy and zipfile raise on bytes that are no npz file, or lie about what is in it.
_BROKEN: tuple[type[Exception], ...] = (
    *(ValueError, TypeError, KeyError, EOFError, OSError, MemoryError),
    *(zipfile.BadZipFile, zlib.error, NotImplementedError),
)


def npz_bytes(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return an npz file with equal bytes for equal arrays, on any machine and day.

    Arrays are stored in C order, little-endian and uncompressed: zlib's output changes with its
    version, and a wheel compresses anyway. Raises TypeError on arrays of objects.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
            entry.create_system, entry.external_attr = _UNIX, _MODE
            archive.writestr(entry, _npy_bytes(name, arrays[name]))
    return out.getvalue()


def read_npz(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an npz file; raises ValueError on anything else, objects included."""
    try:
        archive = np.load(io.BytesIO(data), allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise TypeError("a single array")
        return {name: _plain(archive[name]) for name in archive.files}
    except _BROKEN as problem:
        raise ValueError(f"is not an npz file of plain arrays ({problem})") from None


def _plain(found: object) -> npt.NDArray[Any]:
    # numpy hands out what is no array, in an archive, as bytes.
    if not isinstance(found, np.ndarray):
        raise TypeError("an entry is no array")
    return found


def _npy_bytes(name: str, array: npt.NDArray[Any]) -> bytes:
    if array.dtype.hasobject:
        raise TypeError(f"array {name!r} holds objects; store numbers or fixed-width text")
    out = io.BytesIO()
    plain = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
    np.lib.format.write_array(out, plain, version=(1, 0), allow_pickle=False)
    return out.getvalue()
