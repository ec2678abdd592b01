"""Comments and docstrings: how much is said, in what form, in what voice."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.grammars import ROLE_INDEX, IntArray
from fingerprint_features.ratios import mean, preference, share, spread
from fingerprint_features.source import Source
from fingerprint_features.stylometry.naming import words_of

COLUMNS = {
    "count": "comments per line of code",
    "share": "share of bytes that are comment",
    "line_count": "line comments on their own line, per line of code",
    "trailing_count": "comments behind code on the same line, per line of code",
    "block_count": "block comments per line of code",
    "doc_count": 'documentation comments (/** /// //! """) per line of code',
    "docstring_coverage": "share of functions and classes with a docstring or doc comment",
    "function_documented": "functions with a comment directly above or a docstring, of all",
    "docstring_lines": "mean lines of a docstring",
    "docstring_first_line": "docstrings whose text starts on the first line, preferred to below",
    "docstring_sections": "docstrings with sections such as Args, Returns or @param, of all",
    "docstring_share": "share of bytes that are docstring",
    "words_mean": "mean words of a comment",
    "words_spread": "standard deviation of the words of a comment",
    "capital": "comments that start with a capital, preferred to lower case",
    "full_stop": "comments that end in a full stop, preferred to none",
    "docstring_full_stop": "docstrings whose first sentence ends in a full stop, preferred to none",
    "imperative": "share of comments that open with a verb in the imperative",
    "third_person": "share of comments that open with a verb in the third person",
    "article": "share of comments that open with an article or a demonstrative",
    "we": "share of comments that speak of we, us, our or let's",
    "you": "share of comments that address you",
    "first_person": "share of comments that say I or my",
    "explains": "share of comments that say because, so that, since, in order to",
    "question": "share of comments with a question mark",
    "exclaims": "share of comments with an exclamation mark",
    "task_mark": "share of comments with a todo, fixme, hack or note mark",
    "numbered": "share of comments that open with a number or a step",
    "banner": "share of comments that are rulers or banners",
    "non_ascii": "share of comments with characters outside ASCII",
    "emoji": "share of comments with pictographs",
    "code_like": "share of comments that look like code switched off",
    "example": "share of comments that say example, e.g. or usage",
    "edge_case": "share of comments that speak of edge or base cases, checks, validity",
    "colon_end": "share of comments that end in a colon",
    "parenthesis": "share of comments with round brackets",
    "backtick": "share of comments with back-ticks",
    "hyphen_list": "share of comments that open with a list mark",
    "no_space": "share of comments without a space behind the comment sign",
    "overlap": "share of comment words that also stand in the identifiers",
    "first_at": "where the first comment stands, as a share of the sample",
    "head": "whether the sample opens with a comment or docstring",
    "gap_spread": "standard deviation of the gaps between comments, over their mean",
}

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
_SIGNS = re.compile(r"^(?:/\*+!?|//+!?|#+!?|\*+|<!--+|--+|;+|%+|\"\"\"|''')")
_TAIL = re.compile(r"(?:\*+/|-->|\"\"\"|''')$")
_STAR = re.compile(r"^\s*\*+ ?", re.MULTILINE)
_DOC_SIGNS = re.compile(r"^(?:[rRuUbB]*(?:\"\"\"|'''|\"|')|/\*\*+|//[/!])[ \t]*")
_LINE_SIGNS = re.compile(r"^[ \t]*(?:\*(?!/)|//[/!])[ \t]?", re.MULTILINE)
_WORDS = re.compile(r"[A-Za-z][A-Za-z']*")
_SECTIONS = re.compile(
    r"^\s*(?:Args|Arguments|Parameters|Params|Returns?|Raises|Yields|Examples?)\s*:"
    r"|@param|@return|:param|:return|# (?:Arguments|Examples|Errors)|----",
    re.MULTILINE,
)
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
MAX_COMMENTS = 150
"""No more comments than this are read; the habits are plain long before."""

MAX_DECORATORS = 3
"""Between a comment and its function at most so many lines of decorators may stand."""


