"""A data card that several hands write: ours is one block between two comments."""

from __future__ import annotations

from pathlib import Path

from fingerprint.curation.errors import CurationError
from fingerprint.curation.front_matter import FENCE, Front, split, updated

BEGIN = "<!-- fingerprint {name}: what stands from here to the end mark is written anew -->"
END = "<!-- fingerprint {name}: end -->"


def read_card(path: Path) -> str | None:
    """Return a card's text, None where there is none; CurationError where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CurationError(f"cannot read {path}: {error}") from error


def check_card(text: str | None, path: Path, *, name: str) -> None:
    """Raise CurationError where `updated_card` would, before the work is done."""
    updated_card(text, path=path, title="", front=Front(), name=name, block="")


def updated_card(
    text: str | None, *, path: Path, title: str, front: Front, name: str, block: str
) -> str:
    """Return a card with the block `name` and the keys of `front`; the rest stays as it is.

    Without a text, or with an empty one, the card begins with `title`. A card that has no such
    block yet gets it at its end; line ends stay what they are. Raises
    CurationError, which names `path`, where the marks of the block or of the head are broken.
    """
    try:
        lines, body = split((text or "").replace("\r\n", "\n"))
        body = _with_block(body if body.strip() else f"\n# {title}\n", name, block)
    except CurationError as error:
        raise CurationError(f"{path}: {error}") from error
    made = "\n".join((FENCE, *updated(lines, front), FENCE, body))
    return made.replace("\n", "\r\n") if "\r\n" in (text or "") else made


def _with_block(body: str, name: str, block: str) -> str:
    begin, end = BEGIN.format(name=name), END.format(name=name)
    ours = f"{begin}\n\n{block.strip()}\n\n{end}"
    marks = body.count(begin), body.count(end)
    if marks == (0, 0):
        return f"{body.rstrip()}\n\n{ours}\n"
    start, stop = body.find(begin), body.find(end)
    if marks != (1, 1) or stop < start:
        raise CurationError(
            f"the marks of the block {name!r} are broken: leave one beginning and one end, or none"
        )
    return body[:start] + ours + body[stop + len(end) :]
