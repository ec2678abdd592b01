"""What is fitted on: a cleaned and measured corpus, and how its samples belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fingerprint_features import registry
from fingerprint_features.extract import Features
from fingerprint_training.corpora import Corpus
from fingerprint_training.stages import digest


@dataclass(frozen=True)
class Material:
    """A cleaned corpus, its features, and its labels as class indices."""

    corpus: Corpus
    features: Features
    classes: tuple[str, ...]
    truth: npt.NDArray[np.int64]
    has_human: bool

    @property
    def human(self) -> int | None:
        """Index of the class that means human: the first, if the recipe named one."""
        return 0 if self.has_human else None

    def digest(self) -> str:
        """Return a digest of all that fitting looks at."""
        return digest(
            registry.schema_hash(), self.features.dense, self.truth, repr(self.classes),
            str(self.has_human), *(view.indices for view in self.features.lexicon),
            *(view.counts for view in self.features.lexicon),
            *("\0".join(self.corpus.column(name)) for name in ("source", "task", "code")),
        )  # fmt: skip


def cells(corpus: Corpus) -> list[str]:
    """Return whose hand in which source each sample is by: the label there, of that model."""
    columns = (corpus.column(name) for name in ("source", "label", "model"))
    return ["\0".join(name or "" for name in names) for names in zip(*columns, strict=True)]


def by_owner(corpus: Corpus) -> Corpus:
    """Return the corpus with OWNER/NAME sources shortened to OWNER, for splitting.

    Two repositories of one owner share people, prompts and harness: a fold that holds one out
    must hold out both.
    """
    owners = [source.split("/")[0] for source in corpus.column("source")]
    return corpus.with_column("source", owners)


def hide(features: Features, group: str | None) -> Features:
    """Return the features with the dense columns of a group at 0; as they are without a group."""
    if group is None:
        return features
    kept = np.array([each != group for each in registry.GROUPS.values()], dtype=np.float32)
    return replace(features, dense=features.dense * kept)
