"""Measure the attribution of parts on spliced files, and how little a few lines tell.

    python -m fingerprint_training.spliced CORPUS... -o out.json [--model FOLDER]

The sources of the corpora are halved by owner. How neighbours are merged is fitted on files made of
the one half, and all figures are of files made of the other. That says nothing of the model's own
training: name its sources with --exclude-sources, or give a model that never saw these.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fingerprint_features.parts import WAYS, cut
from fingerprint_features.sample import Sample
from fingerprint_models.attribution import UNKNOWN
from fingerprint_models.file_parts import MIXED as TOLD_MIXED
from fingerprint_models.file_parts import PURE, FileParts
from fingerprint_models.merging import Merging, best_path, evidence, log_odds, spread
from fingerprint_models.parts import Pieces, attribute_files, pieces_of
from fingerprint_training.corpora import Corpus, concat, read_corpus
from fingerprint_training.lengths import by_length, plain
from fingerprint_training.metrics import FloatArray, Groups, auroc, bootstrap, macro_f1, share
from fingerprint_training.splicing import (
    MIXED,
    ONE_SOURCE,
    TWO_SOURCES,
    SplicedFile,
    halves,
    snippets,
    splice,
)

if TYPE_CHECKING:
    from fingerprint_models.model import Model

Figures = dict[str, list[float | None]]
"""Value, low and high of each figure; None where the files leave it undefined."""

Figure = Callable[[FloatArray], float]
"""A figure as a function of the weights of its rows."""

Row = tuple[str, float, float, int]
"""Lines told alike: the source of their file, log-odds of AI, how many, and 1 where AI."""

BIASES = (-0.4, 0.0, 0.2, 0.4, 0.6, 0.8)
COSTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
"""What is tried; of all pairs, the one with the best macro-F1 of lines is kept."""

FALSE_MIXED = 0.05
"""Share of the pure files, of one source, that may lie above `Merging.mixed_from` in the fit."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A made file as the model sees it: its pieces, and how many lines of each are AI (n,)."""

    file: SplicedFile
    pieces: Pieces
    ai_lines: FloatArray


def measure(
    model: Model, corpus: Corpus, *, each: int = 120, seed: int = 0, resamples: int = 200
) -> dict[str, object]:
    """Return the figures, with 95 % intervals by bootstrap over sources, as plain data.

    `each` files are made of every kind and half. Raises ValueError where the model has no human
    class, or the corpus too few functions.
    """
    human = model.decision.human
    if human is None:
        raise ValueError("this model has no class that means human: nothing can be mixed")
    first, second = halves(snippets(corpus, human=human))
    to_fit, to_report = (splice(half, each, seed=seed) for half in (first, second))
    fitted = {by: fit([settle(model, file, by) for file in to_fit], seed) for by in WAYS}
    return {
        "model": asdict(model.id),
        "files": len(to_report),
        "human_sources": len({one.source for one in second if not one.ai}),
        "ai_sources": len({one.source for one in second if one.ai}),
        "merging": {by: asdict(merging) for by, merging in fitted.items()},
        "spliced": {by: _figures(model, to_report, by, fitted, resamples) for by in WAYS},
        "length": by_length(model, corpus, human=human, seed=seed, resamples=resamples),
    }


def settle(model: Model, file: SplicedFile, by: str) -> Settled:
    """Return a made file with its pieces scored, each by itself."""
    parts = cut(Sample(file.code, file.language), by)
    told = model.predict_many([Sample(part.code, parts.language) for part in parts.parts])
    pieces = pieces_of(model, parts, told)
    ai = [float((file.truth[start - 1 : end] == 1).sum()) for start, end in pieces.spans]
    return Settled(file, pieces, np.array(ai))


