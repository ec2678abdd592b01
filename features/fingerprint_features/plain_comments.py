"""Comments of languages without a grammar, found by their signs."""

from __future__ import annotations

import re

_BLOCK = rb"/\*[\s\S]*?(?:\*/|\Z)"
_MARKUP = rb"<!--[\s\S]*?(?:-->|\Z)"
_SLASH = rb"(?<![^\s;{})])//[^\n]*"
_HASH = rb"(?<![^\s])#[^\n]*"
_DASH = rb"--[^\n]*"

# What opens a comment in one language is an operator or a colour in the next.
_SIGNS = {
    **dict.fromkeys(
        ("shell", "perl", "r", "julia", "elixir", "nim", "tcl", "make", "powershell"), (_HASH,)
    ),
    "terraform": (_HASH, _SLASH, _BLOCK),
    **dict.fromkeys(("html", "svelte", "vue"), (_MARKUP, _BLOCK, _SLASH)),
    **dict.fromkeys(("sql", "haskell", "lua"), (_DASH, _BLOCK)),
    "clojure": (rb";[^\n]*",),
    "assembly": (rb";[^\n]*", _HASH),
    "erlang": (rb"%[^\n]*",),
    "fortran": (rb"![^\n]*",),
    **dict.fromkeys(("ocaml", "fsharp", "pascal"), (rb"\(\*[\s\S]*?(?:\*\)|\Z)", _SLASH)),
}
_OTHERS = (_BLOCK, _SLASH)
_UNKNOWN = (_MARKUP, _BLOCK, _SLASH, rb"(?<![^\s])#(?=[ !#])[^\n]*")


def comment_ranges(data: bytes, language: str | None) -> list[tuple[int, int]]:
    """Return the byte ranges of the comments in `data`, ascending and apart.

    Strings are not told apart from code: a sign inside one opens a comment, so signs that can
    stand in an address or a colour must follow white space.
    """
    signs = _SIGNS.get(language, _OTHERS) if language else _UNKNOWN
    return [match.span() for match in re.finditer(b"|".join(signs), data)]
