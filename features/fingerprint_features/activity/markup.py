"""The body's form: length, headers, emphasis, typography, line widths, blank lines."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from math import log1p

from fingerprint_features.activity.reading import FENCE, Activity, is_item
from fingerprint_features.ratios import share

_COUNTED = {
    "bold": (r"\*\*[^*\n]+\*\*|(?<!\w)__[^_\n]+__(?!\w)", "passages in bold"),
    "italic": (r"(?<![*\w])\*[^*\s][^*\n]*\*(?![*\w])|(?<![\w_])_[^_\n]+_(?![\w_])", "in italics"),
    "code_span": (r"(?<!`)`[^`\n]+`(?!`)", "passages in back-ticks"),
    "link": (r"(?<!!)\[[^\]\n]+\]\([^)\n]*\)", "links in Markdown"),
    "image": (r"!\[[^\]\n]*\]\(|<img\b", "images"),
    "html": (r"</?(?:details|summary|br|b|sub|p|div|kbd|table|h\d)\b|<!--", "HTML tags"),
    "reference": (r"(?<!\w)#\d+", "tickets by number"),
    "emoji": (r"[\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001faff]", "pictographs"),
    "shortcode": (r"(?<!\w):[a-z]+(?:_[a-z]+)*:(?!\w)", "pictographs as :shortcodes:"),
    "em_dash": ("—", "em dashes"),
    "en_dash": ("–", "en dashes"),
    "arrow": ("[→←↔⇒➜]", "arrows"),
    "ascii_arrow": ("->|=>", "arrows drawn in ASCII"),
    "curly_quote": ("[“”‘’]", "curly quotation marks"),
    "ellipsis": (r"…|\.\.\.", "ellipses"),
    "double_space": (r"(?<=[.!?])  (?=\S)", "double spaces behind sentences"),
}
_OUTSIDE_ASCII = ("emoji", "em_dash", "en_dash", "arrow", "curly_quote")
_WIDTHS = (50, 72, 80, 100)

COLUMNS = {
    "characters": "natural logarithm of 1 + characters of the body",
    "lines": "natural logarithm of 1 + lines of the body that are not blank",
    "paragraphs": "natural logarithm of 1 + paragraphs of the body",
    "paragraph_lines": "mean lines of a paragraph",
    "blank_share": "share of the body's lines that are blank",
    "blank_runs_2": "share of the runs of blank lines that are two lines or longer",
    "gap": "1 where a blank line divides title and body",
    **{name: f"{words} per line" for name, (_, words) in _COUNTED.items()},
    "header": "share of lines that are headers with #",
    "header_blank": "share of headers with # that a blank line follows",
    "underlined": "share of lines that underline a header",
    "ruler": "share of lines that are rulers",
    "fence": "share of lines that open or close fenced code",
    "fenced": "share of lines inside fenced code",
    "fence_named": "share of opening fences that name a language",
    "table": "share of lines that are rows of a table",
    "quote": "share of lines that are quoted",
    "indented": "share of lines indented by four columns or more that are no list item",
    "colon_line": "share of lines that end in a colon",
    "emoji_start": "share of lines that open with a pictograph, their list mark aside",
    "width_max": "longest line",
    "width_mean": "mean length of the lines",
    "width_modal": "most common length of a line in tens, of those over 40",
    **{f"over_{width}": f"share of lines longer than {width}" for width in _WIDTHS},
    "wrapped_72": "share of the line breaks inside paragraphs that a width of 72 would force",
    "long_paragraphs": "share of paragraphs that are one line over 100 characters",
}

_COUNTERS = tuple((name, re.compile(pattern)) for name, (pattern, _) in _COUNTED.items())
_ASCII_COUNTERS = tuple(
    (name, pattern) for name, pattern in _COUNTERS if name not in _OUTSIDE_ASCII
)
_HEADER = re.compile(r"#{1,6} ")
_RULER = re.compile(r"(?:-{3,}|\*{3,}|_{3,}|={3,})$")
_LEAD = re.compile(r"\s*(?:[-*+•#>]+\s+|\d+[.)]\s+)?[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]")


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of the body's form, all finite; 0 where there is no body."""
    inked = activity.inked
    body = "\n".join(inked)
    return {
        "characters": log1p(len(body)),
        "lines": log1p(len(inked)),
        "gap": float(activity.text.partition("\n")[2].startswith("\n")),
        **_counted(body, len(inked)),
        **_lines(activity),
        **_widths(inked),
        **_paragraphs(activity.lines),
    }


