"""Which language a sample is in: from its stated name, path, shebang or content."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from fingerprint_features.content_forms import PATTERNS

PARSED = (
    "python",
    "javascript",
    "typescript",
    "tsx",
    "java",
    "go",
    "rust",
    "c",
    "cpp",
    "csharp",
    "ruby",
    "php",
    "kotlin",
)
"""Languages with a grammar, hence with every column. All others get the neutral columns."""

EXTENSIONS = {
    "python": "py pyi pyw",
    "javascript": "js mjs cjs jsx",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "java": "java",
    "go": "go",
    "rust": "rs",
    "c": "c h",
    "cpp": "cc cpp cxx c++ hpp hh hxx h++ ipp inl cu",
    "csharp": "cs csx",
    "ruby": "rb rake gemspec ru",
    "php": "php phtml php5",
    "kotlin": "kt kts",
    "swift": "swift",
    "scala": "scala sc",
    "svelte": "svelte",
    "vue": "vue",
    "html": "html htm xhtml",
    "css": "css scss sass less",
    "shell": "sh bash zsh ksh",
    "perl": "pl pm",
    "lua": "lua",
    "r": "r",
    "julia": "jl",
    "sql": "sql",
    "haskell": "hs",
    "elixir": "ex exs",
    "erlang": "erl",
    "clojure": "clj cljs cljc",
    "dart": "dart",
    "objective-c": "m mm",
    "groovy": "groovy gradle",
    "powershell": "ps1 psm1",
    "zig": "zig",
    "nim": "nim",
    "ocaml": "ml mli",
    "fsharp": "fs fsx",
    "solidity": "sol",
    "fortran": "f90 f95 f03",
    "pascal": "pas",
    "tcl": "tcl",
    "d": "d",
    "assembly": "asm s",
    "terraform": "tf",
}

FILE_NAMES = {"rakefile": "ruby", "gemfile": "ruby", "vagrantfile": "ruby", "makefile": "make"}

ALIASES = {
    "py": "python",
    "python3": "python",
    "js": "javascript",
    "jsx": "javascript",
    "node": "javascript",
    "ts": "typescript",
    "golang": "go",
    "rs": "rust",
    "c++": "cpp",
    "cxx": "cpp",
    "c#": "csharp",
    "cs": "csharp",
    "c_sharp": "csharp",
    "rb": "ruby",
    "kt": "kotlin",
    "sh": "shell",
    "bash": "shell",
    "objc": "objective-c",
}

_BY_EXTENSION = {ext: name for name, exts in EXTENSIONS.items() for ext in exts.split()}

_SHEBANGS = (
    (re.compile(r"python|pypy"), "python"),
    (re.compile(r"node|deno|bun"), "javascript"),
    (re.compile(r"ruby"), "ruby"),
    (re.compile(r"php"), "php"),
    (re.compile(r"perl"), "perl"),
    (re.compile(r"lua"), "lua"),
    (re.compile(r"\b(ba|z|k|da)?sh\b"), "shell"),
)

_MARKUP_HEADS = ("<!doctype html", "<html", "<script", "<style", "<template")

CONTENT_CHARACTERS = 20_000
"""How much of a sample the content rules read."""


def normalise(name: str) -> str:
    """Return our name of the language that somebody called `name`."""
    lowered = name.strip().lower()
    return ALIASES.get(lowered, lowered)


def language_of_path(path: str) -> str | None:
    """Return the language that the name of a file gives away, or None."""
    name = PurePosixPath(path.replace("\\", "/")).name.lower()
    _, dot, extension = name.rpartition(".")
    return _BY_EXTENSION.get(extension) if dot else FILE_NAMES.get(name)


def language_of_content(code: str) -> str | None:
    """Return the language that shebang or declaration forms give away, or None."""
    head = code[:CONTENT_CHARACTERS]
    if head.startswith("#!"):
        first = head.split("\n", 1)[0]
        found = next((name for pattern, name in _SHEBANGS if pattern.search(first)), None)
        if found:
            return found
    if head.lstrip()[:16].lower().startswith(_MARKUP_HEADS):
        return "html"
    # The language with most votes wins; two votes are the least.
    votes = {name: len(pattern.findall(head)) for name, pattern in PATTERNS}
    best = max(votes, key=lambda name: votes[name])
    return best if votes[best] >= 2 else None


def language_of(path: str | None, code: str) -> str | None:
    """Return the language of `code`: by path, else by shebang and content; None if not known."""
    by_path = language_of_path(path) if path else None
    if by_path == "c" and path and path.endswith(".h") and language_of_content(code) == "cpp":
        return "cpp"
    return by_path or language_of_content(code)
