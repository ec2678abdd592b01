"""What is wrong with the two sides of a comparison, or with how they are to be compared."""

from __future__ import annotations


class DriftError(ValueError):
    """Two sides cannot be compared as asked; the message names the culprit and the mend."""
