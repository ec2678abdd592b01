"""The model registry: many spellings, one identity, and no guesses."""

import os
import string
import subprocess
import sys
import time
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_models.families import (
    FAMILIES,
    HUMAN,
    MAX_LENGTH,
    ModelIdentity,
    RegistryError,
    family_of,
    load_registry,
    parse_registry,
    resolve,
    unknown,
)

HEADER = "canonical\tfamily\tvendor\treleased\tbase\taliases"

KNOWN = [
    # a benchmark's run names: effort, harness, run date
    ("claude_fable_5_effort_medium_openrouter_07_2026", "claude-fable-5", "claude"),
    ("claude_opus_4_6_manual_budget_2048_openrouter_04_2026", "claude-opus-4.6", "claude"),
    ("claude_opus_4_8_fast_effort_low_openrouter_05_2026", "claude-opus-4.8", "claude"),
    ("claude_3_7_sonnet_thinking_vscode_03_2025", "claude-3.7-sonnet", "claude"),
    ("claude_4_sonnet_web_chat_05_2025", "claude-sonnet-4", "claude"),
    ("claude-cli-haiku-4-5", "claude-haiku-4.5", "claude"),
    ("openai_4_1_mini_openai_api_04_2025", "gpt-4.1-mini", "gpt"),
    ("openai_5_6_terra_pro_effort_xhigh_openrouter_07_2026", "gpt-5.6-terra-pro", "gpt"),
    ("openai_oss_20b_openrouter_08_2025", "gpt-oss-20b", "gpt"),
    ("openai_o3_mini_high_openrouter_08_2025", "o3-mini", "gpt"),
    ("openai_o3_high_web_chat_02_2025", "o3-mini", "gpt"),
    ("o3-high", "o3", "gpt"),
    ("gemini_2_5_pro_exp_chat_03_2025", "gemini-2.5-pro-preview-03-25", "gemini"),
    ("qwen3_6_27b_effort_none_openrouter_04_2026", "qwen-3.6-27b", "qwen"),
    ("r1_openrouter_08_2025", "deepseek-r1", "deepseek"),
    ("mistral_web_03_2025", "mistral", "mistral"),
    ("localai_gpt_4o_phi_2_02_2025", "phi-2", "phi"),
    # compact names
    ("GPT35_Turbo_0125", "gpt-3.5-turbo-0125", "gpt"),
    ("GPT4o_0806_0813", "gpt-4o-2024-08-06", "gpt"),
    ("ChatGPT4o", "gpt-4o", "gpt"),
    ("OpenAi_o1_0912", "o1-preview", "gpt"),
    ("Claude_Sonnet_35v2", "claude-3.5-sonnet-20241022", "claude"),
    ("DeepSeekR1_0528", "deepseek-r1-0528", "deepseek"),
    ("Qwen25Coder32B", "qwen-2.5-coder-32b", "qwen"),
    ("Llama31_405B", "llama-3.1", "llama"),
    # providers and uploaders
    ("anthropic/claude-3.5-sonnet", "claude-3.5-sonnet", "claude"),
    ("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4", "claude"),
    ("deepseek.v3.2", "deepseek-v3.2", "deepseek"),
    ("qwen.qwen3-coder-next", "qwen-3-coder-next", "qwen"),
    ("Qwen-Qwen2-7B-Instruct-fp16", "qwen-2", "qwen"),
    ("meta-llama-llama-3.3-70b-instruct", "llama-3.3", "llama"),
    ("cac:/home/someone/models/Meta-Llama-3.1-70B-Instruct-gptq-4bit/", "llama-3.1", "llama"),
    ("cac:cohere/command", "cohere-command", "command"),
    ("mistralai/devstral-2512:free", "devstral-2512", "mistral"),
    ("openai:gpt-5.6-sol", "gpt-5.6-sol", "gpt"),
    # quantisation and size
    ("cac:Qwen3-30B-A3B-mix-IQ4_K", "qwen-3", "qwen"),
    ("cac:Qwen3-235B-A22B-UD-Q3_K_XL", "qwen-3", "qwen"),
    ("gemma-4-26b-a4b-qat", "gemma-4", "gemma"),
    ("cac:turboderp/Mixtral-8x7B-instruct-exl2-2.7bpw", "mixtral-8x7b", "mistral"),
    ("cac:LoneStriker/CodeLlama-70b-Instruct-hf-2.65bpw-h6-exl2-main", "code-llama-70b", "llama"),
    ("Llama-4-Maverick-17B-128E-Instruct.i1-IQ3_M", "llama-4-maverick", "llama"),
    ("cac:google/gemma-2b-it", "gemma-1", "gemma"),
    ("google-gemma-2-2b-it-fp16", "gemma-2-2b", "gemma"),
    ("o4-mini-low", "o4-mini", "gpt"),
    # trailers
    ("Claude Opus 4.5", "claude-opus-4.5", "claude"),
    ("Claude Fable 5 (1M context)", "claude-fable-5", "claude"),
    ("Claude Code 2.1.133 / Claude Opus 4.7 (1M context)", "claude-opus-4.7", "claude"),
    ("Claude (claude-opus-4-5-thinking)", "claude-opus-4.5", "claude"),
    ("claude-sonnet-4-20250514", "claude-sonnet-4", "claude"),
    ("gpt-5-codex", "gpt-5-codex", "gpt"),
    ("GPT-5 Codex", "gpt-5-codex", "gpt"),
    ("gpt-5.3-codex-high", "gpt-5.3-codex", "gpt"),
    ("gemini-2.5-pro", "gemini-2.5-pro", "gemini"),
    ("DeepSeek-V3.2 (Non-thinking Mode) via Crush", "deepseek-v3.2", "deepseek"),
    ("aider (gpt-5.2-codex)", "gpt-5.2-codex", "gpt"),
    ("aider (openrouter/anthropic/claude-sonnet-4)", "claude-sonnet-4", "claude"),
    ("OpenClaude (mimo-v2.5-pro)", "mimo-v2.5-pro", "mimo"),
    ("Codex GPT-5", "gpt-5", "gpt"),
    ("zai-org-glm-5-1", "glm-5.1", "glm"),
    ("Kimi K2.7 Code", "kimi-k2.7-code", "kimi"),
    ("Grok 4.6", "grok-4.6", "grok"),
    # fine-tunes and distillates are not their base
    ("cac:WizardLM/WizardCoder-Python-34B-V1.0", "wizardcoder-python", "wizardcoder"),
    ("cac:phind-codellama-34b-v2.Q4_K_M", "phind-codellama", "phind"),
    ("cac:teknium/OpenHermes-2.5-Mistral-7B", "openhermes-2.5-mistral-7b", "hermes"),
    ("deepseek-r1:14b-qwen-distill-q8_0", "deepseek-r1-distill-qwen", "deepseek-r1-distill"),
    ("DeepSeek-R1-Distill-Llama-70B", "deepseek-r1-distill-llama", "deepseek-r1-distill"),
    ("cac:openchat/openchat-3.5-0106-gemma", "openchat-3.5-0106-gemma", "openchat"),
    # bare names
    ("claude", "claude", "claude"),
    ("ChatGPT", "gpt", "gpt"),
    ("openai", "gpt", "gpt"),
    ("Gemini", "gemini", "gemini"),
    ("gemini(2024)", "gemini", "gemini"),
    ("Human", "human", "human"),
]

