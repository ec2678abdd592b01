"""What the charts of a scan draw: records of plain values, in drawing order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from fingerprint.report.scan_colours import OTHER_AGENTS, agent_colours
from fingerprint.report.scan_words import KIND_NAMES
from fingerprint.scanning.kinds import AUTOMATION, BEFORE, DECLARED, KINDS, UNDECLARED
from fingerprint.scanning.record import Group, Scan
from fingerprint.scanning.tally import NO_DATE

Row = dict[str, object]

AGENTS = 6
"""Agents with a colour of their own; the rest is drawn as one."""

FIRST_MONTH = "2020-06"
"""The timeline begins a year before assistants: what came earlier looks all the same."""

LONGEST_GAP = 150
"""Months between which empty ones are drawn too; a clock set wrong makes longer timelines."""


def series_of(scan: Scan) -> dict[str, str]:
    """Return the layers of a stack from the bottom up, each with the name of its colour."""
    agents = list(scan.whole.agents)
    colours = agent_colours(agents[:AGENTS])
    layers = {name: colours[name] for name in agents[:AGENTS]}
    if len(agents) > AGENTS:
        layers[OTHER_AGENTS] = colours[OTHER_AGENTS]
    kinds = [kind for kind in (AUTOMATION, UNDECLARED, BEFORE) if scan.whole.kinds[kind].commits]
    return layers | {KIND_NAMES[kind]: kind for kind in kinds}


def drawn_months(scan: Scan) -> tuple[tuple[Group, ...], int]:
    """Return the months of the timeline, and how many commits came before the first of them."""
    dated = [group for group in scan.months if group.name != NO_DATE]
    drawn = tuple(group for group in dated if group.name >= FIRST_MONTH)
    if not drawn:
        drawn = tuple(dated[-60:])
    earlier = sum(
        group.all.commits for group in dated if group.name < min(_names(drawn), default="")
    )
    return drawn, earlier


def month_names(groups: Sequence[Group]) -> list[str]:
    """Return the months from the first to the last, empty ones too unless there are too many."""
    names = _names(groups)
    numbers = [int(name[:4]) * 12 + int(name[5:]) - 1 for name in names]
    if not numbers or numbers[-1] - numbers[0] > LONGEST_GAP:
        return names
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(numbers[0], numbers[-1] + 1)]


def stacks(groups: Sequence[Group], layers: Sequence[str]) -> Iterator[Row]:
    """Yield the parts of each group's commits, as shares that begin where the last one ended."""
    for group in groups:
        counts = [_commits(group, layer, layers) for layer in layers]
        whole = sum(counts) or 1
        ends = [end / whole for end in accumulate(counts)]
        for layer, count, start, end in zip(layers, counts, [0.0, *ends], ends, strict=False):
            if count:
                yield {"name": group.name, "layer": layer, "from": start, "to": end}


def labels(groups: Sequence[Group], layers: Sequence[str], apart: float) -> list[Row]:
    """Return where the layers' names stand beside the last months, at least `apart` from another.

    Only layers that the timeline shows are named.
    """
    last = groups[-6:]
    sums = [sum(_commits(group, layer, layers) for group in last) for layer in layers]
    whole = sum(sums) or 1
    ends = [end / whole for end in accumulate(sums)]
    shown = {row["layer"] for row in stacks(groups, layers)}
    found: list[Row] = []
    lowest = 0.02
    for layer, start, end in zip(layers, [0.0, *ends], ends, strict=False):
        if layer in shown:
            at = max((start + end) / 2, lowest)
            found.append({"layer": layer, "at": at})
            lowest = at + apart
    # What was pushed above the top comes down again, and pushes what is below it.
    ceiling = 0.98
    for row in reversed(found):
        row["at"] = ceiling = min(float(str(row["at"])), ceiling)
        ceiling -= apart
    return found


def _commits(group: Group, layer: str, layers: Sequence[str]) -> int:
    if layer == OTHER_AGENTS:
        return sum(count.commits for name, count in group.agents.items() if name not in layers)
    for kind in KINDS:
        if kind != DECLARED and layer == KIND_NAMES[kind]:
            return group.kinds[kind].commits
    return group.agents[layer].commits if layer in group.agents else 0


def _names(groups: Sequence[Group]) -> list[str]:
    return [group.name for group in groups]
