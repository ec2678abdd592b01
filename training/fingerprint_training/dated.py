"""Samples that say when they were written: those of commits."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fingerprint_training.corpora import Corpus
from fingerprint_training.material import by_owner
from fingerprint_training.predictions import Predictions

Days = npt.NDArray[np.datetime64]


def days(corpus: Corpus) -> Days:
    """Return the day of each sample, shape (len(corpus),), NaT where none is known."""
    return np.array(corpus.column("date"), dtype="datetime64[D]")


def quarters(when: Days) -> npt.NDArray[np.str_]:
    """Return the calendar quarter of each day, as "2026-Q3"; "" for NaT."""
    months = when.astype("datetime64[M]").astype(np.int64)
    names = [f"{1970 + month // 12}-Q{month % 12 // 3 + 1}" for month in months.tolist()]
    return np.where(np.isnat(when), "", np.array(names, dtype=np.str_))


def project_code(predictions: Predictions, corpus: Corpus) -> Predictions | None:
    """Return the answers on owners of mined project code, None where there are none.

    These are the owners with a dated sample in the corpus; `predictions.source` names owners.
    Benchmarks and collections of answers, which have no dates, are left out.
    """
    dated = ~np.isnat(days(corpus))
    owners = np.array(by_owner(corpus).column("source"))[dated]
    rows = np.flatnonzero(np.isin(predictions.source, owners))
    return select(predictions, rows) if len(rows) else None


def select(predictions: Predictions, rows: npt.NDArray[np.int64]) -> Predictions:
    """Return the answers at some positions, in that order."""
    arrays: dict[str, Any] = {
        each.name: getattr(predictions, each.name)[rows]
        for each in fields(Predictions)
        if each.name not in ("classes", "human")
    }
    return replace(predictions, **arrays)
