"""The rules of a mix: which rows each removes. They see rows by content, never by order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from fingerprint.curation.content import mixed
from fingerprint.curation.copies import exact_copies, near_copies
from fingerprint.curation.errors import CurationError
from fingerprint.curation.rows import Rows

Decisions = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

KEPT, NOT_SCORED, LIKELY_AI, EXACT_COPY, NEAR_COPY, FAMILY_CAP, HUMAN_FLOOR = range(7)
NAMES = ("kept", "not scored", "likely AI", "exact copy", "near copy", "family cap", "human floor")
"""What became of a row, by its number in `Decisions`; the rules in the order they apply."""

HUMAN = "human"
_BY_COPY, _BY_CAP, _BY_FLOOR = range(1, 4)
_EVEN = 0.5
_TINY = 1e-9


@dataclass(frozen=True)
class Rules:
    """What is asked of a mix.

    `max_ai`: the largest calibrated probability of AI that stays. `caps`: largest share of the mix
    by likeliest family. `human_floor`: least expected share of human rows, the mean of 1 - the
    probability of AI. `copies`: which are removed. `keep_unscored`: rows without an answer stay,
    and count as neither human nor AI. ValueError: a share outside [0, 1].
    """

    max_ai: float | None = None
    human_floor: float | None = None
    caps: Mapping[str, float] = field(default_factory=dict)
    copies: Literal["near", "exact", "none"] = "near"
    keep_unscored: bool = False
    weight: bool = False

    def __post_init__(self) -> None:
        named = {"max_ai": self.max_ai, "human_floor": self.human_floor, **self.caps}
        for name, share in named.items():
            if share is not None and not 0 <= share <= 1:
                raise ValueError(f"{name} is {share}, and a share lies between 0 and 1")


def decide(rows: Rows, rules: Rules) -> Decisions:
    """Return for each row `KEPT` or the rule that removes it, (n,).

    Raises CurationError where the rules ask for what the labels do not hold.
    """
    _check(rows, rules)
    made = np.zeros(len(rows), dtype=np.uint8)
    if not rules.keep_unscored:
        made[~rows.scored] = NOT_SCORED
    if rules.max_ai is not None:
        # As stored, in float32: a row at the limit stays.
        made[(made == KEPT) & (rows.ai > np.float32(rules.max_ai))] = LIKELY_AI
    _drop_copies(rows, rules, made)
    _cap(rows, rules, made)
    _hold_floor(rows, rules, made)
    # Rows that the floor took made the mix smaller, and a cap is a share of it.
    _cap(rows, rules, made)
    return made


def _check(rows: Rows, rules: Rules) -> None:
    for family in rules.caps:
        if family not in rows.classes or family == HUMAN:
            families = ", ".join(name for name in rows.classes if name != HUMAN)
            raise CurationError(f"cannot cap {family}: the labels tell of {families}")
    by_ai = rules.max_ai is not None or rules.human_floor is not None or rules.weight
    if by_ai and np.isnan(rows.ai[rows.scored]).any():
        raise CurationError(
            "the model that labelled this has no human class, so no row has an fp_ai_probability: "
            "cap families instead, or label with another model"
        )


def _drop_copies(rows: Rows, rules: Rules, made: Decisions) -> None:
    if rules.copies == "none":
        return
    ranked = _ranked(rows, np.flatnonzero(made == KEPT), _BY_COPY)
    made[exact_copies(rows.text, ranked)] = EXACT_COPY
    if rules.copies == "near" and rows.signatures is not None:
        left = ranked[made[ranked] == KEPT]
        made[near_copies(rows.signatures, left)] = NEAR_COPY


def _ranked(rows: Rows, places: Places, purpose: int) -> Places:
    """Return places with post-review code first, else by chance."""
    chance = mixed(rows.draw[places], purpose)
    result: Places = places[np.lexsort((chance, ~rows.reviewed[places]))]
    return result


def _cap(rows: Rows, rules: Rules, made: Decisions) -> None:
    kept = made == KEPT
    counts = np.bincount(rows.family[kept], minlength=len(rows.classes))
    caps = {rows.classes.index(name): share for name, share in rules.caps.items()}
    for family, most in allowed(int(kept.sum()), dict(enumerate(counts.tolist())), caps).items():
        own = _ranked(rows, np.flatnonzero(kept & (rows.family == family)), _BY_CAP)
        made[own[most:]] = FAMILY_CAP


def allowed(total: int, counts: Mapping[int, int], caps: Mapping[int, float]) -> dict[int, int]:
    """Return how many rows of each capped family may stay of `total`, so that all caps hold.

    A cap is a share of what stays in the end: removing rows of one family makes the mix smaller,
    and another's share larger.
    """
    over: set[int] = set()
    while True:
        free = total - sum(counts[each] for each in over)
        rest = 1 - sum(caps[each] for each in over)
        # What `free` rows make up when the families above their caps take just their shares.
        size = free / rest if rest > _TINY else 0.0
        more = {each for each in caps if counts[each] > caps[each] * size + _TINY} - over
        if not more:
            break
        over |= more
    most = {each: min(counts[each], int(caps[each] * size + _TINY)) for each in caps}
    others = total - sum(counts[each] for each in caps)
    while True:  # what rounding down has cost the others
        size = others + sum(most.values())
        above = [each for each in caps if most[each] > caps[each] * size + _TINY]
        if not above:
            return most
        for each in above:
            most[each] -= 1


def _hold_floor(rows: Rows, rules: Rules, made: Decisions) -> None:
    """Remove probable AI rows by chance until the expected share of human rows is the floor's."""
    if rules.human_floor is None:
        return
    scored = (made == KEPT) & rows.scored
    human = 1.0 - rows.ai.astype(np.float64)
    ai = np.flatnonzero(scored & (human < _EVEN))
    ai = ai[np.argsort(mixed(rows.draw[ai], _BY_FLOOR), kind="stable")]
    gone = np.arange(len(ai) + 1)
    left = human[scored].sum() - np.concatenate(([0.0], np.cumsum(human[ai])))
    size = np.maximum(int(scored.sum()) - gone, 1)
    enough = np.flatnonzero(left / size >= rules.human_floor)
    made[ai[: int(enough[0]) if len(enough) else len(ai)]] = HUMAN_FLOOR
