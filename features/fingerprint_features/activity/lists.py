"""The body's lists: marks, nesting, how items open and end, blank lines around them."""

from __future__ import annotations

import re
from collections import Counter

from fingerprint_features.activity.reading import Activity, Bullet, is_item
from fingerprint_features.activity.verbs import FORMS, form_shares
from fingerprint_features.ratios import share

_MARKS = {"hyphen": "-", "star": "*", "plus": "+", "dot": "•"}

COLUMNS = {
    "per_line": "share of lines that are list items",
    **{f"{name}": f"share of list items marked {mark}" for name, mark in _MARKS.items()},
    "numbered": "share of list items that are numbered",
    "nested": "share of list items that are nested",
    "indent": "mean indent of the nested list items",
    "first": "1 where the body opens with a list item",
    "only": "1 where each line of the body is a list item",
    "after_blank": "share of the lists that a blank line comes before",
    "loose": "share of list items with a blank line before them, the first aside",
    "words": "mean words of a list item",
    "wrapped": "share of list items that go on in the next line",
    "capital": "share of list items that start with a capital",
    "lower": "share of list items that start in lower case",
    "full_stop": "share of list items that end with a full stop",
    "bold_lead": "share of list items that open in bold",
    "bold_colon": "share of list items that open in bold with a colon",
    "bold_colon_inside": "share of bold openings with the colon inside the bold",
    "code_lead": "share of list items that open in back-ticks",
    "colon": "share of list items that name a thing, a colon and more",
    "dash": "share of list items that name a thing, a dash and more",
    "check_open": "share of list items that are open check boxes",
    "check_done": "share of list items that are ticked check boxes",
    **{f"{form}": f"share of list items that open with a verb: {form}" for form in FORMS},
}

_CHECK = re.compile(r"\s*(?:[-*+•]|\d+[.)])\s+\[([ xX])\]")
_BOLD_LEAD = re.compile(r"\*\*[^*]+\*\*\s*(?:[:—–-])?")
_THING = re.compile(r"[^:.,]{1,40}:\s")
_DASHED = re.compile(r"[^—–.,]{1,40}\s[—–-]\s")
_WORD = re.compile(r"[A-Za-z]+")


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of the lists, all finite; 0 where there are none."""
    return {**_bullets(activity.bullets, len(activity.inked)), **_lists(activity)}


def _bullets(bullets: list[Bullet], lines: int) -> dict[str, float]:
    n = len(bullets)
    said = [bullet.said for bullet in bullets]
    marks = Counter(bullet.mark for bullet in bullets)
    nested = [bullet.indent for bullet in bullets if bullet.indent >= 2]
    bold = [match[0] for match in map(_BOLD_LEAD.match, said) if match]
    inside = [":**" in lead for lead in bold if ":" in lead]
    opening = [match[0].lower() for match in map(_WORD.search, said) if match]
    return {
        "per_line": share(n, lines),
        **{f"{name}": share(marks[mark], n) for name, mark in _MARKS.items()},
        "numbered": share(n - sum(marks[mark] for mark in _MARKS.values()), n),
        "nested": share(len(nested), n),
        "indent": share(sum(nested), len(nested)),
        "words": share(sum(len(text.split()) for text in said), n),
        "capital": share(sum(text[:1].isupper() for text in said), n),
        "lower": share(sum(text[:1].islower() for text in said), n),
        "full_stop": share(sum(text.endswith(".") for text in said), n),
        "bold_lead": share(len(bold), n),
        "bold_colon": share(len(inside), n),
        "bold_colon_inside": share(sum(inside), len(inside)),
        "code_lead": share(sum(text.startswith("`") for text in said), n),
        "colon": share(sum(map(bool, map(_THING.match, said))), n),
        "dash": share(sum(map(bool, map(_DASHED.match, said))), n),
        **{f"{form}": value for form, value in form_shares(opening).items()},
    }


def _lists(activity: Activity) -> dict[str, float]:
    lines = activity.prose
    at = [is_item(line) for line in lines]
    items = [i for i, listed in enumerate(at) if listed]
    before = [i == 0 or not lines[i - 1] for i in items]
    # An item is the first of its list where neither the line before nor the one above is one.
    first = [not any(at[max(i - 2, 0) : i]) for i in items]
    wrapped = [i + 1 < len(lines) and bool(lines[i + 1]) and not at[i + 1] for i in items]
    checks = [match[1] for match in map(_CHECK.match, lines) if match]
    later = len(items) - sum(first)
    return {
        "first": float(bool(at) and at[0]),
        "only": float(bool(items) and len(items) == len(activity.inked)),
        "after_blank": share(sum(b and f for b, f in zip(before, first, strict=True)), sum(first)),
        "loose": share(sum(b and not f for b, f in zip(before, first, strict=True)), later),
        "wrapped": share(sum(wrapped), len(items)),
        "check_open": share(checks.count(" "), len(items)),
        "check_done": share(len(checks) - checks.count(" "), len(items)),
    }
