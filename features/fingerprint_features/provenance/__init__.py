"""Declared provenance: what a change says about who wrote it, and the same text without that."""

from fingerprint_features.provenance.read import findings
from fingerprint_features.provenance.records import FamilyOf, Finding, Kind, Strength
from fingerprint_features.provenance.strip import Tier, strip

__all__ = ["FamilyOf", "Finding", "Kind", "Strength", "Tier", "findings", "strip"]
