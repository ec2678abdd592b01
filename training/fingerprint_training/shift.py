"""Evaluation under shift: languages that no head was fitted on, and code from later quarters.

A calibration of its own for each fold would take as long as a training. So each fold has heads of
its own and the calibration and thresholds of the model that is published: a few dozen parameters
that were chosen on left-out answers of the whole corpus, the tested languages and quarters among
them. The figures flatter the calibration (ECE, what is told) by that much, and the ranking (F1,
AUROC) hardly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from fingerprint_models.families import resolve
from fingerprint_models.model import Model
from fingerprint_training.assessment import Assessment
from fingerprint_training.crossfit import Rows
from fingerprint_training.dated import Days, days, quarters, select
from fingerprint_training.errors import SplitError
from fingerprint_training.fit import Heads
from fingerprint_training.fold_model import Fitter
from fingerprint_training.material import Material, by_owner
from fingerprint_training.predictions import Predictions
from fingerprint_training.protocol import assess_fold, score
from fingerprint_training.split import group_folds, holdout
from fingerprint_training.stages import digest

Shift = Literal["languages", "quarters"]

LANGUAGE_FOLDS = 4

KIN: Mapping[str, str] = MappingProxyType({"tsx": "typescript", "cpp": "c"})
"""A language that would give another one away, and the one whose fold it shares."""

BEFORE_CUT = 0.6
"""Share of the dated AI samples that lie on or before the cut."""

UNSEEN_OWNERS = 0.3
"""Share of the samples whose owners are set aside for the quarters: fewer would leave a quarter
with a handful of owners."""


@dataclass(frozen=True, slots=True)
class Shifted:
    """Figures on one part of a protocol's test side; the first part of a protocol is the whole."""

    protocol: Shift
    part: str
    assessment: Assessment

    def to_dict(self) -> dict[str, object]:
        """Return plain data."""
        plain = self.assessment.to_dict()
        return {"protocol": self.protocol, "part": self.part, "assessment": plain}


def run_languages(fitter: Fitter, model: Model) -> tuple[Shifted, ...]:
    """Score each fold of languages by heads that were fitted on all other languages.

    Sources and tasks are on both sides: what differs is the language. `model` is fitted on the
    whole material; its heads are not used. The first part is all rows, then come the folds.
    Raises SplitError when the material has one language.
    """
    material, rows = fitter.material, np.arange(len(fitter.material.corpus))
    fold = language_folds(material, fitter.recipe.seed)
    kept = [rows[fold != held] for held in range(fold.max() + 1)]
    fitter.log(f"languages: {len(kept)} folds")
    heads = fitter.all_heads(kept)
    told = [
        score(with_heads(model, heads[digest(fitted)]), material, rows[fold == held], batch=False)
        for held, fitted in enumerate(kept)
    ]
    names = [_languages(material, rows[fold == held]) for held in range(len(kept))]
    parts = zip(
        ("all languages", *names), (_joined(told), *told), (None, *map(len, kept)), strict=True
    )
    return tuple(
        Shifted("languages", name, assess_fold(each, "sources", fitter.recipe, fitted))
        for name, each, fitted in parts
    )


def run_quarters(fitter: Fitter, model: Model) -> tuple[Shifted, ...]:
    """Score later quarters of unseen owners by heads that were fitted on what lay before.

    The cut has `BEFORE_CUT` of the dated AI samples on or before it. Heads see the other owners'
    samples up to the cut and their undated ones, without those of models that were released
    later. Quarters hold AI samples alone, people's dated code being older than any assistant: in
    each part as many dated human samples of the unseen owners as AI ones, if there are so many,
    stand beside, the same in every part as far as they go. The first part is all that is later;
    the second, of unseen owners up to the cut, is the control: what is lost there already is not
    lost to time. Families have other shares before the cut than after it.

    Raises SplitError when no sample of AI is dated, or none of an unseen owner lies after the cut.
    """
    material, recipe = fitter.material, fitter.recipe
    when = days(material.corpus)
    dated = ~np.isnat(when)
    ai = material.truth != (-1 if material.human is None else material.human)
    cut = _cut(when[dated & ai])
    split = holdout(by_owner(material.corpus), "sources", recipe.seed, UNSEEN_OWNERS)
    train = split.train[~_later(material, when, cut)[split.train]]
    test = split.test[dated[split.test]]
    if not (ai[test] & (when[test] > cut)).any():
        raise SplitError(f"no unseen owner has AI samples after {cut}: add dated samples")
    fitter.log(f"quarters after {cut}: {len(train)} samples to train, {len(test)} to test")
    told = score(with_heads(model, fitter.heads(train)), material, test, batch=False)
    return tuple(
        Shifted("quarters", part, assess_fold(select(told, at), "sources", recipe, len(train)))
        for part, at in _quarters(when[test], ai[test], cut, recipe.seed)
    )


