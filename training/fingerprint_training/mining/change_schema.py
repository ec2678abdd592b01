"""The columns of mined changes."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

HUNK = pa.struct(
    [
        pa.field("start", pa.int32()),
        pa.field("added", pa.list_(pa.string())),
        pa.field("removed", pa.list_(pa.string())),
    ]
)
FILE = pa.struct(
    [
        pa.field("path", pa.string()),
        pa.field("status", pa.string()),
        pa.field("old_path", pa.string()),
        pa.field("added", pa.int32()),
        pa.field("removed", pa.int32()),
        pa.field("binary", pa.bool_()),
        pa.field("submodule", pa.bool_()),
        pa.field("hunks", pa.list_(HUNK)),
    ]
)
EVIDENCE = pa.struct([pa.field(name, pa.string()) for name in ("text", "kind", "rule")])
TIME = pa.timestamp("ms", tz="UTC")  # Parquet knows no seconds

FIELDS: list[pa.Field[Any]] = [
    pa.field("repository", pa.string(), nullable=False),
    pa.field("sha", pa.string(), nullable=False),
    pa.field("message", pa.string(), nullable=False),
    pa.field("text", pa.string(), nullable=False),
    pa.field("markers", pa.list_(pa.string())),
    pa.field("notes", pa.list_(pa.string())),
    pa.field("author", pa.string()),
    pa.field("committer", pa.string()),
    pa.field("authored", TIME),
    pa.field("authored_zone", pa.int16()),
    pa.field("committed", TIME),
    pa.field("committed_zone", pa.int16()),
    pa.field("parents", pa.list_(pa.string())),
    pa.field("is_merge", pa.bool_()),
    pa.field("files", pa.list_(FILE)),
    pa.field("lines_left_out", pa.bool_()),
    pa.field("patch", pa.string()),
    pa.field("label", pa.string(), nullable=False),
    pa.field("agent_label", pa.string(), nullable=False),
    pa.field("agent", pa.string()),
    pa.field("model", pa.string()),
    pa.field("family", pa.string()),
    pa.field("agents", pa.list_(pa.string())),
    pa.field("kind", pa.string()),
    pa.field("mixed", pa.bool_()),
    pa.field("evidence", pa.list_(EVIDENCE)),
]
SCHEMA = pa.schema(FIELDS)
"""`message` is as it was written, `text` without markers, `markers` what was taken off.

`author` and `committer` are pseudonyms. `*_zone` are minutes east of UTC. `files` is null where no
diff was at hand; its counts are whole even where `lines_left_out`. `patch` is a digest of time,
title and added lines, which rebased twins share. `mixed` is null without a declaration.
"""
