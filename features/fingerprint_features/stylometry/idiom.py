"""Lexical idiom: which of several ways to say a thing an author takes."""

from __future__ import annotations

import numpy as np

from fingerprint_features.batch import Batch, Columns
from fingerprint_features.groups import FloatArray, preferences
from fingerprint_features.sought import Sought

WORDS = {
    "enumerate": ("enumerate", "`enumerate`"),
    "zip": ("zip", "`zip`"),
    "self": ("self", "`self`"),
    "super": ("super", "`super`"),
    "dataclass": ("dataclass", "data classes"),
    "property": ("property", "properties"),
    "print": ("print println printf puts", "printing"),
    "logging": ("logging logger log Logger", "logging"),
    "input": ("input stdin Scanner BufferedReader cin scanf", "reading input"),
    "lambda": ("lambda", "`lambda`"),
    "defaultdict": ("defaultdict", "`defaultdict`"),
    "counter": ("Counter", "`Counter`"),
    "value_error": ("ValueError IllegalArgumentException TypeError", "refusing bad arguments"),
    "const": ("const", "`const`"),
    "let": ("let", "`let`"),
    "var": ("var", "`var`"),
    "function": ("function", "`function`"),
    "async": ("async", "`async`"),
    "await": ("await", "`await`"),
    "map": ("map", "`map`"),
    "filter": ("filter", "`filter`"),
    "reduce": ("reduce", "`reduce`"),
    "for_each": ("forEach each", "`forEach`"),
    "require": ("require", "`require`"),
    "any": ("any Any", "`any` types"),
    "this": ("this", "`this`"),
    "final": ("final", "`final`"),
    "static": ("static", "`static`"),
    "private": ("private", "`private`"),
    "public": ("public", "`public`"),
    "override": ("Override override", "`override`"),
    "stream": ("stream Collectors", "streams"),
    "string_builder": ("StringBuilder StringBuffer", "`StringBuilder`"),
    "new": ("new", "`new`"),
    "null": ("null nil NULL nullptr None", "null values"),
    "true_false": ("true false True False", "boolean constants"),
    "std": ("std", "`std::`"),
    "using": ("using", "`using`"),
    "endl": ("endl", "`endl`"),
    "define": ("define", "`#define`"),
    "size_type": ("size_t", "`size_t`"),
    "malloc": ("malloc calloc realloc", "`malloc`"),
    "free": ("free", "`free`"),
    "snprintf": ("snprintf", "`snprintf`"),
    "err": ("err error e ex exc", "error names"),
    "defer": ("defer", "`defer`"),
    "unwrap": ("unwrap expect", "`unwrap`"),
    "freeze": ("freeze", "`freeze`"),
    "exit": ("exit", "leaving the program"),
    "else_if": ("elif elsif", "`elif` chains"),
    "pass": ("pass", "`pass`"),
    "global": ("global nonlocal", "`global`"),
    "assert": ("assert", "`assert`"),
    "result": ("result results res ans answer", "names for the result"),
    "temporary": ("temp tmp", "temporary names"),
    "index": ("i j k idx index", "index names"),
    "data": ("data value values item items", "generic data names"),
    "helper": ("helper util utils process handle", "helper names"),
    "for_of": ("of", "`for … of`"),
    "import_as": ("as", "`as` names"),
    "main": ("main", "`main`"),
    "example": ("example test demo sample", "example names"),
}
"""Name: (words counted as whole identifiers, what they are called)."""

TEXTS = {
    "fstring": ((' f"', '(f"', " f'", "(f'", '=f"', "=f'"), "f-strings"),
    "format_call": ((".format(",), "`.format()`"),
    "percent_format": (('" %', "' %"), "`%` formatting"),
    "template_string": (("${",), "template strings"),
    "range_len": (("range(len(",), "`range(len(…))`"),
    "is_none": (("is None", "is not None"), "`is None`"),
    "equals_none": (("== None", "!= None"), "`== None`"),
    "if_not": (("if not ",), "`if not x`"),
    "len_zero": ((") == 0", ") > 0", ") == 1", ") < 2"), "comparing a length with a number"),
    "typing_import": (("from typing import",), "`from typing import`"),
    "typing_upper": (("List[", "Dict[", "Optional[", "Tuple["), "`List[…]` annotations"),
    "typing_lower": ((": list", "-> list", ": dict", "-> dict", "tuple["), "`list[…]` annotations"),
    "union_bar": (("| None",), "`| None`"),
    "return_annotation": ((") -> ",), "return annotations"),
    "private_self": (("self._",), "`self._`"),
    "except_bare": (("except:",), "bare `except`"),
    "except_wide": (("except Exception", "catch (Exception"), "catching every exception"),
    "except_named": (("except ", "catch ("), "catching exceptions"),
    "star_import": (("import *", ".*;"), "`import *`"),
    "with_open": (("with open(",), "`with open`"),
    "join_call": ((".join(",), "`.join()`"),
    "append_call": ((".append(", ".push(", ".push_back(", ".add("), "append calls"),
    "get_default": ((".get(", "getOrDefault("), "`.get()`"),
    "reverse_slice": (("[::-1]",), "`[::-1]`"),
    "strict_equals": (("===", "!=="), "`===`"),
    "loose_equals": ((" == ", " != "), "`==`"),
    "arrow": (("=>",), "arrow functions"),
    "then_call": ((".then(",), "`.then()`"),
    "spread": (("...",), "spreading"),
    "optional_chain": (("?.",), "`?.`"),
    "nullish": (("??",), "`??`"),
    "ternary_mark": ((" ? ",), "`? :`"),
    "increment": (("++",), "`++`"),
    "plus_one": (("+= 1", "+=1"), "`+= 1`"),
    "diamond": (("<>(",), "diamond `<>`"),
    "bits_header": (("bits/stdc++",), "`bits/stdc++.h`"),
    "using_namespace": (("using namespace",), "`using namespace`"),
    "std_prefix": (("std::",), "`std::`"),
    "err_nil": (("err != nil",), "`err != nil`"),
    "return_none": (("return None", "return null", "return nil"), "returning nothing"),
    "return_false": (("return False", "return false", "return -1"), "returning failure"),
    "return_true": (("return True", "return true"), "returning success"),
    "return_empty": (
        ("return []", 'return ""', "return {}", "return 0"),
        "returning an empty value",
    ),
    "while_true": (
        ("while True", "while(true)", "while (true)", "while 1", "for(;;)"),
        "endless loops",
    ),
    "floor_division": ((" // ",), "`//` inside a line"),
    "power": (("**",), "`**`"),
    "shift": (("<<", ">>"), "shifts and streams"),
    "walrus": ((":= ",), "`:=`"),
    "else_if_text": (("else if",), "`else if` chains"),
    "lines_joined": (("\\\n",), "lines joined by a backslash"),
    "paren_return": (("return (", "return("), "returns in brackets"),
    "else_brace": (("} else",), "`} else`"),
    "open_brace_line": ((")\n{", ")\n    {", ")\n\t{"), "a brace under its head"),
    "blank_after_def": (("):\n\n", "{\n\n"), "a blank line after a head"),
    "blank_before_return": (
        ("\n\n    return", "\n\n        return", "\n\n\treturn"),
        "a blank line before `return`",
    ),
    "arrow_type": (("-> None", ": void"), "`None` or `void` results"),
}
"""Name: (literal texts counted outside comments, what they are called)."""

