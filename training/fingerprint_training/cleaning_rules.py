"""What a harness or a chat leaves in a sample, one rule a function.

A rule takes `(code, language, context)` and returns the code as it should be, or None to drop
the sample. These look at one sample alone, so their context goes unused; the rules that compare
samples stand in `shared_blocks` and `duplicates`. No rule knows a source by its name.
"""

from __future__ import annotations

import re
import textwrap

from fingerprint_features.languages import language_of_path
from fingerprint_training.comment_lines import (
    CODE,
    QUOTES,
    comment_lines,
    comment_text,
    without_text,
)

SHORTEST_LINES = 3  # non-blank; below, a sample holds no style to speak of
SHORTEST_CHARS = 40
FEWEST_SPACED = 4  # brackets and commas apart from their words, before a layout is suspected

# Signs of chat templates. `</s>` counts at the end only, for HTML has it too.
STARTS = re.compile(r"<\|(?:begin|start)[a-z_]*\|>|<｜begin[^｜\n]{1,40}｜>")
ENDS = re.compile(r"<\|[a-z][a-z0-9_]*\|>|<｜[^｜\n]{1,40}｜>|\[/?INST\]|<step>|</s>(?=\s*\Z)")
REASONED = "</think>"
COMPLEXITY = re.compile(r"^(?:#|//|--)\s*(?:Time|Space)\s*:\s*O\(.*$", re.IGNORECASE)
FILE_NAME = re.compile(r"(?:file(?:name)?\s*:?\s*)?[\w.@/\\()\[\]-]*\w\.[a-z]{1,6}", re.IGNORECASE)
PACKAGE = re.compile(r"^package\s+[\w.]+\s*;?")
LICENCE = re.compile(
    r"(?i:copyright|\(c\)\s*\d{4}|licen[cs]ed under|licen[cs]e:|SPDX-|all rights reserved"
    r"|permission is hereby granted|redistribution and use|this file is part of)"
    r"|\bLICEN[CS]E\b"
)
DIRECTIVE = re.compile(
    r"^#!|coding[:=]|frozen_string_literal|eslint|@ts-|pylint|noqa|rubocop|prettier|@flow"
)
# Opening lines that may stand above a licence.
PREAMBLE = re.compile(r"^(?:<\?php|#!.*|declare\(.*\);|'use strict';?|\"use strict\";?)$")
MARKER = re.compile(
    r"\b(?:chat-?gpt|openai|gpt-?(?:[345]|oss)|claude|anthropic|gemini|gemma|deep-?seek"
    r"|code-?llama|llama-?\d|mistral(?:ai)?|mixtral|codestral|qwen|copilot|grok-?\d|phi-\d"
    r"|(?:large )?language model|ai[- ](?:generated|assistant|model))|@author\b",
    re.IGNORECASE,
)
GENERATED = re.compile(
    r"(?:this (?:file|code|script) (?:is|was) )?(?:auto(?:matically)?[- ]?)?generated"
    r" (?:by|with|using)\b|this is a generated\b",
    re.IGNORECASE,
)
# A quick look before the expressions: each of their alternatives holds one of these.
MARKER_WORDS = (
    *("gpt", "openai", "claude", "anthropic", "gemini", "gemma", "seek", "llama", "mistral"),
    *("mixtral", "codestral", "qwen", "copilot", "grok", "phi-", "language model", "ai-", "ai "),
    *("generated", "@author"),
)
EMPTY_BLOCK = re.compile(r"(?m)^[ \t]*/\*+[\s*]*\*/[ \t]*\n")
TAIL_MARKER = re.compile(r"[ \t]+(?:#|//)[ \t].*$")


def newlines(code: str, _language: str | None, _context: int) -> str:
    """Write every line end as LF and take off the byte-order mark: both belong to the harness."""
    return code.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def control_tokens(code: str, _language: str | None, _context: int) -> str:
    """Drop reasoning and cut at the first end sign of a chat template; start signs just go."""
    code = STARTS.sub(
        "", code[code.rfind(REASONED) + len(REASONED) :] if REASONED in code else code
    )
    while (leading := ENDS.match(code.lstrip())) is not None:
        code = code.lstrip()[leading.end() :]
    found = ENDS.search(code)
    return code if found is None else code[: found.start()]


def complexity_lines(code: str, _language: str | None, _context: int) -> str:
    """Drop `# Time: O(n)` and `# Space: O(1)` at the margin, as solution collections ask for."""
    return "\n".join(line for line in code.split("\n") if not COMPLEXITY.match(line))


