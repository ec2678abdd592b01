"""How human the mix is that `fingerprint curate` makes, on sources the model never saw.

    python benchmarks/curate.py RECIPE CORPUS.parquet ... --cache FOLDER [--together]

scores corpora of the recipe by heads that were fitted without the source of each row, hides the
labels, and lets `curate` build mixes by probability alone. Prints the share of human files in the
mix against the share of human files kept, with 95 % intervals over owners of sources. Rows whose
labels the recipe excludes (models outside the families) are scored too: they are AI all the same.

With --together the rows of a source are judged together: by what they tell as one alone, and as
`curate --together` does. Where every source is human or AI throughout, sources are mingled as well:
pairs of a human and an AI one exchange a share of their rows, as if two hands had written both.

FOLDER is the cache of a training by that recipe; without one the heads are fitted first (an hour).
The calibration, a few dozen parameters, was fitted on the left-out answers of all sources.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet

from fingerprint.curation.curate import Curated, curate
from fingerprint.curation.rules import Rules
from fingerprint_models.artefact import write_folder
from fingerprint_models.calibration import FLOOR
from fingerprint_models.model import Model
from fingerprint_models.pooling import FEWEST_POOLED
from fingerprint_training.corpora import Corpus
from fingerprint_training.fold_model import Fitter
from fingerprint_training.material import by_owner
from fingerprint_training.metrics import bootstrap
from fingerprint_training.recipe import CorpusRecipe, Recipe, load_recipe
from fingerprint_training.split import source_folds
from fingerprint_training.train import prepare

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

KEPT = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # shares of the human files
RATES = (None, 0.5, 0.8)  # of human files in the corpus: as it is, then weighted to that
LIMITS = (0.5, 0.3, 0.2, 0.1, 0.05)  # of --max-ai
UNTOLD = {"undeclared", "unresolved", "human"}  # excluded labels that tell of no model
MINGLED = (0.0, 0.1, 0.2, 0.3, 0.5)  # share of the rows that two sources exchange
BAR = 0.95  # share of human files that the mix is to have, at KEPT 0.5


@dataclass(frozen=True)
class LeftOut:
    """Rows of a corpus, each answered without its source: (n, classes) and (n,)."""

    model: Model
    corpus: Corpus
    answers: FloatArray
    human: BoolArray

    @property
    def owner(self) -> npt.NDArray[np.str_]:
        """Who owns the source of each row: intervals draw owners."""
        return np.array(by_owner(self.corpus).column("source"))


def left_out(recipe: Recipe, paths: Sequence[Path], cache: Path) -> LeftOut:
    """Answer every row of the corpora at `paths`, all of the recipe, without its source."""
    material, _ = prepare(recipe, cache=cache, workers=1, log=log)
    fitter = Fitter(material, recipe, cache / "stages", log)
    rows = np.arange(len(material.corpus))
    model, answers = fitter.model_and_answers(rows)
    owned = by_owner(material.corpus)
    fold = source_folds(owned, recipe.split.folds_sources, recipe.seed)
    ours = [each for path in paths for each in recipe.corpora if each.path.samefile(path)]
    inside = np.isin(material.corpus.column("origin"), [each.path.name for each in ours])
    corpus = material.corpus.take(np.flatnonzero(inside).tolist())
    told, truth = answers[2].probabilities[inside], material.truth[inside] == material.human
    for each in ours:
        if not set(each.exclude_labels) - UNTOLD:
            continue
        others, more = excluded(fitter, model, each, fold, owned.column("source"))
        corpus = Corpus(pa.concat_tables([corpus.table, others.table.cast(corpus.table.schema)]))
        told = np.concatenate((told, more))
        truth = np.concatenate((truth, np.zeros(len(more), dtype=np.bool_)))
    return LeftOut(model, corpus, told, truth)


def excluded(
    fitter: Fitter,
    model: Model,
    ours: CorpusRecipe,
    fold: npt.NDArray[np.int64],
    owners: Sequence[str],
) -> tuple[Corpus, FloatArray]:
    """Return the rows whose labels a recipe excludes, and answers without each one's source."""
    labels = parquet.read_table(ours.path, columns=[ours.columns.label]).column(0).unique()
    wanted = set(ours.exclude_labels) - UNTOLD
    known = tuple(sorted({str(each) for each in labels.to_pylist()} - wanted))
    alone = replace(fitter.recipe, corpora=(replace(ours, exclude_labels=known),))
    cache = fitter.cache.parent if fitter.cache else None
    others, _ = prepare(alone, cache=cache, workers=1, log=log, least=1, least_classes=1)
    held = dict(zip(owners, fold.tolist(), strict=True))
    without = np.array([held.get(name, 0) for name in by_owner(others.corpus).column("source")])
    told = np.empty((len(without), len(model.classes)))
    for each in np.unique(without).tolist():
        heads = fitter.heads(np.flatnonzero(fold != each))
        at = np.flatnonzero(without == each)
        told[at] = model.calibration.alone(heads.scores(heads.design(others.features.take(at))))
    return others.corpus, told


