"""The few calls a user makes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerprint_models.model import Model


def load(folder: str | Path | None = None) -> Model:
    """Return the model in `folder`, or the shipped one.

    Raises a `ValueError` or `OSError` that names the file and the mend where the folder is
    missing, damaged, or written for other columns or by a newer version.
    """
    from fingerprint_models.model import Model  # noqa: PLC0415 - brings numpy: for users only

    return Model.load(Path(folder) if folder is not None else shipped_folder())


def shipped_folder() -> Path:
    """Return the newest `NAME-VERSION` folder that came with the package.

    Raises `FileNotFoundError` where there is none.
    """
    import fingerprint_models  # noqa: PLC0415 - see `load`

    homes = [Path(home) / "shipped" for home in fingerprint_models.__path__]
    folders = [entry for home in homes if home.is_dir() for entry in home.iterdir()]
    models = [entry for entry in folders if entry.is_dir() and "-" in entry.name]
    if not models:
        raise FileNotFoundError(
            f"no model in {homes[0]}: reinstall code-fingerprint, or name a model folder"
        )
    return max(models, key=_version_of)


def _version_of(folder: Path) -> tuple[tuple[int, ...], str]:
    version = folder.name.rpartition("-")[2]
    return tuple(int(number) for number in re.findall(r"\d+", version)), folder.name
