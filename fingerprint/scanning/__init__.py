"""A whole history at once: who it says wrote it, and what the rest of it looks like."""

from fingerprint.scanning.record import Conflict, Count, Group, Marker, Scan
from fingerprint.scanning.scan import Settings, scan

__all__ = ["Conflict", "Count", "Group", "Marker", "Scan", "Settings", "scan"]