NAMES_NOTHING = [
    "",
    " ",
    "/",
    "-fp16",
    "70b",
    "openrouter_07_2026",
    # people, agents and harnesses
    "Claude Paroz",
    "Claude Shannon 3",
    "Devin",
    "Devin Rosen",
    "Jules Carbon",
    "Kevin Codex",
    "Claude Code",
    "Copilot",
    "Codex",
    "OpenClaude",
    "aider",
    "cursor",
    # a name inside another word, or another model's name around it
    "sgpt",
    "gpt4all",
    "chatgpt-clone",
    "superhuman",
    "human-eval",
    "gpt-j-6b",
    "gpt-neo-2.7b",
    "llamafile",
    "collama-3",
    "mistralize",
    # two models, or one model under another's name
    "Claude (MiniMax-M2.1)",
    "Claude GPT-5.4",
    "Claude Code - Fable 5, Opus 4.8, Sonnet 5",
    # versions without a line of their own
    "claude-opus-4-9",
    "claude-99-sonnet",
    "gpt-7",
    "gpt-4-9999",
    "llama-3.5-70b",
    "qwen3.9-7b",
    "gemma-3.1-5b",
    "qwen3-4b-instruct-9912",
    # a shipped family's bare name with a variant is no release anybody made
    "claude-70b",
    "gpt Q4_K_M",
    "human-7b-instruct",
    # hostile
    "cl\u0430ude",  # a Cyrillic letter
    "claude \u2764",
    "\x00\x1b[31m",
    "claude" * 50,
]

