"""The title: length, case, conventional type, opening verb, references, prefixes."""

from __future__ import annotations

import re

from fingerprint_features.activity.reading import WORD, Activity
from fingerprint_features.activity.verbs import FORMS, form_of
from fingerprint_features.ratios import share

TYPES = ("feat", "fix", "docs", "chore", "refactor", "test", "style", "perf", "ci", "build")
"""Types of the Conventional Commits 1.0.0 specification and of the Angular convention it cites."""

COLUMNS = {
    "characters": "characters of the title",
    "words": "words of the title",
    "word_length": "mean length of the title's words",
    "over_50": "1 where the title is longer than 50 characters",
    "over_72": "1 where the title is longer than 72 characters",
    "conventional": "1 where the title opens with a conventional-commit type",
    **{f"type_{name}": f"1 where the conventional type is {name}" for name in TYPES},
    "type_other": "1 where the conventional type is any other",
    "type_capital": "1 where the conventional type starts with a capital",
    "scope": "1 where the conventional type has a scope",
    "breaking": "1 where the conventional type has a breaking mark",
    "capital": "1 where the title, its type aside, starts with a capital",
    "lower": "1 where the title, its type aside, starts in lower case",
    "capital_words": "share of the words behind the first that start with a capital",
    "upper_words": "share of the words that are in capitals, of two letters or more",
    "full_stop": "1 where the title ends with a full stop",
    "ellipsis": "1 where the title ends cut off, in three dots",
    "question": "1 where the title holds a question or exclamation mark",
    **{f"opens_{form}": f"1 where the title opens with a verb, form: {form}" for form in FORMS},
    "reference": "1 where the title names a ticket by number",
    "reference_start": "1 where a ticket opens the title",
    "reference_end": "1 where a ticket in brackets closes the title",
    "ticket_key": "1 where the title names a ticket by key, such as ABC-12",
    "bracket_prefix": "1 where the title opens with square brackets",
    "colon_prefix": "1 where the title opens with a name and a colon that is no conventional type",
    "colon_later": "1 where a colon stands further on in the title",
    "backtick": "back-ticks in the title",
    "quotes": "quotation marks in the title",
    "identifiers": "share of the title's words that look like names of code",
    "path": "1 where the title holds a file name",
    "call": "1 where the title holds a call, such as f()",
    "digits": "share of the title's characters that are digits",
    "comma": "commas in the title",
    "joined": "1 where the title joins two things by and, & or +",
    "dash": "1 where a free-standing dash divides the title",
    "brackets": "1 where the title holds round brackets, a ticket aside",
    "non_ascii": "share of the title's characters outside ASCII",
    "emoji_start": "1 where the title opens with a pictograph or a :shortcode:",
    "repeats": "share of the title's words that were said before in it",
}

_CONVENTIONAL = re.compile(r"([A-Za-z]+)(\([^)]*\))?(!)?:\s+")
_OTHER_TYPES = frozenset(
    ("revert", "wip", "deps", "security", "release", "hotfix", "bugfix", "feature", "i18n")
)
_REFERENCE = re.compile(r"(?<!\w)(?:#|GH-)\d+")
_REFERENCE_END = re.compile(r"\((?:#|GH-)\d+\)\s*$")
_TICKET = re.compile(r"\b[A-Z][A-Z0-9]+-\d+\b")
_PREFIX = re.compile(r"[\w./@ -]{1,30}:\s")
_NAME = re.compile(r"\b(?:\w+_\w+|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)")
_PATH = re.compile(r"\w/\w|[\w-]\.[a-z]{1,5}\b")
_JOINED = re.compile(r"\band\b|\s[&+]\s", re.IGNORECASE)
_EMOJI_START = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]|:[a-z_]+:")


def measure(activity: Activity) -> dict[str, float]:
    """Return the title columns of a change, all finite."""
    title = activity.title
    match = _CONVENTIONAL.match(title)
    kind = match[1].lower() if match else ""
    if kind not in TYPES and kind not in _OTHER_TYPES:
        match, kind = None, ""
    said = title[match.end() :] if match else title
    words = WORD.findall(said)
    return {
        **_length(title, words),
        "conventional": float(match is not None),
        **{f"type_{name}": float(kind == name) for name in TYPES},
        "type_other": float(match is not None and kind not in TYPES),
        "type_capital": float(match is not None and title[0].isupper()),
        "scope": float(match is not None and match[2] is not None),
        "breaking": float(match is not None and match[3] is not None),
        **_case(said, words),
        **_opening(words),
        **_references(title),
        "bracket_prefix": float(said.startswith("[")),
        "colon_prefix": float(match is None and _PREFIX.match(title) is not None),
        "colon_later": float(":" in said),
        **_marks(title, said),
        "identifiers": share(len(_NAME.findall(said)), len(words)),
        "repeats": share(len(words) - len({word.lower() for word in words}), len(words)),
    }


def _length(title: str, words: list[str]) -> dict[str, float]:
    return {
        "characters": float(min(len(title), 500)),
        "words": float(min(len(words), 100)),
        "word_length": share(sum(map(len, words)), len(words)),
        "over_50": float(len(title) > 50),
        "over_72": float(len(title) > 72),
    }


def _case(said: str, words: list[str]) -> dict[str, float]:
    first = said[:1]
    return {
        "capital": float(first.isupper()),
        "lower": float(first.islower()),
        "capital_words": share(sum(word[0].isupper() for word in words[1:]), len(words) - 1),
        "upper_words": share(sum(len(w) > 1 and w.isupper() for w in words), len(words)),
    }


def _opening(words: list[str]) -> dict[str, float]:
    form = form_of(words[0].lower()) if words else None
    return {f"opens_{name}": float(form == name) for name in FORMS}


def _references(title: str) -> dict[str, float]:
    found = _REFERENCE.search(title)
    return {
        "reference": float(found is not None),
        "reference_start": float(found is not None and found.start() <= 1),
        "reference_end": float(_REFERENCE_END.search(title) is not None),
        "ticket_key": float(_TICKET.search(title) is not None),
    }


def _marks(title: str, said: str) -> dict[str, float]:
    return {
        "full_stop": float(title.endswith(".") and not title.endswith("..")),
        "ellipsis": float(title.endswith(("...", "…"))),
        "question": float("?" in title or "!" in said),
        "backtick": float(min(title.count("`"), 20)),
        "quotes": float(min(sum(map(title.count, "\"'“”‘’")), 20)),
        "path": float(_PATH.search(said) is not None),
        "call": float("()" in title),
        "digits": share(sum(map(str.isdigit, title)), len(title)),
        "comma": float(min(title.count(","), 20)),
        "joined": float(_JOINED.search(said) is not None),
        "dash": float(any(dash in title for dash in (" - ", " – ", " — ", "—"))),
        "brackets": float("(" in _REFERENCE_END.sub("", said)),
        "non_ascii": share(sum(not c.isascii() for c in title), len(title)),
        "emoji_start": float(_EMOJI_START.match(said) is not None),
    }
