"""The words: sentences, function words, person, hedges, richness, names of code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from fingerprint_features.activity.reading import WORD, Activity, is_item
from fingerprint_features.ratios import share

FUNCTION_WORDS = tuple(
    """
    the a an and or but of to in on for with by from at as is are was be been it its this that
    not when which so if
    """.split()  # noqa: SIM905  # a list of thirty words reads better as text
)
"""Thirty frequent English function words, the stylometrist's oldest tool (Mosteller and
Wallace, 1964)."""

_LISTS = {
    "hedge": (
        "may might could would should perhaps maybe probably possibly likely seems seem appears "
        "think guess hopefully somewhat roughly",
        "words that hedge",
    ),
    "first_person": ("i i'm i've i'd i'll me my mine", "words of the first person"),
    "we": ("we we're we've we'll us our ours let's", "words of the first person plural"),
    "you": ("you you're your yours you'll", "words that address the reader"),
    "explains": ("because since therefore thus hence otherwise instead", "words that explain"),
    "now": ("now currently previously before after already", "words of before and after"),
    "politeness": ("please thanks thank sorry cheers", "polite words"),
    "intensifier": ("very really just simply actually also only even still", "intensifiers"),
    "step": ("step steps phase plan task tasks goal todo next", "words of plans and steps"),
}
_CONTRACTION = re.compile(r"['’](?:t|s|re|ve|ll|d|m)$")

COLUMNS = {
    "words": "words of title and body, root of their number",
    "word_length": "mean length of the words",
    "long_words": "share of words of eight letters or more",
    "richness": "distinct words / words, root scaled (Guiraud)",
    "once": "share of distinct words used once (hapax)",
    "overlap": "share of the title's words that the body repeats",
    "opening_overlap": "share of the title's words that the body's first line repeats",
    **{f"word_{word}": f"share of words that are '{word}'" for word in FUNCTION_WORDS},
    **{name: f"share of {words}" for name, (_, words) in _LISTS.items()},
    "contraction": "share of words that are contractions",
    "past": "share of words that end in -ed",
    "ing": "share of words that end in -ing",
    "adverb": "share of words that end in -ly",
    "sentence_words": "mean words of a sentence",
    "sentence_spread": "standard deviation of the words of a sentence",
    "sentences": "sentences per line of prose",
    "full_stop": "share of prose lines that end with a full stop",
    "opens_this": "share of prose lines that open with this, these or it",
    "question": "question marks per word",
    "exclamation": "exclamation marks per word",
    "comma": "commas per word",
    "semicolon": "semicolons per word",
    "colon": "colons per word",
    "bracket": "round brackets per word",
    "quoted": "double quotation marks per word",
    "slash": "free-standing slashes between words, per word",
    "hyphenated": "words joined by hyphens, per word",
    "numbers": "numbers per word",
    "capital_words": "share of words inside sentences that start with a capital",
    "upper_words": "share of words in capitals, of two letters or more",
    "identifiers": "names of code per word",
    "calls": "calls such as f() per word",
    "file_names": "file names per word",
    "options": "command line options per word",
    "versions": "version numbers per word",
    "non_ascii": "share of characters outside ASCII",
}

_SETS = {name: frozenset(words.split()) for name, (words, _) in _LISTS.items()}
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
_PER_WORD = {
    "slash": re.compile(r"[A-Za-z]/[A-Za-z]"),
    "hyphenated": re.compile(r"[a-z]-[a-z]"),
    "numbers": re.compile(r"(?<![\w#.])\d+(?![\w.])"),
    "identifiers": re.compile(r"\b(?:[a-zA-Z]+_\w+|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)"),
    "file_names": re.compile(r"[\w-]\.(?:[a-z]{1,4}|[a-z]+\d)\b(?!\()"),
    "options": re.compile(r"(?<![\w-])--?[a-z][\w-]*"),
    "versions": re.compile(r"\bv?\d+\.\d+(?:\.\d+)*"),
}
_SIGNS = {
    "question": "?",
    "exclamation": "!",
    "comma": ",",
    "semicolon": ";",
    "colon": ":",
    "bracket": "(",
    "quoted": '"',
    "calls": "()",
}
_INNER_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z]")
_UPPER = re.compile(r"\b[A-Z]{2,}\b")


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of the words, all finite; 0 where there are none."""
    words = activity.words
    n = len(words)
    text = "\n".join((activity.title, *activity.prose))
    return {
        **_vocabulary(words),
        **_overlap(activity),
        **{name: share(text.count(sign), n) for name, sign in _SIGNS.items()},
        **{name: share(len(find.findall(text)), n) for name, find in _PER_WORD.items()},
        "capital_words": share(len(_INNER_CAPITAL.findall(text)), n),
        "upper_words": share(len(_UPPER.findall(text)), n),
        "non_ascii": 0.0 if text.isascii() else share(sum(c > "\x7f" for c in text), len(text)),
        **_sentences(activity.prose),
    }


def _vocabulary(words: list[str]) -> dict[str, float]:
    n = len(words)
    uses = Counter(words)
    return {
        "words": n**0.5,
        "word_length": share(sum(map(len, words)), n),
        "long_words": share(sum(len(word) >= 8 for word in words), n),
        "richness": share(len(uses), n**0.5),
        "once": share(sum(times == 1 for times in uses.values()), len(uses)),
        **{f"word_{word}": share(uses[word], n) for word in FUNCTION_WORDS},
        **{name: share(sum(uses[w] for w in some), n) for name, some in _SETS.items()},
        "contraction": share(_times(uses, lambda w: _CONTRACTION.search(w) is not None), n),
        "past": share(_times(uses, lambda w: w.endswith("ed")), n),
        "ing": share(_times(uses, lambda w: w.endswith("ing")), n),
        "adverb": share(_times(uses, lambda w: w.endswith("ly")), n),
    }


def _times(uses: Counter[str], fits: Callable[[str], bool]) -> int:
    return sum(times for word, times in uses.items() if fits(word))


def _overlap(activity: Activity) -> dict[str, float]:
    title = {word for word in WORD.findall(activity.title.lower()) if len(word) > 2}
    body = set(WORD.findall("\n".join(activity.prose).lower()))
    first = set(WORD.findall(next(iter(activity.inked), "").lower()))
    return {
        "overlap": share(len(title & body), len(title)),
        "opening_overlap": share(len(title & first), len(title)),
    }


def _sentences(prose: list[str]) -> dict[str, float]:
    lines = [line for line in prose if line and line[0] not in "#|>" and not is_item(line)]
    paragraph = " ".join(lines)
    lengths = [len(part.split()) for part in _SENTENCE_END.split(paragraph) if part.strip()]
    mean = share(sum(lengths), len(lengths))
    apart = share(sum((length - mean) ** 2 for length in lengths), len(lengths)) ** 0.5
    return {
        "sentence_words": min(mean, 200.0),
        "sentence_spread": min(apart, 200.0),
        "sentences": share(len(lengths), len(lines)),
        "full_stop": share(sum(line.endswith(".") for line in lines), len(lines)),
        "opens_this": share(
            sum(line.startswith(("This ", "These ", "It ")) for line in lines), len(lines)
        ),
    }
