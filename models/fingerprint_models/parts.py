"""Files in parts: each part attributed, neighbours that are told alike merged, mixed files told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from fingerprint_features import parts as cutting
from fingerprint_features.languages import PARSED
from fingerprint_features.sample import Sample
from fingerprint_models.attribution import UNKNOWN, Attribution
from fingerprint_models.calibration import FLOOR
from fingerprint_models.decision import Told
from fingerprint_models.file_parts import MIXED, PURE, FileParts, PartAttribution
from fingerprint_models.merging import (
    MERGING,
    FloatArray,
    IntArray,
    Merging,
    best_path,
    evidence,
    log_odds,
    mixed_probability,
    pooled,
    spread,
)

if TYPE_CHECKING:
    from fingerprint_models.model import Model

WAYS = cutting.WAYS


@dataclass(frozen=True, slots=True)
class Pieces:
    """The stretches of a file that are told by themselves, ascending and disjoint.

    `spans` are lines from 1, ends included; `logs` log-probabilities (n, classes); `odds` (n,)
    log-odds of AI, None where no class is human; `lines` (n,) counts those that are not blank.
    """

    spans: tuple[tuple[int, int], ...]
    names: tuple[str | None, ...]
    logs: FloatArray
    odds: FloatArray | None
    lines: IntArray


def attribute_parts(
    model: Model, sample: Sample, *, by: str = "function", mode: str = "balanced"
) -> FileParts:
    """Attribute the parts of one file; see `attribute_files`."""
    return attribute_files(model, [sample], by=by, mode=mode)[0]


def attribute_files(
    model: Model,
    samples: Iterable[Sample],
    *,
    by: str = "function",
    mode: str = "balanced",
    source: str | Sequence[str | None] | None = None,
    workers: int = 1,
    explain: bool = False,
    merging: Mapping[str, Merging] = MERGING,
) -> list[FileParts]:
    """Attribute the parts of files, in order; one that cannot be scored keeps its status.

    `by` is "function" or "window", see `fingerprint_features.parts.cut`. `source`, `mode`,
    `workers` and `explain` are those of `Model.predict_many`, for the answers of whole files; a
    part is scored by itself whatever its neighbours are. Raises ValueError as `predict_many` does,
    and for another `by`.
    """
    given = list(samples)
    wholes = model.predict_many(given, source=source, workers=workers, mode=mode, explain=explain)
    scored = [whole.status == "ok" for whole in wholes]
    cuts = [
        cutting.cut(sample if ok else Sample(""), by)
        for sample, ok in zip(given, scored, strict=True)
    ]
    told = iter(
        model.predict_many(
            [Sample(part.code, cut.language) for cut in cuts for part in cut.parts],
            workers=workers,
            mode=mode,
        )
    )
    answers = []
    for whole, cut in zip(wholes, cuts, strict=True):
        pieces = pieces_of(model, cut, [next(told) for _ in cut.parts])
        answers.append(_file(model, whole, cut, pieces, mode=mode, merging=merging[cut.by]))
    return answers


def pieces_of(model: Model, cut: cutting.Parts, told: Sequence[Attribution]) -> Pieces:
    """Return the pieces of a file whose parts got these answers.

    A piece of overlapping windows has the mean of their log-probabilities, and of their log-odds.
    Pieces of which nothing could be measured are left out.
    """
    filled = np.array(cut.filled)
    kept, logs, odds = [], [], []
    for at, over in enumerate(_around(cut)):
        scored = [told[i] for i in over if told[i].status == "ok"]
        if scored:
            kept.append(at)
            logs.append(np.mean([_logs(model, each) for each in scored], axis=0))
            ai = [each.ai_probability for each in scored]
            odds.append(np.mean([log_odds(each) for each in ai if each is not None] or [np.nan]))
    spans = tuple(cut.steps[at] for at in kept)
    single = len(cut.parts) == len(cut.steps)
    return Pieces(
        spans,
        tuple(cut.parts[at].name if single else None for at in kept),
        np.array(logs).reshape(len(kept), len(model.all_classes)),
        None if np.isnan(odds).any() else np.array(odds),
        np.array(
            [
                np.searchsorted(filled, end, "right") - np.searchsorted(filled, start)
                for start, end in spans
            ],
            dtype=np.int64,
        ),
    )


def _around(cut: cutting.Parts) -> list[list[int]]:
    """Return for each step of a cut which parts it lies in."""
    if len(cut.parts) == len(cut.steps):
        return [[at] for at in range(len(cut.steps))]
    # A window has two steps, so all steps but the first and the last lie in two windows.
    last = len(cut.parts) - 1
    return [sorted({max(at - 1, 0), min(at, last)}) for at in range(len(cut.steps))]


def _logs(model: Model, told: Attribution) -> FloatArray:
    likely = np.array([told.probabilities[name] for name in model.all_classes])
    logs: FloatArray = np.log(np.maximum(likely, FLOOR))
    return logs


def _file(
    model: Model,
    whole: Attribution,
    cut: cutting.Parts,
    pieces: Pieces,
    *,
    mode: str,
    merging: Merging,
) -> FileParts:
    said = evidence(pieces.logs, pieces.odds, pieces.lines, merging.bias)
    states = best_path(said, merging.cost)
    runs = _runs(model, cut, pieces, states, mode)
    parts = tuple(_merged(model, whole, cut, pieces, run, mode=mode) for run in runs)
    likely = None
    if pieces.odds is not None and len(pieces.spans) > 1:
        likely = mixed_probability(spread(pieces.odds, pieces.lines), merging)
    sides = len(set(states.tolist()))
    verdict = _verdict(whole, likely, sides, merging)
    return FileParts(cut.by, whole, verdict, likely, parts, _left_out(cut.filled, parts))


def _verdict(whole: Attribution, likely: float | None, sides: int, merging: Merging) -> str:
    """Return what is told of the file.

    Mixed with parts of both sides that lie far apart; pure where the file as a whole is told and
    no part speaks against it: that the parts lie near each other tells too little by itself.
    """
    if likely is None:
        return UNKNOWN
    if sides > 1:
        return MIXED if likely >= merging.mixed_from else UNKNOWN
    return PURE if whole.family != UNKNOWN and likely < merging.mixed_from else UNKNOWN


def _runs(
    model: Model, cut: cutting.Parts, pieces: Pieces, states: IntArray, mode: str
) -> list[slice]:
    """Return the pieces that are merged: neighbours of one side, not told different families."""
    named = []
    for logs, lines in zip(pieces.logs, pieces.lines.tolist(), strict=True):
        told = _told(model, cut, np.exp(logs), lines, mode)
        sure = mode != "best-guess" and told.family in model.all_classes
        named.append(told.family if sure else None)
    cuts, family = [0], named[0] if named else None
    for i in range(1, len(named)):
        other = None not in (family, named[i]) and family != named[i]
        if other or states[i] != states[i - 1]:
            cuts.append(i)
            family = None
        family = family or named[i]
    return [slice(a, b) for a, b in pairwise([*cuts, len(named)]) if a < b]


def _merged(
    model: Model, whole: Attribution, cut: cutting.Parts, pieces: Pieces, run: slice, *, mode: str
) -> PartAttribution:
    lines = pieces.lines[run]
    likely = pooled(pieces.logs[run], lines)
    told = _told(model, cut, likely, int(lines.sum()), mode)
    best = int(np.argmax(likely))
    trained = likely[: len(model.classes)]
    sets = model.sets((trained / trained.sum())[None], [cut.language], model.classes)
    attribution = replace(
        Attribution.not_scored("ok", model=model.id, path=whole.path, language=cut.language),
        family=told.family,
        confidence=told.confidence,
        raw_family=model.all_classes[best],
        raw_confidence=float(likely[best]),
        probabilities=dict(zip(model.all_classes, likely.tolist(), strict=True)),
        ai_probability=model.enrolment.ai_probability(model.decision, likely),
        prediction_set=(*sets[0], *model.enrolment.in_set(likely)),
        reason=told.reason,
    )
    spans = pieces.spans[run]
    names = tuple(name for name in pieces.names[run] if name)
    return PartAttribution(spans[0][0], spans[-1][1], names, attribution)


def _told(model: Model, cut: cutting.Parts, likely: FloatArray, lines: int, mode: str) -> Told:
    parsed = cut.language in PARSED
    return model.enrolment.decide(model.decision, likely, mode=mode, lines=lines, parsed=parsed)


def _left_out(
    filled: Sequence[int], parts: Sequence[PartAttribution]
) -> tuple[tuple[int, int], ...]:
    """Return the spans of lines that are not blank and in no part; blank ones do not end a span."""
    spans: list[tuple[int, int]] = []
    edges = [(part.start, part.end) for part in parts] or [(0, 0)]
    at, last = 0, -1
    for line in filled:
        while at < len(edges) - 1 and edges[at][1] < line:
            at += 1
        if edges[at][0] <= line <= edges[at][1]:
            continue
        if spans and last == at:
            spans[-1] = (spans[-1][0], line)
        else:
            spans.append((line, line))
        last = at
    return tuple(spans)
