"""The name of a model in the words of a marker, and the family it stands for."""

from __future__ import annotations

import re

from fingerprint_features.provenance.records import FamilyOf
from fingerprint_features.provenance.rules import Rule

_LINES = "opus|sonnet|haiku|fable|mythos"
_VENDED = (
    "chatgpt|gpt|gemini|gemma|glm|kimi|qwen|deepseek|minimax|mimo|grok|llama|mistral|devstral|"
    "codestral|magistral|composer|nemotron|nova|step|hunyuan|ernie|doubao|trinity|ling"
)
_VARIANT = (
    "opus|sonnet|haiku|fable|codex|sol|luna|terra|mini|nano|pro|max|flash|lite|plus|turbo|thinking|"
    "code|coder|preview|spark|instant|air|fast|chat"
)
_UNNUMBERED = (
    "chat|reasoner|coder|max|plus|turbo|pro|flash|exp|large|medium|small|nemo|latest|beta|thinking"
)
_NUMBER = r"[a-z]?\d[\w.+-]{0,40}"
MODEL = re.compile(
    rf"""(?<![\w@/-])(?:
        claude-(?!code)(?:[\w.-]{{0,40}}\d|(?:{_LINES}))[\w.-]{{0,40}}
      | (?:claude[ ])?(?:{_LINES})(?:[ -]{_NUMBER}){{1,3}}  # Claude Opus 4.6
      | claude[ ]\d[\d.]{{0,8}}(?:[ ](?:{_LINES}))?                # Claude 3.5 Sonnet
      | claude[ ](?:{_LINES})\b                              # Claude Sonnet
      | (?:{_VENDED})[ _-]?{_NUMBER}(?:[ ](?:{_VARIANT})\b){{0,4}} # GPT-5.6 Sol, Kimi K2.7 Code
      | (?:{_VENDED})-(?:{_UNNUMBERED})\b                     # deepseek-chat
      | o[134](?:-(?:mini|pro|preview))?\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""The name of a model. All repetitions are bounded: a text of one long word takes linear time."""

_BRAND = re.compile(rf"claude|{_VENDED}|{_LINES}", re.IGNORECASE)
_OWN_WORDS = {
    "claude": ("claude", *_LINES.split("|")),
    "gpt": ("gpt", "chatgpt"),
    "mistral": ("mistral", "devstral", "codestral", "magistral"),
}
"""What the models of a family call themselves, where that is more than the family's name."""

_NO_MODEL = frozenset({"auto", "default", "unknown", "none", "inherit"})
"""What a tool writes in place of a model when its user let it choose."""


def stated_model(text: str) -> str | None:
    """Return the one model that a marker's text names, or None where it names none or several.

    A vendor's or tool's bare name ("Claude", "Claude Code", "Codex") is no model: a version, a line
    or a slug must stand with it. Remarks such as ``(1M context)`` are left out.
    """
    found = dict.fromkeys(match.group() for match in MODEL.finditer(text))
    return next(iter(found)) if len(found) == 1 else None


def cleaned(group: str) -> str | None:
    """Return the model that a rule's own group caught, without what surrounds its name."""
    text = group.strip(" `'\"()[]<>:").partition("[")[0].strip()
    if text.lower() in _NO_MODEL or not text:
        return None
    if " " not in text:
        return text.removesuffix(":free") if "/" not in text else text
    return stated_model(text) or (text if any(letter.isdigit() for letter in text) else None)


def model_family(rule: Rule, model: str | None, said: str, family_of: FamilyOf) -> str | None:
    """Return the family of the stated model, or that of a harness which runs but one.

    The harness speaks only where the marker names no model of another line: the Anthropic mailbox
    also carries GPT, Qwen and MiniMax names.
    """
    family = family_of(model) if model else None
    if family is not None or rule.family is None:
        return family
    own = _OWN_WORDS.get(rule.family, (rule.family,))
    brands = {brand.lower() for brand in _BRAND.findall(said)}
    return rule.family if brands <= set(own) else None
