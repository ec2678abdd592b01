"""Convergence: whether the styles of model families come together, and how fast a model ages."""

from fingerprint.drift.convergence.converge import converge
from fingerprint.drift.convergence.record import Convergence

__all__ = ["Convergence", "converge"]
