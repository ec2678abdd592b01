"""Errors of the feature floor; each names the culprit."""

from __future__ import annotations


class FeatureError(ValueError):
    """Something handed to the feature extractors cannot be used."""


class NotTextError(FeatureError):
    """The code of a sample is not text that can be measured."""
