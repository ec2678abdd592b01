"""Agent Trace 0.1.0: records, one JSON object a line, of which tool and model wrote which lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fingerprint_features.change import Change
from fingerprint_features.provenance.records import HUMAN, FamilyOf, Finding, Kind, Strength
from fingerprint_features.provenance.rules import tools
from fingerprint_features.provenance.stated import cleaned, model_family

VERSION = re.compile(r"0\.1(?:\.\d+)?")
"""Versions read: https://github.com/cursor/agent-trace."""

_RULE = "agent-trace"
_SHORTEST_REVISION = 7


def agent_trace_findings(text: str, change: Change, family_of: FamilyOf) -> Iterator[Finding]:
    """Yield who wrote the files of a change by the records of its own revision.

    A record counts only if it names the revision of the change and at least one file that the
    change touches; broken lines, half records and other versions are passed over.
    """
    if not change.id or not change.files:
        return
    paths = {file.path for file in change.files}
    for line in text.splitlines():
        record = _record(line) if change.id[:_SHORTEST_REVISION] in line else None
        if record is not None and _revision_matches(record, change.id):
            yield from _of_record(record, paths, family_of)


def _record(line: str) -> dict[str, object] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    version = record.get("version")
    return record if isinstance(version, str) and VERSION.fullmatch(version) else None


def _revision_matches(record: dict[str, object], revision: str) -> bool:
    vcs = record.get("vcs")
    stated = vcs.get("revision") if isinstance(vcs, dict) else None
    if not isinstance(stated, str) or len(stated) < _SHORTEST_REVISION:
        return False
    return revision.startswith(stated) or stated.startswith(revision)


def _of_record(
    record: dict[str, object], paths: set[str], family_of: FamilyOf
) -> Iterator[Finding]:
    tool = record.get("tool")
    name = tool.get("name") if isinstance(tool, dict) else None
    rule = tools().get(name.strip().lower()) if isinstance(name, str) else None
    for who in dict.fromkeys(_contributors(record, paths)):
        kind, stated = who
        if kind == "human":
            yield Finding(HUMAN, None, HUMAN, Kind.HUMAN, Strength.TRACE, "human", _RULE)
        elif kind in ("ai", "mixed"):
            model = cleaned(stated) if stated else None
            if rule is not None:
                family = model_family(rule, model, model or "", family_of)
            else:
                family = family_of(model) if model else None
            evidence = json.dumps({"tool": tool, "type": kind, "model_id": stated})
            agent = rule.agent if rule else None
            if agent or model:
                yield Finding(agent, model, family, Kind.CO_AUTHOR, Strength.TRACE, evidence, _RULE)


def _contributors(record: dict[str, object], paths: set[str]) -> Iterator[tuple[str, str | None]]:
    """Yield type and model of whoever wrote lines of the given files; a range may override."""
    for file in _objects(record.get("files")):
        if file.get("path") not in paths:
            continue
        for conversation in _objects(file.get("conversations")):
            for lines in _objects(conversation.get("ranges")):
                who = lines.get("contributor") or conversation.get("contributor")
                if isinstance(who, dict) and isinstance(who.get("type"), str):
                    model = who.get("model_id")
                    yield who["type"], model if isinstance(model, str) else None


def _objects(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
