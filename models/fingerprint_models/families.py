"""Which model a string names: one registry from many spellings to one identity.

A string is resolved only if every part of it is understood: a registered alias, with nothing around
it but what the rules below peel off. "Claude Paroz" leaves "paroz" over and is no model. Nothing is
guessed: a new version of a known line is unknown until it has its own line in the registry.

The rules, in order:

1. Case is dropped, runs of letters and of digits become tokens, all else only parts them:
   ``GPT-4o_mini`` is ``gpt 4 o mini``. Text outside ASCII, or overlong, names nothing.
2. Of a path (``uploader/model``, ``provider/model``) the last part is tried, then the whole.
3. ``openai`` before a version is read as ``gpt`` (``openai_4_1_mini``).
4. Before the alias may stand: an uploader or provider, a harness that ran the model, or the first
   word of the name twice (``Qwen-Qwen2-7B``, ``Claude (claude-opus-4-6)``).
5. After it may stand: remarks on the run (``openrouter_07_2026``, ``1M context``) and, unless the
   alias is a shipped family's bare name, the variant: size, tuning, effort, quantisation, snapshot.
6. The longest alias that leaves nothing over wins, so a snapshot with its own line beats its model.

A date in a string never becomes a release date by itself: runs are dated too. Only the registry's
column says when a model was released.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

HUMAN = "human"
"""The class of code that no model wrote."""

FAMILIES = ("human", "claude", "gpt", "gemini", "gemma", "llama", "qwen", "deepseek", "mistral")
"""The classes a shipped model may tell apart; every other family is open-set."""

MAX_LENGTH = 200
"""Longest string, in characters, that is read as a name; the longest real one seen has 71."""

_COLUMNS = ("canonical", "family", "vendor", "released", "base", "aliases")
_SLUG = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_WORD = re.compile(r"[a-z]+|[0-9]+")
_OPENAI = re.compile(r"\bopenai (?=\d|oss |chat \d)")

# Uploaders and providers that join their name to the model's without a slash, ";" between them.
_OWNERS = """
    abhinavkulkarni; amazon; anthropic; apac anthropic; bigcode; budecosystem; bytedance;
    cac; cloudyu; cognitivecomputations; cohere; ct 2 fast; deci; deepseek ai; eu anthropic;
    facebook; ggml; ggml tiiuae; global anthropic; google; hf; huggingfaceh 4; ibm; ibm
    granite; infly; ingu 627; ista daslab; kirito 1; lgai; llm 360; lmsys; meta; meta llama;
    michaelfeil; microsoft; mistralai; moonshotai; mrm 8488; nickrosh; nousresearch; nvidia;
    openaccess ai collective; openai; openlm research; piratos; prince canuma; psmathur;
    replete ai; sahil 2801; salesforce; smallcloudai; sq; stabilityai; techxgenus; teknium;
    thebloke; thudm; tiiuae; togethercomputer; tokenbender; undi 95; us anthropic; vmware;
    wisdomshell; x ai; z ai; zai org
