"""The monitor: whether what comes in has drifted from a reference, in what, and what to do."""

from fingerprint.drift.monitor.compare import By, compare
from fingerprint.drift.monitor.record import Drift
from fingerprint.drift.monitor.seen import seen_note

__all__ = ["By", "Drift", "compare", "seen_note"]
