"""The voice of comments: moods, words and marks, as shares of the comments that have them."""

from __future__ import annotations

import re

from fingerprint_features.ratios import preference, share

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
_ARTICLES = frozenset(("the", "a", "an", "this", "these"))
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:print|return|if|for|import|console)\b.*[(;:]|^\w+\s*=[^=]|\w\(.*\)\s*$"
)
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


def voice(said: list[str], words: list[list[str]]) -> dict[str, float]:
    """Return the columns of what comments say: `said` without signs, `words` of each comment."""
    n = len(said)
    joined = [text for text in said if text]
    lowered = [each[0].lower() for each in words if each]
    upper = sum(text[0].isupper() for text in joined)
    lower = sum(text[0].islower() for text in joined)
    stops = sum(text.endswith(".") for text in joined)
    return {
        "capital": preference(upper, lower),
        "full_stop": preference(stops, len(joined) - stops),
        "imperative": share(sum(word in IMPERATIVES for word in lowered), n),
        "third_person": share(sum(word in THIRD_PERSONS for word in lowered), n),
        "article": share(sum(word in _ARTICLES for word in lowered), n),
        "code_like": share(sum("\n" not in t and bool(_CODE.search(t)) for t in joined), n),
        "numbered": share(sum(bool(_NUMBERED.match(text)) for text in joined), n),
        "hyphen_list": share(sum(bool(_LIST_MARK.match(text)) for text in joined), n),
        "colon_end": share(sum(text.endswith(":") for text in joined), n),
        "non_ascii": share(sum(not text.isascii() for text in said), n),
        **{name: share(sum(c in text for text in said), n) for name, c in _CHARACTERS.items()},
        "banner": share(sum(bool(_BANNER.search(text)) for text in said), n),
        "emoji": share(sum(not t.isascii() and bool(_EMOJI.search(t)) for t in said), n),
        "parenthesis": share(sum("(" in t and ")" in t for t in said), n),
        **_choice_of_words(said, words),
    }


def _choice_of_words(said: list[str], words: list[list[str]]) -> dict[str, float]:
    """Return for each list of words and phrases the share of comments that hold one of them."""
    folded = [" " + text.lower() for text in said]
    lowered = [{word.lower() for word in each} for each in words]
    together = "\n".join(folded)
    none: frozenset[str] = frozenset()
    spoken = {}
    for name in (*_SPOKEN, "edge_case"):
        wanted = _SPOKEN.get(name, none)
        phrases = [phrase for phrase in _PHRASES.get(name, ()) if phrase in together]
        spoken[name] = sum(
            not wanted.isdisjoint(each) or any(phrase in text for phrase in phrases)
            for each, text in zip(lowered, folded, strict=True)
        )
    marked = {name: sum(not m.isdisjoint(each) for each in words) for name, m in _MARKS.items()}
    return {name: share(hits, len(said)) for name, hits in (spoken | marked).items()}