"""


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(f"(?:{pattern}) ") for pattern in patterns)


_BEFORE = _compiled(
    *(" ".join(owner.split()) for owner in _OWNERS.split(";")),
    r"([a-z]+)(?= \1 )",  # the first word twice
    # A harness; the model it ran follows.
    r"aider|claude (?:api|cli)|codex|openclaude|openhands",
    r"claude code(?: v)?(?: \d+){3}",
)
_REMARKS = _compiled(
    r"(?:(?:openrouter|cursor|vscode|web|chat|openai api)(?: chat)? )?(?:0[1-9]|1[0-2]) 20\d\d",
    r"20\d\d",  # the year of a data set
    r"1 m(?: context)?",
    r"free",
    r"anthropic|c leetcode|whodunit|via crush",  # vendor, quoting data set, harness
)
_SIZE = _compiled(
    r"\d+ [bt]",
    r"(?<=[a-z] )\d+ \d+ [bt]",  # after a digit 3.5-70b might be a version with a size
    r"a \d+ [bm]",
    r"\d+ e",
    r"\d+ k",
)
_TUNING = _compiled(r"base|chat|hf|inst|instruct|it|latest", r"instruct turbo")
_EFFORT = _compiled(
    r"minimal|low|medium|high|xhigh",
    r"(?:effort|reasoning) (?:none|minimal|low|medium|high|xhigh|max)",
    r"(?:non )?(?:reasoning|thinking)(?: mode)?",
    r"manual budget \d+",
)
_SNAPSHOT = _compiled(r"20\d\d [01]\d [0-3]\d(?: v \d(?: \d)?)?", r"20\d{6}(?: v \d(?: \d)?)?")
_QUANTISATION = _compiled(
    r"(?:ud |mix )?i?q \d(?: k(?: [smlx]+| small)?| [smlx]+| \d)?",  # Q4_K_M, IQ4_XS, Q8_0
    r"i 1",
    r"awq|aqlm|gptq|higgs|hqq|gguf|mlx|qat|calib|rpcal|main|xmadai",
    r"(?:b?fp|bf|nf|int) \d+",
    r"exl 2",
    r"exl 2 \d",
    r"exl 2 \d \d+",
    r"\d+(?: \d+)? bpw(?: l| h \d)?",
    r"\d bit|\d bitgs \d+|1 x 16|attn \d bit moe \d bit",
    r"w \d [sg] \d+|\d+ g|actorder true",
    r"correct pre tokenizer and eos token",
)
_AFTER = _REMARKS + _SIZE + _TUNING + _EFFORT + _SNAPSHOT + _QUANTISATION


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """One model, or one line of models that its vendor dates alike.

    `release_date` is ISO, ``YYYY-MM-DD`` or ``YYYY-MM``; None where it is unknown or the name moves
    from model to model (``deepseek-chat``). `base` is the canonical id a fine-tune grew from.
    """

    canonical: str
    family: str
    vendor: str | None = None
    release_date: str | None = None
    base: str | None = None

    @property
    def shipped(self) -> bool:
        """Whether the family is one of `FAMILIES`; False marks an open-set family."""
        return self.family in FAMILIES


@dataclass(frozen=True, slots=True)
class Registry:
    """All known models, and the normalised spelling of each alias."""

    models: tuple[ModelIdentity, ...]
    aliases: Mapping[str, ModelIdentity]


class RegistryError(ValueError):
    """A line of the registry breaks its format; the message names the line and the mend."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"model registry, line {line}: {problem}")


def resolve(model: str) -> ModelIdentity | None:
    """Return the model that a string names, or None where any part of it is not understood."""
    if len(model) > MAX_LENGTH or not model.isascii():
        return None
    return _resolve_short(model)


def family_of(model: str) -> str | None:
    """Return the family of the model that a string names, or None where it is unknown."""
    identity = resolve(model)
    return identity.family if identity else None


def unknown(models: Iterable[str]) -> list[str]:
    """Return those of the strings that resolve to nothing, each once, sorted."""
    return sorted({model for model in models if resolve(model) is None})


@cache
def load_registry() -> Registry:
    """Return the registry that ships with the package, read once a process."""
    text = files(__package__).joinpath("model_registry.tsv").read_text(encoding="utf-8")
    return parse_registry(text.splitlines())