def measure(source: Source) -> dict[str, float]:
    """Return the comment columns of a sample."""
    docstrings = _docstrings(source)
    comments = sorted(source.comments[:MAX_COMMENTS] + docstrings)
    columns = dict.fromkeys(COLUMNS, 0.0)
    columns.update(_neutral(source, docstrings))
    if not comments:
        return columns
    raw = [source.data[a:b].decode("utf-8", "replace") for a, b in comments]
    said = [_bare(text) for text in raw]
    lines = int((~source.blank).sum())
    words = [_WORDS.findall(text) for text in said]
    columns.update(_amounts(source, comments, raw, lines))
    columns.update(_lengths(words))
    columns.update(_voice(said, words))
    columns.update(_docstring_form(source, docstrings or _doc_comments(source)))
    columns["no_space"] = mean(np.array([_tight(text) for text in raw]))
    columns["overlap"] = _overlap(words, source)
    columns.update(_places(source, comments))
    return columns


def _neutral(source: Source, docstrings: list[tuple[int, int]]) -> dict[str, float]:
    """Return the columns that hold something even where there is no comment."""
    preferences = ("capital", "full_stop", "docstring_full_stop", "docstring_first_line")
    return {
        **dict.fromkeys(preferences, 0.5),
        **_coverage(source, docstrings),
        "first_at": 1.0,
    }


def _docstrings(source: Source) -> list[tuple[int, int]]:
    """Return the byte ranges of Python docstrings: a lone string that opens a body."""
    tree = source.syntax
    if tree is None or tree.grammar.name != "python":
        return []
    strings = tree.with_role("string")
    lone = strings[tree.role[tree.parent[strings]] == ROLE_INDEX["expression"]]
    statement = tree.parent[lone]
    body = tree.parent[statement]
    heads = (ROLE_INDEX["function"], ROLE_INDEX["class"])
    owned = (body == 0) | np.isin(tree.role[tree.parent[body]], heads)
    said = tree.named & (tree.role != ROLE_INDEX["comment"])
    # Nothing but comments may stand between a body's start and its docstring.
    seen = np.cumsum(said)
    opens = seen[statement] - seen[body] == 1
    found = lone[owned & opens]
    return list(zip(tree.start[found].tolist(), tree.end[found].tolist(), strict=True))


def _doc_comments(source: Source) -> list[tuple[int, int]]:
    """Return the byte ranges of documentation: docstrings, `/**` blocks, runs of `///` lines."""
    found: list[tuple[int, int]] = []
    joins = False
    for a, b in source.comments[:MAX_COMMENTS]:
        line = source.data.startswith((b"///", b"//!"), a)
        if line and joins and not source.data[found[-1][1] : a].strip():
            found[-1] = (found[-1][0], b)
        elif line or (source.data.startswith(b"/**", a) and b - a > len("/***/")):
            found.append((a, b))
        joins = line
    return found


def _bare(text: str) -> str:
    """Return what a comment says, without its signs."""
    bare = _TAIL.sub("", _SIGNS.sub("", text, count=1), count=1)
    return (_STAR.sub("", bare) if "\n" in bare else bare).strip()


def _tight(text: str) -> bool:
    match = _SIGNS.match(text)
    return match is not None and text[match.end() : match.end() + 1].isalnum()


def _amounts(
    source: Source, comments: list[tuple[int, int]], raw: list[str], lines: int
) -> dict[str, float]:
    spans = np.array(comments)
    row = np.searchsorted(source.line_start, spans[:, 0], side="right") - 1
    own = source.first_ink[row] == spans[:, 0]
    block = np.array([text.startswith(("/*", "<!--")) for text in raw])
    doc = np.array([text.startswith(("/**", "///", "//!", '"""', "'''")) for text in raw])
    return {
        "count": share(len(raw), lines),
        "share": share(float((spans[:, 1] - spans[:, 0]).sum()), len(source.data)),
        "line_count": share(float((own & ~block & ~doc).sum()), lines),
        "trailing_count": share(float((~own).sum()), lines),
        "block_count": share(float(block.sum()), lines),
        "doc_count": share(float(doc.sum()), lines),
    }


