"""The few calls a user makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint_models.shipped_models import AGENTS, CODE, shipped_folder

if TYPE_CHECKING:
    from fingerprint_models.agent_model import AgentModel
    from fingerprint_models.attribution import Attribution
    from fingerprint_models.file_parts import FileParts
    from fingerprint_models.model import Model
    from fingerprint_models.pooling import PooledAttribution


def load(folder: str | Path | None = None) -> Model:
    """Return the model in `folder`, or the shipped one.

    Raises a `ValueError` or `OSError` that names the file and the mend where the folder is
    missing, damaged, or written for other columns or by a newer version.
    """
    from fingerprint_models.model import Model  # noqa: PLC0415 - brings numpy: for users only

    return Model.load(Path(folder) if folder is not None else shipped_folder(CODE))


def load_agents(folder: str | Path | None = None) -> AgentModel:
    """Return the agent model in `folder`, or the shipped one: for commits and pull requests.

    It answers many at once (`predict_changes`), and together (`pool`). Raises as `load` does.
    """
    from fingerprint_models.agent_model import AgentModel  # noqa: PLC0415 - see `load`

    return AgentModel.load(Path(folder) if folder is not None else shipped_folder(AGENTS))


def predict_parts(
    path: str | Path,
    language: str | None = None,
    *,
    by: str = "function",
    mode: str = "balanced",
    model: Model | None = None,
) -> FileParts:
    """Attribute the parts of one file; of code that is no file, `Model.predict_parts` does.

    A file that cannot be read, or is no code, or a folder, has a status and no parts. Without
    `model`, the shipped one is loaded at every call. Raises ValueError for another `by` or `mode`.
    """
    from fingerprint.files import discover  # noqa: PLC0415 - see `load`
    from fingerprint_models.attribution import Attribution  # noqa: PLC0415 - see `load`
    from fingerprint_models.file_parts import FileParts  # noqa: PLC0415 - see `load`

    asked = model or load()
    (item,) = discover([str(path)], language=language)
    if item.status == "ok":
        return asked.predict_parts(item.code, item.language, item.path, by=by, mode=mode)
    whole = Attribution.not_scored(
        item.status, path=item.path, language=item.language, reason=item.reason, model=asked.id
    )
    return FileParts(by, whole)


def pool(
    attributions: Sequence[Attribution],
    *,
    by: str | Callable[[Attribution], str | None] | Sequence[str | None] | None = None,
    mode: str = "balanced",
    model: Model | None = None,
) -> list[PooledAttribution]:
    """Return one answer for many attributions, or for each group of them, in order of appearance.

    Each is told on the premise that one author wrote all of its samples; how much of them each
    family wrote (`shares`) needs no such premise. `by` is "directory" or "language", a function
    that returns an attribution's group, or a group for each; None as a group leaves it out. Without
    `model`, the shipped one is loaded at every call; it must be the one that made the attributions.
    Raises ValueError where it is not, and for another `by` or `mode`.
    """
    return (model or load()).pool(attributions, by=by, mode=mode)
