"""One more window of a stream: compared, remembered, and told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured
from fingerprint.drift.stream.bag import bag_of
from fingerprint.drift.stream.compare import compared
from fingerprint.drift.stream.detector import Level, e_value
from fingerprint.drift.stream.identity import digest_of_columns, digest_of_samples
from fingerprint.drift.stream.projection import fitted
from fingerprint.drift.stream.record import DETECTORS, Detector, Past, Watched
from fingerprint.drift.stream.state import HISTORY, Setting, State
from fingerprint.drift.stream.store import read_state, write_state

LEAST_WINDOW = 30
"""Fewer samples cannot show a change that matters."""

LEAST_REFERENCE = 100
MOST_FOR_AXES = 2000
"""A third of the reference, at most so many, fixes the axes and is not compared with."""


def append_window(
    state: Path,
    reference: Measured,
    window: Measured,
    *,
    false_alarms: int = 100,
    seed: int = 0,
) -> Watched:
    """Compare one more window with all that came before it, and keep what is needed for the next.

    `state` is a small file; without one, a stream begins with `reference`. `Watched.guarantee` says
    what "at most one false alarm in `false_alarms` windows" means. A detector that alarms begins
    anew with the next window. `seed` settles all that is left to chance. Two at a time must not
    append to one file. The latest window, given again, is told again and leaves the file as it is:
    what was told of it may have been lost.

    Raises DriftError, and leaves the file as it is, where a side has too few samples or is of
    another model, where the window is an earlier one of the last thousand, and where the file is
    unsound, of another model, columns, reference or setting, or cannot be written.
    """
    _check(reference, window, false_alarms, seed)
    setting = _setting(reference, false_alarms, seed)
    before = read_state(state)
    if before is None:
        before = _begun(setting, reference)
    else:
        _check_same(state, before.setting, setting)
    digest = digest_of_samples(window)
    if before.digests[-1:] == (digest,):
        return _watched(before, reference, window)
    if digest in before.digests:
        number = before.past[before.digests.index(digest)].window
        raise DriftError(f"{window.name}: {state} holds this window already, as number {number}")
    after = _after(before, window, digest)
    write_state(state, after)
    return _watched(after, reference, window)


def _after(before: State, window: Measured, digest: str) -> State:
    """Return a stream with one more window, whose digest is given."""
    chance = np.random.default_rng([before.setting.seed, before.windows + 1])
    new = bag_of(window, before.projection)
    found = compared(before.bag, new, before.projection.blocks, window.classes, chance)
    detectors, levels = _judged(before, found.p_values)
    past = Past(
        before.windows + 1,
        len(window),
        found.p_values,
        tuple(each.level for each in detectors),
        tuple(each.alarm for each in detectors),
    )
    return replace(
        before,
        windows=past.window,
        bag=before.bag.with_window(new).thinned(chance),
        levels=levels,
        past=(*before.past, past)[-HISTORY:],
        digests=(*before.digests, digest)[-HISTORY:],
        detectors=detectors,
        moved=found.moved,
    )


def _begun(setting: Setting, reference: Measured) -> State:
    """Return a stream before its first window."""
    chance = np.random.default_rng([setting.seed, 0])
    order = chance.permutation(len(reference))
    for_axes = min(len(reference) // 3, MOST_FOR_AXES)
    projection = fitted(reference.take(np.sort(order[:for_axes])))
    bag = bag_of(reference.take(np.sort(order[for_axes:])), projection).thinned(chance)
    return State(setting, 0, projection, bag, tuple(Level() for _ in DETECTORS), (), ())


def _judged(
    before: State, p_values: tuple[float, ...]
) -> tuple[tuple[Detector, ...], tuple[Level, ...]]:
    """Return what the detectors say, and how they stand for the next window."""
    number = before.windows + 1
    threshold = float(len(DETECTORS) * before.setting.false_alarms)
    told, levels = [], []
    for name, level, p_value in zip(DETECTORS, before.levels, p_values, strict=True):
        e = e_value(p_value)
        now = level.after(e, number)
        alarm = now.level >= threshold
        since = now.since if now.run > 0 else None
        told.append(Detector(name, p_value, e, now.level, threshold, alarm, since))
        levels.append(Level() if alarm else now)
    return tuple(told), tuple(levels)


def _watched(state: State, reference: Measured, window: Measured) -> Watched:
    """Return what there is to tell of the latest window."""
    since = [each.since for each in state.detectors if each.alarm and each.since is not None]
    return Watched(
        model=window.model,
        reference=reference.name,
        name=window.name,
        windows=state.windows,
        samples=len(window),
        false_alarms=state.setting.false_alarms,
        alarm=any(each.alarm for each in state.detectors),
        since=min(since, default=None),
        detectors=state.detectors,
        moved=state.moved,
        past=state.past,
    )


def _setting(reference: Measured, false_alarms: int, seed: int) -> Setting:
    return Setting(
        model=reference.model.name,
        version=reference.model.version,
        columns=digest_of_columns(reference),
        reference=digest_of_samples(reference),
        false_alarms=false_alarms,
        seed=seed,
    )


def _check(reference: Measured, window: Measured, false_alarms: int, seed: int) -> None:
    if false_alarms < 1 or seed < 0:
        raise DriftError("false_alarms is at least 1 window and seed at least 0")
    for side, least, what in (
        (reference, LEAST_REFERENCE, "a reference"),
        (window, LEAST_WINDOW, "a window"),
    ):
        if len(side) < least:
            raise DriftError(
                f"{side.name}: {len(side)} samples are too few for {what}, which takes {least}: "
                "give more of them"
            )
    sides = reference.model, window.model
    if sides[0] != sides[1]:
        told = " and ".join(f"{each.name} {each.version}" for each in sides)
        raise DriftError(f"{window.name} and its reference were measured by two models: {told}")
    if digest_of_columns(reference) != digest_of_columns(window):
        raise DriftError(
            f"{window.name} and its reference have other columns or classes: measure both again"
        )


_MEND = {
    "model": "a stream of another model",
    "version": "a stream of another version of the model",
    "columns": "a stream of other columns or classes",
    "reference": "a stream with another reference, or other samples drawn of it,",
    "false_alarms": "a stream with another rate of false alarms",
    "seed": "a stream with another seed",
}


def _check_same(path: Path, kept: Setting, asked: Setting) -> None:
    """Refuse a state of another stream, with what differs first."""
    for name, what in _MEND.items():
        was, now = str(getattr(kept, name)), str(getattr(asked, name))
        if was != now:
            raise DriftError(
                f"{path} is {what} ({was[:24]}, not {now[:24]}). It is left as it is: append with "
                "what it was begun with, or name another file to begin a new stream"
            )
