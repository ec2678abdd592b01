"""Samples in few numbers: some components of each feature group, and what the model answers.

The axes are fixed once, from samples of the reference that no window is compared with: compared
with those, any new sample would lie farther off the axes than they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint.drift.measured import Measured
from fingerprint_models.transfer import signed_log, standardise

FloatArray = npt.NDArray[np.float64]
Halves = npt.NDArray[np.float16]

COMPONENTS = 32
"""Of all feature groups together: 8 of each of the four groups of code."""

ANSWERS, NOVELTY = "answers", "novelty"

FAR = 30.0
"""Standardised components are clipped here; half-precision steps are then at most 1/64."""

_LEAST = 1e-4
"""Probabilities below are not told apart: their logarithms would be mostly noise."""


@dataclass(frozen=True, eq=False)
class Projection:
    """Axes of each feature group and the scale of what comes out.

    `blocks` names the block of each of the outputs. `centre` and `scale` (columns,) are of signed
    logarithms of columns, `axes` (columns, components) are zero outside of a component's group.
    `middle` and `spread` (outputs,) standardise the outputs.
    """

    blocks: tuple[str, ...]
    centre: npt.NDArray[np.float32]
    scale: npt.NDArray[np.float32]
    axes: npt.NDArray[np.float32]
    middle: npt.NDArray[np.float32]
    spread: npt.NDArray[np.float32]

    def __call__(self, side: Measured) -> Halves:
        """Return n samples as (n, outputs)."""
        raw = _raw(side, self.centre, self.scale, self.axes)
        return np.clip((raw - self.middle) / self.spread, -FAR, FAR).astype(np.float16)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return what a state file keeps."""
        return {"blocks": np.array(self.blocks)} | {name: getattr(self, name) for name in _PARTS}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Projection:
        """Return what `to_arrays` wrote."""
        blocks = tuple(str(name) for name in arrays["blocks"])
        return cls(blocks, **{name: arrays[name] for name in _PARTS})


_PARTS = ("centre", "scale", "axes", "middle", "spread")


def fitted(side: Measured) -> Projection:
    """Return the projection that some samples of the reference give."""
    logs = signed_log(side.values)
    centre = logs.mean(axis=0).astype(np.float32)
    scale = _positive(logs.std(axis=0)).astype(np.float32)
    axes, owners = _axes(side, standardise(side.values, centre, scale))
    groups = tuple(dict.fromkeys(side.groups))
    raw = _raw(side, centre, scale, axes)
    blocks = (*owners, *groups, *(ANSWERS for _ in side.classes), NOVELTY, NOVELTY)
    middle, spread = raw.mean(axis=0), _positive(raw.std(axis=0))
    return Projection(
        blocks, centre, scale, axes, middle.astype(np.float32), spread.astype(np.float32)
    )


def _axes(
    side: Measured, columns: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], list[str]]:
    """Return principal axes of each group, (columns, components), and each one's group."""
    groups = tuple(dict.fromkeys(side.groups))
    room = COMPONENTS // len(groups)
    owner = np.array(side.groups)
    found, owners = [], []
    for group in groups:
        at = np.flatnonzero(owner == group)
        own = columns[:, at].astype(np.float64)
        _, vectors = np.linalg.eigh(own.T @ own)
        best = vectors[:, ::-1][:, :room]
        axes = np.zeros((len(owner), best.shape[1]), dtype=np.float32)
        axes[at] = best
        found.append(axes)
        owners += [group] * best.shape[1]
    return np.concatenate(found, axis=1), owners


def _raw(
    side: Measured,
    centre: npt.NDArray[np.float32],
    scale: npt.NDArray[np.float32],
    axes: npt.NDArray[np.float32],
) -> FloatArray:
    """Return components, how far each group lies off its axes, answers, novelty and doubt."""
    columns = standardise(side.values, centre, scale)
    components = columns @ axes
    owner, off = np.array(side.groups), []
    for group in dict.fromkeys(side.groups):
        mine = owner == group
        whole = (columns[:, mine] ** 2).sum(axis=1)
        own = components[:, np.abs(axes[mine]).sum(axis=0) > 0]
        off.append(np.log1p(np.maximum(whole - (own**2).sum(axis=1), 0.0)))
    logs = np.log(np.maximum(side.probabilities, _LEAST))
    answers = logs - logs.mean(axis=1, keepdims=True)
    doubt = -(side.probabilities * logs).sum(axis=1)
    parts = (components, np.stack(off, axis=1), answers, side.novelty[:, None], doubt[:, None])
    return np.concatenate(parts, axis=1, dtype=np.float64)


def _positive(spread: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a spread that can be divided by; what never varied is left as it is."""
    return np.where(spread > 0, spread, 1.0)