def _counted(body: str, lines: int) -> dict[str, float]:
    # Most bodies are ASCII, in which a third of the patterns find nothing.
    some = _ASCII_COUNTERS if body.isascii() else _COUNTERS
    return dict.fromkeys(_COUNTED, 0.0) | {
        name: share(len(pattern.findall(body)), lines) for name, pattern in some
    }


def _lines(activity: Activity) -> dict[str, float]:
    lines, n = activity.lines, len(activity.inked)
    headers = [below for line, below in pairwise([*lines, ""]) if _is_header(line)]
    fences = [line.strip() for line in lines if FENCE.match(line)]
    # A rule right below a line underlines it.
    rulers = [bool(above) for above, line in pairwise(["", *lines]) if _RULER.match(line)]
    fenced = len(lines) - len(activity.prose) - len(fences)
    return {
        "header": share(len(headers), n),
        "header_blank": share(headers.count(""), len(headers)),
        "underlined": share(sum(rulers), n),
        "ruler": share(len(rulers) - sum(rulers), n),
        "fence": share(len(fences), n),
        "fenced": share(fenced, len(lines)),
        "fence_named": share(sum(len(fence) > 3 for fence in fences[::2]), len(fences[::2])),
        "table": share(sum(line.startswith("|") for line in lines), n),
        "quote": share(sum(line.startswith(">") for line in lines), n),
        "indented": _indented(activity),
        "colon_line": share(sum(line.endswith(":") for line in lines), n),
        "emoji_start": share(sum(map(bool, map(_LEAD.match, lines))), n),
    }


def _is_header(line: str) -> bool:
    return line.startswith("#") and _HEADER.match(line) is not None


def _indented(activity: Activity) -> float:
    deep = sum(line.startswith(("    ", "\t")) for line in activity.prose)
    listed = sum(bullet.indent >= 4 for bullet in activity.bullets)
    return share(deep - min(listed, deep), len(activity.inked))


def _widths(inked: list[str]) -> dict[str, float]:
    widths = [len(line) for line in inked]
    tens = Counter(width // 10 for width in widths if width > 40)
    modal = min(tens, key=lambda ten: (-tens[ten], ten)) if tens else 0
    return {
        "width_max": float(min(max(widths, default=0), 1000)),
        "width_mean": min(share(sum(widths), len(widths)), 1000.0),
        "width_modal": float(min(modal, 100)),
        **{f"over_{over}": share(sum(w > over for w in widths), len(widths)) for over in _WIDTHS},
    }


def _paragraphs(lines: list[str]) -> dict[str, float]:
    paragraphs: list[list[str]] = [[]]
    blank_runs: list[int] = []
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
            blank_runs.append(1)
        else:
            blank_runs[-1] += 1
    kept = [paragraph for paragraph in paragraphs if paragraph]
    return {
        "paragraphs": log1p(len(kept)),
        "paragraph_lines": share(sum(map(len, kept)), len(kept)),
        "blank_share": share(sum(blank_runs), len(lines)),
        "blank_runs_2": share(sum(run > 1 for run in blank_runs), len(blank_runs)),
        "wrapped_72": _wrapped(kept),
        "long_paragraphs": share(sum(len(p) == 1 and len(p[0]) > 100 for p in kept), len(kept)),
    }


def _wrapped(paragraphs: list[list[str]]) -> float:
    """Return the share of breaks after which the next word would not have fitted into 72."""
    breaks = forced = 0
    for paragraph in paragraphs:
        for line, below in pairwise(paragraph):
            if is_item(below):
                continue
            breaks += 1
            forced += len(line) <= 72 < len(line) + 1 + len(below.split(None, 1)[0])
    return share(forced, breaks)