def judged(found: LeftOut, source: npt.NDArray[np.str_]) -> tuple[FloatArray, ...]:
    """Return how human each row is, (n,) each: alone, by all of its source as one, together.

    Together is the mean of the other two, as `judged_together` has it.
    """
    _, at, sizes = np.unique(source, return_inverse=True, return_counts=True)
    logs = np.log(np.maximum(found.answers, FLOOR))
    means = np.column_stack([np.bincount(at, each) for each in logs.T]) / sizes[:, None]
    whole = found.model.pooling.of_means(means, sizes)[at, 0]
    alone = found.answers[:, 0]
    as_one = np.where(sizes[at] >= FEWEST_POOLED, whole, alone)
    return alone, as_one, (alone + as_one) / 2


def mingled(found: LeftOut, share: float) -> npt.NDArray[np.str_]:
    """Return the source of each row after pairs of a human and an AI source exchanged rows."""
    source = np.array(found.corpus.column("source"))
    chance = np.random.default_rng(0)
    human, ai = (np.unique(source[found.human == side]) for side in (True, False))
    places = {name: np.flatnonzero(source == name) for name in np.unique(source)}
    large = [name for name in chance.permutation(ai) if len(places[name]) >= 1 / MINGLED[1]]
    made = source.copy()
    for pair in zip(chance.permutation(human), large, strict=False):
        for name, other in (pair, pair[::-1]):
            own = places[name]
            made[chance.choice(own, int(len(own) * share), replace=False)] = other
    return made


def curve(
    found: LeftOut,
    likely: FloatArray,
    rate: float | None,
    draws: int,
    less: FloatArray | None = None,
) -> FloatArray:
    """Return the share of human files in the mix at each of `KEPT`, and the bar's, (3, m + 1).

    Rows are kept from the most human on by `likely`, (n,), equal ones by chance. The last figure is
    the largest share of human files that are kept with `BAR` of the mix human. Value, low and high,
    over owners; with `less` the differences to what that gives.
    """
    even = np.ones(len(likely))
    if rate is not None:
        human = found.human
        even = np.where(human, rate / human.mean(), (1 - rate) / (1 - human.mean()))
    chance = np.random.default_rng(0).random(len(likely))
    orders = [np.lexsort((chance, -each)) for each in (likely, less) if each is not None]

    def figures(weights: FloatArray) -> FloatArray:
        values = [_shares(found.human[order], (weights * even)[order]) for order in orders]
        return values[0] if less is None else values[0] - values[1]

    return bootstrap(found.owner, figures, n=draws)


def _shares(human: BoolArray, weights: FloatArray) -> FloatArray:
    right, size = np.cumsum(weights * human), np.cumsum(weights)
    if not right[-1]:
        return np.full(len(KEPT) + 1, np.nan)
    at = np.searchsorted(right, np.array(KEPT) * right[-1])
    enough = right >= BAR * np.maximum(size, 1e-12)
    best = float(np.max(right[enough], initial=0.0) / right[-1])
    return np.append(right[at] / size[at], best)


