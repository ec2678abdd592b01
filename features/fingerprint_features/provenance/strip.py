"""A message without the markers that tell its author: what may be learnt is style, not a label.

All messages are treated alike, a person's too. Everything is deleted, nothing replaced by a token
that could tell one tool from another; lines are never joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from fingerprint_features.provenance.blocks import without_blocks, without_comments
from fingerprint_features.provenance.rules import load_rules
from fingerprint_features.provenance.stated import MODEL
from fingerprint_features.provenance.templates import load_templates
from fingerprint_features.provenance.trailers import CREDITS, OTHER_KEYS

PASSES = 6
"""What one pass takes out may bring two halves of a marker together; real texts need two."""

LONGEST = 2000
"""Longest line, in characters, that is compared with the templates; the longest one has 700."""

NESTING = 3
"""Brackets within brackets that are taken away when what they held is gone."""


class Tier(StrEnum):
    """How much of a message is taken out."""

    RAW = "raw"  # nothing
    TRAILERS = "trailers"  # trailers, and with them the identities
    MARKERS = "markers"  # also templates, footers, names, addresses, handles, branches, ids
    NONE = "none"  # everything: no text is left


_TRAILER = re.compile(
    rf"[ \t]{{0,12}}[^\w\s>`\"'|]{{0,6}}[ \t]{{0,3}}"
    rf"(?:{'|'.join((*CREDITS, *OTHER_KEYS))}"
    r"|[a-z]{2,30}(?:-[a-z]{2,30}){0,3}-(?:by|id|url|to)"
    r"|cc|fixes|closes|bug|reviewed-on|differential revision|piperorigin-revid)[ \t]*:[ \t]*\S",
    re.IGNORECASE,
)
_INLINE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"!\[[^\]\n]{0,300}\]\([^()\s]{0,2000}\)",  # images and badges
        r"(?:https?://|www\.)[^\s<>()\[\]\"'`]+",
        r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
        r"(?<![\w/@.`])@[a-z\d][\w-]{0,38}(?:\[bot\])?",  # handles
        r"\b[\w-]{1,40}\[bot\]",
        r"\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b|\b[\da-f]{32,64}\b",  # session ids, hashes
        r"\b(?:task|session|edt|bc)[_-](?:[a-z]_)?(?=[a-z_-]{0,20}\d)[\w-]{6,80}",
        r"🤖",
    )
)
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\([^()\s]{0,2000}(?:[ \t]\"[^\"\n]{0,200}\")?\)")
_HOLLOW = re.compile(r"\([ \t]*\)|\[[ \t]*\]\(?|<[ \t]*>|`[ \t]+`|\*\*[ \t]*\*\*")
_SPACES = re.compile(r"(?<=\S)[ \t]{2,}")
_RULE = re.compile(r"[ \t]*(?:-{3,}|_{3,}|\*{3,}|={3,})[ \t]*")
_SIGNATURE_WORDS = re.compile(
    r"[^\w\n]*+(?:(?:generated|made|created|built|written|assisted|powered)\b[^\w\n]*+)?"
    r"(?:(?:with|by|using|via)\b[^\w\n]*+)?",
    re.IGNORECASE,
)


def strip(message: str, tier: Tier) -> str:
    """Return a message without what the tier takes out of it.

    Deterministic, idempotent, linear in the length of the message; raises nothing.
    """
    if tier is Tier.RAW:
        return message
    if tier is Tier.NONE:
        return ""
    once = without_trailers if tier is Tier.TRAILERS else _without_markers
    text = message.replace("\r\n", "\n")
    for _ in range(PASSES):
        before, text = text, once(text)
        if text == before:
            break
    return text


def without_trailers(message: str) -> str:
    """Return a message without its trailers, wherever they stand, and their continuation lines."""
    kept: list[str] = []
    dropped = False
    for line in message.split("\n"):
        dropped = _TRAILER.match(line) is not None or (dropped and line[:1] in (" ", "\t"))
        if not dropped:
            kept.append(line)
    return tidy(kept)


def _without_markers(message: str) -> str:
    text = without_comments(without_blocks(message))
    lines = without_trailers(text).split("\n")
    kept = [_cleaned(line, index == 0) for index, line in enumerate(lines)]
    return tidy([line for line in kept if line is not None])


def tidy(lines: list[str]) -> str:
    """Return lines as a text: no trailing blanks, no two empty lines in a row.

    Rules at the end go as well: they parted what is gone from the text.
    """
    kept: list[str] = []
    for line in lines:
        bare = line.rstrip()
        if bare or (kept and kept[-1]):
            kept.append(bare)
    while kept and (not kept[-1] or _RULE.fullmatch(kept[-1])):
        kept.pop()
    return "\n".join(kept)


def _cleaned(line: str, first: bool) -> str | None:
    """Return a line without markers, or None where nothing else stood in it."""
    bare = line.strip()
    if not bare:
        return ""
    if len(bare) <= LONGEST and _is_template(bare):
        return None
    text = _affixes(line) if first else line
    text = _LINK.sub(r" \1 ", text) if "](" in text else text
    for pattern in _INLINE:
        text = pattern.sub(" ", text)
    text = _names().sub(" ", MODEL.sub(" ", text))
    if text == line:
        return line
    for _ in range(NESTING):
        text = _HOLLOW.sub(" ", text)
    text = _SPACES.sub(" ", text).rstrip()
    return None if _SIGNATURE_WORDS.fullmatch(text) else text


def _affixes(title: str) -> str:
    prefix, suffix = _title_patterns()
    found = prefix.match(title)
    return suffix.sub("", title[found.end() :] if found else title)


def _is_template(line: str) -> bool:
    return _lines().fullmatch(line) is not None or _footers().match(line) is not None


@cache
def _lines() -> re.Pattern[str]:
    return _either(
        template.start.pattern for template in load_templates() if template.form == "line"
    )


@cache
def _footers() -> re.Pattern[str]:
    return _either(rule.pattern.pattern for rule in load_rules() if rule.form == "footer")


@cache
def _names() -> re.Pattern[str]:
    patterns = [template.start.pattern for template in load_templates() if template.form == "name"]
    # A branch before the name that begins it.
    patterns.sort(key=lambda pattern: "/[" not in pattern)
    return re.compile(rf"(?<![a-z\d])(?:{'|'.join(patterns)})(?![a-z\d])", re.IGNORECASE)


@cache
def _title_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    prefix, suffix = (
        "|".join(t.start.pattern for t in load_templates() if t.form == form)
        for form in ("prefix", "suffix")
    )
    return (
        re.compile(rf"(?:{prefix})+", re.IGNORECASE),
        re.compile(rf"(?:{suffix})[ \t]*$", re.IGNORECASE),
    )


def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    # Named groups, which a pattern may have but once, are of no use here.
    unnamed = (re.sub(r"\(\?P<\w+>", "(?:", pattern) for pattern in patterns)
    return re.compile("|".join(f"(?:{pattern})" for pattern in unnamed), re.IGNORECASE)
