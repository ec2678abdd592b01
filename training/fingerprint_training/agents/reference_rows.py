"""Which changes an agent model's folder keeps as its reference sample, and what of them."""

from __future__ import annotations

import numpy as np

from fingerprint_features.provenance.strip import Tier
from fingerprint_features.provenance.stripped import stripped
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.change_parts import stratum_of, words
from fingerprint_models.reference_sample import ReferenceSample, rounded
from fingerprint_training.agents.protocols import Corpus
from fingerprint_training.metrics import FloatArray
from fingerprint_training.reference_rows import drawn

MOST = 2000
"""Most changes of each kind; a repository has few pull requests and many commits."""


def reference_sample(
    corpus: Corpus, model: AgentModel, answers: FloatArray, seed: int
) -> ReferenceSample:
    """Return some changes of each repository, commits and pull requests drawn apart.

    `answers` (n, classes) are of heads that did not see the change's owner.
    """
    source = np.array([row.repository for row in corpus.rows])
    kept = []
    for asked in (True, False):
        rows = np.flatnonzero((corpus.hand == "pull_request") == asked)
        if len(rows):
            kept.append(rows[drawn(source[rows].tolist(), seed, MOST)])
    rows = np.sort(np.concatenate(kept))
    values = model.settled(corpus.measured[Tier.MARKERS].take(rows))
    changes = [stripped(corpus.rows[at].change) for at in rows.tolist()]
    return ReferenceSample(
        values=rounded(values, values.shape[1]),
        probabilities=answers[rows],
        truth=corpus.truth[rows],
        language=np.array([stratum_of(change) for change in changes]),
        source=source[rows],
        lines=np.array([words(change) for change in changes], dtype=np.int32),
        parsed=np.ones(len(rows), dtype=np.bool_),
        dense=values.shape[1],
    )
