"""Comments and docstrings: how much is said, in what form, in what voice."""

from __future__ import annotations

import re

import numpy as np

from fingerprint_features.batch import Batch, Columns, Spans
from fingerprint_features.documentation import (
    MAX_COMMENTS,
    TAIL,
    coverage,
    doc_comments,
    docstring_nodes,
    form,
)
from fingerprint_features.grammars import IntArray
from fingerprint_features.groups import FloatArray, Groups, shares
from fingerprint_features.names import Numbered, distinct
from fingerprint_features.voice import Said, voice

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
_DOC_SIGNS = ("/**", "///", "//!", '"""', "'''")


def measure(batch: Batch) -> Columns:
    """Return the comment columns of samples."""
    nodes = docstring_nodes(batch.nodes)
    spans = _read(batch, nodes)
    texts = [text.decode("utf-8", "replace") for text in batch.cut_out(spans)]
    said = Said.of([_bare(text) for text in texts], spans.groups)
    tight = np.array([_tight(text) for text in texts], dtype=np.bool_)
    return {
        **coverage(batch, nodes),
        **_amounts(batch, spans, texts),
        "words_mean": np.minimum(spans.groups.mean(said.per_comment.size), 200.0),
        "words_spread": np.minimum(spans.groups.spread(said.per_comment.size), 200.0),
        **voice(said),
        **_forms(batch, nodes),
        "no_space": spans.groups.mean(tight),
        "overlap": _overlap(batch, said),
        **_places(batch, spans),
    }


def _read(batch: Batch, docstrings: IntArray) -> Spans:
    """Return the comments that are read, and the docstrings, in order."""
    comments = batch.comments
    own = comments.groups
    kept = np.arange(len(own.owner)) - own.start[own.owner] < MAX_COMMENTS
    start = np.concatenate((comments.start[kept], batch.nodes.start[docstrings]))
    end = np.concatenate((comments.end[kept], batch.nodes.end[docstrings]))
    owner = np.concatenate((own.owner[kept], batch.per_tree.owner[docstrings]))
    order = np.lexsort((end, start, owner))
    return Spans(start[order], end[order], Groups.of_owners(owner, len(batch)))


def _bare(text: str) -> str:
    """Return what a comment says, without its signs."""
    bare = TAIL.sub("", _SIGNS.sub("", text, count=1), count=1)
    return (_STAR.sub("", bare) if "\n" in bare else bare).strip()


def _tight(text: str) -> bool:
    match = _SIGNS.match(text)
    return match is not None and text[match.end() : match.end() + 1].isalnum()


def _amounts(batch: Batch, spans: Spans, texts: list[str]) -> Columns:
    row = np.searchsorted(batch.whole.line_start, spans.start, side="right") - 1
    own = batch.whole.first_ink[row] == spans.start
    block = np.array([text.startswith(("/*", "<!--")) for text in texts], dtype=np.bool_)
    doc = np.array([text.startswith(_DOC_SIGNS) for text in texts], dtype=np.bool_)
    groups, lines = spans.groups, batch.lines
    return {
        "count": shares(groups.size, lines),
        "share": shares(groups.sum(spans.end - spans.start), batch.size),
        "line_count": shares(groups.sum(own & ~block & ~doc), lines),
        "trailing_count": shares(groups.sum(~own), lines),
        "block_count": shares(groups.sum(block), lines),
        "doc_count": shares(groups.sum(doc), lines),
    }


def _forms(batch: Batch, docstrings: IntArray) -> Columns:
    """Return the columns of the form of docstrings, of doc comments where there are none."""
    own, comments = batch.of_nodes(docstrings), batch.comments
    found: list[list[tuple[int, int]]] = [[] for _ in range(len(batch))]
    for sample in np.flatnonzero(own.size + comments.groups.size).tolist():
        if own.size[sample]:
            nodes = docstrings[own.start[sample] : own.start[sample] + own.size[sample]]
            start, end = batch.nodes.start[nodes], batch.nodes.end[nodes]
            found[sample] = list(zip(start.tolist(), end.tolist(), strict=True))
        else:
            first = comments.groups.start[sample]
            spans = slice(first, first + comments.groups.size[sample])
            start, end = comments.start[spans], comments.end[spans]
            pairs = list(zip(start.tolist(), end.tolist(), strict=True))
            found[sample] = doc_comments(batch.whole.data, pairs)
    groups = Groups(np.array([len(each) for each in found], dtype=np.intp))
    flat = np.array([span for each in found for span in each], dtype=np.int32).reshape(-1, 2)
    cut = batch.cut_out(Spans(flat[:, 0], flat[:, 1], groups))
    texts = [text.decode("utf-8", "replace") for text in cut]
    length = groups.sum(flat[:, 1] - flat[:, 0])
    return {**form(texts, groups), "docstring_share": shares(length, batch.size)}


def _overlap(batch: Batch, said: Said) -> FloatArray:
    """Return the share of the distinct words of comments that are words of names too."""
    lowered: Numbered[str] = Numbered()
    word = lowered.of(said.lowered)[said.words]
    sample = said.comments.owner[said.per_comment.owner]
    samples, words, _ = distinct(sample, word, len(lowered))
    spoken = Groups.of_owners(samples, len(batch))
    names = batch.names
    known = np.array([names.words.get(text, -1) for text in lowered], dtype=np.intp)[words]
    width = len(names.words) + 1
    # The names' words stand in order of samples and numbers already; what is beyond meets -1.
    named = np.append(names.of_words.owner * width + names.spoken, -1)
    keys = samples * width + known
    at = np.searchsorted(named[:-1], keys)
    return spoken.mean((known >= 0) & (named[at] == keys))


def _places(batch: Batch, spans: Spans) -> Columns:
    groups = spans.groups
    some = np.flatnonzero(groups.size)
    first = spans.start[groups.start[some]] - batch.per_byte.start[some]
    first_at, head = np.ones(len(batch)), np.zeros(len(batch))
    first_at[some] = first / np.maximum(batch.size[some], 1)
    heads = zip(some.tolist(), first.tolist(), strict=True)
    head[some] = [not batch.sources[at].data[:offset].strip() for at, offset in heads]
    # A gap leads from one comment of a sample to the next.
    inside = np.diff(groups.owner) == 0
    gaps = np.diff(spans.start)[inside].astype(np.float64)
    between = Groups.of_owners(groups.owner[1:][inside], len(batch))
    uneven = shares(between.spread(gaps), between.mean(gaps))
    return {"first_at": first_at, "head": head, "gap_spread": np.minimum(uneven, 10.0)}
