"""Whether a text is no code at all: prose, or data as JSON or in columns.

Only clear cases are told, for a language model's essay that is scored as code gets an answer that
means nothing, and code that is taken for prose gets none.
"""

from __future__ import annotations

import json
import re
from collections import Counter

import numpy as np

from fingerprint_features.batch import Batch
from fingerprint_features.grammars import BoolArray
from fingerprint_features.source import SPACE, Source, one_of

MIN_WORDS = 25
"""A text of fewer words may be a comment, a commit message or a line of code."""

FUNCTION_WORDS = frozenset((
    "the", "a", "an", "of", "to", "and", "in", "is", "are", "was", "were", "be", "been", "it",
    "its", "that", "this", "these", "those", "which", "who", "with", "for", "on", "as", "at",
    "by", "from", "or", "not", "but", "have", "has", "had", "we", "you", "they", "he", "she", "i",
    "his", "her", "their", "our", "your", "can", "could", "should", "would", "will", "may",
    "there", "then", "than", "so", "if", "when", "what", "how",
))  # fmt: skip
"""Words that hold English sentences together; "for", "if" and the like are code as well."""

LEAST_FUNCTION_WORDS = 0.25
"""English prose has 0.4 to 0.5 of them (Kučera and Francis, 1967); code outside comments 0.1."""

MOST_SIGNS = 0.02
"""Share of `SIGNS` among a prose text's characters; code has 0.05 and more."""

SIGNS = re.compile(r"[(){}\[\];=<>+*/\\|&^%$#@_]")
_SIGN = one_of(bytes(c for c in range(128) if SIGNS.match(chr(c))))
_INK = np.array([not chr(c).isspace() or c >= 128 for c in range(256)])
MIN_ROWS = 4
MOST_WORDS_IN_A_CELL = 12
_WORD = re.compile(r"[^\W\d_]+")
_JSON_CUT = re.compile(
    r"""(?:\s*+ (?:"(?:[^"\\\n]|\\.)*+" | -?\d[\d.eE+-]*+ | true | false | null | [\[\]{}:,]))*+
    \s*+ (?:"(?:[^"\\\n]|\\.)*+\\? | [\w.+-]*+)""",
    re.VERBOSE,
)
"""Tokens of JSON, of which the last may lack its end; it never goes back over what it read."""

_CODE_END = (";", "{", "}", "(", ")", ":", "=>", "\\")


def may_be_no_code(batch: Batch) -> BoolArray:
    """Tell which samples `is_not_code` has to read; all others have too many signs for prose.

    Bytes are no fewer than characters, so that the share of signs is not less than it is here; the
    half sign spares equality of rounded numbers.
    """
    signs, ink = (batch.loud_counts[:, chosen].sum(axis=1) for chosen in (_SIGN, _INK))
    unknown = np.array([source.language is None for source in batch.sources], dtype=np.bool_)
    few: BoolArray = signs <= MOST_SIGNS * ink + 0.5
    return unknown | few


def is_not_code(source: Source) -> bool:
    """Tell whether a sample is clearly prose, JSON, or rows of columns.

    Where its language is known, only prose outside of comments and strings makes it no code: a
    table of numbers may be a part of a program, and an essay in a file `.py` is none.
    """
    if source.language is not None:
        loud = np.where(source.quiet, SPACE, source.symbols).astype(np.uint8).tobytes()
        return is_prose(loud.decode("utf-8", "replace"))
    text = source.text
    return is_json(text, cut=source.truncated) or is_table(text) or is_prose(text)


def is_json(text: str, *, cut: bool = False) -> bool:
    """Tell whether a text is a JSON object or array; where it was cut, by its tokens."""
    stripped = text.strip()
    if not stripped.startswith(("{", "[")):
        return False
    if not cut:
        try:
            return isinstance(json.loads(stripped), dict | list)
        except (ValueError, RecursionError):
            return False
    return _JSON_CUT.fullmatch(stripped) is not None


def is_table(text: str) -> bool:
    """Tell whether every line has the same columns, split at commas, tabs or bars."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < MIN_ROWS or any(line.rstrip().endswith(_CODE_END) for line in lines):
        return False
    return any(_is_split(lines, sign) for sign in ",\t|")


def _is_split(lines: list[str], sign: str) -> bool:
    counts = Counter(line.count(sign) for line in lines)
    most, times = counts.most_common(1)[0]
    cells = (cell for line in lines for cell in line.split(sign))
    # The last line may have been cut.
    return (
        most >= 2
        and times >= len(lines) - 1
        and all(len(cell.split()) <= MOST_WORDS_IN_A_CELL and "(" not in cell for cell in cells)
    )


def is_prose(text: str) -> bool:
    """Tell whether a text is English sentences, by function words and the want of signs."""
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < MIN_WORDS:
        return False
    glue = sum(word in FUNCTION_WORDS for word in words) / len(words)
    signs = len(SIGNS.findall(text)) / len("".join(text.split()))
    return glue >= LEAST_FUNCTION_WORDS and signs <= MOST_SIGNS
