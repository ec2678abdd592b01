"""What ends a command with exit code 2."""

from __future__ import annotations


class UsageError(ValueError):
    """A command that cannot run as asked; the message names the culprit and the mend."""
