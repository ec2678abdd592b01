"""Defaults from `[tool.fingerprint]` in the pyproject.toml of the current directory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fingerprint.cli.errors import UsageError
from fingerprint.reading import is_file
from fingerprint_features.languages import EXTENSIONS, FILE_NAMES, normalise

MODES = ("best-guess", "balanced", "high-precision")
FILE = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the project has set; options on the command line win."""

    mode: str = "balanced"
    language: str | None = None
    model: str | None = None
    ignore: tuple[str, ...] = ()


def read_settings(folder: Path) -> Settings:
    """Return the settings in the pyproject.toml of `folder`, or the defaults.

    Raises `UsageError` for broken TOML, keys we do not know, and values of another type.
    """
    path = folder / FILE
    if not is_file(path):
        return Settings()
    import tomllib

    try:
        table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("fingerprint", {})
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from error
    unknown = set(table) - {"mode", "language", "model", "ignore"}
    if unknown:
        raise UsageError(
            f"{path}: [tool.fingerprint] has no setting {min(unknown)!r}: "
            "there are mode, language, model and ignore"
        )
    return Settings(
        mode=_mode(table.get("mode", "balanced"), path),
        language=_language(table.get("language"), path),
        model=_text(table.get("model"), "model", path),
        ignore=_patterns(table.get("ignore", []), path),
    )


def known_language(name: str) -> str:
    """Return our name for the language `name`; raises `UsageError` where we have none."""
    known = {*EXTENSIONS, *FILE_NAMES.values()}
    language = normalise(name)
    if language not in known:
        raise UsageError(f"unknown language {name!r}: one of {', '.join(sorted(known))}")
    return language


def _mode(value: object, path: Path) -> str:
    if value not in MODES:
        raise UsageError(f"{path}: mode is {value!r}, not one of {', '.join(MODES)}")
    return str(value)


def _language(value: object, path: Path) -> str | None:
    name = _text(value, "language", path)
    try:
        return known_language(name) if name else None
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def _text(value: object, key: str, path: Path) -> str | None:
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{path}: {key} is {value!r}, not a string")
    return value


def _patterns(value: object, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"{path}: ignore is {value!r}, not a list of strings")
    return tuple(value)
