"""What is wrong with a labelled corpus, or with what is asked of it."""

from __future__ import annotations

from pathlib import Path


class CurationError(ValueError):
    """A corpus cannot be curated or described as asked; the message names culprit and mend."""


class UnreadableShardError(CurationError):
    """A Parquet file, or a row group of it, cannot be read."""

    def __init__(self, path: Path, why: str, row_group: int | None = None) -> None:
        where = str(path) if row_group is None else f"{path}, row group {row_group}"
        mend = "write it again, or leave it out"
        super().__init__(f"{where} cannot be read ({why.strip()}): {mend}")


class NotLabelledError(CurationError):
    """A file lacks the columns that labelling adds, or has others in their place."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(
            f"{path} {what}: label it first, `fingerprint label {path.name} -o LABELLED.parquet`"
        )
