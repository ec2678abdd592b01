"""False alarms and delays of the stream monitor on a real corpus.

    python benchmarks/drift_stream.py llm_code.parquet [STREAMS [MODEL [CACHE]]]

prints a table; it judges nothing and exits with 0. All windows have 300 samples.

False alarms: streams of 50 windows without a change, by how they are drawn: each sample for itself,
as the guarantee asks, or whole sources at a time, as it does not. Delay: five windows without a
change, then ten of which 100, 30 or 10 % are by the generators that the corpus calls `other`, which
the model was not taught. Two materials: the model's own reference sample, whose answers are of
heads that did not see the sample's source (a change is then also one of sources); and samples of
the corpus, where strange and usual ones are of the same sources and languages, in one proportion
(the model has seen the usual ones: its answers to them are surer than to new ones).
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

import fingerprint
from fingerprint.drift.measured import Measured, measured, reference_of
from fingerprint.drift.rows import Columns, read_rows
from fingerprint.drift.stream import Watched, append_window

WINDOW, REFERENCE = 300, 4000
LONG, BEFORE, AFTER = 50, 5, 10
SHARES = (1.0, 0.3, 0.1)
STREAMS = 20
MOST = 20000
STRANGE = "other"
SOURCES_AT_ONCE = 15
USUAL_PER_STRANGE = 2

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Material:
    """What streams are drawn from, with replacement: `usual` samples, and `strange` ones.

    Drawn so, reference and windows are draws from one distribution, however few samples there are.
    """

    name: str
    usual: Measured
    strange: Measured


def materials(corpus: str, model: str | None, cache: Path | None) -> list[Material]:
    """Measure a part of the corpus once, and return both materials."""
    opened = fingerprint.load(model) if model else fingerprint.load()
    side = measured(read_rows([corpus], Columns(label="family"), most=MOST), opened, cache=cache)
    strange = side.take(side.label == STRANGE)
    own = reference_of(opened)
    own = own.take(np.isin(own.language, np.unique(strange.language)))
    return [Material("own sample", own, strange), same_sources(side)]


def same_sources(side: Measured) -> Material:
    """Return usual and strange samples of the same sources and languages, in one proportion."""
    place = np.char.add(np.char.add(side.source, "|"), side.language)
    chance = np.random.default_rng(0)
    usual, strange = [], []
    for each in np.unique(place):
        ours = chance.permutation(np.flatnonzero((place == each) & (side.label != STRANGE)))
        theirs = chance.permutation(np.flatnonzero((place == each) & (side.label == STRANGE)))
        count = min(len(theirs), len(ours) // USUAL_PER_STRANGE)
        usual.append(ours[: USUAL_PER_STRANGE * count])
        strange.append(theirs[:count])
    return Material(
        "same sources", side.take(np.concatenate(usual)), side.take(np.concatenate(strange))
    )


def each_for_itself(side: Measured, count: int, chance: np.random.Generator) -> Measured:
    """Return samples drawn one by one."""
    return side.take(chance.integers(len(side), size=count))


def by_sources(side: Measured, count: int, chance: np.random.Generator) -> Measured:
    """Return samples of a few sources only."""
    some = chance.choice(np.unique(side.source), SOURCES_AT_ONCE, replace=False)
    return each_for_itself(side.take(np.isin(side.source, some)), count, chance)


def like(side: Measured, languages: npt.NDArray[np.str_], chance: np.random.Generator) -> IntArray:
    """Return rows of a side, drawn one by one, one for each language that is asked for."""
    places = {name: np.flatnonzero(side.language == name) for name in np.unique(languages)}
    return np.array([chance.choice(places[name]) for name in languages], dtype=np.int64)


def admixed(material: Material, share: float, chance: np.random.Generator) -> Measured:
    """Return a window of which a share is strange; its languages are those of a usual window."""
    window = each_for_itself(material.usual, WINDOW, chance)
    can = np.flatnonzero(np.isin(window.language, np.unique(material.strange.language)))
    at = chance.permutation(can)[: round(share * WINDOW)]
    rows = like(material.strange, window.language[at], chance)
    return joined(window.take(np.setdiff1d(np.arange(WINDOW), at)), material.strange.take(rows))


def joined(one: Measured, two: Measured) -> Measured:
    """Return the samples of both, of one model."""
    whole = ("name", "model", "classes", "human", "columns", "groups", "skipped", "known_as")
    return Measured(
        **{
            name: value if name in whole else np.concatenate((value, getattr(two, name)))
            for name, value in vars(one).items()
        }
    )


def stream(reference: Measured, windows: list[Measured], seed: int) -> list[Watched]:
    """Append windows to a new stream, one after another."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "stream"
        return [append_window(state, reference, window, seed=seed) for window in windows]