def file_banner(code: str, language: str | None, _context: int) -> str:
    """Drop a first comment line that is nothing but a file's name: a path is not style."""
    lines = code.split("\n")
    for place, kind in enumerate(comment_lines(lines, language)):
        if kind == CODE and lines[place].strip():
            break
        said = comment_text(lines[place])
        if FILE_NAME.fullmatch(said) and language_of_path(said) is not None:
            return "\n".join(lines[:place] + lines[place + 1 :])
        if said:
            break
    return code


def package_line(code: str, language: str | None, _context: int) -> str:
    """Drop the package line of Java and Kotlin: it says where the file lies."""
    if language not in {"java", "kotlin"}:
        return code
    lines = code.split("\n")
    for place, line in enumerate(lines):
        if PACKAGE.match(line):
            rest = PACKAGE.sub("", line).lstrip()
            return "\n".join(lines[:place] + ([rest] if rest else []) + lines[place + 1 :])
    return code


def marker_comments(code: str, language: str | None, _context: int) -> str:
    """Drop comments that name a model, vendor, generator or author: a marker is never style."""
    lowered = code.lower()
    if not any(word in lowered for word in MARKER_WORDS):
        return code
    lines = code.split("\n")
    kept: list[str | None] = []
    at_head = True
    for line, kind in zip(lines, comment_lines(lines, language), strict=True):
        at_head = at_head and (kind != CODE or not line.strip())
        if kind != CODE:
            named = MARKER.search(line) or (at_head and GENERATED.match(comment_text(line)))
            kept.append(without_text(line) if named else line)
        else:
            tail = TAIL_MARKER.search(line)
            kept.append(line[: tail.start()] if tail and MARKER.search(tail[0]) else line)
    text = "\n".join(line for line in kept if line is not None)
    return code if text == code else EMPTY_BLOCK.sub("", text)


def licence_head(code: str, language: str | None, _context: int) -> str:
    """Drop the first comment of a file when it is a licence: a repository has it, not an author."""
    lines = code.split("\n")
    kinds = comment_lines(lines, language)
    start = 0
    while start < len(lines) and (not lines[start].strip() or PREAMBLE.match(lines[start].strip())):
        start += 1
    end = start
    while end < len(lines) and kinds[end] != CODE and not DIRECTIVE.search(lines[end]):
        end += 1
    if not LICENCE.search("\n".join(lines[start:end])):
        return code
    return "\n".join(lines[:start] + lines[end:])


def empty_docstring(code: str, language: str | None, _context: int) -> str:
    """Drop docstrings with nothing in them: a text was taken out, nobody writes them so."""
    if language != "python":
        return code
    lines = code.split("\n")
    for quote in (quote for quote in QUOTES if quote in code):
        lines = _without_empty(lines, quote)
    return "\n".join(lines)


def _without_empty(lines: list[str], quote: str) -> list[str]:
    kept: list[str] = []
    opened_at, inside = 0, False
    for line in lines:
        kept.append(line)
        count = line.count(quote)
        if inside and [each.strip() for each in kept[opened_at:] if each.strip()] == [quote] * 2:
            del kept[opened_at:]
        elif count % 2 and not inside:
            opened_at = len(kept) - 1
        inside ^= bool(count % 2)
    return kept


def tokenised(code: str, _language: str | None, _context: int) -> str | None:
    """Drop text joined from tokens (`f ( x , y )`): its layout is a tokeniser's."""
    if code.count(" ( ") + code.count(" ,") < FEWEST_SPACED:
        return code
    signs = len(re.findall(r"[(,]", code))
    spaced = len(re.findall(r" ,|(?<=\w) \( ", code))
    return None if spaced >= max(FEWEST_SPACED, 0.7 * signs) else code


def edges(code: str, _language: str | None, _context: int) -> str:
    """Take off blank lines at both ends and common indentation; end with exactly one newline."""
    lines = textwrap.dedent(code).split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    return "\n".join(lines).rstrip() + "\n"


def too_short(code: str, _language: str | None, _context: int) -> str | None:
    """Drop samples under 3 non-blank lines or 40 characters."""
    filled = sum(1 for line in code.split("\n") if line.strip())
    short = filled < SHORTEST_LINES or len(code.strip()) < SHORTEST_CHARS
    return None if short else code
