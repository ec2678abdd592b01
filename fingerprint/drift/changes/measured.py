"""Changes measured and scored by an agent model, and what such a model keeps of its training."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from fingerprint.drift.changes.rows import ChangeRows
from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import FloatArray, IntArray, Measured, from_sample, kept_by
from fingerprint.drift.rows import Strings
from fingerprint_features.activity import registry
from fingerprint_features.provenance.strip import Tier
from fingerprint_features.provenance.stripped import stripped
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.change_parts import (
    SHORT_WORDS,
    WITHOUT_DIFF,
    at_hand,
    has_content,
    parts_of,
    stratum_of,
    words,
)
from fingerprint_models.decision import SHORT_LINES
from fingerprint_models.reference_sample import rounded
from fingerprint_training.agents.measured import measure
from fingerprint_training.agents.rows import Labelled

GROUP = "activity"
"""Leads the names of the feature groups of changes: text, shape, timing, and added code."""


def measured_changes(
    rows: ChangeRows,
    model: AgentModel,
    *,
    workers: int = 1,
    cache: Path | None = None,
    progress: bool = False,
) -> Measured:
    """Measure and score changes; those of which nothing but markers is there are left out.

    `language` is the stratum that `stratum_of` tells, `stated` empty. Of a pull request the texts
    alone are measured and scored, as of those that the model keeps: with commits that are at hand
    for some, answers would differ for that. `cache` is a folder where measured features are kept
    and found again. Raises DriftError where nothing can be measured.
    """
    bare = [parts_of(stripped(change))[0] for change in rows.changes]
    good = np.array([at for at, change in enumerate(bare) if has_content(change)], int)
    skipped = Counter({**rows.flawed, "empty": len(bare) - len(good)})
    if not len(good):
        raise DriftError(f"{rows.name}: no change holds files or a text")
    changes = [bare[at] for at in good]
    labelled = [Labelled(bare[at], "", "", "", None, rows.styles[at]) for at in good]
    features = measure(labelled, (Tier.MARKERS,), workers=workers, cache=cache, progress=progress)[
        Tier.MARKERS
    ]
    hands = np.array([at_hand(change) for change in changes])
    values = model.settled(features)
    nothing = np.full(len(good), "")
    return Measured(
        rows.name,
        values=rounded(values, values.shape[1]),
        **_answers(
            model,
            model.probabilities(features, hands.tolist()),
            hands,
            np.array([words(change) for change in changes]),
        ),
        language=np.array([stratum_of(change) for change in changes]),
        source=rows.source[good],
        task=nothing,
        label=rows.label[good],
        stated=nothing,
        date=rows.date[good],
        at=rows.at[good],
        known_as=np.array([rows.changes[at].id or "" for at in good]),
        skipped={why: count for why, count in skipped.items() if count},
    )


def reference_of_agents(model: AgentModel) -> Measured:
    """Return the changes that a model keeps of its training, with its left-out answers.

    Raises DriftError for a model that keeps none.
    """
    kept = kept_by(model)
    hands = {stratum: hand for hand, stratum in WITHOUT_DIFF.items()}
    known = np.array([hands.get(each, "diff") for each in kept.language.tolist()])
    return from_sample(
        kept, _answers(model, kept.probabilities, known, kept.lines.astype(np.int64))
    )


def _answers(
    model: AgentModel, probabilities: FloatArray, hands: Strings, texts: IntArray
) -> dict[str, Any]:
    """Return what the model is, and what it says and tells of each change, given words in texts."""
    novelty = model.decisions["diff"].novelties(probabilities)
    told = [
        model.decisions[hand](
            p,
            mode="balanced",
            lines=SHORT_LINES if hand == "diff" or count > SHORT_WORDS else 0,
            parsed=True,
        ).family
        for p, hand, count in zip(probabilities, hands.tolist(), texts.tolist(), strict=True)
    ]
    return {
        "model": model.id,
        "classes": model.classes,
        "human": model.human,
        "columns": registry.COLUMNS,
        "groups": tuple(f"{GROUP} {registry.GROUPS[name]}" for name in registry.COLUMNS),
        "probabilities": probabilities,
        "novelty": novelty,
        "told": np.array(told, dtype=np.str_),
        "lines": texts,
    }
