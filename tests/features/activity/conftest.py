"""Changes of every kind, drawn at random, for the tests that state what holds for all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import strategies as st

from fingerprint_features.change import Change, FileChange, Hunk, Identity

LINES = (
    "",
    " ",
    "\t",
    "    return total  # the sum",
    "const maxValue = 'a';",
    "/** What it does. */",
    "\tfor item_name in items:",
    "x\u2028y",
    "- [ ] open",
    "1. **Bold**: text.",
    "## ✅ Testing Done:",
    "```python",
    "> “quoted” — said",
    "| a | b |",
    "feat(api)!: add it (#12)",
    "-----",
    "Fixes parse_line() in src/app.py.",
    "\ud800",
)
PATHS = (
    "a.py",
    "src/deep/b.ts",
    "tests/test_a.py",
    "package-lock.json",
    "docs/index.md",
    "Makefile",
    "image.png",
    "c.unknown",
    "d\u00e9.go",
    "",
)

lines = st.one_of(st.sampled_from(LINES), st.text(max_size=40))
texts = st.lists(lines, max_size=12).map("\n".join)
moments = st.one_of(
    st.none(),
    st.builds(
        lambda seconds, hours: (
            datetime(2024, 5, 1, tzinfo=timezone(timedelta(hours=hours)))
            + timedelta(seconds=seconds)
        ),
        st.integers(-(10**8), 10**8),
        st.integers(-12, 12),
    ),
    st.just(datetime(2024, 5, 1, tzinfo=UTC)),
)
runs = st.lists(lines, max_size=12).map(tuple)
hunks = st.builds(Hunk, st.integers(0, 10_000), runs, runs)
counts = st.one_of(st.none(), st.integers(0, 100_000))


def _file(path: str) -> st.SearchStrategy[FileChange]:
    return st.builds(
        FileChange,
        st.just(path),
        st.sampled_from(("added", "modified", "deleted", "renamed", "copied", "type")),
        st.one_of(st.none(), st.just("old.py")),
        st.lists(hunks, max_size=4).map(tuple),
        counts,
        counts,
        st.booleans(),
        st.booleans(),
    )


files = st.one_of(
    st.none(),
    st.lists(st.sampled_from(PATHS), unique=True, max_size=5).flatmap(
        lambda paths: st.tuples(*map(_file, paths))
    ),
)
commits = st.builds(
    Change,
    texts,
    author=st.just(Identity("A")),
    authored=moments,
    committed=moments,
    parents=st.sampled_from(((), ("p",), ("p", "q"))),
    files=files,
)


@pytest.fixture(scope="session")
def any_text() -> st.SearchStrategy[str]:
    """Return texts of messages, of odd and of usual lines."""
    return texts


@pytest.fixture(scope="session")
def any_change() -> st.SearchStrategy[Change]:
    """Return commits, and pull requests with and without commits."""
    pulls = st.builds(
        Change,
        texts,
        kind=st.just("pull_request"),
        files=files,
        commits=st.lists(commits, max_size=4).map(tuple),
    )
    return st.one_of(commits, pulls)
