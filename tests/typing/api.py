"""The public API as a type checker sees it: `mypy tests/typing/api.py` is the test.

Nothing here runs. Each line must keep its type; each `type: ignore` must stay an error
(`warn_unused_ignores` is part of strict).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, assert_type

import fingerprint
from fingerprint import (
    Attribution,
    Change,
    ChangeAttribution,
    Evidence,
    FileChange,
    FileParts,
    Hunk,
    Identity,
    Inferred,
    ModelId,
    PartAttribution,
    PooledAttribution,
    Sample,
    Shares,
)

version: str = fingerprint.__version__

shipped = fingerprint.load()
from_text = fingerprint.load("folder")
from_path = fingerprint.load(Path("folder"))
fingerprint.load(3)  # type: ignore[arg-type]

assert_type(shipped.id, ModelId)
assert_type(shipped.classes, tuple[str, ...])
assert_type(shipped.card, str)

one = shipped.predict("x = 1\n", language="python")
assert_type(one, Attribution)
shipped.predict("x = 1\n", "python", "a.py", mode="high-precision", explain=False)
shipped.predict(b"x = 1\n")  # type: ignore[arg-type]

in_parts = shipped.predict_parts("x = 1\n", "python", "a.py", by="window", mode="best-guess")
assert_type(in_parts, FileParts)
assert_type(fingerprint.predict_parts(Path("a.py"), by="function", model=shipped), FileParts)
fingerprint.predict_parts(3)  # type: ignore[arg-type]
assert_type(in_parts.whole, Attribution)
assert_type(in_parts.verdict, str)
assert_type(in_parts.mixed_probability, float | None)
assert_type(in_parts.parts, tuple[PartAttribution, ...])
assert_type(in_parts.parts[0].name, str | None)
assert_type(in_parts.parts[0].attribution, Attribution)

together = fingerprint.pool([one], by="directory", mode="high-precision", model=shipped)
assert_type(together, list[PooledAttribution])
assert_type(shipped.pool([one], by=lambda each: each.language), list[PooledAttribution])
fingerprint.pool([one], by=["a group", None])
fingerprint.pool(one)  # type: ignore[arg-type]
fingerprint.pool([one], by=3)  # type: ignore[arg-type]
assert_type(together[0].key, str)
assert_type(together[0].samples, int)
assert_type(together[0].left_out, int)
assert_type(together[0].family, str | None)
assert_type(together[0].probabilities, Mapping[str, float])
assert_type(together[0].shares, Shares | None)
assert_type(together[0].to_dict(), dict[str, object])
if together[0].shares is not None:
    assert_type(together[0].shares.share, tuple[float, ...])

samples = [Sample(code="x = 1\n"), Sample(code="x", language="go", path="a.go")]
assert_type(shipped.predict_many(samples), list[Attribution])
shipped.predict_many(samples, source="a directory", workers=2, mode="best-guess", explain=True)
shipped.predict_many(samples, source=["one", "two"])
Sample()  # type: ignore[call-arg]

assert_type(one.status, str)
assert_type(one.family, str | None)
assert_type(one.confidence, float | None)
assert_type(one.raw_family, str | None)
assert_type(one.probabilities, Mapping[str, float])
assert_type(one.ai_probability, float | None)
assert_type(one.prediction_set, tuple[str, ...])
assert_type(one.reason, str | None)
assert_type(one.evidence, tuple[Evidence, ...])
assert_type(one.to_dict(), dict[str, object])
one.family = "human"  # type: ignore[misc]

for reason in one.evidence:
    assert_type(reason.contribution, float)
    assert_type(reason.columns, tuple[str, ...])

for change in fingerprint.read_changes("folder", ["main..feature"], since=date(2026, 1, 1)):
    assert_type(change, Change)
    assert_type(change.author, Identity | None)
    assert_type(change.files, tuple[FileChange, ...] | None)
fingerprint.read_changes(3)  # type: ignore[arg-type]
for record in fingerprint.read_pull_requests("pull.json"):
    if isinstance(record, Change):
        assert_type(record.commits, tuple[Change, ...])

made = Change("title", files=(FileChange("a.py", hunks=(Hunk(1, ("x = 1",)),)),))
answer = shipped.predict_change(made, mode="balanced", explain=False)
assert_type(answer, ChangeAttribution)
assert_type(answer.inferred, Inferred | None)
assert_type(answer.conflict, bool)
assert_type(answer.to_dict(), dict[str, object])
shipped.predict_change("a message")  # type: ignore[arg-type]

agents = fingerprint.load_agents(Path("folder"))
assert_type(agents.predict_changes([made], explain=True), list[ChangeAttribution])
assert_type(agents.pool([answer]), ChangeAttribution)

assert_type(fingerprint.label([1, 2], "code", workers=2), list[int])
fingerprint.label([1, 2], code=3)  # type: ignore[arg-type]
labeler = fingerprint.Labeler(code="content", language="lang")
assert_type(labeler.classes, tuple[str, ...])
assert_type(labeler({"content": ["x = 1"]}), dict[str, list[Any]])
