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
RECALIBRATED, UNCOMPARED = "calibration differs", "hardly compared"
VERDICTS = (
    CALIBRATION, UNFAMILIAR, FEATURES, FAMILIES, CONFIDENCE, RECALIBRATED, UNCOMPARED, LANGUAGES,
    NOTHING,
)  # fmt: skip
"""Kinds of findings; the first that was found says what to do."""

ON_ANSWERS = (CALIBRATION, UNFAMILIAR, FAMILIES, CONFIDENCE, RECALIBRATED)

MOST_UNTESTED = 0.5
"""Share of the current samples that may stand in languages which are not looked into: above it,
that nothing was found says nothing."""

ADVICE = {
    CALIBRATION: (
        "Do not go by the confidences: they no longer hold here; train again with labelled current "
        "samples, which also calibrates."
    ),
    UNFAMILIAR: (
        "Look at the examples before you trust what is told: an unfamiliar author is suspected; if "
        "you know it, train again with its samples, or add a generator of code by `fingerprint "
        "enroll`."
    ),
    FEATURES: (
        "Look at the columns and examples below before you trust the answers: the samples "
        "themselves have changed."
    ),
    FAMILIES: (
        "Read the estimated mix, not the counts of answers: other authors write here than in the "
        "reference."
    ),
    RECALIBRATED: (
        "Keep the model, and label more of what comes in before you go by how sure it is: "
        "confidences hold otherwise than in the reference, though no worse."
    ),
    UNCOMPARED: (
        "Give a reference with more samples, or sources, of the languages that come in: of most "
        "samples only the language could be compared, so nothing is known of the model here."
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

WITHOUT_MIX = (
    "Do not count answers: other authors write here than in the reference; with labels in the "
    "reference, and 30 samples or sources that come in, their mix is estimated."
)
"""Said in place of `ADVICE` for families where there is no estimate."""

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
    mixed: bool,
) -> tuple[Finding, ...]:
    """Return the findings, the one that says what to do first.

    `spoilt` says that the answers of a side are known not to be those to new samples, `mixed` that
    the current mix of families could be estimated.
    """
    found = {each.kind for each in members if each.found}
    sentences = dict(_sentences(found, members, confidence, languages, calibration))
    if not found:
        sentences[NOTHING] = (
            f"No statistic lies beyond what chance explains (p = {p:.2f} for all together). That "
            "is no proof: with more samples smaller changes are found."
        )
    kinds = [kind for kind in VERDICTS if kind in sentences]
    advice = WITHOUT_MIX if kinds[0] == FAMILIES and not mixed else ADVICE[kinds[0]]
    first = Finding("advice", SPOILT if spoilt and kinds[0] in ON_ANSWERS else advice)
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
        before, now = calibration.reference, calibration.current
        yield (
            CALIBRATION if calibration.worse else RECALIBRATED,
            f"Calibration is {word}: its expected error was {before.ece:.2f} and is {now.ece:.2f}, "
            f"confidence less accuracy was {before.over:+.2f} and is {now.over:+.2f}.",
        )
    if CONFIDENCE in found:
        moved = [each for each in confidence if each.outside]
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
    untested = sum(each.current for each in languages if not each.tested)
    if untested > MOST_UNTESTED:
        yield (
            UNCOMPARED,
            f"Of {untested:.0%} of the samples that come in only the language could be compared: a "
            "side has too few samples or sources of theirs.",
        )
    if LANGUAGES in found:
        order = sorted(languages, key=lambda each: -abs(each.current - each.reference))
        told = ", ".join(
            f"{each.name or 'no language'} {each.reference:.0%} → {each.current:.0%}"
            for each in order[:_NAMED]
        )
        yield LANGUAGES, f"The mix of languages, of the samples compared, shifted: {told}."


def _shift(each: Shift) -> str:
    return f"{each.name} {each.reference:.2f} → {each.current:.2f}"
