"""Tell who wrote code: a human or which LLM family. These names are the public API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerprint.api import load, load_agents, pool, predict_parts
    from fingerprint.changes import read_changes, read_pull_requests
    from fingerprint.enrolling import enroll, remove_enrolled
    from fingerprint.labeling.label import label
    from fingerprint.labeling.labeler import Labeler
    from fingerprint_features.change import Change, FileChange, Hunk, Identity
    from fingerprint_features.sample import Sample
    from fingerprint_models.attribution import Attribution, Evidence, ModelId
    from fingerprint_models.change_attribution import ChangeAttribution, Inferred
    from fingerprint_models.file_parts import FileParts, PartAttribution
    from fingerprint_models.pooling import PooledAttribution
    from fingerprint_models.prevalence import Shares

__version__ = "0.1.0"

__all__ = [
    "Attribution",
    "Change",
    "ChangeAttribution",
    "Evidence",
    "FileChange",
    "FileParts",
    "Hunk",
    "Identity",
    "Inferred",
    "Labeler",
    "ModelId",
    "PartAttribution",
    "PooledAttribution",
    "Sample",
    "Shares",
    "__version__",
    "enroll",
    "label",
    "load",
    "load_agents",
    "pool",
    "predict_parts",
    "read_changes",
    "read_pull_requests",
    "remove_enrolled",
]

_HOMES = {
    "load": "fingerprint.api",
    "load_agents": "fingerprint.api",
    "pool": "fingerprint.api",
    "predict_parts": "fingerprint.api",
    "read_changes": "fingerprint.changes",
    "read_pull_requests": "fingerprint.changes",
    "enroll": "fingerprint.enrolling",
    "remove_enrolled": "fingerprint.enrolling",
    "label": "fingerprint.labeling.label",
    "Labeler": "fingerprint.labeling.labeler",
    "Change": "fingerprint_features.change",
    "FileChange": "fingerprint_features.change",
    "Hunk": "fingerprint_features.change",
    "Identity": "fingerprint_features.change",
    "Sample": "fingerprint_features.sample",
    "Attribution": "fingerprint_models.attribution",
    "Evidence": "fingerprint_models.attribution",
    "ModelId": "fingerprint_models.attribution",
    "ChangeAttribution": "fingerprint_models.change_attribution",
    "Inferred": "fingerprint_models.change_attribution",
    "FileParts": "fingerprint_models.file_parts",
    "PartAttribution": "fingerprint_models.file_parts",
    "PooledAttribution": "fingerprint_models.pooling",
    "Shares": "fingerprint_models.prevalence",
}


if not TYPE_CHECKING:  # a type checker shall see the names above, and no others

    def __getattr__(name: str) -> object:
        """Import a public name when it is first asked for: `fingerprint --help` needs none."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - only for whoever asks

        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
