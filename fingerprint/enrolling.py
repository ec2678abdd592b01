"""Enrolling: a family or a person joins a model folder from a few samples, and leaves it again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint_models.shipped_models import CODE, shipped_folder

if TYPE_CHECKING:
    from fingerprint_features.sample import Sample
    from fingerprint_models.enrolment import Enrolment
    from fingerprint_models.model import Model
    from fingerprint_models.newcomer import Joined

SUFFIX = "+enrolled"
"""What the version of a model ends in while it holds enrolled classes."""

PRIOR = 0.1
"""Share of the class that is presumed among code of its languages."""


def enroll(
    name: str,
    samples: Iterable[Sample],
    *,
    into: str | Path,
    base: str | Path | None = None,
    person: bool = False,
    prior: float = PRIOR,
    workers: int = 1,
) -> Joined:
    """Add a family of models, or a `person`, to the model folder `into` from 10 to 200 samples.

    Where `into` does not exist it becomes a copy of `base`, the shipped model by default. The
    trained classes and their calibration stay as they are; the folder changes whole or not at
    all, and the same samples give the same folder. `prior` is the share of the class that is
    presumed among code of its languages; samples of one folder (by `path`) are left out together
    when the class is calibrated. Returns what became of the samples. Raises a `ValueError` or
    `OSError` that names the culprit and the mend.
    """
    from fingerprint_models.errors import ModelError  # noqa: PLC0415 - brings numpy: for users only
    from fingerprint_models.model import Model  # noqa: PLC0415
    from fingerprint_models.newcomer import join  # noqa: PLC0415

    folder = Path(into)
    if folder.exists() and base is not None:
        raise ModelError(f"{folder} exists already: leave the base model out, or name a new folder")
    home = folder if folder.exists() else Path(base) if base else shipped_folder(CODE)
    model = Model.load(home)
    enrolment, joined = join(
        model, name, list(samples), person=person, prior=prior, workers=workers
    )
    _write(model, enrolment, home, folder)
    return joined


def remove_enrolled(name: str, *, into: str | Path) -> None:
    """Take an enrolled class out of the model folder `into`.

    Without any enrolled class the folder is the base model again, byte for byte. Raises a
    `ValueError` where nobody of that name is enrolled, or the folder is no model.
    """
    from fingerprint_models.model import Model  # noqa: PLC0415
    from fingerprint_models.newcomer import leave  # noqa: PLC0415

    folder = Path(into)
    model = Model.load(folder)
    _write(model, leave(model, name), folder, folder)


def _write(model: Model, enrolment: Enrolment, home: Path, folder: Path) -> None:
    from fingerprint_models.artefact import open_folder, write_folder  # noqa: PLC0415

    opened = open_folder(home)
    before = model.enrolment.to_files()
    files = {name: data for name, data in opened.files.items() if name not in before}
    files |= enrolment.to_files()
    header = {key: value for key, value in opened.header.items() if key != "format"}
    version = str(header["version"]).removesuffix(SUFFIX)
    header["version"] = version + (SUFFIX if enrolment.classes else "")
    write_folder(folder, files, header=header, replace=True)
