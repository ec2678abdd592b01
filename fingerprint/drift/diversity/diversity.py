"""Diversity of a corpus: each family's, by language and period, and how far they are apart."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.stats import false_discovery_control
from tqdm import tqdm

from fingerprint.drift.diversity.chance import generator
from fingerprint.drift.diversity.composition import clusters
from fingerprint.drift.diversity.draws import difference, figure
from fingerprint.drift.diversity.formulas import IntArray
from fingerprint.drift.diversity.matching import match
from fingerprint.drift.diversity.material import Material, material
from fingerprint.drift.diversity.parts import Ground, parts
from fingerprint.drift.diversity.records import ALIKE, ALL, Cell, Contrast, Diversity
from fingerprint.drift.diversity.tail import tails
from fingerprint.drift.errors import DriftError
from fingerprint.drift.periods import By, periods
from fingerprint.drift.rows import Rows, Strings
from fingerprint_models.families import HUMAN, resolve
from fingerprint_training.mining.labels import NOBODY

EACH = 15
"""Samples of a draw: half of what a cell must have, for of n samples a replicate of the bootstrap
holds about 0.63 n different ones."""

MOST = 300
"""Samples of a family, language and period that are measured, its clusters in equal parts."""

MOST_HUMANS = 2_000
"""Human samples of a language and period that are measured: they also tell what is rare."""

_TAILS = ("tail_imports", "tail_apis", "tail_nodes")
_NOBODY = ("", "unknown", *NOBODY)
_MEND = "name the column with --date, or compare by release, or by none"


@dataclass(frozen=True, eq=False)
class _Group:
    """The rows of a cell."""

    language: str
    family: str
    period: str
    rows: IntArray


def diversity(
    rows: Rows,
    *,
    by: By = "release",
    each: int = EACH,
    tasks: bool = True,
    seed: int = 0,
    progress: bool = False,
) -> Diversity:
    """Return how diverse each family of a corpus is, by language and period.

    `by` is the half-year of the stated model's release, the quarter of the row's date, or none.
    Figures that grow with the number of samples (names, entropy, Vendi) are means over draws of
    `each` samples, and cells of fewer than 2 `each` are not shown. `tasks`: whether samples of one
    task answer the same question; not so where the task is a path in a project. Rows labelled
    "human" are what others are compared with; a label that names nobody gives way to the stated
    model's family. `progress` shows bars on standard error. Raises DriftError where no row has
    both a family and a language, where none has a date and periods go by dates, or for an `each`
    below 2.
    """
    if each < 2:
        raise DriftError(f"each is {each}: a draw must be of 2 samples or more")
    rows = replace(rows, label=_families(rows))
    period = periods(rows.date, rows.model, by)
    known = np.flatnonzero((rows.label != "") & (rows.language != ""))
    if not len(known):
        raise DriftError(
            f"{rows.name}: no row has a label that is a family, and a language: name their columns "
            "with --label and --language"
        )
    undated = _undated(rows.label[known], period[known], by)
    if by in ("quarter", "half") and undated == len(known):
        raise DriftError(f"{rows.name}: no row has a date (such as 2025-05-01): {_MEND}")
    chosen = _chosen(rows, period, known, seed)
    measured = material(rows.take(chosen), period[chosen], seed=seed, progress=progress)
    shares, missing = tails(measured, seed=seed)
    ground = Ground(measured, shares, missing, each, tasks)
    groups = list(_groups(measured))
    pairs = list(_pairs(ground, groups))
    bar = partial(tqdm, file=sys.stderr, disable=not progress)
    return Diversity(
        rows.name,
        by,
        each,
        2 * each,
        seed,
        rows=len(rows),
        measured=len(measured),
        unlabelled=len(rows) - len(known),
        undated=undated,
        cells=tuple(_cell(ground, group, seed) for group in bar(groups, unit="cell")),
        contrasts=_with_q(
            [
                _contrast(ground, kind, one, other, seed)
                for kind, one, other in bar(pairs, unit="comparison")
            ]
        ),
    )


def _families(rows: Rows) -> Strings:
    """Return who wrote each row, shape (rows,): its label, or its stated model's family.

    The latter where the label names nobody; "" where neither is known.
    """
    nobody = np.isin(rows.label, _NOBODY)
    names, member = np.unique(np.where(nobody, rows.model, ""), return_inverse=True)
    found = [resolve(name) if name else None for name in names.tolist()]
    family = np.array([each.family if each else "" for each in found], dtype=np.str_)
    return np.where(nobody, family[member], rows.label)


def _undated(family: Strings, period: Strings, by: By) -> int:
    """Count rows of no period, where there are periods; people's have no release to be dated by."""
    if by == "none":
        return 0
    return int(np.sum((period == "") & ((by != "release") | (family != HUMAN))))


