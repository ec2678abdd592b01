"""Comments and docstrings: how much is said, in what form, in what voice."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.ratios import mean, preference, share, spread
from fingerprint_features.source import NEWLINE, Source
from fingerprint_features.stylometry.naming import words_of

COLUMNS = {
    "count": "comments per line of code",
    "share": "share of bytes that are comment",
    "line_count": "line comments on their own line, per line of code",
    "trailing_count": "comments behind code on the same line, per line of code",
    "block_count": "block comments per line of code",
    "doc_count": "documentation comments (/** /// //! \"\"\") per line of code",
    "docstring_coverage": "share of functions and classes with a docstring or doc comment",
    "function_documented": "functions with a comment directly above or a docstring, of all",
    "docstring_lines": "mean lines of a docstring",
    "docstring_first_line": "docstrings whose text starts on the first line, preferred to below",
    "docstring_sections": "docstrings with Args/Returns/Parameters/@param sections, of all",
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
    "add append apply assign build calculate call check clean clear close compare compute configure "
    "convert copy count create decrement define delete determine display do ensure execute extract "
    "fetch fill filter find format generate get handle ignore import increment initialise initialize "
    "insert iterate join keep load loop make mark merge move normalize open parse perform populate "
    "prepare print process push raise read recursively remove replace reset retrieve return reverse "
    "run save search select send set setup skip sort split start stop store sum swap test traverse "
    "track try update use validate verify wait walk write".split()
)
_SIGNS = re.compile(r"^(?:/\*+!?|//+!?|#+!?|\*+|<!--+|--+|;+|%+|\"\"\"|''')")
_TAIL = re.compile(r"(?:\*+/|-->|\"\"\"|''')$")
_STAR = re.compile(r"^\s*\*+ ?", re.MULTILINE)
_WORDS = re.compile(r"[A-Za-z][A-Za-z']*")
_SECTIONS = re.compile(r"^\s*(?:Args|Arguments|Parameters|Params|Returns?|Raises|Yields|Examples?)\s*:|@param|@return|:param|:return|# (?:Arguments|Examples|Errors)|----", re.MULTILINE)
_BANNER = re.compile(r"[-=*#~_]{4,}")
_CODE = re.compile(r"[;{}]\s*$|^\s*(?:print|return|if|for|import|console)\b.*[(;:]|^\w+\s*=[^=]|\w\(.*\)\s*$")
_LISTS = (
    ("we", re.compile(r"\b(?:we|us|our|let's|we're|we'll)\b", re.IGNORECASE)),
    ("you", re.compile(r"\b(?:you|your)\b", re.IGNORECASE)),
    ("first_person", re.compile(r"\b(?:I|I'm|my)\b")),
    ("explains", re.compile(r"\b(?:because|so that|since|in order to|therefore|otherwise)\b", re.IGNORECASE)),
    ("question", re.compile(r"\?")),
    ("exclaims", re.compile(r"!")),
    ("task_mark", re.compile(r"\b(?:TODO|FIXME|XXX|HACK|NOTE|Note)\b")),
    ("numbered", re.compile(r"^(?:\(?\d+[.):]|[Ss]tep \d|STEP \d)")),
    ("banner", _BANNER),
    ("non_ascii", re.compile(r"[^\x00-\x7f]")),
    ("emoji", re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]")),
    ("example", re.compile(r"\b(?:example|e\.g\.|usage)\b", re.IGNORECASE)),
    ("edge_case", re.compile(r"\b(?:edge|base|corner) cases?\b|\bvalid|\bcheck", re.IGNORECASE)),
    ("colon_end", re.compile(r":\s*$")),
    ("parenthesis", re.compile(r"\(.*\)", re.DOTALL)),
    ("backtick", re.compile(r"`")),
    ("hyphen_list", re.compile(r"^\s*[-*•+] ")),
)
MAX_COMMENTS = 150
"""No more comments than this are read; the habits are plain long before."""


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
    columns.update(_amounts(source, comments, raw, lines))
    columns.update(_voice(said))
    columns.update(_docstring_form(source, docstrings))
    columns["no_space"] = mean(np.array([_tight(text) for text in raw]))
    columns["overlap"] = _overlap(said, source)
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
    found = []
    for node in tree.with_role("string").tolist():
        above = int(tree.parent[node])
        body = int(tree.parent[above]) if above >= 0 else -1
        if body >= 0 and body == above - 1 and node == above + 1:
            found.append((int(tree.start[node]), int(tree.end[node])))
    return found


def _bare(text: str) -> str:
    """Return what a comment says, without its signs."""
    return _STAR.sub("", _TAIL.sub("", _SIGNS.sub("", text))).strip()


def _tight(text: str) -> bool:
    match = _SIGNS.match(text)
    return bool(match) and text[match.end() : match.end() + 1].isalnum()


def _amounts(
    source: Source, comments: list[tuple[int, int]], raw: list[str], lines: int
) -> dict[str, float]:
    spans = np.array(comments)
    row = np.searchsorted(source.line_start, spans[:, 0], side="right") - 1
    own = source.first_ink[row] == spans[:, 0]
    block = np.array([text.startswith(("/*", "<!--")) for text in raw])
    doc = np.array([text.startswith(("/**", "///", "//!", '"""', "'''")) for text in raw])
    words = np.array([len(_WORDS.findall(text)) for text in raw])
    return {
        "count": share(len(raw), lines),
        "share": share(float((spans[:, 1] - spans[:, 0]).sum()), len(source.data)),
        "line_count": share(float((own & ~block & ~doc).sum()), lines),
        "trailing_count": share(float((~own).sum()), lines),
        "block_count": share(float(block.sum()), lines),
        "doc_count": share(float(doc.sum()), lines),
        "words_mean": min(mean(words), 200.0),
        "words_spread": min(spread(words), 200.0),
    }


