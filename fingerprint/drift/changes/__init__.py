"""Commits and pull requests as the two sides of a comparison, as an agent model sees them."""

from fingerprint.drift.changes.measured import measured_changes, reference_of_agents
from fingerprint.drift.changes.rows import ChangeRows, read_change_rows

__all__ = ["ChangeRows", "measured_changes", "read_change_rows", "reference_of_agents"]
