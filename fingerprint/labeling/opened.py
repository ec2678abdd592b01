"""Models as labelling uses them: opened once in each process, never sent from one to another."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint.labeling.errors import LabelError
from fingerprint_features import registry
from fingerprint_models.artefact import open_folder
from fingerprint_models.enrolment import FACTS
from fingerprint_models.errors import SchemaMismatchError
from fingerprint_models.shipped_models import CODE, shipped_folder

if TYPE_CHECKING:
    from fingerprint_models.model import Model


@dataclass(frozen=True)
class Header:
    """What is known of a model that is not opened: its name with version, and its classes.

    `tells_ai`: one of the classes means human, so that there is a probability of AI.
    """

    manifest: str
    name: str
    classes: tuple[str, ...]
    tells_ai: bool


# By the sum of the manifest, which says what all is in a folder.
_HEADERS: dict[str, Header] = {}

# By process too: a booster that was built before a fork hangs in the child.
_OPENED: dict[tuple[str, int], Model] = {}


def read_header(folder: str | None) -> Header:
    """Return the header of the model in `folder`, or of the shipped one.

    Raises as `artefact.open_folder` does, and `SchemaMismatchError` for a model of other columns.
    """
    opened = open_folder(_path(folder))
    found = str(opened.header["schema_hash"])
    if found != registry.schema_hash():
        raise SchemaMismatchError(registry.schema_hash(), found)
    enrolled = opened.json(FACTS) if FACTS in opened.files else ()
    config = opened.json("config.json")
    header = Header(
        opened.manifest_hash,
        f"{opened.header['name']} {opened.header['version']}",
        (*config["classes"], *(each["name"] for each in enrolled)),
        config["human"] is not None,
    )
    _HEADERS[header.manifest] = header
    return header


def header_of(folder: str | None, manifest: str) -> Header:
    """Return the header of the model with that manifest, which was looked for in `folder`.

    Raises `LabelError` where another model is there now, else as `read_header`.
    """
    if manifest not in _HEADERS:
        _verify(folder, manifest)
    return _HEADERS[manifest]


def open_model(folder: str | None, manifest: str) -> Model:
    """Return the model with that manifest, opened at the first call in each process.

    Raises `LabelError` where another model is in `folder` now, else as `Model.load`.
    """
    from fingerprint_models.model import Model  # noqa: PLC0415 - a header needs none of it

    key = (manifest, os.getpid())
    if key not in _OPENED:
        _verify(folder, manifest)
        _OPENED[key] = Model.load(_path(folder))
    return _OPENED[key]


def _verify(folder: str | None, manifest: str) -> None:
    found = read_header(folder).manifest
    if found != manifest:
        raise LabelError(
            f"{_path(folder)} is not the model that this labeller was made for (manifest "
            f"{found[:12]}, not {manifest[:12]}): put the same model on every machine, or make "
            "the labeller anew"
        )


def _path(folder: str | None) -> Path:
    return shipped_folder(CODE) if folder is None else Path(folder)
