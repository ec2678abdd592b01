"""What the model that labelled a corpus knows of itself: its mean answers, how it pools."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fingerprint.curation.errors import CurationError
from fingerprint_models.artefact import Folder, open_folder
from fingerprint_models.enrolment import FACTS
from fingerprint_models.pooling import Pooling
from fingerprint_models.shipped_models import shipped_folder

CONFIG = "config.json"


def mean_answers_of(
    models: tuple[str, ...], classes: tuple[str, ...], folder: str | None, *, chosen: bool = False
) -> npt.NDArray[np.float64] | None:
    """Return the mean answers (K, K) by true class of the one model in `models`, "NAME VERSION".

    It is looked for in `folder`, or among the shipped ones. None where several models labelled
    the corpus, where the model is not at hand, where it states none (before 1.2.0, or with
    enrolled classes), and where rows were `chosen` by their answers before. Raises CurationError
    where `folder` is another model than that of the rows, and ModelError where it is damaged.
    """
    opened = None if chosen else _opened(models, folder)
    return None if opened is None else _stated(opened, classes)


@dataclass(frozen=True)
class Pooled:
    """How a model pools answers, and the names of its classes that no language model stands for."""

    pooling: Pooling
    human: tuple[str, ...]


def pooled_by(models: tuple[str, ...], folder: str | None) -> Pooled:
    """Return how the one model in `models`, "NAME VERSION", pools.

    It is looked for in `folder`, or among the shipped ones. Raises CurationError where several
    models labelled the corpus or theirs is not at hand, and otherwise as `mean_answers_of` does.
    """
    opened = _opened(models, folder)
    if opened is None:
        told = ", ".join(models) or "no model"
        raise CurationError(
            f"the corpus was labelled by {told}, and how to judge rows together is not known: "
            "name the folder of that model with --model, or label all rows with one"
        )
    config = opened.json(CONFIG)
    enrolled = opened.json(FACTS) if FACTS in opened.files else []
    people = [each["name"] for each in enrolled if each["person"]]
    human = () if config["human"] is None else (config["human"], *people)
    return Pooled(Pooling(**config.get("pooling", {})), human)


def _opened(models: tuple[str, ...], folder: str | None) -> Folder | None:
    """Return the folder of the one model in `models`; None where it is not at hand."""
    if folder is not None:
        opened = open_folder(Path(folder))
        if models != (_name(opened),):
            told = ", ".join(models) or "no model"
            raise CurationError(
                f"{folder} is {_name(opened)}, but the corpus was labelled by {told}: "
                "name the folder of that model, or leave --model out"
            )
        return opened
    if len(models) != 1:
        return None
    try:
        opened = open_folder(shipped_folder(models[0].rpartition(" ")[0]))
    except FileNotFoundError:
        return None
    return opened if _name(opened) == models[0] else None


def _name(opened: Folder) -> str:
    return f"{opened.header['name']} {opened.header['version']}"


def _stated(opened: Folder, classes: tuple[str, ...]) -> npt.NDArray[np.float64] | None:
    config = opened.json(CONFIG)
    if tuple(config["classes"]) != classes or not config.get("mean_answers"):
        return None
    return np.array(config["mean_answers"], dtype=np.float64)
