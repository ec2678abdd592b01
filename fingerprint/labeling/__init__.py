"""Labelling data sets of any size: Arrow batches in, the `fp_` columns out."""

from __future__ import annotations

from fingerprint.labeling.errors import MissingExtraError

try:
    import pyarrow  # noqa: F401 - all modules in here need it, and its absence is told here
except ImportError as error:
    raise MissingExtraError(error.name) from error
