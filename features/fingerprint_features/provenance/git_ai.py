"""git-ai notes: authorship log 3.0.0, with `sessions` and `humans` or the older `prompts`.

Lines that no entry covers are untracked, not human. Only what an entry covers took part: a session
without lines left nothing in the commit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fingerprint_features.provenance.records import HUMAN, FamilyOf, Finding, Kind, Strength
from fingerprint_features.provenance.rules import tools
from fingerprint_features.provenance.stated import cleaned, model_family

SCHEMA = re.compile(r"(?:authorship/)?3\.\d+\.\d+")
"""Versions read: https://github.com/git-ai-project/git-ai, specs/git_ai_standard_v3.0.0.md."""

_ENTRY = re.compile(r"^  (\S+) \d+(?:-\d+)?(?:,\d+(?:-\d+)?)*[ \t\r]*$", re.MULTILINE)
_RULE = "git-ai"


def git_ai_findings(note: str, family_of: FamilyOf) -> Iterator[Finding]:
    """Yield who wrote lines of the commit by its note; nothing where the note is broken."""
    head, divider, tail = f"\n{note}".partition("\n---\n")
    log = _log(tail) if divider else None
    if log is None:
        return
    keys = dict.fromkeys(match.partition("::")[0] for match in _ENTRY.findall(head))
    for key in keys:
        if key.startswith("h_"):
            record = _entry(log, "humans", key)
            author = record.get("author") if record else None
            if isinstance(author, str):
                yield Finding(HUMAN, None, HUMAN, Kind.HUMAN, Strength.NOTE, author, _RULE)
        else:
            record = _entry(log, "sessions" if key.startswith("s_") else "prompts", key)
            finding = _agent(record.get("agent_id"), family_of) if record else None
            if finding is not None:
                yield finding


def _log(text: str) -> dict[str, object] | None:
    """Return the metadata of a note, or None where it is no JSON object of a known version."""
    try:
        log = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(log, dict):
        return None
    version = log.get("schema_version")
    return log if isinstance(version, str) and SCHEMA.fullmatch(version) else None


def _entry(log: dict[str, object], table: str, key: str) -> dict[str, object] | None:
    """Return the record of a key; the oldest notes cut it to seven characters."""
    records = log.get(table)
    if not isinstance(records, dict):
        return None
    record = records.get(key)
    if record is None and len(key) == 7:
        record = next((value for name, value in records.items() if name.startswith(key)), None)
    return record if isinstance(record, dict) else None


def _agent(agent: object, family_of: FamilyOf) -> Finding | None:
    if not isinstance(agent, dict) or not isinstance(agent.get("tool"), str):
        return None
    tool, stated = agent["tool"], agent.get("model")
    model = cleaned(stated) if isinstance(stated, str) else None
    rule = tools().get(tool.strip().lower())
    if rule is None:
        return None
    family = model_family(rule, model, model or "", family_of)
    evidence = json.dumps(agent, ensure_ascii=False)
    return Finding(rule.agent, model, family, Kind.CO_AUTHOR, Strength.NOTE, evidence, _RULE)
