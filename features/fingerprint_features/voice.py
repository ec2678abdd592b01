"""The voice of comments: moods, words and marks, as shares of the comments that have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat

import numpy as np

from fingerprint_features.batch import Columns
from fingerprint_features.grammars import BoolArray, IntArray
from fingerprint_features.groups import FloatArray, Groups, preferences, shares
from fingerprint_features.names import Numbered

IMPERATIVES = frozenset(
    """
    add append apply assign build calculate call check clean clear close compare compute
    configure convert copy count create decrement define delete determine display do ensure
    execute extract fetch fill filter find format generate get handle ignore import increment
    initialise initialize insert iterate join keep load loop make mark merge move normalize
    open parse perform populate prepare print process push raise read recursively remove
    replace reset retrieve return reverse run save search select send set setup skip sort
    split start stop store sum swap test traverse track try update use validate verify wait
    walk write
    """.split()  # noqa: SIM905  # a list of a hundred words reads better as text
)
"""Verbs that comments open with, in the imperative."""
THIRD_PERSONS = frozenset(
    word + ("es" if word.endswith(("s", "sh", "ch", "x")) else "s") for word in IMPERATIVES
)
_OPENINGS = {
    "imperative": IMPERATIVES,
    "third_person": THIRD_PERSONS,
    "article": frozenset(("the", "a", "an", "this", "these")),
}
"""First words of comments, in lower case."""
_WORDS = re.compile(r"[A-Za-z][A-Za-z']*")
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:print|return|if|for|import|console)\b.*[(;:]|^\w+\s*=[^=]|\w\(.*\)\s*$"
)
_CODE_SIGN = re.compile(r"[;{}(:=]")
"""What all that `_CODE` fits holds."""
_SPOKEN = {
    "we": frozenset(("we", "us", "our", "let's", "we're", "we'll")),
    "you": frozenset(("you", "your")),
    "explains": frozenset(("because", "since", "therefore", "otherwise")),
    "example": frozenset(("example", "usage")),
}
"""Words that are looked for in a comment, in lower case."""
_PHRASES = {
    "explains": ("so that", "in order to"),
    "example": ("e.g.",),
    "edge_case": ("edge case", "base case", "corner case", " valid", " check"),
}
"""Texts that are looked for in a comment, in lower case and with a space before it."""
_MARKS = {
    "first_person": frozenset(("I", "I'm", "my")),
    "task_mark": frozenset(("TODO", "FIXME", "XXX", "HACK", "NOTE", "Note")),
}
"""Words that are looked for as they stand."""
_BANNER = re.compile(r"[-=*#~_]{4,}")
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]")
_CHARACTERS = {"question": "?", "exclaims": "!", "backtick": "`"}
_NUMBERED = re.compile(r"\(?\d+[.):]|[Ss]tep \d|STEP \d")
_LIST_MARK = re.compile(r"[-*•+] ")


@dataclass(frozen=True)
class Said:
    """What the comments of a batch say: `texts` without signs, in order, and their words.

    `spelled` numbers the words, `words` are the numbers of those of all comments, one comment
    behind the other.
    """

    texts: list[str]
    comments: Groups
    spelled: Numbered[str]
    words: IntArray
    per_comment: Groups

    @classmethod
    def of(cls, texts: list[str], comments: Groups) -> Said:
        """Cut the texts of comments into words."""
        found = [_WORDS.findall(text) for text in texts]
        spelled: Numbered[str] = Numbered()
        words = spelled.of(list(chain.from_iterable(found)))
        return cls(texts, comments, spelled, words, Groups(np.array([*map(len, found)], np.intp)))

    @cached_property
    def listed(self) -> dict[str, BoolArray]:
        """For each list of words, by its name, which numbered words are in it."""
        return _listed(self.lowered, _OPENINGS | _SPOKEN) | _listed(list(self.spelled), _MARKS)

    @cached_property
    def lowered(self) -> list[str]:
        """Each numbered word in lower case."""
        return [word.lower() for word in self.spelled]


def voice(said: Said) -> Columns:
    """Return the columns of what comments say."""
    texts, comments = said.texts, said.comments

    def counted(told: list[bool]) -> FloatArray:
        """Return how many comments of each sample something is told of."""
        return comments.sum(np.array(told, dtype=np.bool_))

    upper = counted([text[:1].isupper() for text in texts])
    lower = counted([text[:1].islower() for text in texts])
    stops = counted([text.endswith(".") for text in texts])
    filled = counted([bool(text) for text in texts])
    shown = {
        "code_like": counted([_code_like(text) for text in texts]),
        "numbered": counted([bool(_NUMBERED.match(text)) for text in texts]),
        "hyphen_list": counted([bool(_LIST_MARK.match(text)) for text in texts]),
        "colon_end": counted([text.endswith(":") for text in texts]),
        "non_ascii": counted([not text.isascii() for text in texts]),
        **{name: counted([c in text for text in texts]) for name, c in _CHARACTERS.items()},
        "banner": counted([bool(_BANNER.search(text)) for text in texts]),
        "emoji": counted([not t.isascii() and bool(_EMOJI.search(t)) for t in texts]),
        "parenthesis": counted(["(" in t and ")" in t for t in texts]),
    }
    return {
        "capital": preferences(upper, lower),
        "full_stop": preferences(stops, filled - stops),
        **{name: shares(count, comments.size) for name, count in shown.items()},
        **_openings(said),
        **_choice_of_words(said),
    }


def _code_like(text: str) -> bool:
    # Most comments have none of the signs, and looking for these is faster.
    return bool(_CODE_SIGN.search(text) and "\n" not in text and _CODE.search(text))


def _openings(said: Said) -> Columns:
    """Return for each list of openings the share of comments that begin with one of its words."""
    first = said.words[said.per_comment.start[said.per_comment.size > 0]]
    spoken = said.comments.kept(said.per_comment.size > 0)
    found = {}
    for name in _OPENINGS:
        found[name] = shares(spoken.sum(said.listed[name][first]), said.comments.size)
    return found


def _choice_of_words(said: Said) -> Columns:
    """Return for each list of words and phrases the share of comments that hold one of them."""
    folded = [" " + text.lower() for text in said.texts]
    found = {}
    for name in (*_SPOKEN, *_MARKS, "edge_case"):
        held = np.zeros(len(folded), dtype=np.bool_)
        if name in said.listed:
            held |= said.per_comment.max(said.listed[name][said.words]) > 0
        if phrases := _PHRASES.get(name):
            held |= np.array(
                [any(map(text.__contains__, phrases)) for text in folded], dtype=np.bool_
            )
        found[name] = said.comments.mean(held)
    return found


def _listed(words: list[str], lists: Mapping[str, frozenset[str]]) -> dict[str, BoolArray]:
    """Return for each list which of the words are in it; each word is looked up once."""
    bits: dict[str, int] = {}
    for at, wanted in enumerate(lists.values()):
        for word in wanted:
            bits[word] = bits.get(word, 0) | 1 << at
    found = np.fromiter(map(bits.get, words, repeat(0)), dtype=np.int32, count=len(words))
    return {name: (found >> at & 1) > 0 for at, name in enumerate(lists)}