def parse_registry(lines: Iterable[str]) -> Registry:
    """Return the registry that tab-separated lines spell out; ``#`` starts a comment line.

    Raises `RegistryError` on a wrong header, a name, alias or canonical id that is malformed or
    given twice, an impossible date, or a base that is no canonical id.
    """
    rows = [(number, line) for number, line in enumerate(lines, 1) if line and line[0] != "#"]
    if not rows or tuple(rows[0][1].split("\t")) != _COLUMNS:
        raise RegistryError(rows[0][0] if rows else 1, f"write the header {' '.join(_COLUMNS)}")
    models: dict[str, tuple[int, ModelIdentity]] = {}
    aliases: dict[str, ModelIdentity] = {}
    for number, line in rows[1:]:
        identity, spellings = _parse_row(number, line)
        if identity.canonical in models:
            raise RegistryError(number, f"{identity.canonical!r} already has a line; merge them")
        models[identity.canonical] = (number, identity)
        _add_aliases(aliases, number, identity, spellings)
    for number, identity in models.values():
        if identity.base is not None and identity.base not in models:
            raise RegistryError(number, f"base {identity.base!r} has no line; add one or blank it")
    return Registry(tuple(identity for _, identity in models.values()), aliases)


def _parse_row(number: int, line: str) -> tuple[ModelIdentity, list[str]]:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) > len(_COLUMNS):
        raise RegistryError(number, f"has {len(cells)} columns; keep {len(_COLUMNS)}")
    canonical, family, vendor, released, base, aliases = cells + [""] * (len(_COLUMNS) - len(cells))
    for name in (canonical, family):
        if not _SLUG.fullmatch(name):
            raise RegistryError(number, f"{name!r} must be lowercase words joined by '-' or '.'")
    if released and not _is_release_date(released):
        raise RegistryError(number, f"{released!r} must be YYYY-MM-DD or YYYY-MM, or blank")
    identity = ModelIdentity(canonical, family, vendor or None, released or None, base or None)
    return identity, [canonical, *filter(None, (alias.strip() for alias in aliases.split(";")))]


def _add_aliases(
    aliases: dict[str, ModelIdentity], number: int, identity: ModelIdentity, spellings: list[str]
) -> None:
    for spelling in spellings:
        key = _normalise(spelling).rstrip()
        if not key:
            raise RegistryError(number, f"alias {spelling!r} holds no letter or digit; remove it")
        if key in aliases:
            owner = aliases[key].canonical
            raise RegistryError(number, f"alias {spelling!r} is already that of {owner!r}")
        aliases[key] = identity


def _is_release_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}(?:-\d{2})?", text):
        return False
    try:
        date.fromisoformat(text if len(text) == len("YYYY-MM-DD") else f"{text}-01")
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _resolve_short(model: str) -> ModelIdentity | None:
    last = model.rstrip("/ ").rpartition("/")[2]
    return _match(_normalise(last)) or _match(_normalise(model))


def _normalise(text: str) -> str:
    """Return the tokens of a name, each followed by one space, so that a match ends on a token."""
    tokens = "".join(f"{token} " for token in _WORD.findall(text.lower()))
    return _OPENAI.sub("gpt ", tokens, count=1)


def _match(text: str) -> ModelIdentity | None:
    aliases = load_registry().aliases
    found: tuple[int, ModelIdentity] | None = None
    for start in _reachable(text, 0, _BEFORE):
        end = len(text)
        while (end := text.rfind(" ", start, end)) > start:
            identity = aliases.get(text[start:end])
            if identity is not None and _covers(text, end + 1, identity):
                found = max(found or (0, identity), (end - start, identity), key=lambda hit: hit[0])
                break
    return found[1] if found else None


def _covers(text: str, start: int, identity: ModelIdentity) -> bool:
    """Tell whether all that follows an alias is known decoration of such a model."""
    bare = identity.canonical in FAMILIES
    return len(text) in _reachable(text, start, _REMARKS if bare else _AFTER)


def _reachable(text: str, start: int, patterns: tuple[re.Pattern[str], ...]) -> set[int]:
    """Return every position that a sequence of patterns leads to; linear in the text's length."""
    reached, todo = {start}, [start]
    while todo:
        position = todo.pop()
        ends = {match.end() for pattern in patterns if (match := pattern.match(text, position))}
        todo.extend(ends - reached)
        reached |= ends
    return reached
