"""What marks each family, as Markdown, and the sentences that every form of it begins with."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint_models.marks import FamilyMarks, Mark, Marks
from fingerprint_models.phrases import write_told

TITLE = "What marks each family"
NOTHING = "No single measure sets this class apart."


def limits(marks: Marks) -> tuple[str, ...]:
    """Return what a reader must know before any number."""
    shares = [each.ngrams for each in marks.families]
    largest = max((abs(m.effect) for each in marks.families for m in each.marks), default=0.0)
    return (
        "These are averages over the samples that the model was trained on, and prove nothing "
        f"about any one file: even the largest effect here, {largest:.2f}, leaves classes that "
        "overlap for the most part.",
        "The training sources of the families differ in tasks and languages, so a mark may be "
        "that of a source and not of a family. All languages are averaged together.",
        "The effect is the difference between two averages in standard deviations of the measure, "
        "and the smaller of two: to human code, and to the average of the other families. "
        "0.2 counts as small, 0.5 as medium (Cohen, 1988).",
        "Samples in which there is nothing to measure count as 0, or as 50 % where one way is "
        "preferred to another; typical values are nearer to these than in code that has the thing.",
        "Only measures that the model uses are shown: its trees by their part of what all splits "
        "gain, its linear head by a weight above the median that pulls the same way.",
        f"Of what the trees gain, {_percent(min(shares))} to {_percent(max(shares))} is patterns "
        "of words, characters and syntax, kept as hashes only: these have no words to show.",
    )


def lines(marks: Marks) -> Iterator[str]:
    """Yield the lines of a Markdown page."""
    yield f"# {TITLE}"
    yield ""
    yield f"Model {marks.model.name} {marks.model.version}."
    yield ""
    yield from (f"- {sentence}" for sentence in limits(marks))
    for each in marks.families:
        yield ""
        yield f"## {each.family}"
        yield ""
        yield from _table(marks, each) if each.marks else (NOTHING,)


def _table(marks: Marks, each: FamilyMarks) -> Iterator[str]:
    columns = header(marks, each)
    yield f"| {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * (len(columns) - 2)} --- |"
    for mark in each.marks:
        unit = f", {unit_of(mark)}" if unit_of(mark) else ""
        cells = (f"{mark.what}{unit}", *numbers(mark, marks, each), signed(mark.effect), used(mark))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def header(marks: Marks, each: FamilyMarks) -> tuple[str, ...]:
    """Return the heads of a class's columns; human code is not set against itself."""
    against = [] if marks.human in (None, each.family) else [str(marks.human)]
    others = "all families" if each.family == marks.human else "other families"
    return ("what", "here", *against, others, "effect", "used by")


def numbers(mark: Mark, marks: Marks, each: FamilyMarks) -> tuple[str, ...]:
    """Return the typical values under the heads between "what" and "effect"."""
    human = [] if marks.human in (None, each.family) else [mark.typical_human]
    values = (mark.typical, *human, mark.typical_others)
    return tuple("–" if v is None else write_told(mark.phrase.kind, v) for v in values)


def unit_of(mark: Mark) -> str:
    """Return what stands behind a mark's numbers, which carry their per cent sign."""
    return mark.phrase.written_unit.removeprefix("%").strip()


def used(mark: Mark) -> str:
    """Return which heads of the model use a mark."""
    trees = [f"trees {100 * mark.trees:.1f} %"] if mark.trees >= LEAST_SHOWN else []
    return ", ".join([*trees, *(["linear"] if mark.linear else [])])


LEAST_SHOWN = 0.0005
"""Parts of the trees' gain below this would be written as 0.0 %."""


def signed(effect: float) -> str:
    """Return an effect with its sign."""
    return f"{effect:+.2f}".replace("-", "−")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
