"""What can go wrong in transforming code, with the mend."""

from __future__ import annotations


class FormatterMissingError(ImportError):
    """A formatter that a transformation runs is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"the transformation 'reformatted' needs {package}: "
            "install it with pip install 'code-fingerprint[train]'"
        )
