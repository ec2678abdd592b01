"""Comments and docstrings: how much is said, in what form, in what voice."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.documentation import (
    MAX_COMMENTS,
    TAIL,
    coverage,
    doc_comments,
    docstrings_of,
    form,
)
from fingerprint_features.ratios import mean, share, spread
from fingerprint_features.source import Source
from fingerprint_features.stylometry.naming import words_of
from fingerprint_features.voice import voice

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

_SIGNS = re.compile(r"^(?:/\*+!?|//+!?|#+!?|\*+|<!--+|--+|;+|%+|\"\"\"|''')")
_STAR = re.compile(r"^\s*\*+ ?", re.MULTILINE)
_WORDS = re.compile(r"[A-Za-z][A-Za-z']*")


def measure(source: Source) -> dict[str, float]:
    """Return the comment columns of a sample."""
    docstrings = docstrings_of(source)
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
    columns.update(voice(said, words))
    columns.update(form(source, docstrings or doc_comments(source)))
    columns["no_space"] = mean(np.array([_tight(text) for text in raw]))
    columns["overlap"] = _overlap(words, source)
    columns.update(_places(source, comments))
    return columns


def _neutral(source: Source, docstrings: list[tuple[int, int]]) -> dict[str, float]:
    """Return the columns that hold something even where there is no comment."""
    preferences = ("capital", "full_stop", "docstring_full_stop", "docstring_first_line")
    return {
        **dict.fromkeys(preferences, 0.5),
        **coverage(source, docstrings),
        "first_at": 1.0,
    }


def _bare(text: str) -> str:
    """Return what a comment says, without its signs."""
    bare = TAIL.sub("", _SIGNS.sub("", text, count=1), count=1)
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