def fit(made: Sequence[Settled], seed: int = 0) -> Merging:
    """Return how pieces are best merged, and how their spread becomes a probability of "mixed".

    The logistic model is fitted on mixed files against pure ones of one source, as many of each.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

    _, bias, cost = max((_fit_of(made, b, c), b, c) for b in BIASES for c in COSTS)
    judged = [each for each in made if each.file.kind != TWO_SOURCES]
    apart = np.array([[spread(_odds(each), each.pieces.lines)] for each in judged])
    mixed = np.array([each.file.kind == MIXED for each in judged])
    chosen = LogisticRegression(C=10.0, class_weight="balanced", random_state=seed)
    chosen.fit(apart, mixed)
    likely = chosen.predict_proba(apart)[:, 1]
    return Merging(
        bias=bias,
        cost=cost,
        slope=float(chosen.coef_[0, 0]),
        offset=float(chosen.intercept_[0]),
        mixed_from=float(np.quantile(likely[~mixed], 1 - FALSE_MIXED)),
    )


def _odds(each: Settled) -> FloatArray:
    odds = each.pieces.odds
    return np.zeros(len(each.pieces.spans)) if odds is None else odds


def _fit_of(made: Sequence[Settled], bias: float, cost: float) -> float:
    truth, told, weights = [], [], []
    for each in made:
        pieces = each.pieces
        path = best_path(evidence(pieces.logs, _odds(each), pieces.lines, bias), cost)
        for side, lines in ((1, each.ai_lines), (0, pieces.lines - each.ai_lines)):
            truth += [side] * len(path)
            told += path.tolist()
            weights += lines.tolist()
    return macro_f1(np.array(truth), np.array(told), 2, np.array(weights))


def _figures(
    model: Model,
    files: Sequence[SplicedFile],
    by: str,
    merging: Mapping[str, Merging],
    resamples: int,
) -> Figures:
    samples = [Sample(file.code, file.language) for file in files]
    answers = attribute_files(model, samples, by=by, merging=merging)
    alone = [settle(model, file, by) for file in files]
    human = str(model.decision.human)
    figures = _line_figures(alone, answers, merging[by].bias, human, resamples)
    mixed = [at for at, file in enumerate(files) if file.kind == MIXED]
    chosen = [alone[at] for at in mixed], [answers[at] for at in mixed]
    of_mixed = _line_figures(*chosen, merging[by].bias, human, resamples)
    figures |= {f"{name}_of_mixed": values for name, values in of_mixed.items()}
    return figures | _file_figures(files, answers, resamples)


def _line_figures(
    made: Sequence[Settled],
    answers: Sequence[FileParts],
    bias: float,
    human: str,
    resamples: int,
) -> Figures:
    """Return figures over lines: merged, and what whole files and single pieces reach."""
    merged: list[Row] = []
    alone: list[Row] = []
    whole: list[Row] = []
    accused: list[tuple[str, float]] = []
    for each, answer in zip(made, answers, strict=True):
        file = each.file
        found = ((p.attribution.ai_probability or 0.0, p.start, p.end) for p in answer.parts)
        merged += [row for p, a, b in found for row in _rows(file, log_odds(p), a, b)]
        for odds, (a, b) in zip(_odds(each).tolist(), each.pieces.spans, strict=True):
            alone += _rows(file, odds, a, b)
        whole += _rows(file, log_odds(answer.whole.ai_probability or 0.0), 1, len(file.truth))
        for part in answer.parts:
            people = int((file.truth[part.start - 1 : part.end] == 0).sum())
            told = part.attribution.family not in (UNKNOWN, human)
            accused += [(file.group, float(told))] * people
    figures: Figures = {}
    for name, rows in (("merged", merged), ("unmerged", alone), ("whole_file", whole)):
        figures |= {f"line_{k}_{name}": v for k, v in _of_rows(rows, bias, resamples).items()}
    groups, flags = (np.array(column) for column in zip(*accused, strict=True))
    return figures | _with_intervals(
        groups, {"human_lines_accused": lambda w: share(flags, w)}, resamples
    )


def _of_rows(rows: Sequence[Row], bias: float, resamples: int) -> Figures:
    groups, odds, weights, truth = (np.array(column) for column in zip(*rows, strict=True))
    told = (odds > bias).astype(np.int64)
    return _with_intervals(
        groups,
        {
            "macro_f1": lambda w: macro_f1(truth, told, 2, w * weights),
            "auroc": lambda w: auroc(truth == 1, odds, w * weights),
        },
        resamples,
    )


def _rows(file: SplicedFile, odds: float, start: int, end: int) -> list[Row]:
    """Return a row for the human lines of a span and one for those by models."""
    truth = file.truth[start - 1 : end]
    return [(file.group, odds, float((truth == side).sum()), side) for side in (0, 1)]


def _file_figures(
    files: Sequence[SplicedFile], answers: Sequence[FileParts], resamples: int
) -> Figures:
    kind = np.array([file.kind for file in files])
    groups = np.array([file.group for file in files])
    score = np.array([answer.mixed_probability or 0.0 for answer in answers])
    verdict = np.array([answer.verdict for answer in answers])
    judged = kind != TWO_SOURCES

    def told(what: str, of: str) -> Figure:
        return lambda w: share(verdict[kind == of] == what, w[kind == of])

    return _with_intervals(
        groups,
        {
            "mixed_auroc": lambda w: auroc((kind == MIXED)[judged], score[judged], w[judged]),
            "mixed_told_of_mixed": told(TOLD_MIXED, MIXED),
            "mixed_told_of_pure": told(TOLD_MIXED, ONE_SOURCE),
            "mixed_told_of_two_sources": told(TOLD_MIXED, TWO_SOURCES),
            "pure_told_of_pure": told(PURE, ONE_SOURCE),
            "pure_told_of_mixed": told(PURE, MIXED),
        },
        resamples,
    )


def _with_intervals(groups: Groups, figures: Mapping[str, Figure], resamples: int) -> Figures:
    def statistic(weights: FloatArray) -> FloatArray:
        return np.array([figure(weights) for figure in figures.values()])

    found = bootstrap(groups, statistic, n=resamples)
    return {name: plain(found[:, at]) for at, name in enumerate(figures)}


def _read(paths: Iterable[str], label: str, left_out: set[str], excluded: set[str]) -> Corpus:
    joined = concat(
        [
            read_corpus(path, label=label, min_classes=1, min_per_class=1, on_contradiction="drop")
            for path in paths
        ]
    )
    labels, sources = joined.column("label"), joined.column("source")
    pairs = enumerate(zip(labels, sources, strict=True))
    return joined.take([at for at, (a, b) in pairs if a not in left_out and b not in excluded])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `measure` as told on the command line; return 2 where it cannot be done."""
    from fingerprint_models.model import Model  # noqa: PLC0415 - not for --help
    from fingerprint_models.shipped_models import CODE, shipped_folder  # noqa: PLC0415 - likewise

    asked = _parser().parse_args(arguments)
    excluded = asked.exclude_sources
    names = set(excluded.read_text(encoding="utf-8").split("\n")) if excluded else set()
    try:
        corpus = _read(asked.corpora, asked.label, set(asked.exclude_label), names)
        model = Model.load(asked.model or shipped_folder(CODE))
        figures = measure(model, corpus, each=asked.files, seed=asked.seed)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    partial = asked.output.with_name(asked.output.name + ".partial")
    partial.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, asked.output)  # noqa: PTH105 - the atomic call is meant
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spliced", description=__doc__)
    add = parser.add_argument
    add("corpora", nargs="+", metavar="CORPUS", help="Parquet, JSONL or CSV, labelled")
    add("--model", type=Path, metavar="FOLDER", help="default: the shipped one")
    add("--label", default="label", metavar="COLUMN", help="the column of the label")
    add("--exclude-label", action="append", default=["undeclared"], metavar="LABEL")
    add("--exclude-sources", type=Path, metavar="FILE", help="names of sources, one a line")
    add("--files", type=int, default=120, metavar="N", help="files of each kind and half")
    add("--seed", type=int, default=0)
    add("-o", "--output", type=Path, required=True, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
