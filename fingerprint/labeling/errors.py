"""What is wrong with a data set, or with how it is to be labelled."""

from __future__ import annotations


class LabelError(ValueError):
    """A data set cannot be labelled as asked; the message names the culprit and the mend."""


class LabelTypeError(LabelError, TypeError):
    """Something is of a kind, or a column of a type, that cannot be labelled."""


class MissingExtraError(ImportError):
    """A package is missing that only data sets need."""

    def __init__(self, package: str | None) -> None:
        super().__init__(
            f"labelling data sets needs more packages ({package}): "
            "pip install 'code-fingerprint[data]'",
            name=package,
        )


class InputError(LabelError):
    """An input cannot be read; the message names the file, and the place in it."""


class OutputError(LabelError):
    """The output cannot be written, or something stands in its way."""


class WorkerDiedError(LabelError):
    """A worker process ended before its piece was done."""
