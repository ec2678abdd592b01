"""Tell who wrote code: a human or which LLM family. These names are the public API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerprint.api import load
    from fingerprint_features.sample import Sample
    from fingerprint_models.attribution import Attribution, Evidence, ModelId

__version__ = "0.1.0"

__all__ = ["Attribution", "Evidence", "ModelId", "Sample", "__version__", "load"]

_HOMES = {
    "load": "fingerprint.api",
    "Sample": "fingerprint_features.sample",
    "Attribution": "fingerprint_models.attribution",
    "Evidence": "fingerprint_models.attribution",
    "ModelId": "fingerprint_models.attribution",
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