IDIOMS = {
    **{name: called for name, (_, called) in WORDS.items()},
    **{name: called for name, (_, called) in TEXTS.items()},
}

PREFERENCES = {
    "fstring_over_format": ("fstring", "format_call"),
    "fstring_over_percent": ("fstring", "percent_format"),
    "enumerate_over_range": ("enumerate", "range_len"),
    "is_none_over_equals": ("is_none", "equals_none"),
    "if_not_over_len": ("if_not", "len_zero"),
    "lower_over_upper_types": ("typing_lower", "typing_upper"),
    "const_over_let": ("const", "let"),
    "const_over_var": ("const", "var"),
    "arrow_over_function": ("arrow", "function"),
    "await_over_then": ("await", "then_call"),
    "for_each_over_for_of": ("for_each", "for_of"),
    "increment_over_plus_one": ("increment", "plus_one"),
    "strict_over_loose": ("strict_equals", "loose_equals"),
    "wide_over_named_except": ("except_wide", "except_named"),
    "logging_over_print": ("logging", "print"),
    "std_over_using": ("std_prefix", "using_namespace"),
    "ternary_over_boolean": ("ternary_mark", "true_false"),
}

COLUMNS = {
    **{name: f"{words}, per 100 lines" for name, words in IDIOMS.items()},
    **{
        name: f"{IDIOMS[one]} preferred to {IDIOMS[other]}"
        for name, (one, other) in PREFERENCES.items()
    },
}

_WORD_AT = {word: at for at, (words, _) in enumerate(WORDS.values()) for word in words.split()}
"""Which entry of `WORDS` each word counts for; none counts for two."""

_TEXTS = Sought.of(tuple(text.encode() for texts, _ in TEXTS.values() for text in texts))
_TEXT_AT = np.repeat(np.arange(len(TEXTS)), [len(texts) for texts, _ in TEXTS.values()])
"""Which entry of `TEXTS` each text that is sought counts for."""


def measure(batch: Batch) -> Columns:
    """Return the idiom columns of samples."""
    lines = np.maximum(batch.lines, 1)
    found = np.concatenate((_word_counts(batch), _text_counts(batch)))
    counts = dict(zip(IDIOMS, found, strict=True))
    return {
        **{name: np.minimum(100.0 * count / lines, 300.0) for name, count in counts.items()},
        **{n: preferences(counts[one], counts[other]) for n, (one, other) in PREFERENCES.items()},
    }


def _word_counts(batch: Batch) -> FloatArray:
    """Return how often each sample has a word of each entry, shape (len(WORDS), samples)."""
    names = batch.names
    entry = np.array([_WORD_AT.get(name, -1) for name in names.numbers], dtype=np.intp)
    mine = entry[names.used]
    hit = mine >= 0
    keys = mine[hit] * len(batch) + names.per_sample.owner[hit]
    size = len(WORDS) * len(batch)
    found = np.bincount(keys, weights=names.times[hit], minlength=size)
    made: FloatArray = found.reshape(len(WORDS), len(batch)).astype(np.float64)
    return made


def _text_counts(batch: Batch) -> FloatArray:
    """Return how often each sample has a text of each entry, shape (len(TEXTS), samples)."""
    text, at = _TEXTS.find(np.frombuffer(batch.uncommented, dtype=np.uint8))
    sample = batch.sample_at(at)
    whole = at + _TEXTS.length[text] <= (batch.per_byte.start + batch.size)[sample]
    keys = (_TEXT_AT[text] * len(batch) + sample)[whole]
    found = np.bincount(keys, minlength=len(TEXTS) * len(batch))
    return found.reshape(len(TEXTS), len(batch)).astype(np.float64)
