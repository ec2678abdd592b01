"""Samples arranged for comparison: who wrote each, when, and for which task of which source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured
from fingerprint.drift.periods import By, periods
from fingerprint_models.families import FAMILIES, HUMAN, resolve
from fingerprint_models.transfer import signed_log

Strings = npt.NDArray[np.str_]
Positions = npt.NDArray[np.int64]
FloatMatrix = npt.NDArray[np.float32]

BY = ("release", "quarter", "half")
ALL = "all"
"""Name of all feature groups taken together."""


@dataclass(frozen=True, eq=False)
class Arranged:
    """n samples: `values` (n, columns) are signed logarithms with columns ordered by group.

    `groups` maps a group to its columns. `family`, `period`, `source`, `task` and `language` are
    texts, "" where unknown; `stratum` (n,) numbers task and language within a source, -1 without
    task; `task_at` (n,) numbers tasks within all sources and `model_at` (n,) models likewise.
    """

    values: FloatMatrix
    groups: dict[str, slice]
    family: Strings
    period: Strings
    source: Strings
    stratum: Positions
    task_at: Positions
    model_at: Positions
    models: int
    tasks: int

    def __len__(self) -> int:
        return len(self.family)


def arranged(measured: Measured, by: By) -> Arranged:
    """Arrange samples; those without a family, a task or a period (unless human) are left out.

    Raises DriftError where nothing is left of it, and says which column is missing.
    """
    family, period = families(measured), periods(measured.date, measured.stated, by)
    human = family == HUMAN
    tasked = measured.task != ""
    _check(measured, by, period, family, tasked)
    kept = np.flatnonzero((family != "") & tasked & ((period != "") | human))
    period = np.where(human, "", period)
    order, groups = by_group(measured.groups)
    task = joined(measured.source, measured.task)
    stated = joined(family, _canonical(measured.stated))
    task_names, task_at = np.unique(task[kept], return_inverse=True)
    model_names, model_at = np.unique(stated[kept], return_inverse=True)
    strata = joined(task, measured.language)[kept]
    return Arranged(
        values=signed_log(measured.values[kept][:, order]),
        groups=groups,
        family=family[kept],
        period=period[kept],
        source=measured.source[kept],
        stratum=np.unique(strata, return_inverse=True)[1].astype(np.int64),
        task_at=task_at.astype(np.int64),
        model_at=model_at.astype(np.int64),
        models=len(model_names),
        tasks=len(task_names),
    )


def kept_rows(measured: Measured, by: By) -> Positions:
    """Return positions in `measured` of the samples that `arranged` keeps."""
    family, period = families(measured), periods(measured.date, measured.stated, by)
    known = (period != "") | (family == HUMAN)
    return np.flatnonzero((family != "") & (measured.task != "") & known)


def families(measured: Measured) -> Strings:
    """Return the family of each sample, shape (n,): its label, or that of its stated model.

    A label that is no family (an agent, "other") gives way to the stated model's; "" if unknown.
    """
    known = {*FAMILIES, *measured.classes} - {"other", "unknown"}
    pairs = zip(measured.label.tolist(), measured.stated.tolist(), strict=True)
    found: dict[tuple[str, str], str] = {}
    for pair in set(pairs):
        label, stated = pair
        identity = resolve(stated) if stated else None
        found[pair] = label if label in known else identity.family if identity else ""
    pairs = zip(measured.label.tolist(), measured.stated.tolist(), strict=True)
    return np.array([found[pair] for pair in pairs], dtype=np.str_)


def middle(period: str) -> float:
    """Return the middle of a period in years, 2025.25 for "2025-H1"."""
    year, kind, number = int(period[:4]), period[5], int(period[6])
    parts = {"H": 2, "Q": 4}[kind]
    return year + (number - 0.5) / parts


def _canonical(stated: Strings) -> Strings:
    """Return the registry's name of each model, or what is written where it has none."""
    names: dict[str, str] = {}
    for name in set(stated.tolist()):
        identity = resolve(name) if name else None
        names[name] = identity.canonical if identity else name
    return np.array([names[name] for name in stated.tolist()], dtype=np.str_)


def joined(left: Strings, right: Strings) -> Strings:
    """Return texts (n,) of both, with a tab between."""
    return np.char.add(np.char.add(left, "\t"), right)


def by_group(groups: tuple[str, ...]) -> tuple[Positions, dict[str, slice]]:
    """Return an order of columns in which each group's stand together, and where they stand."""
    names = np.array(groups)
    order = np.argsort(names, kind="stable")
    found, start, count = np.unique(names[order], return_index=True, return_counts=True)
    parts = zip(found.tolist(), start.tolist(), count.tolist(), strict=True)
    return order, {name: slice(first, first + many) for name, first, many in parts}


def _check(
    measured: Measured, by: By, period: Strings, family: Strings, tasked: npt.NDArray[np.bool_]
) -> None:
    """Raise DriftError where samples lack what a comparison over time needs."""
    name = measured.name
    if by == "release" and not (measured.stated != "").any():
        raise DriftError(
            f"{name}: no row states its model, and releases are dated by it: name the column with "
            "--model, or compare by quarter"
        )
    if not (period != "").any():
        lack, mend = {
            "release": ("release date of a stated model", "check the column named by --model"),
        }.get(by, ("date", "name the column with --date, or compare by release"))
        raise DriftError(f"{name}: no row has a known {lack}: {mend}")
    if not tasked.any():
        raise DriftError(
            f"{name}: no row has a task, and only answers to the same tasks can be compared: name "
            "the column with --task"
        )
    ai = {each for each in family[(period != "") & tasked].tolist() if each not in ("", HUMAN)}
    if not ai or (len(ai) < 2 and not (family[tasked] == HUMAN).any()):
        told = ", ".join(sorted(ai)) or "none"
        raise DriftError(
            f"{name}: samples with a period and a task are of too few families ({told}): two are "
            "needed, or one and human samples; check --label and --model"
        )
