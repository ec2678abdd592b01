"""What can go wrong in training, each with its culprit's name and the mend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class CorpusError(ValueError):
    """A corpus cannot be used as it is."""


class UnreadableCorpusError(CorpusError):
    """A file is missing, or is not what its name says."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be read as a corpus: {reason}")


class MissingColumnsError(CorpusError):
    """The input lacks columns that were asked for."""

    def __init__(self, origin: str, missing: Sequence[str], present: Sequence[str]) -> None:
        super().__init__(
            f"{origin} has no column {', '.join(map(repr, missing))}; "
            f"it has {', '.join(map(repr, present))}: name the right ones when reading"
        )


class MalformedCodeError(CorpusError):
    """Some rows hold no text where code or a label belongs."""

    def __init__(self, origin: str, column: str, rows: Sequence[int]) -> None:
        few = ", ".join(map(str, rows[:5]))
        super().__init__(
            f"{origin}: {len(rows)} row(s) hold no text as {column} (rows {few}"
            f"{', …' if len(rows) > 5 else ''}): leave them out or fill them"
        )


class ContradictoryLabelsError(CorpusError):
    """The same code stands under different labels."""

    def __init__(self, origin: str, rows: str, labels: Sequence[str]) -> None:
        super().__init__(
            f"{origin}: the same code stands under different labels ({', '.join(labels)}) in "
            f"rows {rows}: mend the labels, or read with on_contradiction='drop'"
        )


class TooFewSamplesError(CorpusError):
    """There are too few classes, or too few samples in one."""


class SplitError(CorpusError):
    """A corpus has too few groups for the split that was asked for."""
