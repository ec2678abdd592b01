"""Errors of the model floor; each names the file and the mend."""

from __future__ import annotations

from pathlib import Path


class ModelError(ValueError):
    """A model folder cannot be written, read or used."""


class MissingModelError(ModelError):
    """There is no model where one was looked for."""

    def __init__(self, folder: Path, problem: str) -> None:
        super().__init__(f"no model at {folder}: {problem}")


class ExistingModelError(ModelError):
    """Something stands where a model folder was to be written."""

    def __init__(self, folder: Path, mend: str) -> None:
        super().__init__(f"{folder} exists already; {mend}")


class DamagedModelError(ModelError):
    """A file of a model folder is not what the manifest, or the format, says it is."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} {problem}; reinstall the package or fetch the model again")


class WrongModelError(ModelError):
    """A model folder is whole, but of the other kind."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} is a model {problem}")


class NewerFormatError(ModelError):
    """A model folder was written by a later package, in a format not known here."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path} has format {found}, this package reads up to {known}; "
            "upgrade the package (pip install --upgrade code-fingerprint)"
        )


class SchemaMismatchError(ModelError):
    """A model was fitted on other columns than this package measures."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"the model expects feature schema {expected[:12]}, this package measures "
            f"{found[:12]}; install the package version that made the model, or train it again"
        )
        self.expected = expected
        self.found = found
