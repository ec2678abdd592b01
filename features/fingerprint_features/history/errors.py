"""Errors of the history reader; each names the repository or the record it is about."""

from __future__ import annotations

from fingerprint_features.errors import FeatureError


class HistoryError(FeatureError):
    """A repository cannot be read, or its history breaks off."""


class PullRequestError(FeatureError):
    """A text or an object is no pull request; the message names where and what was expected."""
