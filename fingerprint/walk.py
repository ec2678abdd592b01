"""Walk a folder: what is below it, and what the project or our rules say to leave out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fingerprint import ignore, skip
from fingerprint.items import Item, failed, item_of
from fingerprint.reading import read_bounded
from fingerprint_features.languages import language_of_path

_SHEBANG_BYTES = 256


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder on the way: as shown, as it lies on the disk, and the rules that hold in it."""

    shown: Path
    real: Path
    layers: tuple[ignore.Layer, ...]
    vendored: bool = False

    def says(self, question: ignore.Question, name: str) -> bool | None:
        """Return what the project says about the entry `name` (of a folder: with a slash)."""
        return ignore.verdict(self.layers, question, f"{self.real.as_posix()}/{name}")


def walk(folder: str, layers: tuple[ignore.Layer, ...] = ()) -> Iterator[Item]:
    """Yield the items below `folder`: of each folder first its files, then its folders, sorted.

    `layers` are rules beside those that lie in the folders. Links to folders are not followed,
    so there are no loops and nothing is met twice. Files that are no code by their name have
    the status `not_code`, and are not read. Folders left out as a whole are one item. Raises
    `IgnoreFileError` for a pattern that cannot be read.
    """
    real = Path(folder).resolve()
    waiting = [_Place(Path(folder), real, layers + ignore.layers_above(real))]
    while waiting:
        place = waiting.pop()
        try:
            entries = sorted(os.scandir(place.real), key=lambda entry: entry.name)
        except OSError as error:
            yield failed(str(place.shown), error, folder)
            continue
        own = ignore.layer_of(place.real, [entry.name for entry in entries])
        here = _Place(place.shown, place.real, place.layers + own, place.vendored)
        inner: list[_Place] = []
        for entry in entries:
            if not os.path.isdir(entry):  # noqa: PTH112 - pathlib's raises on denied access
                yield _file_item(here, entry.name, folder)
            elif entry.name not in skip.INTERNAL_FOLDERS:
                reason = _folder_reason(here, entry)
                if reason:
                    shown = str(here.shown / entry.name)
                    yield Item(shown, "skipped", reason, source=folder)
                else:
                    inner.append(_enter(here, entry.name))
        waiting += reversed(inner)


def _enter(place: _Place, name: str) -> _Place:
    vendored = place.vendored or skip.is_vendored_folder(place.real / name)
    return _Place(place.shown / name, place.real / name, place.layers, vendored)


def _folder_reason(place: _Place, entry: os.DirEntry[str]) -> str | None:
    """Return why a folder is not entered, or None."""
    if entry.is_symlink():
        target = Path(entry).resolve()
        around = target == place.real or target in place.real.parents
        return "directory_loop" if around else "linked_directory"
    if place.says("ignored", entry.name + "/"):
        return "ignored"
    if any(layer.unsets_vendored for layer in place.layers):
        return None  # the project knows better what in here is its own: judge file by file
    return skip.VENDORED if skip.is_vendored_folder(Path(entry)) else None


def _file_item(place: _Place, name: str, source: str) -> Item:
    shown, real = str(place.shown / name), place.real / name
    reason, language = _file_reason(place, name), language_of_path(name)
    try:
        if reason != skip.LOCK_FILE and language is None and not _has_shebang(real):
            return Item(shown, "not_code", source=source)
        if reason:
            return Item(shown, "skipped", reason, language=language, source=source)
        data, partial = read_bounded(str(real))
    except OSError as error:
        return failed(shown, error, source)
    item = item_of(shown, data, partial=partial, source=source)
    if skip.is_generated(item.code) and place.says("generated", name) is not False:
        return Item(shown, "skipped", skip.GENERATED, language=item.language, source=source)
    return item


def _file_reason(place: _Place, name: str) -> str | None:
    """Return why a file is left out before it is read; what the project says goes first."""
    if place.says("ignored", name):
        return "ignored"
    vendored, generated = place.says("vendored", name), place.says("generated", name)
    if vendored or (vendored is None and place.vendored):
        return skip.VENDORED
    if generated:
        return skip.GENERATED
    reason = skip.reason_by_name(name)
    return None if generated is False and reason == skip.GENERATED else reason


def _has_shebang(path: Path) -> bool:
    return not path.suffix and read_bounded(str(path), _SHEBANG_BYTES)[0].startswith(b"#!")
