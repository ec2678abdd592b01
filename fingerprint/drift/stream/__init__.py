"""A stream of windows: has what comes in changed, and since when, with few false alarms."""

from fingerprint.drift.stream.append import append_window
from fingerprint.drift.stream.record import Detector, Past, Shift, Watched

__all__ = ["Detector", "Past", "Shift", "Watched", "append_window"]
