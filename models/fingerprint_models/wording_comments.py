"""What the columns of comments are called."""

from __future__ import annotations

from fingerprint_models.phrases import Kind, Phrase


def _share(what: str, unit: str = "of comments and docstrings") -> Phrase:
    return Phrase(what, Kind.SHARE, unit)


def _per_line(what: str) -> Phrase:
    return Phrase(what, Kind.PER_LINE, "per 100 lines")


def _either(one: str, other: str) -> Phrase:
    return Phrase(one, Kind.PREFERENCE, other=other)


COMMENTS: dict[str, Phrase] = {
    "count": _per_line("comments"),
    "share": _share("text inside comments", "of the text"),
    "line_count": _per_line("line comments on a line of their own"),
    "trailing_count": _per_line("comments behind code on the same line"),
    "block_count": _per_line("block comments"),
    "doc_count": _per_line("docstrings and documentation comments"),
    # A comment right above counts as documentation, so "docstring" alone would be wrong.
    "docstring_coverage": _share(
        "documented, by a docstring or a comment right above", "of functions and classes"
    ),
    "function_documented": Phrase(
        "documented, by a docstring or a comment right above",
        Kind.SHARE,
        "of functions",
        base="tree.functions",
        lack="no functions here",
    ),
    "docstring_lines": Phrase("average length of a docstring", Kind.NUMBER, "lines"),
    "docstring_first_line": _either(
        "docstrings that start right behind their opening mark",
        "docstrings that start on the line below their opening mark",
    ),
    "docstring_sections": _share(
        "docstrings with sections such as Args, Returns or @param", "of docstrings"
    ),
    "docstring_share": _share("text inside docstrings", "of the text"),
    "words_mean": Phrase("average length of a comment", Kind.NUMBER, "words"),
    "words_spread": Phrase("spread of comment lengths (standard deviation)", Kind.NUMBER, "words"),
    "capital": _either("comments that start with a capital", "comments that start in lower case"),
    "full_stop": _either(
        "comments that end in a full stop", "comments that end without a full stop"
    ),
    "docstring_full_stop": _either(
        "docstrings whose first line ends in a full stop",
        "docstrings whose first line ends without a full stop",
    ),
    "imperative": _share("comments that open with a command (“check”, “return”)"),
    "third_person": _share("comments that open in the third person (“checks”, “returns”)"),
    "article": _share("comments that open with “the”, “a” or “this”"),
    "we": _share("comments that say “we”, “us”, “our” or “let's”"),
    "you": _share("comments that say “you” or “your”"),
    "first_person": _share("comments that say “I” or “my”"),
    "explains": _share("comments that give a reason (“because”, “since”, “so that”)"),
    "question": _share("comments with a question mark"),
    "exclaims": _share("comments with an exclamation mark"),
    "task_mark": _share("comments with TODO, FIXME, XXX, HACK or NOTE"),
    "numbered": _share("comments that number a step"),
    "banner": _share("comments drawn as rulers or banners (“====”)"),
    "non_ascii": _share("comments with characters outside ASCII"),
    "emoji": _share("comments with emoji or other pictographs"),
    "code_like": _share("comments that look like code switched off"),
    "example": _share("comments that say “example”, “usage” or “e.g.”"),
    "edge_case": _share("comments that mention edge or base cases, checks or validity"),
    "colon_end": _share("comments that end in a colon"),
    "parenthesis": _share("comments with round brackets"),
    "backtick": _share("comments with back-ticks"),
    "hyphen_list": _share("comments that open with a list mark"),
    "no_space": _share("comments without a space behind the opening mark"),
    "overlap": _share(
        "words of comments that are also words of names in the code", "of the comments' words"
    ),
    "first_at": _share("where the first comment starts", "of the way down (100 % where none is)"),
    "head": Phrase("the text opens with a comment or docstring", Kind.FLAG),
    "gap_spread": Phrase(
        "how unevenly comments are spread (0: evenly)", Kind.NUMBER, "times the average gap"
    ),
}

WITHOUT_COMMENTS = frozenset(
    ("share", "docstring_coverage", "function_documented", "first_at", "head")
)
"""Columns that say something even where there is no comment."""
