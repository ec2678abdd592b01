"""Whether a lone line of a diff is a comment, by the sign it opens with."""

from __future__ import annotations

_HASH = (
    "python",
    "ruby",
    "shell",
    "perl",
    "r",
    "julia",
    "elixir",
    "nim",
    "tcl",
    "make",
    "powershell",
    "terraform",
)
_SIGNS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_HASH, ("#",)),
    **dict.fromkeys(("html", "svelte", "vue"), ("<!--", "-->", "//", "/*")),
    **dict.fromkeys(("sql", "haskell", "lua"), ("--", "/*", "{-")),
    "php": ("//", "/*", "*", "#"),
    "clojure": (";",),
    "assembly": (";", "#"),
    "erlang": ("%",),
    "fortran": ("!",),
    **dict.fromkeys(("ocaml", "fsharp", "pascal"), ("(*", "//", "{")),
}
_SLASHES = ("//", "/*", "* ", "*/")
_UNKNOWN = ("# ", "// ", "<!--")


def is_comment(text: str, language: str | None) -> bool:
    """Return whether `text`, a line without its indent, opens with a comment's sign.

    Inner lines of block comments count where the custom is to mark them with a star; docstrings
    do not, a line alone does not show them.
    """
    signs = _SIGNS.get(language, _SLASHES) if language else _UNKNOWN
    return text == "*" or text.startswith(signs)