SHIFTS: Mapping[Shift, Callable[[Fitter, Model], tuple[Shifted, ...]]] = MappingProxyType(
    {"languages": run_languages, "quarters": run_quarters}
)


def run_shifts(fitter: Fitter, model: Model) -> tuple[Shifted, ...]:
    """Run every protocol of shift, and say which this corpus does not allow."""
    found: list[Shifted] = []
    for name, run in SHIFTS.items():
        try:
            found += run(fitter, model)
        except SplitError as error:
            fitter.log(f"protocol {name} left out: {error}")
    return tuple(found)


def language_folds(material: Material, seed: int = 0) -> Rows:
    """Return the fold of each row by its language, shape (n,): at most `LANGUAGE_FOLDS`.

    Sizes and labels are balanced as far as whole languages permit, and `KIN` stay together.
    Raises SplitError when there is one language.
    """
    names = [KIN.get(name or "", name or "") for name in material.features.language]
    count = min(LANGUAGE_FOLDS, len(set(names)))
    labels = material.corpus.column("label")
    return group_folds(names, labels, [1 / count] * count, seed, called="languages")


def with_heads(model: Model, heads: Heads) -> Model:
    """Return the model with other heads: its calibration and thresholds stay."""
    return replace(
        model,
        design=heads.design,
        transfer=heads.transfer,
        familiarity=heads.familiarity,
        booster=heads.booster,
    )


def _languages(material: Material, rows: Rows) -> str:
    """Name the languages of some rows, the commonest first."""
    counts = Counter(material.features.language[row] or "not told" for row in rows.tolist())
    return ", ".join(sorted(counts, key=lambda name: (-counts[name], name)))


def _joined(parts: Sequence[Predictions]) -> Predictions:
    arrays: dict[str, Any] = {
        each.name: np.concatenate([getattr(part, each.name) for part in parts])
        for each in fields(Predictions)
        if each.name not in ("classes", "human")
    }
    return replace(parts[0], **arrays)


def _cut(when: Days) -> np.datetime64:
    """Return the last day of the earlier samples."""
    if not len(when):
        raise SplitError("no AI sample is dated: name the column of dates in the recipe")
    cut: np.datetime64 = np.sort(when)[max(int(len(when) * BEFORE_CUT) - 1, 0)]
    return cut


def _later(material: Material, when: Days, cut: np.datetime64) -> npt.NDArray[np.bool_]:
    """Tell which rows were written after the cut, or by a model that was released after it."""
    last = str(cut)
    released = {
        name: identity.release_date or ""
        for name in set(material.corpus.column("model"))
        if name and (identity := resolve(name))
    }
    # "2026-05" sorts before every day of that month: a month counts as later when all of it is.
    newer = [released.get(name or "", "") > last for name in material.corpus.column("model")]
    return np.where(np.isnat(when), np.array(newer), when > cut)


def _quarters(
    when: Days, ai: npt.NDArray[np.bool_], cut: np.datetime64, seed: int
) -> Iterator[tuple[str, Rows]]:
    """Yield name and positions of each part that holds AI samples, with people's beside."""
    people = np.random.default_rng(seed).permutation(np.flatnonzero(~ai))
    name, late = quarters(when), when > cut
    parts = [("all later quarters", late), (f"control: unseen owners until {cut}", ~late)]
    for quarter in sorted(set(name[late & ai].tolist())):
        first = quarter == quarters(np.array([cut]))[0]
        parts.append((f"{quarter} after {cut}" if first else quarter, late & (name == quarter)))
    for part, inside in parts:
        at = np.flatnonzero(inside & ai)
        if len(at):
            yield part, np.sort(np.concatenate((at, people[: len(at)])))
