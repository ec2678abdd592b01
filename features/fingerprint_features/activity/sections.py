"""The headings: what they announce, in which order, at which level, in which case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from math import nan

from fingerprint_features.activity.reading import Activity
from fingerprint_features.ratios import share

CLASSES = {
    "summary": r"summary|overview|description|tl;?dr|abstract|about|introduction",
    "changes": r"chang|what('s| is| was|)\b|modif|updat|implementation|implemented|work done",
    "features": r"feature|add|new|improve|enhance|functionalit",
    "motivation": r"motivation|why|problem|issue|purpose|goal|reason|rationale|root cause|bug",
    "solution": r"solution|fix|approach|how|proposal|resol",
    "context": r"context|background|related|reference|link|see also",
    "testing": r"test|verif|validat|qa|coverage|manual",
    "checklist": r"check ?list|todo|to do|task|step|plan|next|status|progress",
    "breaking": r"breaking|migration|compatib|deprecat|upgrade",
    "notes": r"note|caveat|limitation|known|review|consideration|remark|additional|todo",
    "benefits": r"benefit|impact|result|outcome|advantage|performance|effect",
    "technical": r"technical|detail|architect|design|structure|component|api|config|security",
    "usage": r"usage|example|demo|screenshot|before|after|how to",
    "files": r"files?\b|director|module|package|dependenc",
}
"""Generic classes of headings, by words of theirs; a heading may belong to several."""

KINDS = ("hash", "bold", "underlined", "colon")
"""How a heading is marked: by #, in bold alone on its line, by a rule below, by a colon."""

COLUMNS = {
    "count": "headings of any kind",
    "per_line": "headings per line of the body",
    "first_line": "1 where the body opens with a heading",
    **{f"kind_{kind}": f"share of headings that are: {kind}" for kind in KINDS},
    "level_min": "highest level of the headings with #, as a number of signs; missing without any",
    "level_max": "lowest level of the headings with #; missing without any",
    "level_steps": "share of the steps between headings with # that change the level",
    "words": "mean words of a heading",
    "title_case": "share of headings of two words and more in which each long word has a capital",
    "sentence_case": "share of headings of two words and more in which only the first has one",
    "upper": "share of headings in capitals",
    "lower": "share of headings that start in lower case",
    "emoji": "share of headings that open with a pictograph",
    "numbered": "share of headings that open with a number",
    "colon": "share of headings by # or in bold that end in a colon",
    "code": "share of headings that hold back-ticks",
    "body_lines": "mean lines below a heading",
    "unknown": "share of headings of no known class",
    **{name: f"share of headings of the class {name}" for name in CLASSES},
    **{
        f"{name}_place": f"place of the first heading of the class {name}, 0 first to 1 last; "
        "missing without one"
        for name in CLASSES
    },
}

_PATTERNS = tuple((name, re.compile(rf"\b(?:{words})")) for name, words in CLASSES.items())
_HASH = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_BOLD = re.compile(r"(?:\*\*|__)([^*_]+)(?:\*\*|__)(:?)$")
_COLON = re.compile(r"([A-Z][\w /&'-]{1,38}):$")
_RULE = re.compile(r"(?:={3,}|-{3,})$")
_EMOJI = re.compile(r"[\u2600-\u27bf\u2b50\U0001f300-\U0001faff\ufe0f\s]+")
_NUMBERED = re.compile(r"\d+[.)]")
_WORD = re.compile(r"[A-Za-z][\w'-]*")


@dataclass(frozen=True)
class _Heading:
    kind: str
    said: str
    level: int
    line: int


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of the headings: finite, or NaN where a level or place has no basis."""
    found = _headings(activity.prose)
    n, lines = len(found), len(activity.inked)
    said = [heading.said for heading in found]
    levels = [heading.level for heading in found if heading.level]
    return {
        "count": float(min(n, 50)),
        "per_line": share(n, lines),
        "first_line": float(bool(found) and found[0].line == 0),
        **{f"kind_{kind}": share(sum(h.kind == kind for h in found), n) for kind in KINDS},
        "level_min": float(min(levels, default=nan)),
        "level_max": float(max(levels, default=nan)),
        "level_steps": share(sum(a != b for a, b in pairwise(levels)), len(levels) - 1),
        "body_lines": min(share(max(lines - n, 0), n), 200.0),
        **_spelling(said),
        **_classes(said),
    }


def _headings(prose: list[str]) -> list[_Heading]:
    found: list[_Heading] = []
    for at, (line, below) in enumerate(pairwise([*prose, ""])):
        if not line or line[0] in "-|> ":
            continue
        if match := _HASH.match(line):
            found.append(_Heading("hash", match[2], len(match[1]), at))
        elif match := _BOLD.match(line):
            found.append(_Heading("bold", match[1] + match[2], 0, at))
        elif _RULE.match(below) and not _RULE.match(line):
            found.append(_Heading("underlined", line, 0, at))
        elif match := _COLON.match(line):
            found.append(_Heading("colon", match[1], 0, at))
    return found


def _spelling(said: list[str]) -> dict[str, float]:
    n = len(said)
    bare = [_EMOJI.sub("", text, count=1) if _EMOJI.match(text) else text for text in said]
    words = [_WORD.findall(text) for text in bare]
    several = [each for each in words if len(each) > 1]
    titled = sum(all(w[0].isupper() for w in each if len(w) > 3) for each in several)
    plain = sum(each[0][0].isupper() and not any(map(_capital, each[1:])) for each in several)
    return {
        "words": share(sum(map(len, words)), n),
        "title_case": share(titled, len(several)),
        "sentence_case": share(plain, len(several)),
        "upper": share(sum(text.isupper() for text in bare), n),
        "lower": share(sum(text[:1].islower() for text in bare), n),
        "emoji": share(sum(map(bool, map(_EMOJI.match, said))), n),
        "numbered": share(sum(map(bool, map(_NUMBERED.match, bare))), n),
        "colon": share(sum(text.endswith(":") for text in bare), n),
        "code": share(sum("`" in text for text in bare), n),
    }


def _capital(word: str) -> bool:
    return word[0].isupper()


def _classes(said: list[str]) -> dict[str, float]:
    lowered = [text.lower() for text in said]
    known = [False] * len(said)
    columns: dict[str, float] = {}
    for name, pattern in _PATTERNS:
        at = [i for i, text in enumerate(lowered) if pattern.search(text)]
        columns[name] = share(len(at), len(said))
        columns[f"{name}_place"] = share(at[0], len(said) - 1) if at else nan
        for i in at:
            known[i] = True
    columns["unknown"] = share(known.count(False), len(said))
    return columns