def mixes(found: LeftOut, together: str | None) -> list[tuple[float, Curated, float, float]]:
    """Let `curate` build a mix at each of `LIMITS`; true share of human files, and share kept."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        parquet.write_table(labelled(found), home / "labelled.parquet")
        header = {"name": found.model.id.name, "version": found.model.id.version}
        header |= {"schema_hash": "none", "created_by": "benchmark"}
        write_folder(home / "model", found.model.to_files(), header=header)
        for limit in LIMITS:
            out = home / f"{limit}.parquet"
            told = curate(
                [home / "labelled.parquet"],
                out,
                Rules(max_ai=limit),
                card=lambda _: "",
                model=str(home / "model"),
                together=together,
            )
            kept = found.human[parquet.read_table(out, columns=["row"])["row"].to_numpy()]
            made.append((limit, told, float(kept.mean()), float(kept.sum() / found.human.sum())))
    return made


def labelled(found: LeftOut) -> pa.Table:
    """Return the corpus as `fingerprint label` would leave it, without its true labels."""
    n, model = len(found.human), found.model
    names = list(model.classes)
    answers = [pa.array(column, pa.float32()) for column in found.answers.T]
    return pa.table(
        {
            "row": np.arange(n),
            "code": found.corpus.column("code"),
            "source": found.corpus.column("source"),
            "fp_ai_probability": pa.array(1 - found.answers[:, 0], pa.float32()),
            "fp_probabilities": pa.StructArray.from_arrays(answers, names),
            "fp_status": ["ok"] * n,
            "fp_model": [f"{model.id.name} {model.id.version}"] * n,
        }
    )


def main(arguments: Sequence[str]) -> int:
    """Print the tables; judges nothing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--together", action="store_true")
    asked = parser.parse_args(arguments)
    found = left_out(load_recipe(asked.recipe), asked.corpora, asked.cache)
    told = [
        f"{len(found.human)} rows of {len(set(found.owner.tolist()))} owners, "
        f"{found.human.mean():.1%} human\n",
        "Share of human files in the mix, by the share of human files kept (bar: 95 % at 50 %)\n",
        *(by_source(found, asked.draws) if asked.together else by_row(found, asked.draws)),
        "",
        "| --max-ai | rows kept | human files kept | human in the mix | as curate tells |",
        "|---|---:|---:|---:|---:|",
    ]
    for limit, mix, share, kept in mixes(found, "source" if asked.together else None):
        shares = mix.mix.mix
        words = (
            "–" if shares is None else interval(shares.share[:1] + shares.low[:1] + shares.high[:1])
        )
        told.append(f"| {limit} | {mix.kept} | {kept:.1%} | {share:.1%} | {words} |")
    sys.stdout.write("\n".join(told) + "\n")
    return 0


def by_row(found: LeftOut, draws: int) -> list[str]:
    """Return the table of rows that are judged alone, at each of `RATES`."""
    curves = [curve(found, found.answers[:, 0], rate, draws) for rate in RATES]
    return by_kept(("corpus as it is", "half of it human", "80 % of it human"), curves)


def by_source(found: LeftOut, draws: int) -> list[str]:
    """Return the table of rows judged alone and together, and that of sources of two hands."""
    source = np.array(found.corpus.column("source"))
    alone, as_one, together = judged(found, source)
    curves = [curve(found, each, None, draws) for each in (alone, as_one, together)]
    curves += [
        curve(found, together, None, draws, less=alone),
        *(curve(found, together, rate, draws) for rate in RATES[1:]),
    ]
    heads = ("alone", "source as one", "together", "together - alone")
    lines = by_kept((*heads, "together, half human", "together, 80 % human"), curves)
    sides = [set(found.human[source == name].tolist()) for name in np.unique(source)]
    if any(len(side) > 1 for side in sides):
        return lines
    lines += ["", "At 50 % of the human files kept, by the share of rows that sources exchange\n"]
    lines += [f"| exchanged | {' | '.join(heads)} |", "|---|---:|---:|---:|---:|"]
    for share in MINGLED:
        ways = judged(found, mingled(found, share))
        each = [curve(found, way, None, draws) for way in ways]
        each.append(curve(found, ways[2], None, draws, less=ways[0]))
        half = (interval(values[:, KEPT.index(0.5)]) for values in each)
        lines.append(f"| {share:.0%} | {' | '.join(half)} |")
    return lines


def by_kept(heads: Sequence[str], curves: Sequence[FloatArray]) -> list[str]:
    """Return a table of curves, a line for each of `KEPT`."""
    lines = [f"| human files kept | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for at, head in enumerate([*(f"{kept:.0%}" for kept in KEPT), "kept at 95 % human"]):
        cells = (interval(each[:, at]) for each in curves)
        lines.append(f"| {head} | {' | '.join(cells)} |")
    return lines


def interval(values: Sequence[float] | FloatArray) -> str:
    """Return value, low and high in per cent."""
    value, low, high = (100 * float(each) for each in values)
    return f"{value:.1f} % ({low:.1f}–{high:.1f})"


def log(message: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{message}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
