"""Human against AI over time across sources: whole repositories on one side of each fold."""

from fingerprint.drift.convergence.across.across import across

__all__ = ["across"]
