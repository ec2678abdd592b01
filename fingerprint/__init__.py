"""Tell who wrote code: a human or which LLM family. These names are the public API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerprint.api import load, load_agents
    from fingerprint.changes import read_changes, read_pull_requests
    from fingerprint_features.change import Change, FileChange, Hunk, Identity
    from fingerprint_features.sample import Sample
    from fingerprint_models.attribution import Attribution, Evidence, ModelId
    from fingerprint_models.change_attribution import ChangeAttribution, Inferred

__version__ = "0.1.0"

__all__ = [
    "Attribution",
    "Change",
    "ChangeAttribution",
    "Evidence",
    "FileChange",
    "Hunk",
    "Identity",
    "Inferred",
    "ModelId",
    "Sample",
    "__version__",
    "load",
    "load_agents",
    "read_changes",
    "read_pull_requests",
]

_HOMES = {
    "load": "fingerprint.api",
    "load_agents": "fingerprint.api",
    "read_changes": "fingerprint.changes",
    "read_pull_requests": "fingerprint.changes",
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
