"""What a path gives away of a file: its kind, and the words it is made of."""

from __future__ import annotations

import re
from functools import lru_cache

from fingerprint_features.languages import language_of_path

KINDS = ("test", "doc", "config", "lock", "generated", "workflow", "source", "other")
"""Kinds of files; the first that fits is taken, in the order of the rules below."""

CACHED_PATHS = 1 << 14
"""Paths whose kind is remembered: the changes of a repository share most of theirs."""

_RULES = (
    (
        "lock",
        r"(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json|go\.sum|[^/]*\.lockb?)$",
    ),
    (
        "generated",
        r"(?:^|/)(?:dist|build|vendor|node_modules|third_party|generated|__generated__|"
        r"__snapshots__)/|\.min\.(?:js|css)$|\.(?:map|snap|pb\.go|g\.dart|designer\.cs)$|_pb2\.py$",
    ),
    ("workflow", r"^\.(?:github|gitlab|circleci)/|(?:^|/)(?:\.travis|appveyor)[^/]*$"),
    (
        "test",
        r"(?:^|/)(?:tests?|__tests__|specs?|testing|testdata|fixtures|e2e)/|"
        r"(?:^|/)test_[^/]*$|[._-](?:test|spec|tests)\.[^/]*$|(?-i:[a-z0-9](?:Test|Tests|Spec))\.[^/]*$",
    ),
    (
        "doc",
        r"(?:^|/)(?:docs?|documentation)/|\.(?:md|mdx|rst|txt|adoc)$|"
        r"(?:^|/)(?:readme|changelog|changes|license|authors|contributing)[^/]*$",
    ),
    (
        "config",
        r"\.(?:json|ya?ml|toml|ini|cfg|conf|properties|xml|env|editorconfig|gradle|csproj|sln)$|"
        r"(?:^|/)(?:dockerfile|makefile|cmakelists\.txt|go\.mod|gemfile|\.[^/]+)$",
    ),
)
_PATTERNS = tuple((kind, re.compile(rule, re.IGNORECASE)) for kind, rule in _RULES)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NOT_WRITTEN = ("lock", "generated")


@lru_cache(maxsize=CACHED_PATHS)
def kind_of(path: str) -> str:
    """Return the kind of the file at `path`, one of `KINDS`."""
    for kind, pattern in _PATTERNS:
        if pattern.search(path):
            return kind
    return "source" if language(path) else "other"


@lru_cache(maxsize=CACHED_PATHS)
def language(path: str) -> str | None:
    """Return the language that a path gives away, or None; remembered, it is asked of each line."""
    return language_of_path(path)


def stem(path: str) -> str:
    """Return the name of a file without folder and extensions, in lower case."""
    name = path.rpartition("/")[2]
    return (name.partition(".")[0] or name).lower()


def is_written(path: str) -> bool:
    """Return whether somebody writes the file at `path`, rather than a package manager."""
    return kind_of(path) not in _NOT_WRITTEN


@lru_cache(maxsize=CACHED_PATHS)
def words_of_path(path: str) -> frozenset[str]:
    """Return the words of three letters and more in a path, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(path) if len(word) > 2)
