"""Colours of a scan's page: named once, as variables that light, dark and print each set.

A chart is drawn with stand-ins, colours that nothing else has, and each is then exchanged for its
variable: one drawing serves both schemes.
"""

from __future__ import annotations

from fingerprint.scanning.kinds import AUTOMATION, BEFORE, UNDECLARED

OTHER_AGENTS = "other agents"
_AGENTS = ("agent1", "agent2", "agent3", "agent4", "agent5", "agent6")

# Name: light, dark. Agents after Okabe and Ito, "Color universal design", 2008, told apart by
# readers with any colour vision; darker or lighter where the ground asks for it.
PALETTE = {
    "paper": ("#ffffff", "#15181c"),
    "panel": ("#f5f6f8", "#1e2329"),
    "ink": ("#1b1f24", "#e8eaed"),
    "muted": ("#5a6370", "#a4adb8"),
    "line": ("#d5dae0", "#363d46"),
    "agent1": ("#c8591a", "#e8824a"),
    "agent2": ("#0b6fb0", "#56a8e0"),
    "agent3": ("#0a8a68", "#36b890"),
    "agent4": ("#a8528a", "#d389b8"),
    "agent5": ("#a07a00", "#e0b83a"),
    "agent6": ("#4a4fb5", "#9398ee"),
    "others": ("#7a3b2e", "#c08478"),
    AUTOMATION: ("#56718a", "#7d9ab5"),
    UNDECLARED: ("#b4bac2", "#5d6772"),
    BEFORE: ("#b4bac2", "#5d6772"),
}
_STAND_INS = {name: f"#fe01{at:02x}" for at, name in enumerate(PALETTE)}
_HATCHED = {BEFORE: "url(#hatch)"}

HATCH = (
    '<svg width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="2" height="6" fill="var(--{BEFORE})"/></pattern></defs></svg>'
)
"""The one filling that is no colour: nobody had an assistant, so there is nothing to tell."""


def stand_in(name: str) -> str:
    """Return the colour to draw with in place of a variable."""
    return _STAND_INS[name]


def with_variables(svg: str) -> str:
    """Return a drawing with variables for stand-ins."""
    for name, colour in _STAND_INS.items():
        svg = svg.replace(f'"{colour}"', f'"{_HATCHED.get(name, f"var(--{name})")}"')
    return svg


def agent_colours(agents: list[str]) -> dict[str, str]:
    """Return a colour's name for each of the first agents, and for all the others together."""
    return dict(zip(agents, _AGENTS, strict=False)) | {OTHER_AGENTS: "others"}


def variables() -> str:
    """Return the style rules that set the variables."""
    light, dark = (
        "".join(f"--{name}:{pair[at]};" for name, pair in PALETTE.items()) for at in (0, 1)
    )
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )
