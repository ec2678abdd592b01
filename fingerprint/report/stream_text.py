"""A stream after its latest window, as plain lines and as Markdown: the verdict comes first."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint.cli.render import printable
from fingerprint.drift.stream.record import LANGUAGES, TOGETHER, WITHIN, Detector, Shift, Watched
from fingerprint.report.text_tables import escaped

CHANGED = {
    LANGUAGES: "the mix of languages has changed",
    WITHIN: "samples of the same language have changed",
}
"""What an alarm of each detector says."""

MOVED = {"group": "feature group", "answer": "likeliest family", "language": "language"}

NAMELESS = {
    ("group", TOGETHER): "all feature groups and answers taken together",
    ("language", ""): "no language",
}
"""What moved, where its kind and name would not tell."""


def lines(watched: Watched) -> Iterator[str]:
    """Yield the lines without their ends; names from outside are made printable."""
    every = (*_head(watched), *_points(watched), *_tail(watched))
    yield from (printable(line) for line in every)


def markdown(watched: Watched) -> Iterator[str]:
    """Yield the lines of a page without their ends; names from outside are text, and no marks."""
    yield from ("# Stream", "")
    for line in _head(watched):
        yield from (escaped(line), "")
    yield from (f"- {escaped(line)}" for line in _points(watched))
    for line in _tail(watched):
        yield from ("", escaped(line))


def verdict(watched: Watched) -> str:
    """Return the verdict in one sentence."""
    if not watched.alarm:
        return f"No alarm after window {watched.windows}: no change is shown."
    alarms = [each for each in watched.detectors if each.alarm]
    told = " and ".join(f"{CHANGED[each.name]}{_since(each)}" for each in alarms)
    return f"Alarm at window {watched.windows}: {told}."


def _head(watched: Watched) -> Iterator[str]:
    model = watched.model
    yield verdict(watched)
    yield (
        f"Window {watched.windows} of the stream: {watched.name}, {watched.samples} samples, "
        f"held to {watched.reference} and the windows before, by {model.name} {model.version}."
    )


def _points(watched: Watched) -> Iterator[str]:
    yield from (_detector(each) for each in watched.detectors)
    yield from (_shift(each) for each in watched.moved)


def _tail(watched: Watched) -> Iterator[str]:
    if not watched.moved:
        yield "No language, feature group or answer stands out in this window alone at 5 %."
    earlier = [str(past.window) for past in watched.past[:-1] if any(past.alarms)]
    if len(earlier) == 1:
        yield f"Earlier alarm: at window {earlier[0]}."
    elif earlier:
        yield f"Earlier alarms: at windows {', '.join(earlier[:-1])} and {earlier[-1]}."
    yield watched.guarantee


def _since(each: Detector) -> str:
    return "" if each.since is None else f", most likely from window {each.since} on"


def _detector(each: Detector) -> str:
    return (
        f"{each.name}: p = {each.p_value:.4g}, e = {each.e_value:.3g}, "
        f"level {each.level:.3g} of {each.threshold:g}" + (", alarm" if each.alarm else "")
    )


def _shift(each: Shift) -> str:
    what = NAMELESS.get((each.what, each.name)) or f"{MOVED[each.what]} {each.name}"
    told = f"moved in this window: {what} (p = {each.p_value:.4g})"
    if each.share is None or each.before is None:
        return told
    return f"{told}, {100 * each.share:.1f} % where {100 * each.before:.1f} % was to be expected"
