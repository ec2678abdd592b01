"""Whether a model was trained on what it is asked about: it knows those samples too well."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fingerprint.drift.measured import Measured
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.model import Model

AS_REFERENCE = "use the model itself as the reference"
AS_CURRENT = "leave these sources out of what comes in"


def seen_note(side: Measured, model: Model | AgentModel, *, mend: str = AS_REFERENCE) -> str | None:
    """Return a warning where a corpus's sources are among those that the model was trained on.

    None otherwise, and for the model's own sample, whose answers were left out of training.
    """
    if side.name == f"{model.id.name} {model.id.version}":
        return None
    corpus = model.figures.get("corpus")
    trained: Mapping[str, object] = {}
    if isinstance(corpus, Mapping):  # a model of code tells sources, one of agents repositories
        trained = corpus.get("source") or corpus.get("repositories") or {}
    names = [name for name in np.unique(side.source).tolist() if name]
    known = [name for name in names if name in trained]
    if not known:
        return None
    return (
        f"{side.name}: {len(known)} of its {len(names)} sources (as {known[0]}) are among those "
        f"that {model.id.name} {model.id.version} was trained on. Answers to samples that it has "
        f"seen are too sure, so confidence and families may differ for that alone: {mend}."
    )
