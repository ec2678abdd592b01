"""The part of a corpus that comes of one repository: two Parquet files and a state, kept whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fingerprint_training.mining.repositories import Repository, heads
from fingerprint_training.mining.settings import Settings
from fingerprint_training.mining.whole_files import file_digest, write_text

VERSION = 1  # of what parts hold; another version is mined anew
KINDS = ("changes", "samples")


@dataclass(frozen=True, slots=True)
class PartState:
    """How a part came to be. `incomplete` says what git said where the history broke off."""

    version: int
    name: str
    key: str
    head: str | None
    licence: str | None
    shallow: bool
    incomplete: str | None
    changes: int
    samples: int
    agents: Mapping[str, int]
    left_out: Mapping[str, int]
    seconds: float
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartPlace:
    """Where a repository's part lies, and the key that it must have to be of use."""

    folder: Path
    name: str
    key: str

    def path(self, kind: str) -> Path:
        """Return where one of `KINDS` lies."""
        return self.folder / f"{_file_name(self.name)}.{kind}.parquet"

    @property
    def state_path(self) -> Path:
        """Where the state lies; it is written last."""
        return self.folder / f"{_file_name(self.name)}.json"


def part_place(folder: Path, repository: Repository, settings: Settings) -> PartPlace:
    """Return the place of a repository's part; HistoryError where its refs cannot be read."""
    said = "\0".join(
        (repository.name, settings.key(), heads(repository.git_dir, settings.revision))
    )
    return PartPlace(folder, repository.name, hashlib.sha256(said.encode()).hexdigest())


def write_state(place: PartPlace, state: PartState) -> None:
    """Write the state, by which the part counts as finished."""
    write_text(place.state_path, json.dumps(asdict(state), indent=1) + "\n", place.folder)


def finished(place: PartPlace) -> PartState | None:
    """Return the state of a part that is whole, undamaged and complete, else None."""
    try:
        state = _read(json.loads(place.state_path.read_text(encoding="utf-8")))
        damaged = any(file_digest(place.path(kind)) != state.files[kind] for kind in KINDS)
    except (OSError, ValueError, TypeError, KeyError):  # not there, or damaged
        return None
    fits = state.version == VERSION and state.key == place.key and state.incomplete is None
    return state if fits and not damaged else None


def _read(told: dict[str, Any]) -> PartState:
    return PartState(**told)


def _file_name(name: str) -> str:
    """Return a file name for a repository's name; names that differ in it get a digest."""
    plain = "".join(c if c.isalnum() or c in "._-" else "+" for c in name)
    same = plain.replace("+", "/", 1) == name or plain == name
    return plain if same else f"{plain}.{hashlib.sha256(name.encode()).hexdigest()[:8]}"