CANONICALS = sorted(model.canonical for model in load_registry().models)


@pytest.mark.parametrize(("model", "canonical", "family"), KNOWN)
def test_known_strings_are_found(model: str, canonical: str, family: str) -> None:
    """A string of any source's shape resolves to its canonical id and family."""
    identity = resolve(model)
    assert identity is not None
    assert (identity.canonical, identity.family, family_of(model)) == (canonical, family, family)


@pytest.mark.parametrize("model", NAMES_NOTHING)
def test_nothing_is_guessed(model: str) -> None:
    """A string with any part that is not understood resolves to nothing."""
    assert resolve(model) is None
    assert family_of(model) is None


@pytest.mark.parametrize(
    ("model", "released"),
    [
        ("claude_fable_5_effort_high_openrouter_07_2026", "2026-06-09"),
        ("claude_3_5_sonnet_openrouter_08_2025", "2024-06-20"),
        ("claude-3-5-sonnet-20241022", "2024-10-22"),
        ("claude-opus-4-20250514", "2025-05-22"),
        ("gpt-4o", "2024-05-13"),
        ("gpt-4o-2024-11-20", "2024-11-20"),
        ("qwen3.5-plus-20260420", "2026-04-20"),
        ("mistral-small-2312", "2023-12"),
        ("gemini-3.7-flash", None),
        ("deepseek-chat", None),
        ("claude", None),
    ],
)
def test_dates_are_the_models_and_not_the_runs(model: str, released: str | None) -> None:
    """A release date comes from the registry alone; a run's date never becomes one."""
    identity = resolve(model)
    assert identity is not None
    assert identity.release_date == released


def test_open_set_families_are_flagged() -> None:
    """A family outside the shipped classes keeps its own name and says that it is outside."""
    grok, opus = resolve("x-ai/grok-code-fast-1"), resolve("opus 4.1")
    assert grok is not None
    assert opus is not None
    assert (grok.family, grok.shipped) == ("grok", False)
    assert (opus.family, opus.shipped) == ("claude", True)


def test_fine_tunes_name_their_base() -> None:
    """A fine-tune carries the canonical id of the model it grew from."""
    identity = resolve("ise-uiuc/Magicoder-S-DS-6.7B")
    assert identity == ModelIdentity(
        "magicoder-ds", "magicoder", "ise-uiuc", "2023-12", "deepseek-coder"
    )


def test_unknown_lists_each_string_once_and_sorted() -> None:
    """`unknown` gives back exactly the unresolved strings, as they were written."""
    assert unknown(["zeta-9", "claude", "Alpha", "zeta-9", "GPT-4o"]) == ["Alpha", "zeta-9"]


@pytest.mark.parametrize("canonical", CANONICALS)
def test_canonical_ids_resolve_to_themselves(canonical: str) -> None:
    """Resolving is idempotent: a canonical id is one of its own spellings."""
    identity = resolve(canonical)
    assert identity is not None
    assert identity.canonical == canonical


@given(st.sampled_from(sorted(load_registry().aliases)), st.randoms(use_true_random=False))
def test_case_and_separators_do_not_count(alias: str, random: Random) -> None:
    """An alias is found in any case and with any separators between its tokens."""
    mixed = "".join(random.choice((c.lower(), c.upper())) for c in alias)
    separated = "".join(random.choice("-_. :") if c == " " else c for c in mixed)
    assert resolve(separated) == load_registry().aliases[alias]


@given(
    st.sampled_from(CANONICALS),
    st.sampled_from(["-zeta", ".99", " Paroz", "-merge", "ish", "-vs-claude"]),
)
def test_anything_left_over_voids_the_match(canonical: str, rest: str) -> None:
    """No known name is found inside a longer one that is not known."""
    assert resolve(canonical + rest) is None


