"""From a labelled corpus to a training mix: one pass to measure, rules, one pass to write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fingerprint.curation.mix_files import TOGETHER, WEIGHT, write_mix
from fingerprint.curation.model_answers import mean_answers_of, pooled_by
from fingerprint.curation.places import check_out, check_removed
from fingerprint.curation.review import LEAST_DAYS, Review, find_review
from fingerprint.curation.rows import Progress, Rows, check_column, found_column, measured
from fingerprint.curation.rules import HUMAN, KEPT, NAMES, Decisions, Rules, decide
from fingerprint.curation.shards import Shards, open_shards
from fingerprint.curation.shares import SOURCES, Mix, estimate_mix, sampled
from fingerprint.curation.together import Together, judged_together


@dataclass(frozen=True)
class Curated:
    """What became of a corpus: rows by what removed them, and who wrote what stayed.

    `expected_human` is the mean of 1 - the probability of AI that the rules went by over the mix,
    NaN where nothing was scored; `mix` holds the corrected shares. `classes` and `models` are those
    of the labels; `chosen`: by their answers, before; `together`: what was judged together,
    None where each row was judged alone.
    """

    out: Path
    rules: Rules
    review: Review
    rows: int
    by_rule: Mapping[str, int]
    reviewed: int
    expected_human: float
    mix: Mix
    classes: tuple[str, ...]
    models: tuple[str, ...]
    chosen: bool
    together: Together | None = None

    @property
    def kept(self) -> int:
        """Rows of the mix."""
        return self.by_rule[NAMES[KEPT]]


def curate(
    inputs: Iterable[str | Path],
    out: Path,
    rules: Rules,
    *,
    card: Callable[[Curated], str],
    code: str = "code",
    merged: str | None = None,
    survived: str | None = None,
    source: str | None = None,
    together: str | None = None,
    least_days: float = LEAST_DAYS,
    removed: Path | None = None,
    replace: bool = False,
    model: str | None = None,
    seed: int = 0,
    progress: Progress = lambda *_: None,
) -> Curated:
    """Write the mix that `rules` make of labelled Parquet files; return what it contains.

    `out` is a .parquet file, or a folder that gets files of about 1 GiB in memory; `removed` a
    .parquet file for the other rows, with the rule that removed each in `fp_removed_by`. They
    appear at the end, with what `card` returns beside them, or not at all. `source` names the
    column of where a row comes from, which intervals depend on (default: that of
    `together`, or one of `SOURCES`). Rows with one value of the column `together` are judged
    together, as `judged_together` says. Which rows stay depends on what they hold and on `seed`,
    not on their order, in which they are written. Raises CurationError with culprit and mend.
    """
    shards = open_shards(inputs)
    check_out(out, shards, replace=replace)
    if removed is not None:
        check_removed(removed, out, shards, replace=replace)
    check_column(shards, together, "--together", "groups")
    source = found_column(shards, source or together, "--source", SOURCES)
    review = find_review(shards.schema, merged=merged, survived=survived, least_days=least_days)
    with measured(
        shards,
        code=None if rules.copies == "none" else code,
        near=rules.copies == "near",
        review=review,
        seed=seed,
        beside=out.absolute().parent,
        progress=progress,
    ) as found:
        rows, grouped = _judged(shards, found, together, model)
        made = decide(rows, rules)
    told = Curated(
        out=out,
        rules=rules,
        review=review,
        rows=len(rows),
        by_rule=dict(zip(NAMES, np.bincount(made, minlength=len(NAMES)).tolist(), strict=True)),
        reviewed=int(rows.reviewed[made == KEPT].sum()),
        expected_human=_human(rows, made),
        mix=_mix(
            *(shards, rows, made, source, _answers(shards, rows, model)),
            by_source=grouped is not None,
        ),
        classes=rows.classes,
        models=rows.models,
        chosen=shards.chosen,
        together=grouped,
    )
    weights = _weights(rows, told.expected_human) if rules.weight else None
    text = card(told)
    write_mix(
        shards,
        made,
        {} if weights is None else {WEIGHT: weights},
        {} if grouped is None else {TOGETHER: rows.ai},
        out=out,
        removed=removed,
        card=text,
        progress=progress,
    )
    return told


def _judged(
    shards: Shards, rows: Rows, together: str | None, model: str | None
) -> tuple[Rows, Together | None]:
    if together is None:
        return rows, None
    return judged_together(shards, rows, together, pooled_by(rows.models, model))


def _answers(shards: Shards, rows: Rows, model: str | None) -> npt.NDArray[np.float64] | None:
    return mean_answers_of(rows.models, rows.classes, model, chosen=shards.chosen)


def _mix(
    shards: Shards,
    rows: Rows,
    made: Decisions,
    source: str | None,
    mean_answers: npt.NDArray[np.float64] | None,
    *,
    by_source: bool,
) -> Mix:
    return estimate_mix(
        sampled(shards, rows, np.ones(len(rows), dtype=np.bool_), source),
        sampled(shards, rows, made == KEPT, source),
        rows.classes,
        mean_answers,
        rows.classes.index(HUMAN) if HUMAN in rows.classes else None,
        by_source=by_source,
    )


def _human(rows: Rows, made: Decisions) -> float:
    ai = rows.ai[(made == KEPT) & rows.scored].astype(np.float64)
    return float(1 - ai.mean()) if len(ai) else float("nan")


def _weights(rows: Rows, usual: float) -> npt.NDArray[np.float32]:
    """Return the probability that each row is human; of one without an answer, the mix's mean."""
    known = np.nan_to_num(np.float32(usual))
    weights: npt.NDArray[np.float32] = np.where(rows.scored, 1 - rows.ai, known)
    return weights.astype(np.float32)
