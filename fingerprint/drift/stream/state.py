"""What a stream remembers between windows, as bytes that are refused if one of them is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint.drift.stream.bag import Bag
from fingerprint.drift.stream.detector import Level
from fingerprint.drift.stream.projection import Projection
from fingerprint.drift.stream.record import Detector, Past, Shift
from fingerprint_models.arrays import npz_bytes, read_npz

MAGIC = b"fingerprint stream "
FORMAT = 2
"""Written in the first line, behind `MAGIC`; then comes a line with the sha256 of all the rest."""

HISTORY = 1000
"""Windows that are remembered one by one, to be told and not to be taken twice."""


@dataclass(frozen=True)
class Setting:
    """What must not change in a stream: which model, columns and reference, and how it is watched.

    `columns` and `reference` are digests, of the names and classes and of the samples.
    """

    model: str
    version: str
    columns: str
    reference: str
    false_alarms: int
    seed: int


@dataclass(frozen=True, eq=False)
class State:
    """A stream after `windows` windows; `digests` are of those in `past`, in their order.

    `detectors` and `moved` are what was told of the latest window, to be told again.
    """

    setting: Setting
    windows: int
    projection: Projection
    bag: Bag
    levels: tuple[Level, ...]
    past: tuple[Past, ...]
    digests: tuple[str, ...]
    detectors: tuple[Detector, ...] = ()
    moved: tuple[Shift, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the content of a state file."""
        names, language = np.unique(self.bag.language, return_inverse=True)
        told = {
            "setting": asdict(self.setting),
            "windows": self.windows,
            "levels": [asdict(level) for level in self.levels],
            "past": [asdict(past) for past in self.past],
            "digests": self.digests,
            "detectors": [asdict(each) for each in self.detectors],
            "moved": [asdict(each) for each in self.moved],
            "languages": names.tolist(),
        }
        arrays: dict[str, npt.NDArray[Any]] = {
            "told": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8),
            "bag.outputs": self.bag.outputs,
            "bag.answer": self.bag.answer,
            "bag.language": language.astype(np.int16),
            **self.projection.to_arrays(),
        }
        rest = npz_bytes(arrays)
        return b"%b%d\n%b\n%b" % (MAGIC, FORMAT, sha256(rest).hexdigest().encode(), rest)

    @classmethod
    def from_bytes(cls, data: bytes) -> State:
        """Return what `to_bytes` wrote; raises ValueError, with the reason, on anything else."""
        arrays = read_npz(_checked(data))
        told = json.loads(arrays["told"].tobytes())
        names = np.array(told["languages"], dtype=np.str_)
        bag = Bag(arrays["bag.outputs"], arrays["bag.answer"], names[arrays["bag.language"]])
        return cls(
            setting=Setting(**told["setting"]),
            windows=told["windows"],
            projection=Projection.from_arrays(arrays),
            bag=bag,
            levels=tuple(Level(**level) for level in told["levels"]),
            past=tuple(_past(each) for each in told["past"]),
            digests=tuple(told["digests"]),
            detectors=tuple(Detector(**each) for each in told["detectors"]),
            moved=tuple(Shift(**each) for each in told["moved"]),
        )


def _checked(data: bytes) -> bytes:
    """Return what stands behind the digest, if it is what was digested."""
    if not data.startswith(MAGIC):
        raise ValueError("it is no state file of a stream, or is cut")
    head, _, rest = data.partition(b"\n")
    version = head.removeprefix(MAGIC)
    if version != b"%d" % FORMAT:
        told = version[:20].decode("ascii", "replace")
        raise ValueError(f"its format is {told!r}, and this version reads {FORMAT}")
    digest, _, rest = rest.partition(b"\n")
    if digest != sha256(rest).hexdigest().encode():
        raise ValueError("it is damaged: its content does not match its digest")
    return rest


def _past(told: Mapping[str, Any]) -> Past:
    lists = ("p_values", "levels", "alarms")
    return Past(told["window"], told["samples"], *(tuple(told[name]) for name in lists))