def _voice(said: list[str]) -> dict[str, float]:
    n = len(said)
    joined = [text for text in said if text]
    first = [match.group() if (match := _WORDS.search(text)) else "" for text in joined]
    lowered = [word.lower() for word in first]
    upper = sum(text[0].isupper() for text in joined)
    lower = sum(text[0].islower() for text in joined)
    stops = sum(text.endswith(".") for text in joined)
    third = {word + "s" for word in IMPERATIVES}
    return {
        "capital": preference(upper, lower),
        "full_stop": preference(stops, len(joined) - stops),
        "imperative": share(sum(word in IMPERATIVES for word in lowered), n),
        "third_person": share(sum(word in third for word in lowered), n),
        "article": share(sum(word in {"the", "a", "an", "this", "these"} for word in lowered), n),
        "code_like": share(sum(bool(_CODE.search(text)) for text in joined), n),
        **{name: share(sum(bool(p.search(text)) for text in said), n) for name, p in _LISTS},
    }


def _docstring_form(source: Source, docstrings: list[tuple[int, int]]) -> dict[str, float]:
    if not docstrings:
        return {}
    texts = [source.data[a:b].decode("utf-8", "replace") for a, b in docstrings]
    bodies = [text.strip("\"' rRuUfF") for text in texts]
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


def _coverage(source: Source, docstrings: list[tuple[int, int]]) -> dict[str, float]:
    """Return how many functions and classes are documented, inside or directly above."""
    tree = source.syntax
    if tree is None:
        return {}
    functions = tree.with_role("function")
    heads = np.concatenate((functions, tree.with_role("class")))
    inside = np.array([a for a, _ in docstrings], dtype=np.int64)
    owner = np.array([_owner(tree.start[heads], tree.end[heads], a) for a in inside.tolist()])
    rows = np.searchsorted(source.line_start, tree.start[heads], side="right") - 1
    above_end = np.array([end for _, end in source.comments], dtype=np.int64)
    comment_rows = np.searchsorted(source.line_start, above_end - 1, side="right") - 1
    above = np.isin(rows - 1, comment_rows)
    documented = above.copy()
    documented[owner[owner >= 0].astype(np.int64)] = True
    n = len(functions)
    return {
        "docstring_coverage": share(float(documented.sum()), len(heads)),
        "function_documented": share(float(documented[:n].sum()), n),
    }


def _owner(starts: np.ndarray, ends: np.ndarray, at: int) -> int:
    """Return the innermost head around an offset, -1 for none."""
    around = np.flatnonzero((starts <= at) & (at < ends))
    return int(around[np.argmax(starts[around])]) if len(around) else -1


def _overlap(said: list[str], source: Source) -> float:
    spoken = {word.lower() for text in said for word in _WORDS.findall(text)}
    named = {word for name in set(source.identifiers) for word in words_of(name)}
    return share(len(spoken & named), len(spoken))


def _places(source: Source, comments: list[tuple[int, int]]) -> dict[str, float]:
    starts = np.array([a for a, _ in comments], dtype=np.float64)
    gaps = np.diff(starts)
    size = max(len(source.data), 1)
    head = len(source.data[: int(starts[0])].strip()) == 0
    newline_free = NEWLINE not in source.data[: int(starts[0])]
    return {
        "first_at": float(starts[0]) / size,
        "head": float(head or newline_free),
        "gap_spread": min(share(spread(gaps), mean(gaps)), 10.0),
    }
