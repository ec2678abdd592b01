"""The verdict in words: what to do first, then what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fingerprint.drift.monitor.members import (
    CALIBRATION,
    CONFIDENCE,
    FAMILIES,
    FEATURES,
    LANGUAGES,
    TOGETHER,
)
from fingerprint.drift.monitor.record import Calibration, Finding, Language, Member, Shift

NOTHING, UNFAMILIAR = "nothing", "unfamiliar"
VERDICTS = (CALIBRATION, UNFAMILIAR, FEATURES, FAMILIES, CONFIDENCE, LANGUAGES, NOTHING)
"""Kinds of findings; the first that was found says what to do."""

ADVICE = {
    CALIBRATION: (
        "Do not go by the confidences: they no longer hold here; train again with labelled current "
        "samples, which also calibrates."
    ),
    UNFAMILIAR: (
        "Look at the examples before you trust the families told: code of an unfamiliar generator "
        "is suspected; if you know it, `fingerprint enroll` adds it."
    ),
    FEATURES: (
        "Look at the columns and examples below before you trust the answers: the code itself has "
        "changed."
    ),
    FAMILIES: (
        "Read the estimated mix, not the counts of answers: other authors write here than in the "
        "reference."
    ),
    CONFIDENCE: "Label a sample of what comes in: the model's sureness has changed.",
    LANGUAGES: (
        "Keep the model, and read its figures by language: only the mix of languages has changed."
    ),
    NOTHING: "Keep the model: no drift is shown.",
}

SPOILT = (
    "Read the notes first: a side is not new to the model, so what its answers say (confidence, "
    "families, calibration) proves nothing here; go by languages and features alone."
)
"""Said in place of `ADVICE` that rests on answers which are known not to be those to new code."""

MEANING = {
    "rows": (
        "Samples were shuffled: an alarm means that the current ones are not drawn like those of "
        "the reference. Any other source raises it, because no two sources write alike."
    ),
    "sources": (
        "Whole sources were shuffled: an alarm means that the current sources differ more from the "
        "reference's than its own differ among each other."
    ),
}

_NAMED = 3


def verdict_of(
    members: Sequence[Member],
    confidence: Sequence[Shift],
    languages: Sequence[Language],
    calibration: Calibration | None,
    p: float,
    *,
    spoilt: bool,
) -> tuple[Finding, ...]:
    """Return the findings, the one that says what to do first.

    `spoilt` says that the answers of a side are known not to be those to new samples.
    """
    found = {each.kind for each in members if each.found}
    sentences = dict(_sentences(found, members, confidence, languages, calibration))
    if not sentences:
        sentences[NOTHING] = (
            f"No statistic lies beyond what chance explains (p = {p:.2f} for all together). That "
            "is no proof: with more samples smaller changes are found."
        )
    kinds = [kind for kind in VERDICTS if kind in sentences]
    on_answers = kinds[0] in (CALIBRATION, UNFAMILIAR, FAMILIES, CONFIDENCE)
    first = Finding("advice", SPOILT if spoilt and on_answers else ADVICE[kinds[0]])
    return (first, *(Finding(kind, sentences[kind]) for kind in kinds))


def _sentences(
    found: set[str],
    members: Sequence[Member],
    confidence: Sequence[Shift],
    languages: Sequence[Language],
    calibration: Calibration | None,
) -> Iterator[tuple[str, str]]:
    if CALIBRATION in found and calibration is not None:
        word = "worse" if calibration.worse else "different, not worse"
        before, now = calibration.reference.over, calibration.current.over
        yield (
            CALIBRATION if calibration.worse else CONFIDENCE,
            f"Calibration is {word}: confidence less accuracy was {before:+.2f} and is {now:+.2f}.",
        )
    if CONFIDENCE in found:
        moved = [each for each in confidence if not each.low <= each.current <= each.high]
        told = ", ".join(_shift(each) for each in moved) or "together, none of them by itself"
        strange = any(each.up for each in confidence if each.name in ("novelty", "told unknown"))
        kind = UNFAMILIAR if strange else CONFIDENCE
        yield kind, f"The model's sureness shifted: {told}."
    if FEATURES in found:
        groups = [each.name for each in members if each.found and each.kind == FEATURES]
        plain = [name for name in groups if name != TOGETHER]
        told = ", ".join(plain) or "no group by itself, but all columns taken together"
        yield FEATURES, f"Features drifted within languages: {told}."
    if FAMILIES in found:
        yield FAMILIES, "The mix of families, as the model sees it, shifted within languages."
    if LANGUAGES in found:
        order = sorted(languages, key=lambda each: -abs(each.current - each.reference))
        told = ", ".join(
            f"{each.name or 'no language'} {each.reference:.0%} → {each.current:.0%}"
            for each in order[:_NAMED]
        )
        yield LANGUAGES, f"The mix of languages shifted: {told}."


def _shift(each: Shift) -> str:
    return f"{each.name} {each.reference:.2f} → {each.current:.2f}"
