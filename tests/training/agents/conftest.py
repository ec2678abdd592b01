"""Tables of changes by three agents with manners of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from fingerprint_training.mining import change_schema

MANNERS = {
    "human": ("fix it", "see the list, thanks"),
    "codex": ("Add parser for tables", "## Summary\n- add parser\n- cover edge cases"),
    "devin": ("feat: add parser", "This PR adds a parser.\n\n## Changes Made\n* parser"),
}


def pull_requests(path: Path, owners: int = 12, each: int = 6) -> Path:
    """Write pull requests with the columns of AIDev."""
    random = np.random.default_rng(0)
    rows = []
    for owner in range(owners):
        for label, (title, body) in MANNERS.items():
            for n in range(each):
                word = f"word{random.integers(50)}"
                rows.append(
                    {
                        "pr_id": len(rows),
                        "agent": label,
                        "repository": f"owner{owner}/thing",
                        "title": f"{title} {word}",
                        "body": f"{body}\n\nmore about {word} {n}",
                        "created_at": datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=len(rows)),
                        "commit_messages": [f"{title} {word}"],
                    }
                )
    parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def commit_row(at: int, label: str, repository: str, **extra: object) -> dict[str, object]:
    """Return a mined commit as a row of the change table."""
    title, body = MANNERS[label]
    lines = [f"def thing_{at}(x):", f"    return x + {at}", "", "# done"] * 3
    when = datetime(2020 if label == "human" else 2025, 3, 1, tzinfo=UTC) + timedelta(hours=at)
    file = {
        "path": f"src/thing{at % 5}.py",
        "status": "modified",
        "old_path": None,
        "added": len(lines),
        "removed": 1,
        "binary": False,
        "submodule": False,
        "hunks": [{"start": 1, "added": lines, "removed": ["pass"]}],
    }
    row: dict[str, object] = {
        "repository": repository,
        "sha": f"{at:040x}",
        "message": f"{title} {at}\n\n{body}",
        "text": f"{title} {at}\n\n{body}",
        "markers": [],
        "notes": [],
        "author": f"person{at % 7}",
        "committer": f"person{at % 7}",
        "authored": when,
        "authored_zone": 0,
        "committed": when,
        "committed_zone": 0,
        "parents": ["0" * 40],
        "is_merge": False,
        "files": [file],
        "lines_left_out": False,
        "patch": None,
        "label": "human",
        "agent_label": label,
        "mixed": False,
        "evidence": [],
    }
    return row | extra


def write_commits(path: Path, rows: list[dict[str, object]]) -> Path:
    """Write rows as mining writes them."""
    parquet.write_table(pa.Table.from_pylist(rows, schema=change_schema.SCHEMA), path)
    return path


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    return pull_requests(tmp_path / "requests.parquet")


@pytest.fixture
def commits(tmp_path: Path) -> Path:
    rows = [
        commit_row(at, label, f"owner{at % 12}/thing")
        for at, label in enumerate(list(MANNERS) * 60)
    ]
    return write_commits(tmp_path / "commits.parquet", rows)