def _lengths(words: list[list[str]]) -> dict[str, float]:
    counts = np.array([len(each) for each in words])
    return {"words_mean": min(mean(counts), 200.0), "words_spread": min(spread(counts), 200.0)}


def _voice(said: list[str], words: list[list[str]]) -> dict[str, float]:
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


def _docstring_form(source: Source, docstrings: list[tuple[int, int]]) -> dict[str, float]:
    if not docstrings:
        return {}
    texts = [source.data[a:b].decode("utf-8", "replace") for a, b in docstrings]
    bodies = [_body(text) for text in texts]
    below = sum(body.startswith("\n") for body in bodies)
    first = [body.strip().split("\n", 1)[0].rstrip() for body in bodies]
    stops = sum(line.endswith(".") for line in first)
    n = len(texts)
    return {
        "docstring_lines": mean(np.array([text.count("\n") + 1 for text in texts])),
        "docstring_first_line": preference(n - below, below),
        "docstring_sections": share(sum(bool(_SECTIONS.search(t)) for t in texts), n),
        "docstring_share": share(sum(b - a for a, b in docstrings), len(source.data)),
        "docstring_full_stop": preference(stops, n - stops),
    }


def _body(text: str) -> str:
    """Return what a docstring or documentation comment says, its line starts stripped."""
    return _LINE_SIGNS.sub("", _TAIL.sub("", _DOC_SIGNS.sub("", text)))


def _coverage(source: Source, docstrings: list[tuple[int, int]]) -> dict[str, float]:
    """Return how many functions and classes are documented, inside or directly above."""
    tree = source.syntax
    if tree is None:
        return {}
    functions = tree.with_role("function")
    heads = np.concatenate((functions, tree.with_role("class")))
    inside = [_owner(tree.start[heads], tree.end[heads], a) for a, _ in docstrings]
    owner = np.array([at for at in inside if at >= 0], dtype=np.int64)
    rows = np.searchsorted(source.line_start, tree.start[heads], side="right") - 1
    spans = np.array(source.comments, dtype=np.int64).reshape(-1, 2)
    opening = np.searchsorted(source.line_start, spans[:, 0], side="right") - 1
    spans = spans[source.first_ink[opening] == spans[:, 0]]
    # A comment that ends in its newline still ends on the line before it.
    comment_rows = np.searchsorted(source.line_start, spans[:, 1] - 1, side="right") - 1
    decorators = tree.start[tree.with_role("decorator")]
    decorated = np.searchsorted(source.line_start, decorators, side="right") - 1
    for _ in range(MAX_DECORATORS if len(decorated) else 0):
        rows = np.where(np.isin(rows - 1, decorated), rows - 1, rows)
    above = np.isin(rows - 1, comment_rows)
    documented = above
    documented[owner] = True
    n = len(functions)
    return {
        "docstring_coverage": share(float(documented.sum()), len(heads)),
        "function_documented": share(float(documented[:n].sum()), n),
    }


def _owner(starts: IntArray, ends: IntArray, at: int) -> int:
    """Return the innermost head around an offset, -1 for none."""
    around = np.flatnonzero((starts <= at) & (at < ends))
    return int(around[np.argmax(starts[around])]) if len(around) else -1


def _overlap(words: list[list[str]], source: Source) -> float:
    spoken = {word.lower() for each in words for word in each}
    named = {word for name in set(source.identifiers) for word in words_of(name)}
    return share(len(spoken & named), len(spoken))


def _places(source: Source, comments: list[tuple[int, int]]) -> dict[str, float]:
    starts = np.array([a for a, _ in comments], dtype=np.float64)
    gaps = np.diff(starts)
    size = max(len(source.data), 1)
    head = len(source.data[: int(starts[0])].strip()) == 0
    return {
        "first_at": float(starts[0]) / size,
        "head": float(head),
        "gap_spread": min(share(spread(gaps), mean(gaps)), 10.0),
    }
