"""The diff as a shape: files, balance, spread, kinds, languages, names in the message."""

from __future__ import annotations

from collections import Counter
from math import log1p, nan

import numpy as np

from fingerprint_features.activity import paths
from fingerprint_features.activity.reading import Activity
from fingerprint_features.change import FileChange
from fingerprint_features.ratios import entropy, preference, share

STATUSES = ("added", "modified", "deleted", "renamed")

COLUMNS = {
    "files": "natural logarithm of 1 + files",
    "added": "natural logarithm of 1 + added lines",
    "removed": "natural logarithm of 1 + removed lines",
    "balance": "added lines preferred to removed ones",
    "per_file": "natural logarithm of 1 + changed lines per file",
    "gini": "Gini coefficient of the changed lines over the files",
    "spread": "entropy of the changed lines over the files, in bits",
    "max_share": "share of the changed lines in the file with most of them",
    "directories": "natural logarithm of 1 + directories",
    "files_per_directory": "natural logarithm of 1 + files per directory",
    "depth_mean": "mean depth of the files",
    "depth_max": "depth of the deepest file",
    **{f"kind_{kind}": f"share of files whose path says: {kind}" for kind in paths.KINDS},
    **{f"status_{status}": f"share of files that were {status}" for status in STATUSES},
    "binary": "share of files that are binary",
    "submodule": "share of files that are submodules",
    "pure_add": "share of files that only gained lines",
    "pure_remove": "share of files that only lost lines",
    "languages": "languages touched",
    "language_spread": "entropy of the languages over the files, in bits",
    "tests_beside": "1 where tests and source are touched, NaN without source",
    "new_tests_beside": "new test files per source file touched, NaN without source",
    "docs_beside": "1 where documents and source are touched, NaN without source",
    "new_documents": "share of new files that are documents, NaN without new files",
    "named_in_message": "share of the files whose name the message says",
    "path_words": "share of the words of the paths that the message says",
}


def measure(activity: Activity) -> dict[str, float]:
    """Return the columns of a diff; all NaN where none is at hand."""
    files = activity.files
    if files is None:
        return dict.fromkeys(COLUMNS, nan)
    words = frozenset(activity.words)
    return {
        **_counts(files),
        **_places(files),
        **_company(files),
        **_naming(activity, files, words),
    }


def _lines_of(file: FileChange) -> tuple[int, int]:
    """Return added and removed lines: as counted, else as at hand in the hunks."""
    added = sum(len(h.added) for h in file.hunks) if file.added is None else file.added
    removed = sum(len(h.removed) for h in file.hunks) if file.removed is None else file.removed
    return added, removed


def _counts(files: list[FileChange]) -> dict[str, float]:
    n = len(files)
    lines = [_lines_of(file) for file in files]
    added, removed = sum(a for a, _ in lines), sum(r for _, r in lines)
    sizes = np.array([a + r for a, r in lines], dtype=np.int64)
    return {
        "files": log1p(n),
        "added": log1p(added),
        "removed": log1p(removed),
        "balance": preference(added, removed),
        "per_file": log1p(share(added + removed, n)),
        "gini": gini(sizes.tolist()),
        "spread": entropy(sizes),
        "max_share": share(float(sizes.max(initial=0)), added + removed),
        **{f"status_{s}": share(sum(f.status == s for f in files), n) for s in STATUSES},
        "binary": share(sum(file.binary for file in files), n),
        "submodule": share(sum(file.submodule for file in files), n),
        "pure_add": share(sum(a > 0 == r for a, r in lines), n),
        "pure_remove": share(sum(r > 0 == a for a, r in lines), n),
    }


def gini(sizes: list[int]) -> float:
    """Return the Gini coefficient of sizes, 0 for equal ones and where there are none."""
    ordered = sorted(sizes)
    n, total = len(ordered), sum(ordered)
    weighted = sum(rank * size for rank, size in enumerate(ordered, start=1))
    return share(2 * weighted, n * total) - (n + 1) / n if total else 0.0


def _places(files: list[FileChange]) -> dict[str, float]:
    n = len(files)
    depths = [file.path.count("/") for file in files]
    folders = len({file.path.rpartition("/")[0] for file in files})
    kinds = Counter(paths.kind_of(file.path) for file in files)
    named = Counter(paths.language(file.path) for file in files)
    named.pop(None, None)
    return {
        "directories": log1p(folders),
        "files_per_directory": log1p(share(n, folders)),
        "depth_mean": share(sum(depths), n),
        "depth_max": float(max(depths, default=0)),
        **{f"kind_{kind}": share(kinds[kind], n) for kind in paths.KINDS},
        "languages": float(len(named)),
        "language_spread": entropy(np.array(sorted(named.values()), dtype=np.int64)),
    }


def _company(files: list[FileChange]) -> dict[str, float]:
    new = [paths.kind_of(file.path) for file in files if file.status == "added"]
    kinds = Counter(paths.kind_of(file.path) for file in files)
    source = kinds["source"]
    return {
        "tests_beside": float(kinds["test"] > 0) if source else nan,
        "new_tests_beside": min(new.count("test") / source, 10.0) if source else nan,
        "docs_beside": float(kinds["doc"] > 0) if source else nan,
        "new_documents": new.count("doc") / len(new) if new else nan,
    }


def _naming(activity: Activity, files: list[FileChange], words: frozenset[str]) -> dict[str, float]:
    said = activity.text.lower()
    named = sum(paths.stem(file.path) in said for file in files)
    in_paths = frozenset[str]().union(*(paths.words_of_path(file.path) for file in files))
    return {
        "named_in_message": share(named, len(files)),
        "path_words": share(len(in_paths & words), len(in_paths)),
    }