def false_alarms(material: Material, streams: int, whole_sources: bool) -> str:
    """Return how many of the windows without a change alarmed, by detector."""
    draw = by_sources if whole_sources else each_for_itself
    found: list[Watched] = []
    for seed in range(streams):
        chance = np.random.default_rng([seed, 1])
        reference = each_for_itself(material.usual, REFERENCE, chance)
        windows = [draw(material.usual, WINDOW, chance) for _ in range(LONG)]
        found += stream(reference, windows, seed)
    p_values = np.array([[each.p_value for each in one.detectors] for one in found])
    alarms = [
        sum(name in one.raised for one in found) for name in ("languages", "within_languages")
    ]
    low = ", ".join(f"{share:.3f}" for share in (p_values <= 0.05).mean(axis=0))
    return (
        f"alarms in {len(found)} windows: {alarms[0]} languages, {alarms[1]} within languages; "
        f"p <= .05: {low}"
    )


def delays(material: Material, share: float, streams: int) -> str:
    """Return after how many windows of a change it was told, and how its beginning was put."""
    waits, starts, early = [], [], 0
    for seed in range(streams):
        chance = np.random.default_rng([seed, 2])
        reference = each_for_itself(material.usual, REFERENCE, chance)
        windows = [each_for_itself(material.usual, WINDOW, chance) for _ in range(BEFORE)]
        windows += [admixed(material, share, chance) for _ in range(AFTER)]
        found = stream(reference, windows, seed)
        early += any(one.alarm for one in found[:BEFORE])
        told = [one for one in found[BEFORE:] if "within_languages" in one.raised]
        waits.append(told[0].windows - BEFORE if told else AFTER + 1)
        starts += [one.detectors[1].since for one in told[:1]]
    within = [sum(wait <= most for wait in waits) for most in (1, 2, 4, AFTER)]
    off = [abs(start - BEFORE - 1) for start in starts if start is not None]
    near = [sum(each <= most for each in off) for most in (0, 1, 3)]
    return (
        f"found within 1, 2, 4, 10 windows: {', '.join(map(str, within))} of {streams}; its "
        f"beginning right to 0, 1, 3 windows: {', '.join(map(str, near))} of {len(starts)}; "
        f"alarmed before: {early}"
    )


def main(arguments: list[str]) -> int:
    """Print the table."""
    if not arguments:
        sys.stderr.write(f"{(__doc__ or '').splitlines()[2].strip()}\n")
        return 0
    corpus, *more = arguments
    streams = int(more[0]) if more else STREAMS
    start = time.process_time()
    for material in materials(
        corpus, more[1] if len(more) > 1 else None, Path(more[2]) if len(more) > 2 else None
    ):
        write(f"{material.name}: {len(material.usual)} usual, {len(material.strange)} strange")
        write(f"  no change, drawn one by one: {false_alarms(material, streams, False)}")
        for share in SHARES:
            write(f"  {100 * share:.0f} % strange: {delays(material, share, streams)}")
        if len(np.unique(material.usual.source)) > SOURCES_AT_ONCE:
            write(f"  no change, whole sources: {false_alarms(material, streams, True)}")
    write(f"processor time: {time.process_time() - start:.0f} s")
    return 0


def write(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