def _chosen(rows: Rows, period: Strings, known: IntArray, seed: int) -> IntArray:
    """Return the rows to measure, at most `MOST` of each family, language and period."""
    keys = np.array(
        [
            "\n".join(key)
            for key in zip(
                rows.language[known].tolist(),
                rows.label[known].tolist(),
                period[known].tolist(),
                strict=True,
            )
        ]
    )
    kept = []
    for key in np.unique(keys):
        own = known[keys == key]
        most = MOST_HUMANS if rows.label[own[0]] == HUMAN else MOST
        kept.append(_spread(rows, own, most, generator(seed, str(key))))
    return np.sort(np.concatenate(kept))


def _spread(rows: Rows, own: IntArray, most: int, chance: np.random.Generator) -> IntArray:
    """Return at most so many rows, of each cluster as many as of another as far as there are."""
    if len(own) <= most:
        return own
    names = clusters(rows.source[own], rows.task[own]).names
    _, member = np.unique(names, return_inverse=True)
    mixed = chance.permutation(len(own))
    order = mixed[np.argsort(member[mixed], kind="stable")]
    begins = np.searchsorted(member[order], np.arange(member.max() + 1))
    turn = np.empty(len(own), dtype=np.int64)
    turn[order] = np.arange(len(own)) - begins[member[order]]
    last = np.lexsort((chance.random(len(own)), turn))
    return own[last[:most]]


def _groups(measured: Material) -> Iterator[_Group]:
    """Yield the cells: of each language and family all samples, then each period's."""
    for language in _names(measured.language):
        for family in _names(measured.family[measured.language == language]):
            own = (measured.language == language) & (measured.family == family)
            yield _Group(language, family, ALL, np.flatnonzero(own))
            for period in _names(measured.period[own]):
                if period:
                    rows = np.flatnonzero(own & (measured.period == period))
                    yield _Group(language, family, period, rows)


def _names(values: npt.NDArray[np.str_]) -> list[str]:
    return [str(each) for each in np.unique(values).tolist()]


def _cell(ground: Ground, group: _Group, seed: int) -> Cell:
    m, rows = ground.material, group.rows
    chance = generator(seed, group.language, group.family, group.period)
    figures = {
        name: figure(part, why, least=2 * ground.each, chance=chance)
        for name, part, why in parts(ground, rows, chance)
    }
    return Cell(
        group.language,
        group.family,
        group.period,
        samples=len(rows),
        models=len(set(m.model[rows].tolist()) - {""}) if group.family != HUMAN else 0,
        sources=len(set(m.source[rows].tolist()) - {""}),
        identifiers=float(np.median(m.identifiers[rows])),
        figures=figures,
    )


def _pairs(ground: Ground, groups: list[_Group]) -> Iterator[tuple[str, _Group, _Group]]:
    """Yield cells and human ones, cells and the first of their family, and pairs of families."""
    least = 2 * ground.each
    shown = [group for group in groups if len(group.rows) >= least]
    wholes = {(g.language, g.family): g for g in shown if g.period == ALL}
    first: dict[tuple[str, str], _Group] = {}
    for group in shown:
        human = wholes.get((group.language, HUMAN))
        if human is not None and group.family != HUMAN:
            yield "human", group, human
        if group.period != ALL:
            earlier = first.setdefault((group.language, group.family), group)
            if earlier is not group:
                yield "first", group, earlier
    for one, other in combinations(wholes.values(), 2):
        if (
            one.language == other.language
            and ground.tasks
            and HUMAN not in (one.family, other.family)
        ):
            yield "family", one, other


def _contrast(ground: Ground, kind: str, group: _Group, other: _Group, seed: int) -> Contrast:
    sides = group.language, group.family, group.period, other.family, other.period
    chance = generator(seed, kind, *sides)
    least = 2 * ground.each
    found = match(ground.material, group.rows, other.rows, least=least, tasks=ground.tasks)
    left, right = (
        parts(ground, side, chance, of=found.of, what=found.what)
        for side in (found.one, found.other)
    )
    figures = {}
    for (name, part, _), (_, against, _) in zip(left, right, strict=True):
        if name in ALIKE and found.what != "task":
            continue  # of different tasks nothing could be told
        if name in _TAILS and kind == "family":
            continue  # each is compared with the human one
        figures[name] = difference(part, against, paired=found.paired, least=least, chance=chance)
    return Contrast(
        kind,
        group.language,
        group.family,
        group.period,
        other.family,
        other.period,
        found.what,
        figures,
    )


def _with_q(contrasts: list[Contrast]) -> tuple[Contrast, ...]:
    """Return the contrasts with p-values that hold for all of them together.

    The false discovery rate under any dependence (Benjamini and Yekutieli 2001): contrasts share
    samples.
    """
    shown = [
        (at, name, figure.p)
        for at, contrast in enumerate(contrasts)
        for name, figure in contrast.figures.items()
        if figure.shown
    ]
    if not shown:
        return tuple(contrasts)
    corrected = false_discovery_control([p for _, _, p in shown], method="by")
    found: list[dict[str, float]] = [{} for _ in contrasts]
    for (at, name, _), q in zip(shown, corrected.tolist(), strict=True):
        found[at][name] = q
    return tuple(replace(each, q=q) for each, q in zip(contrasts, found, strict=True))