@given(st.text() | st.text(alphabet=string.printable) | st.text(alphabet="claudegpt-45. /()oq_"))
def test_never_raises_and_ignores_case(model: str) -> None:
    """Any text is answered with an identity or None, the same in lower case where it is ASCII."""
    identity = resolve(model)
    assert identity is None or identity in load_registry().models
    if model.isascii():
        assert resolve(model.lower()) == resolve(model.upper()) == identity


@pytest.mark.parametrize("hostile", ["claude " * 10**6, "4 bit " * 33, "gpt-5 " + "q 4 k m " * 24])
def test_hostile_length_costs_nothing(hostile: str) -> None:
    """A very long or very repetitive string is answered at once."""
    started = time.perf_counter()
    resolve(hostile)
    assert time.perf_counter() - started < 1


def test_length_limit_is_where_it_says() -> None:
    """A name of the greatest length is still read, one character more is not."""
    assert family_of("claude".ljust(MAX_LENGTH)) == "claude"
    assert family_of("claude".ljust(MAX_LENGTH + 1)) is None


def test_registry_is_well_formed() -> None:
    """Each shipped class has its bare name undated, and every date is real and not too early."""
    models = {model.canonical: model for model in load_registry().models}
    for family in FAMILIES:
        assert models[family].family == family
        assert models[family].release_date is None
    assert len(models) == len(load_registry().models)
    assert models[HUMAN].vendor is None
    dates = [model.release_date for model in models.values() if model.release_date]
    assert all(date(2022, 1, 1) <= date.fromisoformat(f"{day}-01"[:10]) for day in dates)


def test_a_shipped_class_never_holds_another_vendors_base() -> None:
    """A model that grew from a base of another shipped class is not counted as that class."""
    models = {model.canonical: model for model in load_registry().models}
    for model in models.values():
        if model.shipped and model.base and models[model.base].shipped:
            assert models[model.base].family == model.family, model.canonical


@pytest.mark.parametrize(
    ("lines", "culprit"),
    [
        ([], "line 1: write the header"),
        (["name\tfamily"], "line 1: write the header"),
        ([HEADER, "a-1\ta\t\t\t\tA.1 b"], None),
        ([HEADER, "# note", "a\ta", "a\ta"], "line 4: 'a' already has a line"),
        (
            [HEADER, "a-1\ta\t\t\t\tx", "a-2\ta\t\t\t\tX"],
            "line 3: alias 'X' is already that of 'a-1'",
        ),
        ([HEADER, "a-1\ta\t\t\t\tA_1"], "line 2: alias 'A_1' is already that of 'a-1'"),
        ([HEADER, "a\ta\t\t\t\t--"], "line 2: alias '--' holds no letter or digit"),
        ([HEADER, "a\ta\t\t2025-02-30"], "line 2: '2025-02-30' must be"),
        ([HEADER, "a\ta\t\t20250101"], "line 2: '20250101' must be"),
        ([HEADER, "A 1\ta"], "line 2: 'A 1' must be lowercase"),
        ([HEADER, "a\t"], "line 2: '' must be lowercase"),
        ([HEADER, "a\ta\t\t\tb"], "line 2: base 'b' has no line"),
        ([HEADER, "a\ta\t\t\t\t\tz"], "line 2: has 7 columns"),
    ],
)
def test_a_broken_registry_names_line_and_mend(lines: list[str], culprit: str | None) -> None:
    """A malformed registry is refused with its line; a sound one is not."""
    if culprit is None:
        assert parse_registry(lines).models == (ModelIdentity("a-1", "a"),)
        return
    with pytest.raises(RegistryError) as caught:
        parse_registry(lines)
    assert culprit in str(caught.value)


def test_import_is_light() -> None:
    """Importing the registry loads no numerical library."""
    heavy = "{'numpy', 'lightgbm', 'pandas', 'sklearn', 'pyarrow'}"
    script = (
        "import sys, fingerprint_models.families as f; f.resolve('gpt-4o');"
        f"sys.exit(bool({heavy} & set(sys.modules)))"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, check=False)
    assert done.returncode == 0
