"""Histories mined into labelled changes and code samples."""

from fingerprint_training.mining.change_reading import read_changes
from fingerprint_training.mining.errors import CannotWriteError, MiningError
from fingerprint_training.mining.run import Mined, changes_path, mine
from fingerprint_training.mining.settings import Settings

__all__ = [
    "CannotWriteError",
    "Mined",
    "MiningError",
    "Settings",
    "changes_path",
    "mine",
    "read_changes",
]
